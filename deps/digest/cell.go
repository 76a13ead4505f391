package digest

import (
	"regexp"
	"strings"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// pythonMagics are the cell magics of the rule cell-magics, whose body is Python. What the
// configuration says of others doesn't count: the digest must not depend on it.
var pythonMagics = map[string]bool{
	"capture": true, "debug": true, "prun": true, "time": true, "timeit": true, "xetmemo": true,
}

// Cell returns the form of a notebook cell that was parsed with Options.Notebook: the source as it
// stands, in a node of its own, if it is not Python.
func Cell(f *pyast.File, namesDoc bool) []byte {
	w := writer{keepDocs: namesDoc, out: make([]byte, 0, 8*len(f.Source))}
	if check(f, pyast.Span{End: pyast.Pos(len(f.Source))}) == nil {
		w.cell(f)
		if w.err == nil {
			return w.out
		}
	}
	w.out = w.out[:0]
	w.open("raw ")
	w.sized('s', plainNewlines(strings.TrimPrefix(f.Source, "\ufeff")))
	w.close()
	return w.out
}

func (w *writer) cell(f *pyast.File) {
	var lines []string
	var foreign []string // the arguments of run_cell_magic, if a magic's body isn't Python
	if len(f.CellMagics) > 0 {
		lines, foreign = splitMagics(plainNewlines(strings.TrimPrefix(f.Source, "\ufeff")))
	}
	if lines != nil {
		w.open("magics body ")
	}
	w.open("Module")
	switch {
	case foreign != nil:
		w.out = append(w.out, " body [(Expr value "...)
		w.shellCall("run_cell_magic", foreign...)
		w.out = append(w.out, ")]"...)
	case f.RawBody: // the configuration has taken one of pythonMagics for another language's
		w.err = &Opaque{f.CellMagics[0].Span, "the body of the cell magic was not read as Python"}
	default:
		list(w, "body", f.Body)
	}
	w.close()
	if lines == nil {
		return
	}
	w.field("lines")
	for i, line := range lines {
		w.separate(i)
		w.sized('s', line)
	}
	w.out = append(w.out, "])"...)
}

// splitMagics returns the leading magic lines of a cell whose bodies are Python, without those of
// xetmemo, and name, arguments and body of the magic below them whose body isn't, if there is one.
func splitMagics(text string) (lines, foreign []string) {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	for {
		text = cleaned(text)
		line, body, _ := strings.Cut(text, "\n")
		if !strings.HasPrefix(line, "%%") || magicHelp.MatchString(line) {
			return lines, nil
		}
		name, arguments, _ := strings.Cut(strings.TrimRight(line[2:], blanks), " ")
		if !pythonMagics[name] {
			return lines, []string{name, arguments, body}
		}
		if name != "xetmemo" {
			lines = append(lines, line)
		}
		text = body
	}
}

// blanks is what Python's str.rstrip takes off a line in ASCII.
const blanks = " \t\n\v\f\r\x1c\x1d\x1e\x1f"

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
		if strings.Trim(line, blanks) != "" || !more {
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
