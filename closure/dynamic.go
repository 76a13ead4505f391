package closure

// Code in strings. Constant strings are read like the code they are; where a string is
// computed nothing can be known, and an Opaque step says so.

import (
	"maps"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// dynamicCall lowers calls of exec and eval, and of globals() and locals() where their result
// is used in a way that we can follow. ok is false for every other call.
func (l *lowering) dynamicCall(e *pyast.Call) (r Reg, ok bool) {
	switch f := e.Func.(type) {
	case *pyast.Name:
		if f.ID != "exec" && f.ID != "eval" || len(e.Args) == 0 {
			return 0, false
		}
		r = l.reg()
		i := &IfBuiltin{Place: at(e), Name: f.ID}
		i.Then = l.block(func() { l.dynamicCode(e, f.ID, r) })
		i.Else = l.block(func() {
			c := &Call{Place: at(e), Node: e, Fn: l.expr(f), Dst: l.reg()}
			for _, a := range e.Args {
				c.Args = append(c.Args, Arg{Reg: l.expr(a)})
			}
			l.emit(c)
			l.emit(&Merge{at(e), r, c.Dst})
		})
		l.emit(i)
		return r, true
	case *pyast.Attribute:
		if text, ok := shellCall(e, f); ok { // as a script that was made of a notebook has it
			r = l.reg()
			if last := l.snippet(text, e.Start); last != NoReg {
				l.emit(&Merge{at(e), r, last})
			}
			return r, true
		}
		if name := namespaceCall(f.Value); name != "" {
			return l.namespaceMethod(e, f, name)
		}
	}
	return 0, false
}

// shellCall returns the magic or shell line that get_ipython().run_line_magic("name", "text"), magic("name text"),
// system("text") or getoutput("text") stands for.
func shellCall(e *pyast.Call, f *pyast.Attribute) (string, bool) {
	c, ok := f.Value.(*pyast.Call)
	if !ok || len(c.Args) > 0 || len(e.Keywords) > 0 || len(e.Args) == 0 || len(e.Args) > 2 {
		return "", false
	}
	if n, ok := c.Func.(*pyast.Name); !ok || n.ID != "get_ipython" {
		return "", false
	}
	var words []string
	for _, a := range e.Args {
		c, ok := a.(*pyast.Constant)
		if !ok || c.Kind != pyast.Str || strings.Contains(c.Str, "\n") {
			return "", false
		}
		words = append(words, c.Str)
	}
	text := strings.Join(words, " ")
	switch f.Attr.Name {
	case "run_line_magic", "magic":
		return "%" + strings.TrimPrefix(text, "%"), true
	case "system":
		return "!" + text, true
	}
	return "", false
}

// dynamicCode runs a constant string in place; the arguments after it are evaluated before.
func (l *lowering) dynamicCode(e *pyast.Call, name string, r Reg) {
	for _, a := range e.Args[1:] {
		if namespaceCall(a) == "" {
			l.expr(a)
		}
	}
	text, ok := e.Args[0].(*pyast.Constant)
	namespaces := len(e.Keywords) == 0
	for _, a := range e.Args[1:] {
		namespaces = namespaces && namespaceCall(a) != ""
	}
	if !ok || text.Kind != pyast.Str || !namespaces {
		l.expr(e.Args[0])
		o := &Opaque{Place: at(e), Reason: "dynamic-code", Binds: name == "exec"}
		if n, ok := e.Args[0].(*pyast.Name); ok && l.variable(n.ID).Func == nil {
			o.Code = n.ID
		}
		l.emit(o)
		if name == "eval" {
			l.emit(&Anything{at(e), r})
		}
		l.sum.BindsUnknown = l.sum.BindsUnknown || name == "exec"
		return
	}
	if len(e.Args) > 1 && namespaceCall(e.Args[1]) == "globals" { // not in the scope around the call
		outer := l.scope
		l.scope = l.scopes.Module
		defer func() { l.scope = outer }()
	}
	if last := l.snippet(text.Str, text.Start+1); name == "eval" && last != NoReg {
		l.emit(&Merge{at(e), r, last})
	}
}

// snippet lowers source text in place, in the scope that it stands in, and returns the value
// of its last expression statement.
func (l *lowering) snippet(text string, base pyast.Pos) Reg {
	body := l.parse(strings.TrimSpace(text), base)
	l.adopt(scope.Resolve(&pyast.File{Version: l.file.Version, Body: body}))
	last := NoReg
	for i, s := range body {
		if e, ok := s.(*pyast.ExprStmt); ok && i == len(body)-1 {
			last = l.expr(e.Value)
			break
		}
		l.stmt(s)
	}
	return last
}

// parse reads source text that stands inside the cell.
func (l *lowering) parse(text string, base pyast.Pos) []pyast.Stmt {
	return pyast.ParseSnippet(text, base, pyast.Options{Version: l.file.Version, Notebook: true}).Body
}

// adopt takes the scopes of a piece of code over into the body that is being lowered.
func (l *lowering) adopt(s *scope.Scopes) {
	maps.Copy(l.scopes.ByNode, s.ByNode)
	maps.Copy(l.scopes.TypeParams, s.TypeParams)
	l.frames[s.Module] = l.fn
}

// namespaceCall returns "globals", "locals" or "vars" for a call of it without arguments.
func namespaceCall(e pyast.Expr) string {
	c, ok := e.(*pyast.Call)
	if !ok || len(c.Args)+len(c.Keywords) > 0 {
		return ""
	}
	if n, ok := c.Func.(*pyast.Name); ok && (n.ID == "globals" || n.ID == "locals" || n.ID == "vars") {
		return n.ID
	}
	return ""
}

// namespaceMethod lowers globals().get("x"), globals().pop("x") and globals().update(…).
func (l *lowering) namespaceMethod(e *pyast.Call, f *pyast.Attribute, name string) (Reg, bool) {
	r := l.reg()
	body := func() {
		for _, a := range e.Args {
			l.expr(a)
		}
		values := make([]Reg, len(e.Keywords))
		for i, k := range e.Keywords {
			values[i] = l.expr(k.Value)
		}
		key := ""
		if len(e.Args) > 0 {
			key = constantKey(e.Args[0])
		}
		named := strings.HasPrefix(key, "'")
		switch {
		case (f.Attr.Name == "get" || f.Attr.Name == "pop" || f.Attr.Name == "setdefault") && named:
			l.emit(&IfBound{at(e), []string{key[1:]}, nil, l.block(func() { l.emit(&Merge{at(e), r, l.load(key[1:], e)}) })})
			if f.Attr.Name == "pop" {
				l.delete(key[1:], e, false)
			}
		case f.Attr.Name == "update":
			known := len(e.Args) == 0
			if len(e.Args) == 1 {
				known = l.updateNames(e.Args[0])
			}
			for i, k := range e.Keywords {
				if k.Arg.Name == "" {
					known = false
				} else {
					l.store(k.Arg.Name, values[i], BindAssign, e)
				}
			}
			if !known {
				l.unknownNames(e)
			}
		default:
			l.emit(&Opaque{Place: at(e), Reason: "dynamic-code"})
			l.emit(&Anything{at(e), r})
		}
	}
	l.emit(&IfBuiltin{Place: at(e), Name: name, Then: l.block(body)})
	return r, true
}

// updateNames binds the constant keys of a dict display and says whether those are all.
func (l *lowering) updateNames(e pyast.Expr) bool {
	d, ok := e.(*pyast.Dict)
	if !ok {
		return false
	}
	all := true
	for i, k := range d.Keys {
		if key := constantKeyOrNone(k); strings.HasPrefix(key, "'") {
			l.store(key[1:], l.expr(d.Values[i]), BindAssign, e)
		} else {
			all = false
		}
	}
	return all
}

func constantKeyOrNone(e pyast.Expr) string {
	if e == nil {
		return ""
	}
	return constantKey(e)
}

func (l *lowering) unknownNames(n pyast.Node) {
	l.sum.BindsUnknown = true
	l.emit(&Opaque{Place: at(n), Reason: "dynamic-code", Binds: true})
}

// namespaceItem lowers globals()["x"] as the variable it is. ok is false for other bases.
func (l *lowering) namespaceItem(e *pyast.Subscript, use func(name string), unknown func()) bool {
	name := namespaceCall(e.Value)
	if name == "" || l.fn.Kind != scope.Module && name != "globals" {
		return false
	}
	key := constantKey(e.Slice)
	l.emit(&IfBuiltin{Place: at(e), Name: name, Then: l.block(func() {
		if strings.HasPrefix(key, "'") {
			use(key[1:])
		} else {
			l.expr(e.Slice)
			unknown()
		}
	})})
	return true
}

// readIfBound reads a name if it is bound and certainly no column of the data, and returns the register of its value.
func (l *lowering) readIfBound(name string, n pyast.Node, data ...Reg) Reg {
	r := l.reg()
	l.emit(&IfBound{at(n), []string{name}, data, l.block(func() { l.emit(&Merge{at(n), r, l.load(name, n)}) })})
	return r
}

// opaqueText stands for source that is not Python: it may read every identifier in it.
func (l *lowering) opaqueText(reason string, s pyast.Span, binds bool) {
	o := &Opaque{Place: Place(s.Start), Reason: reason, Binds: binds}
	if int(s.End) <= len(l.file.Source) && s.Start < s.End {
		for _, t := range identifiers(l.file.Source[s.Start:s.End]) {
			t.Pos += s.Start
			o.Tokens = append(o.Tokens, t)
			l.noteLoad(t.Name, t.Pos)
		}
	}
	l.sum.Tokens = append(l.sum.Tokens, o.Tokens...)
	l.sum.BindsUnknown = l.sum.BindsUnknown || binds
	l.emit(o)
}

// identifiers finds the identifier-like words of a text, each once, with its offset.
func identifiers(text string) []Token {
	var found []Token
	seen := map[string]bool{}
	words(text, func(start, end int, _ bool) {
		if name := text[start:end]; !seen[name] {
			seen[name] = true
			found = append(found, Token{name, pyast.Pos(start)})
		}
	}, func(rune) {})
	return found
}
