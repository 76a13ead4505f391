package closure

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// IPython's magics, as semantics.md section 7 has them: what each runs, reads and binds. A
// magic that isn't here may do anything.

// lineMagicKind says what a line magic does with its text.
type lineMagicKind uint8

const (
	magicNothing lineMagicKind = iota // reads and binds nothing in the notebook
	magicRuns                         // the text is Python that runs in the notebook
	magicTimes                        // … in a scope of its own
	magicProcess                      // changes the process: directory, environment
	magicShell
	magicProfiles // -f function … then Python that runs in the notebook
)

var lineMagics = map[string]lineMagicKind{
	"time": magicRuns, "prun": magicRuns, "timeit": magicTimes, "memit": magicRuns, "lprun": magicProfiles, "mprun": magicProfiles,
	"cd": magicProcess, "env": magicProcess, "set_env": magicProcess, "pushd": magicProcess, "popd": magicProcess,
	"pip": magicShell, "conda": magicShell, "mamba": magicShell, "micromamba": magicShell, "uv": magicShell,
	"system": magicShell, "sx": magicShell, "ls": magicShell, "ll": magicShell, "cat": magicShell, "mkdir": magicShell,
	"rm": magicShell, "cp": magicShell, "mv": magicShell, "less": magicShell, "man": magicShell, "more": magicShell, "rmdir": magicShell,
	"matplotlib": magicNothing, "load_ext": magicNothing, "reload_ext": magicNothing, "unload_ext": magicNothing,
	"autoreload": magicNothing, "config": magicNothing, "precision": magicNothing, "pprint": magicNothing,
	"who": magicNothing, "who_ls": magicNothing, "whos": magicNothing, "pwd": magicNothing, "dhist": magicNothing,
	"dirs": magicNothing, "hist": magicNothing, "history": magicNothing, "recall": magicNothing, "rerun": magicNothing,
	"lsmagic": magicNothing, "magic": magicNothing, "quickref": magicNothing, "alias": magicNothing, "alias_magic": magicNothing,
	"automagic": magicNothing, "autocall": magicNothing, "autoawait": magicNothing, "colors": magicNothing, "xmode": magicNothing,
	"pdb": magicNothing, "debug": magicNothing, "tb": magicNothing, "pinfo": magicNothing, "pinfo2": magicNothing,
	"psearch": magicNothing, "pdoc": magicNothing, "pdef": magicNothing, "psource": magicNothing, "pfile": magicNothing,
	"page": magicNothing, "pycat": magicNothing, "notebook": magicNothing, "save": magicNothing, "logon": magicNothing,
	"logoff": magicNothing, "logstart": magicNothing, "logstop": magicNothing, "logstate": magicNothing, "connect_info": magicNothing,
	"qtconsole": magicNothing, "gui": magicNothing, "killbgscripts": magicNothing, "bookmark": magicNothing, "code_wrap": magicNothing,
	"load": magicNothing, "loadpy": magicNothing, "edit": magicNothing, "tensorflow_version": magicNothing, "watermark": magicNothing,
	"nbdev_export": magicNothing, "config_manager": magicNothing, "xetmemo_trace": magicNothing, "aimport": magicNothing,
	"tensorboard": magicNothing, "doctest_mode": magicNothing, "clear": magicNothing, "cls": magicNothing,
}

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
	switch name {
	case "run":
		l.expand(m.Text, m)
		l.emit(&RunFile{at(m), lastPath(m.Text)})
		return l.constant(m, "builtins.NoneType")
	case "store":
		l.storeMagic(m)
		return l.constant(m, "builtins.NoneType")
	case "pylab":
		l.emit(&ImportStar{at(m), "pylab", 0})
		return l.constant(m, "builtins.NoneType")
	case "reset", "reset_selective", "xdel", "macro":
		l.opaqueText("unknown-magic", m.TextSpan, true)
		return l.constant(m, "")
	}
	kind, known := lineMagics[name]
	if !known {
		if l.extensionMagic(name, m.Text, m) {
			return l.display(m, "", nil)
		}
		l.expand(m.Text, m)
		l.opaqueText("unknown-magic", m.TextSpan, true)
		return l.display(m, "", nil)
	}
	switch kind {
	case magicRuns, magicProfiles, magicTimes:
		return l.runMagic(kind, m)
	case magicProcess:
		l.expand(m.Text, m)
		l.emit(&Effect{at(m), "process-state", "%" + name})
	case magicShell:
		l.expand(m.Text, m)
		l.emit(&Effect{at(m), "shell", "%" + name})
	case magicNothing:
		l.expand(m.Text, m)
	}
	return l.constant(m, "builtins.NoneType")
}

// runMagic lowers the statement that %time, %timeit and the profilers run.
func (l *lowering) runMagic(kind lineMagicKind, m *pyast.Magic) Reg {
	rest, offset := m.Text, 0
	for {
		trimmed := strings.TrimLeft(rest, " \t")
		offset += len(rest) - len(trimmed)
		rest = trimmed
		if !strings.HasPrefix(rest, "-") || len(rest) < 2 {
			break
		}
		word := firstWord(rest)
		if kind == magicProfiles && strings.HasPrefix(word, "-f") {
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
		if takesValue := strings.Contains("nrpltsTDm", word[1:2]) && len(word) == 2 && !(kind == magicTimes && word == "-t"); takesValue {
			after := strings.TrimLeft(rest[len(word):], " ")
			skip = len(rest) - len(after) + len(firstWord(after))
		}
		rest, offset = rest[skip:], offset+skip
	}
	base := m.TextSpan.Start + pyast.Pos(offset)
	if kind == magicTimes {
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
	l.adopt(Resolve(&pyast.File{Version: l.file.Version, Body: []pyast.Stmt{def}}))
	fn := l.function(FunctionScope, "<timeit>", def, nil, func(*Func) { l.stmts(body) })
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
func (l *lowering) cellMagics(magics []pyast.CellMagic) {
	if len(magics) == 0 {
		l.stmts(l.file.Body)
		return
	}
	m, rest := magics[0], magics[1:]
	words := strings.Fields(m.Text)
	switch m.Name {
	case "capture":
		l.cellMagics(rest)
		for _, w := range words {
			if !strings.HasPrefix(w, "-") {
				l.storeAt(w, l.display(m, "IPython.utils.capture.CapturedIO", nil), BindMagic, m, m.TextSpan.Start)
			}
		}
	case "timeit":
		if len(rest) > 0 || l.file.RawBody {
			l.cellMagics(rest)
			return
		}
		l.timedBody(m)
	case "xetmemo", "time", "prun", "debug":
		l.expand(m.Text, m)
		l.cellMagics(rest)
	default:
		if !l.file.RawBody || len(rest) > 0 {
			l.expand(m.Text, m)
			l.cellMagics(rest)
			return
		}
		l.foreignBody(m, words)
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

var shellBodies = map[string]bool{"bash": true, "sh": true, "script": true, "perl": true, "ruby": true, "python": true, "python2": true, "python3": true, "pypy": true, "cmd": true, "!": true, "system": true, "sx": true}
var textBodies = map[string]bool{"html": true, "HTML": true, "latex": true, "markdown": true, "svg": true, "SVG": true, "javascript": true, "js": true, "mermaid": true, "css": true}

// foreignBody lowers a cell whose body is not Python of the notebook.
func (l *lowering) foreignBody(m pyast.CellMagic, words []string) {
	switch {
	case shellBodies[m.Name]:
		l.expand(m.Text, m)
		l.emit(&Effect{at(m), "shell", "%%" + m.Name})
		for i, w := range words {
			name, isOut := "", false
			if v, ok := strings.CutPrefix(w, "--out="); ok {
				name, isOut = v, true
			} else if v, ok := strings.CutPrefix(w, "--err="); ok {
				name, isOut = v, true
			} else if (w == "--out" || w == "--err" || w == "--proc") && i+1 < len(words) {
				name, isOut = words[i+1], true
			}
			if isOut {
				l.storeAt(name, l.constant(m, "builtins.str"), BindMagic, m, m.TextSpan.Start)
			}
		}
	case textBodies[m.Name]:
		l.expand(m.Text, m)
	case m.Name == "memit": // the profiler runs the body in the notebook
		l.expand(m.Text, m)
		l.snippet(l.file.Source[l.file.RawBodySpan.Start:l.file.RawBodySpan.End], l.file.RawBodySpan.Start)
	case m.Name == "writefile" || m.Name == "file":
		l.expand(m.Text, m)
		path := ""
		for _, w := range words {
			if !strings.HasPrefix(w, "-") {
				path = strings.Trim(w, `"'`)
			}
		}
		body := l.file.Source[l.file.RawBodySpan.Start:l.file.RawBodySpan.End]
		l.emit(&Effect{at(m), "writes-file", path})
		l.emit(&WriteFile{at(m), path, body})
	case l.extensionMagic(m.Name, m.Text, m):
	default:
		l.expand(m.Text, m)
		l.opaqueText("unknown-magic", pyast.Span{Start: m.TextSpan.Start, End: l.file.RawBodySpan.End}, true)
	}
}

// extensionMagic lowers magics of well-known extensions by the options that name variables.
func (l *lowering) extensionMagic(name, text string, n pyast.Node) bool {
	words := strings.Fields(text)
	reads, binds := map[string]bool{}, map[string]bool{}
	switch name {
	case "R", "Rpush", "Rpull", "octave", "matlab", "julia":
		reads["-i"], reads["--input"], binds["-o"], binds["--output"] = true, true, true, true
		switch name {
		case "Rpush":
			words = append([]string{"-i"}, strings.Join(words, ","))
		case "Rpull":
			words = append([]string{"-o"}, strings.Join(words, ","))
		}
	case "spark":
		binds["-o"] = true
	case "sql":
		if before, _, ok := strings.Cut(text, "<<"); ok {
			if f := strings.Fields(before); len(f) > 0 {
				l.store(f[len(f)-1], l.display(n, "", nil), BindMagic, n)
			}
		}
	case "bigquery":
		if len(words) > 0 && !strings.HasPrefix(words[0], "-") {
			l.store(words[0], l.display(n, "pandas.DataFrame", nil), BindMagic, n)
		}
		reads["--params"] = true
	case "cython":
		l.cythonNames(n)
		return true
	default:
		return false
	}
	l.expand(text, n)
	l.emit(&Effect{at(n), "shell", "%" + name})
	for i := 0; i+1 < len(words); i++ {
		for _, v := range strings.Split(words[i+1], ",") {
			switch v = strings.TrimPrefix(v, "$"); {
			case v == "":
			case reads[words[i]]:
				l.readIfBound(v, n)
			case binds[words[i]]:
				l.store(v, l.display(n, "", nil), BindMagic, n)
			}
		}
	}
	return true
}

// cythonNames binds the functions and classes that a %%cython body defines at its top.
func (l *lowering) cythonNames(n pyast.Node) {
	body := l.file.Source[l.file.RawBodySpan.Start:l.file.RawBodySpan.End]
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
	l.emit(&IfBound{at(n), names, body})
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

// lastPath is the file that %run names, behind its options.
func lastPath(text string) string {
	for _, w := range strings.Fields(text) {
		if !strings.HasPrefix(w, "-") {
			return strings.Trim(w, `"'`)
		}
	}
	return ""
}
