package pyast

// Trees as S-expressions, for tests.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Dump writes n as an S-expression, for tests:
//
//	(Assign targets=[(Name id=x)] value=(BinOp left=(Name id=y) op=Add right=(Constant value=0x1)))
//
// Types and fields have CPython's names and come in the order of its abstract grammar. A
// field that is absent, an empty list, zero or false is left out; an absent element of a list
// is "-". The value of a Constant is None, True, False or Ellipsis; an int in hex with "0x"; "f" or, for
// the imaginary part of a complex, "c" and the sixteen hex digits of the IEEE bits; a str in
// double quotes; a bytes in double quotes after "b". Of characters in quotes, quote, backslash,
// controls, and in bytes all above ASCII, are written \xNN. A Magic is the call of get_ipython()
// that IPython makes of it. Contexts (Load, Store, Del) and positions are left out.
func Dump(n Node) string {
	var d dumper
	d.node(n)
	return string(d.out)
}

// dumper writes the form. place, where set, writes the place behind the name of each type
// that has a place in CPython's tree.
type dumper struct {
	out   []byte
	place func(out []byte, s Span) []byte
	// bareFormats leaves the places of the parts of f-strings out.
	bareFormats bool
}

// form writes a node: its type, place and pairs of field name and value.
func (d *dumper) form(name string, span Span, fields ...any) {
	d.out = append(d.out, '(')
	d.out = append(d.out, name...)
	if d.place != nil && span != unplaced {
		d.out = d.place(d.out, span)
	}
	for i := 0; i < len(fields); i += 2 {
		d.field(fields[i].(string), fields[i+1])
	}
	d.out = append(d.out, ')')
}

// unplaced is the span of types that have no place in CPython's tree.
var unplaced = Span{-1, -1}

func (d *dumper) field(name string, v any) {
	mark := len(d.out)
	d.out = append(d.out, ' ')
	d.out = append(d.out, name...)
	d.out = append(d.out, '=')
	written := true
	switch v := v.(type) {
	case nil:
		written = false
	case string:
		d.out = append(d.out, v...)
		written = v != ""
	case Identifier:
		d.out = append(d.out, v.Name...)
		written = v.Name != ""
	case int:
		d.out = strconv.AppendInt(d.out, int64(v), 10)
		written = v != 0
	case bool:
		d.out = append(d.out, '1')
		written = v
	case fmt.Stringer:
		d.out = append(d.out, v.String()...)
	case []CmpOperator:
		d.out = append(d.out, '[')
		for i, op := range v {
			d.separate(i)
			d.out = append(d.out, op.String()...)
		}
		d.out = append(d.out, ']')
	case []Identifier:
		d.out = append(d.out, '[')
		for i, id := range v {
			d.separate(i)
			d.out = append(d.out, id.Name...)
		}
		d.out = append(d.out, ']')
		written = len(v) > 0
	case []Expr:
		written = nodes(d, v)
	case []Stmt:
		written = nodes(d, v)
	case []Pattern:
		written = nodes(d, v)
	case []TypeParam:
		written = nodes(d, v)
	case []*Arg:
		written = nodes(d, v)
	case []*Keyword:
		written = nodes(d, v)
	case []*Alias:
		written = nodes(d, v)
	case []*WithItem:
		written = nodes(d, v)
	case []*Comprehension:
		written = nodes(d, v)
	case []*ExceptHandler:
		written = nodes(d, v)
	case []*MatchCase:
		written = nodes(d, v)
	case *Arg:
		if written = v != nil; written {
			d.node(v)
		}
	case *JoinedStr:
		if written = v != nil; written {
			d.node(v)
		}
	case Node:
		d.node(v)
	}
	if !written {
		d.out = d.out[:mark]
	}
}

func nodes[T Node](d *dumper, list []T) bool {
	d.out = append(d.out, '[')
	for i, n := range list {
		d.separate(i)
		d.node(n)
	}
	d.out = append(d.out, ']')
	return len(list) > 0
}

func (d *dumper) separate(i int) {
	if i > 0 {
		d.out = append(d.out, ' ')
	}
}

func (d *dumper) node(n Node) {
	switch n := n.(type) {
	case nil:
		d.out = append(d.out, '-')
	case Stmt:
		d.stmt(n)
	case Expr:
		d.expr(n)
	case Pattern:
		d.pattern(n)
	case *Arguments:
		d.form("arguments", unplaced, "posonlyargs", n.Posonlyargs, "args", n.Args, "vararg", n.Vararg,
			"kwonlyargs", n.Kwonlyargs, "kw_defaults", n.KwDefaults, "kwarg", n.Kwarg, "defaults", n.Defaults)
	case *Arg:
		d.form("arg", n.Span, "arg", n.Name, "annotation", n.Annotation)
	case *Keyword:
		d.form("keyword", n.Span, "arg", n.Arg, "value", n.Value)
	case *Alias:
		d.form("alias", n.Span, "name", n.Name, "asname", n.Asname)
	case *WithItem:
		d.form("withitem", unplaced, "context_expr", n.ContextExpr, "optional_vars", n.OptionalVars)
	case *Comprehension:
		d.form("comprehension", unplaced, "target", n.Target, "iter", n.Iter, "ifs", n.Ifs, "is_async", n.Async)
	case *ExceptHandler:
		d.form("ExceptHandler", n.Span, "type", n.Type, "name", n.Name, "body", n.Body)
	case *MatchCase:
		d.form("match_case", unplaced, "pattern", n.Pattern, "guard", n.Guard, "body", n.Body)
	case *TypeVar:
		d.form("TypeVar", n.Span, "name", n.Name, "bound", n.Bound, "default_value", n.DefaultValue)
	case *ParamSpec:
		d.form("ParamSpec", n.Span, "name", n.Name, "default_value", n.DefaultValue)
	case *TypeVarTuple:
		d.form("TypeVarTuple", n.Span, "name", n.Name, "default_value", n.DefaultValue)
	}
}

func (d *dumper) stmt(n Stmt) {
	switch n := n.(type) {
	case *FunctionDef:
		d.form(async("FunctionDef", n.Async), n.Span, "name", n.Name, "args", n.Args, "body", n.Body,
			"decorator_list", n.DecoratorList, "returns", n.Returns, "type_params", n.TypeParams)
	case *ClassDef:
		d.form("ClassDef", n.Span, "name", n.Name, "bases", n.Bases, "keywords", n.Keywords, "body", n.Body,
			"decorator_list", n.DecoratorList, "type_params", n.TypeParams)
	case *Return:
		d.form("Return", n.Span, "value", n.Value)
	case *Delete:
		d.form("Delete", n.Span, "targets", n.Targets)
	case *Assign:
		d.form("Assign", n.Span, "targets", n.Targets, "value", n.Value)
	case *TypeAlias:
		d.form("TypeAlias", n.Span, "name", n.Name, "type_params", n.TypeParams, "value", n.Value)
	case *AugAssign:
		d.form("AugAssign", n.Span, "target", n.Target, "op", n.Op, "value", n.Value)
	case *AnnAssign:
		d.form("AnnAssign", n.Span, "target", n.Target, "annotation", n.Annotation, "value", n.Value, "simple", n.Simple)
	case *For:
		d.form(async("For", n.Async), n.Span, "target", n.Target, "iter", n.Iter, "body", n.Body, "orelse", n.Orelse)
	case *While:
		d.form("While", n.Span, "test", n.Test, "body", n.Body, "orelse", n.Orelse)
	case *If:
		d.form("If", n.Span, "test", n.Test, "body", n.Body, "orelse", n.Orelse)
	case *With:
		d.form(async("With", n.Async), n.Span, "items", n.Items, "body", n.Body)
	case *Match:
		d.form("Match", n.Span, "subject", n.Subject, "cases", n.Cases)
	case *Raise:
		d.form("Raise", n.Span, "exc", n.Exc, "cause", n.Cause)
	case *Try:
		name := "Try"
		if n.Star {
			name = "TryStar"
		}
		d.form(name, n.Span, "body", n.Body, "handlers", n.Handlers, "orelse", n.Orelse, "finalbody", n.Finalbody)
	case *Assert:
		d.form("Assert", n.Span, "test", n.Test, "msg", n.Msg)
	case *Import:
		d.form("Import", n.Span, "names", n.Names)
	case *ImportFrom:
		d.form("ImportFrom", n.Span, "module", n.Module, "names", n.Names, "level", n.Level)
	case *Global:
		d.form("Global", n.Span, "names", n.Names)
	case *Nonlocal:
		d.form("Nonlocal", n.Span, "names", n.Names)
	case *ExprStmt:
		d.form("Expr", n.Span, "value", n.Value)
	case *Pass:
		d.form("Pass", n.Span)
	case *Break:
		d.form("Break", n.Span)
	case *Continue:
		d.form("Continue", n.Span)
	case *BadStmt:
		d.form("BadStmt", n.Span)
	}
}

func async(name string, is bool) string {
	if is {
		return "Async" + name
	}
	return name
}

func (d *dumper) expr(n Expr) {
	switch n := n.(type) {
	case *BoolOp:
		d.form("BoolOp", n.Span, "op", n.Op, "values", n.Values)
	case *NamedExpr:
		d.form("NamedExpr", n.Span, "target", n.Target, "value", n.Value)
	case *BinOp:
		d.form("BinOp", n.Span, "left", n.Left, "op", n.Op, "right", n.Right)
	case *UnaryOp:
		d.form("UnaryOp", n.Span, "op", n.Op, "operand", n.Operand)
	case *Lambda:
		d.form("Lambda", n.Span, "args", n.Args, "body", n.Body)
	case *IfExp:
		d.form("IfExp", n.Span, "test", n.Test, "body", n.Body, "orelse", n.Orelse)
	case *Dict:
		d.form("Dict", n.Span, "keys", n.Keys, "values", n.Values)
	case *Set:
		d.form("Set", n.Span, "elts", n.Elts)
	case *ListComp:
		d.form("ListComp", n.Span, "elt", n.Elt, "generators", n.Generators)
	case *SetComp:
		d.form("SetComp", n.Span, "elt", n.Elt, "generators", n.Generators)
	case *DictComp:
		d.form("DictComp", n.Span, "key", n.Key, "value", n.Value, "generators", n.Generators)
	case *GeneratorExp:
		d.form("GeneratorExp", n.Span, "elt", n.Elt, "generators", n.Generators)
	case *Await:
		d.form("Await", n.Span, "value", n.Value)
	case *Yield:
		d.form("Yield", n.Span, "value", n.Value)
	case *YieldFrom:
		d.form("YieldFrom", n.Span, "value", n.Value)
	case *Compare:
		d.form("Compare", n.Span, "left", n.Left, "ops", n.Ops, "comparators", n.Comparators)
	case *Call:
		d.form("Call", n.Span, "func", n.Func, "args", n.Args, "keywords", n.Keywords)
	case *FormattedValue:
		d.form("FormattedValue", n.Span, "value", n.Value, "conversion", n.Conversion, "format_spec", n.FormatSpec)
	case *Interpolation:
		d.form("Interpolation", n.Span, "value", n.Value, "str", quote(n.Str, false),
			"conversion", n.Conversion, "format_spec", n.FormatSpec)
	case *JoinedStr:
		d.format("JoinedStr", n.Span, n.Values)
	case *TemplateStr:
		d.format("TemplateStr", n.Span, n.Values)
	case *Constant:
		d.form("Constant", n.Span, "value", n.literal())
	case *Attribute:
		d.form("Attribute", n.Span, "value", n.Value, "attr", n.Attr)
	case *Subscript:
		d.form("Subscript", n.Span, "value", n.Value, "slice", n.Slice)
	case *Starred:
		d.form("Starred", n.Span, "value", n.Value)
	case *Name:
		d.form("Name", n.Span, "id", n.ID)
	case *List:
		d.form("List", n.Span, "elts", n.Elts)
	case *Tuple:
		d.form("Tuple", n.Span, "elts", n.Elts)
	case *Slice:
		d.form("Slice", n.Span, "lower", n.Lower, "upper", n.Upper, "step", n.Step)
	case *Magic:
		d.magic(n)
	case *BadExpr:
		d.form("BadExpr", n.Span)
	}
}

func (d *dumper) format(name string, span Span, values []Expr) {
	if !d.bareFormats || d.place == nil {
		d.form(name, span, "values", values)
		return
	}
	d.out = append(d.out, '(')
	d.out = append(d.out, name...)
	d.out = d.place(d.out, span)
	place := d.place
	d.place = nil
	d.field("values", values)
	d.place = place
	d.out = append(d.out, ')')
}

// magic writes the call that IPython's input transformation puts in the place of n.
func (d *dumper) magic(n *Magic) {
	shell := &Call{Span: n.Span, Func: &Name{n.Span, "get_ipython"}}
	call := &Call{Span: n.Span}
	method := "run_line_magic"
	switch n.Kind {
	case Shell:
		method = "system"
	case ShellCapture:
		method = "getoutput"
	case Help:
		if n.Name == "" {
			method = "show_usage"
		}
	}
	call.Func = &Attribute{n.Span, shell, Identifier{Name: method}}
	if method == "run_line_magic" {
		call.Args = append(call.Args, &Constant{Span: n.Span, Kind: Str, Str: n.Name})
	}
	if method != "show_usage" {
		call.Args = append(call.Args, &Constant{Span: n.Span, Kind: Str, Str: n.Text})
	}
	d.expr(call)
}

func (d *dumper) pattern(n Pattern) {
	switch n := n.(type) {
	case *MatchValue:
		d.form("MatchValue", n.Span, "value", n.Value)
	case *MatchSingleton:
		d.form("MatchSingleton", n.Span, "value", (&Constant{Kind: n.Value}).literal())
	case *MatchSequence:
		d.form("MatchSequence", n.Span, "patterns", n.Patterns)
	case *MatchMapping:
		d.form("MatchMapping", n.Span, "keys", n.Keys, "patterns", n.Patterns, "rest", n.Rest)
	case *MatchClass:
		d.form("MatchClass", n.Span, "cls", n.Cls, "patterns", n.Patterns,
			"kwd_attrs", n.KwdAttrs, "kwd_patterns", n.KwdPatterns)
	case *MatchStar:
		d.form("MatchStar", n.Span, "name", n.Name)
	case *MatchAs:
		d.form("MatchAs", n.Span, "pattern", n.Pattern, "name", n.Name)
	case *MatchOr:
		d.form("MatchOr", n.Span, "patterns", n.Patterns)
	}
}

// literal writes the value of a constant as Dump does.
func (c *Constant) literal() string {
	switch c.Kind {
	case True:
		return "True"
	case False:
		return "False"
	case Ellipsis:
		return "Ellipsis"
	case Int:
		return "0x" + c.Str
	case Float:
		return fmt.Sprintf("f%016x", math.Float64bits(c.Float))
	case Complex:
		return fmt.Sprintf("c%016x", math.Float64bits(c.Float))
	case Str:
		return quote(c.Str, false)
	case Bytes:
		return "b" + quote(c.Str, true)
	}
	return "None"
}

func quote(s string, bytes bool) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c == '"' || c == '\\' || c == 0x7f || bytes && c > 0x7f {
			b.WriteString(`\x`)
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	b.WriteByte('"')
	return b.String()
}
