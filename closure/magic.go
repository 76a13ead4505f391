package closure

// What a cell's magics run, read and bind, as their rows in package magics say. A magic without a row may do
// anything.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/pyast/magics"
)

// magic lowers a line magic, shell line or help request in the place of an expression.
func (l *lowering) magic(m *pyast.Magic) Reg {
	switch m.Kind {
	case pyast.Help:
		return l.constant(m, "builtins.NoneType")
	case pyast.Shell, pyast.ShellCapture:
		l.expand(m.Text, m)
		l.emit(&Effect{at(m), "shell", firstWord(m.Text)})
		if m.Kind == pyast.ShellCapture {
			return l.display(m, "IPython.utils.text.SList", nil)
		}
		return l.constant(m, "builtins.NoneType")
	}
	name := strings.TrimPrefix(m.Name, "%")
	row := magics.Of(name)
	switch row.Line {
	case magics.Code, magics.Timed, magics.Profiled:
		return l.runMagic(row.Line, m)
	case magics.Options:
		l.expand(m.Text, m)
	case magics.Process:
		l.expand(m.Text, m)
		l.emit(&Effect{at(m), "process-state", "%" + name})
	case magics.Shell:
		l.expand(m.Text, m)
		l.emit(&Effect{at(m), "shell", "%" + name})
	case magics.File:
		l.expand(m.Text, m)
		l.sum.RunsFiles = true
		l.emit(&RunFile{at(m), filePath(m.Text)})
	case magics.Stored:
		l.storeMagic(m)
	case magics.StarImport:
		for _, i := range importedBy[name] {
			r := l.reg()
			l.emit(&Import{Place: at(m), Dst: r, Module: i.module, Whole: true, Name: i.name})
			l.store(i.as, r, BindImport, m)
		}
		if !strings.Contains(m.Text, "--no-import-all") {
			l.sum.ImportsStar = true
			l.emit(&ImportStar{at(m), name, 0})
		}
	case magics.Anything:
		l.opaqueText("unknown-magic", m.TextSpan, true)
		return l.constant(m, "")
	case magics.Foreign:
		l.foreign(row, m.Text, m)
		return l.display(m, "", nil)
	case magics.NoLine:
		l.expand(m.Text, m)
		l.opaqueText("unknown-magic", m.TextSpan, true)
		return l.display(m, "", nil)
	}
	return l.constant(m, "builtins.NoneType")
}

// importedBy are the names that a magic imports besides those of its module.
var importedBy = map[string][]struct{ module, name, as string }{
	"pylab": {
		{"numpy", "", "numpy"}, {"numpy", "", "np"}, {"matplotlib", "", "matplotlib"}, {"matplotlib", "pylab", "pylab"},
		{"matplotlib", "mlab", "mlab"}, {"matplotlib", "pyplot", "pyplot"}, {"matplotlib", "pyplot", "plt"},
		{"IPython.display", "display", "display"}, {"IPython.core.pylabtools", "figsize", "figsize"},
		{"IPython.core.pylabtools", "getfigs", "getfigs"},
	},
}

// runMagic lowers the statement that %time, %timeit and the profilers run.
func (l *lowering) runMagic(line magics.Line, m *pyast.Magic) Reg {
	rest, offset := m.Text, 0
	for {
		trimmed := strings.TrimLeft(rest, " \t")
		offset += len(rest) - len(trimmed)
		rest = trimmed
		if len(firstWord(rest)) < 2 || rest[0] != '-' {
			break
		}
		word := firstWord(rest)
		if line == magics.Profiled && strings.HasPrefix(word, "-f") {
			name := strings.TrimPrefix(word, "-f")
			skip := len(word)
			if name == "" {
				after := strings.TrimLeft(rest[len(word):], " ")
				name = firstWord(after)
				skip = len(rest) - len(after) + len(name)
			}
			l.snippet(name, m.TextSpan.Start+pyast.Pos(offset))
			rest, offset = rest[skip:], offset+skip
			continue
		}
		skip := len(word)
		if takesValue := strings.Contains("nrpltsTDm", word[1:2]) && len(word) == 2 && !(line == magics.Timed && word == "-t"); takesValue {
			after := strings.TrimLeft(rest[len(word):], " ")
			skip = len(rest) - len(after) + len(firstWord(after))
		}
		rest, offset = rest[skip:], offset+skip
	}
	base := m.TextSpan.Start + pyast.Pos(offset)
	if line == magics.Timed {
		l.timed(l.parse(rest, base), m)
		return l.display(m, "IPython.core.magics.execution.TimeitResult", nil)
	}
	if r := l.snippet(rest, base); r != NoReg {
		return r
	}
	return l.constant(m, "builtins.NoneType")
}

// timed lowers %timeit and %%timeit: setup and body run in a function of their own, so that
// what they bind is not bound in the notebook.
func (l *lowering) timed(body []pyast.Stmt, n pyast.Node) {
	def := &pyast.FunctionDef{Span: n.Pos(), Name: pyast.Identifier{Span: n.Pos(), Name: "inner"}, Body: body}
	l.adopt(scope.Resolve(&pyast.File{Version: l.file.Version, Body: []pyast.Stmt{def}}))
	fn := l.function(scope.Function, "<timeit>", def, nil, func(*Func) { l.stmts(body) })
	made := l.reg()
	l.emit(&MakeFunc{at(n), made, fn, nil})
	l.emit(&Call{Place: at(n), Dst: l.reg(), Fn: made})
}

// storeMagic lowers %store: `-r x` binds x, `x` alone reads it.
func (l *lowering) storeMagic(m *pyast.Magic) {
	words := strings.Fields(m.Text)
	if len(words) == 0 || words[0] == "-z" || words[0] == "-d" {
		return
	}
	if words[0] != "-r" {
		for _, w := range words {
			if w == ">" || w == ">>" {
				break
			}
			l.readIfBound(w, m)
		}
		l.emit(&Effect{at(m), "writes-file", "%store"})
		return
	}
	l.emit(&Effect{at(m), "reads-file", "%store"})
	for _, w := range words[1:] {
		l.store(w, l.display(m, "", nil), BindMagic, m)
	}
	if len(words) == 1 {
		l.unknownNames(m)
	}
}

// cellMagics lowers the cell from its outermost magic inwards.
func (l *lowering) cellMagics(leading []pyast.CellMagic) {
	if len(leading) == 0 {
		l.stmts(l.file.Body)
		return
	}
	m, rest := leading[0], leading[1:]
	row := magics.Of(m.Name)
	switch {
	case l.file.RawBody && len(rest) == 0:
		l.rawBody(row, m)
	case row.Body != magics.TimedCell:
		l.expand(m.Text, m)
		l.cellMagics(rest)
		l.bind(row, m.Text, m.TextSpan.Start, m)
	case len(rest) > 0:
		l.cellMagics(rest)
	default:
		l.timedBody(m)
	}
}

// timedBody lowers a cell under %%timeit: the magic's own line is the setup.
func (l *lowering) timedBody(m pyast.CellMagic) {
	setup := timeitStatement(m.Text)
	l.timed(append(l.parse(setup, m.TextSpan.End-pyast.Pos(len(setup))), l.file.Body...), m)
}

// timeitStatement is the text of a %timeit line behind its options.
func timeitStatement(text string) string {
	text = strings.TrimLeft(text, " \t")
	for strings.HasPrefix(text, "-") {
		word := firstWord(text)
		text = strings.TrimLeft(text[len(word):], " \t")
		if word == "-n" || word == "-r" || word == "-p" || word == "-v" {
			text = strings.TrimLeft(text[len(firstWord(text)):], " \t")
		}
	}
	return text
}

// rawBody lowers a cell whose body the parser has left alone.
func (l *lowering) rawBody(row magics.Magic, m pyast.CellMagic) {
	body := l.file.Segment(l.file.RawBodySpan)
	switch row.Body {
	case magics.Script:
		l.expand(m.Text, m)
		l.emit(&Effect{at(m), "shell", "%%" + m.Name})
		l.bind(row, m.Text, m.TextSpan.Start, m)
	case magics.Markup:
		l.expand(m.Text, m)
	case magics.Profile:
		l.expand(m.Text, m)
		l.snippet(body, l.file.RawBodySpan.Start)
	case magics.Written:
		l.expand(m.Text, m)
		path := filePath(m.Text)
		l.emit(&Effect{at(m), "writes-file", path})
		appends := slices.ContainsFunc(strings.Fields(m.Text), func(w string) bool { return w == "-a" || w == "--append" })
		if path != "" && !strings.ContainsAny(path, "{$") {
			l.sum.Written = append(l.sum.Written, WrittenFile{path, body, appends})
		}
	case magics.ForeignBody:
		l.foreign(row, m.Text, m)
	default:
		l.expand(m.Text, m)
		l.opaqueText("unknown-magic", pyast.Span{Start: m.TextSpan.Start, End: l.file.RawBodySpan.End}, true)
	}
}

// foreign lowers a magic that hands variables to a program in another language and takes others from it.
func (l *lowering) foreign(row magics.Magic, line string, n pyast.Node) {
	if slices.Contains(row.Binds, magics.Definitions) {
		l.cythonNames(n)
		return
	}
	l.expand(line, n)
	l.emit(&Effect{at(n), "shell", "%" + row.Name})
	for _, name := range named(row.Reads, line) {
		l.readIfBound(name, n)
	}
	l.bind(row, line, n.Pos().Start, n)
}

// bind stores what a magic binds.
func (l *lowering) bind(row magics.Magic, line string, at pyast.Pos, n pyast.Node) {
	for _, name := range named(row.Binds, line) {
		value := NoReg
		if strings.HasPrefix(row.Type, "builtins.") {
			value = l.constant(n, row.Type)
		} else {
			value = l.display(n, row.Type, nil)
		}
		l.storeAt(name, value, BindMagic, n, at)
	}
}

// named returns the variables that a magic's line names in the given places of it (see magics.Magic).
func named(places []string, line string) []string {
	words := strings.Fields(line)
	isOption := func(w string) bool { return strings.HasPrefix(w, "-") }
	var found []string
	for _, place := range places {
		switch place {
		case magics.Words:
			found = append(found, slices.DeleteFunc(slices.Clone(words), isOption)...)
		case magics.First:
			if len(words) > 0 && !isOption(words[0]) {
				found = append(found, words[0])
			}
		case magics.BeforeArrow:
			if before, _, ok := strings.Cut(line, "<<"); ok {
				if f := strings.Fields(before); len(f) > 0 {
					found = append(found, f[len(f)-1])
				}
			}
		default:
			found = append(found, optionValues(words, place)...)
		}
	}
	var names []string
	for _, list := range found {
		for _, name := range strings.Split(list, ",") {
			if name = strings.TrimPrefix(name, "$"); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// optionValues returns what follows an option, in the next word or behind "=".
func optionValues(words []string, option string) []string {
	var values []string
	for i, w := range words {
		if w == option && i+1 < len(words) {
			values = append(values, words[i+1])
		} else if v, ok := strings.CutPrefix(w, option+"="); ok {
			values = append(values, v)
		}
	}
	return values
}

// cythonNames binds the functions and classes that a %%cython body defines at its top.
func (l *lowering) cythonNames(n pyast.Node) {
	body := l.file.Segment(l.file.RawBodySpan)
	for _, line := range strings.Split(body, "\n") {
		words := strings.Fields(line)
		if len(words) < 2 || line[0] == ' ' || line[0] == '\t' {
			continue
		}
		switch words[0] {
		case "def", "cpdef", "class":
			head, _, _ := strings.Cut(strings.TrimSuffix(line, ":"), "(")
			names := identifiers(head)
			if len(names) > 1 {
				l.store(names[len(names)-1].Name, l.display(n, "", nil), BindDef, n)
			}
		}
	}
}

// expand reads what IPython puts in the place of {…} and $name before it runs a line. The
// line is expanded wholly or, when one of its names is unbound, not at all.
func (l *lowering) expand(text string, n pyast.Node) {
	var fields []string
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			quoted = !quoted
		case c == '{' && i+1 < len(text) && text[i+1] == '{':
			i++
		case c == '{':
			end := closing(text, i)
			if end < 0 {
				return
			}
			fields = append(fields, text[i+1:end])
			i = end
		case c == '$' && i+1 < len(text) && !quoted:
			if text[i+1] == '$' {
				i++
				continue
			}
			j := i + 1
			for j < len(text) && (text[j] == '_' || text[j] == '.' || text[j]|0x20 >= 'a' && text[j]|0x20 <= 'z' || text[j] >= '0' && text[j] <= '9' && j > i+1) {
				j++
			}
			if code := strings.TrimRight(text[i+1:j], "."); code != "" {
				fields = append(fields, code)
			}
			i = j - 1
		}
	}
	for i, code := range fields {
		for _, sep := range []string{"!r", "!s", "!a"} {
			code = strings.TrimSuffix(code, sep)
		}
		if j := strings.LastIndexByte(code, ':'); j >= 0 && !strings.ContainsAny(code[j:], "]})") {
			code = code[:j]
		}
		fields[i] = code
		f := pyast.ParseSnippet(strings.TrimSpace(code), 0, pyast.Options{Version: l.file.Version})
		if len(f.Errors) > 0 || len(f.Body) != 1 {
			return // awk's {print $1}: the line stays as it is
		}
		if _, ok := f.Body[0].(*pyast.ExprStmt); !ok {
			return
		}
	}
	if len(fields) == 0 {
		return
	}
	var names []string
	body := l.block(func() {
		for _, code := range fields {
			for _, t := range identifiers(code) {
				if t.Pos == 0 || code[t.Pos-1] != '.' && code[t.Pos-1] != '"' && code[t.Pos-1] != '\'' {
					names = append(names, t.Name)
				}
			}
			l.snippet(code, n.Pos().Start)
		}
	})
	l.emit(&IfBound{at(n), names, nil, body})
}

// closing finds the brace that closes the one at i.
func closing(text string, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func firstWord(s string) string {
	s = strings.TrimLeft(s, " \t")
	if i := strings.IndexAny(s, " \t\n"); i >= 0 {
		return s[:i]
	}
	return s
}

// filePath is the file that a line names, behind its options.
func filePath(text string) string {
	for _, w := range strings.Fields(text) {
		if !strings.HasPrefix(w, "-") {
			return strings.Trim(w, `"'`)
		}
	}
	return ""
}
