package digest

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/pyast/magics"
)

// Cell returns the form of a notebook cell that was parsed with Options.Notebook: the source as it
// stands, in a node of its own, if it is not Python.
func Cell(f *pyast.File, namesDoc bool) []byte {
	text := plainNewlines(strings.TrimPrefix(f.Source, "\ufeff"))
	if text != f.Source { // IPython doesn't continue a magic over "\\\r\n"; a form has no "\r"
		return Cell(pyast.Parse(text, pyast.Options{Notebook: true, Version: f.Version}), namesDoc)
	}
	var m cellMagics
	if len(f.CellMagics) > 0 {
		m = splitMagics(text)
	}
	if f.RawBody && m.foreign == nil && !m.empty { // by an option, against the table of magics
		return Cell(pyast.Parse(f.Source, pyast.Options{Notebook: true, Version: f.Version}), namesDoc)
	}
	w := writer{keepDocs: namesDoc, out: make([]byte, 0, 8*len(f.Source))}
	if !m.empty && (m.foreign != nil || check(f, pyast.Span{End: pyast.Pos(len(f.Source))}) == nil) {
		w.cell(f, m)
		if w.err == nil {
			return w.out
		}
	}
	w.out = w.out[:0]
	w.open("raw ")
	w.sized('s', text)
	w.close()
	return w.out
}

func (w *writer) cell(f *pyast.File, m cellMagics) {
	if m.lines != nil {
		w.open("magics body ")
	}
	w.open("Module")
	if m.foreign != nil {
		w.out = append(w.out, " body [(Expr value "...)
		w.shellCall("run_cell_magic", m.foreign...)
		w.out = append(w.out, ")]"...)
	} else {
		list(w, "body", f.Body)
	}
	w.close()
	if m.lines == nil {
		return
	}
	w.field("lines")
	for i, line := range m.lines {
		w.separate(i)
		w.sized('s', line)
	}
	w.out = append(w.out, "])"...)
}

// cellMagics are the leading magics of a cell.
type cellMagics struct {
	lines   []string // of those whose body is Python, but for xetmemo
	foreign []string // name, arguments and body of the one below them whose body isn't
	empty   bool     // the last has no body, which IPython refuses
}

func splitMagics(text string) cellMagics {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	var m cellMagics
	for {
		text = cleaned(text)
		line, body, _ := strings.Cut(text, "\n")
		if !strings.HasPrefix(line, "%%") || magicHelp.MatchString(line) {
			return m
		}
		if body == "" {
			m.empty = true
			return m
		}
		name, arguments, _ := strings.Cut(strings.TrimRightFunc(line[2:], isSpace), " ")
		if !magics.Of(name).Body.IsCell() {
			m.foreign = []string{name, arguments, body}
			return m
		}
		if name != "xetmemo" {
			m.lines = append(m.lines, line)
		}
		text = body
	}
}

// isSpace reports what Python's str.isspace does.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

var (
	magicHelp = regexp.MustCompile(`^%%[\pL\pN_]+\?`)
	prompts   = []struct{ first, any *regexp.Regexp }{
		{regexp.MustCompile(`^>>>( |$)`), regexp.MustCompile(`^(>>>|\.\.\.)( |$)`)},
		{ipythonPrompt, ipythonPrompt},
	}
	ipythonPrompt = regexp.MustCompile(`^(((\[nav\]|\[ins\])? )?In \[\d+\]: |\s*\.{3,}: ?)`)
)

// cleaned takes leading blank lines, indentation and prompts off a cell, as the rule magic says.
func cleaned(text string) string {
	for {
		line, rest, more := strings.Cut(text, "\n")
		if strings.TrimFunc(line, isSpace) != "" || !more {
			break
		}
		text = rest
	}
	indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], indent)
	}
	for _, p := range prompts {
		if p.first.MatchString(lines[0]) || len(lines) > 1 && p.any.MatchString(lines[1]) {
			for i, line := range lines {
				lines[i] = line[len(p.any.FindString(line)):]
			}
		}
	}
	return strings.Join(lines, "\n")
}

// plainNewlines makes "\n" of every "\r\n" and "\r" (rule newlines).
func plainNewlines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
