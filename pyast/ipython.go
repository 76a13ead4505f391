package pyast

// IPython's own syntax, as IPython.core.inputtransformer2 reads it. IPython works on text: it
// cleans the lines up, then replaces one special line after the other by a call of
// get_ipython(), looking for the next one in the tokens of the result. Here the clean-up moves
// the starts of lines (type cell), and the rest is part of scanning and parsing, for what is special
// is found at the start of a logical line, behind the first "=", or at the end of a line that
// can't be Python (name?).
//
// The version followed is IPython 8. IPython 9 takes the indentation off that all lines have instead of
// that of the first, so that blank lines are emptied, also in strings, and takes ">>>" off wherever it
// stands. Where the two would disagree on a cell magic, it is an error here.

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/xetmemo/xetmemo-lint/pyast/magics"
)

// PythonMagic reports whether the body of a cell magic is Python of the notebook that is read as a cell, as package
// magics has it. It is what a nil Options.PythonMagic stands for, to build on.
func PythonMagic(name string) bool { return magics.Of(name).Body.IsCell() }

// cell is the source of a cell as a list of lines whose starts the clean-up moves.
type cell struct {
	src    string
	bounds []Pos // where the lines start in src, and its end
	starts []Pos // where they start once cleaned up; nil where that is nowhere different
	first  int   // the first line that is left
	uneven bool  // not all lines had the indentation of the first
}

func newCell(src string, lines []Pos) cell {
	c := cell{src: src, bounds: lines}
	if n := len(lines); int(lines[n-1]) < len(src) {
		c.bounds = append(lines[:n:n], Pos(len(src)))
	}
	return c
}

// lines is the number of lines.
func (c *cell) lines() int { return len(c.bounds) - 1 }

func (c *cell) start(i int) Pos {
	if c.starts != nil {
		return c.starts[i]
	}
	return c.bounds[i]
}

// line returns line i with its line break.
func (c *cell) line(i int) string { return c.src[c.start(i):c.bounds[i+1]] }

// cut takes n bytes from the start of line i.
func (c *cell) cut(i, n int) {
	if n == 0 {
		return
	}
	if c.starts == nil {
		c.starts = append([]Pos(nil), c.bounds...)
	}
	c.starts[i] += Pos(n)
}

// clean drops leading blank lines, and takes the first line's indentation, ">>> " and
// "In [1]: " off all lines.
func (c *cell) clean() {
	for i := c.first; i < c.lines(); i++ {
		if strings.TrimSpace(c.line(i)) != "" {
			c.first = i
			break
		}
	}
	if c.first >= c.lines() {
		return
	}
	line := c.line(c.first)
	if indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; indent != "" {
		c.cutAll(func(line string) int {
			if strings.HasPrefix(line, indent) {
				return len(indent)
			}
			c.uneven = c.uneven || strings.TrimSpace(line) != ""
			return 0
		})
	}
	second := ""
	if c.first+1 < c.lines() {
		second = c.line(c.first + 1)
	}
	line = c.line(c.first)
	if strings.HasPrefix(line, ">>>") && classicPrompt(line) > 0 || classicPrompt(second) > 0 {
		c.cutAll(classicPrompt)
	}
	if ipythonPrompt(c.line(c.first)) > 0 || second != "" && ipythonPrompt(c.line(c.first+1)) > 0 {
		c.cutAll(ipythonPrompt)
	}
}

func (c *cell) cutAll(prefix func(line string) int) {
	for i := c.first; i < c.lines(); i++ {
		c.cut(i, prefix(c.line(i)))
	}
}

// classicPrompt returns the length of ">>> " or "... " at the start of line.
func classicPrompt(line string) int {
	if !strings.HasPrefix(line, ">>>") && !strings.HasPrefix(line, "...") {
		return 0
	}
	switch {
	case len(line) == 3, line[3] == '\n' && len(line) == 4:
		return 3
	case line[3] == ' ':
		return 4
	}
	return 0
}

// ipythonPrompt returns the length of "In [1]: " or "   ...: " at the start of line.
func ipythonPrompt(line string) int {
	i := 0
	for _, mode := range [...]string{"[nav] ", "[ins] ", " "} {
		if strings.HasPrefix(line, mode) {
			i = len(mode)
			break
		}
	}
	if strings.HasPrefix(line[i:], "In [") {
		i += len("In [")
		digits := i
		for i < len(line) && class[line[i]]&cDigit != 0 {
			i++
		}
		if i > digits && strings.HasPrefix(line[i:], "]: ") {
			return i + len("]: ")
		}
	}
	rest := strings.TrimLeftFunc(line, unicode.IsSpace)
	dots := len(rest) - len(strings.TrimLeft(rest, "."))
	if dots < 3 || dots == len(rest) || rest[dots] != ':' {
		return 0
	}
	n := len(line) - len(rest) + dots + 1
	if n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}

// cellMagic takes the cell magic that the first line is.
func (c *cell) cellMagic() (CellMagic, bool) {
	if c.first >= c.lines() {
		return CellMagic{}, false
	}
	line := c.line(c.first)
	if !strings.HasPrefix(line, "%%") {
		return CellMagic{}, false
	}
	if w := wordEnd(line, 2); w > 2 && w < len(line) && line[w] == '?' {
		return CellMagic{}, false // a help request
	}
	start := c.start(c.first)
	line = strings.TrimRightFunc(line, unicode.IsSpace)
	end := start + Pos(len(line))
	m := CellMagic{Span: Span{start, end}}
	found := false
	m.Name, m.Text, found = strings.Cut(line[2:], " ")
	m.TextSpan = Span{end, end}
	if found {
		m.TextSpan.Start = start + Pos(len("%%")+len(m.Name)+len(" "))
	}
	c.first++
	return m, true
}

// cellMagics reads the leading cell magics of the cell into f, each on what the one before
// leaves, and returns whether IPython's syntax holds in the body.
func (f *File) cellMagics(c *cell, python func(string) bool) (special bool) {
	if python == nil {
		python = PythonMagic
	}
	for {
		c.clean()
		m, ok := c.cellMagic()
		if !ok {
			return true
		}
		f.CellMagics = append(f.CellMagics, m)
		if c.uneven {
			f.Errors = append(f.Errors, Error{m.Span, "the body of an indented cell magic must be indented as much"})
			c.uneven = false
		}
		if c.first >= c.lines() {
			f.Errors = append(f.Errors, Error{m.Span, fmt.Sprintf("%%%%%s is a cell magic, but the cell body is empty", m.Name)})
		}
		if !python(m.Name) {
			f.RawBody = true
			start := Pos(len(c.src))
			if c.first < c.lines() {
				start = c.start(c.first)
			}
			f.RawBodySpan = Span{start, Pos(len(c.src))}
			return false
		}
		if magics.Of(m.Name).Body == magics.PlainCell {
			return false
		}
	}
}

// text returns what is left of the cell, and where its parts were.
func (c *cell) text() (string, sourceMap) {
	var b strings.Builder
	var m sourceMap
	for i := c.first; i < c.lines(); i++ {
		m.add(b.Len(), c.start(i))
		b.WriteString(c.line(i))
	}
	return b.String(), m
}

// escape scans a line that begins with one of IPython's escape characters as a tMagic; the
// scanner is at the first token of a logical line.
func (s *scanner) escape() bool {
	if s.off >= len(s.src) {
		return false
	}
	next := byte(0)
	if s.off+1 < len(s.src) {
		next = s.src[s.off+1]
	}
	switch s.src[s.off] {
	case '%', '!':
		if next == '=' {
			return false
		}
	case '/':
		if next == '/' || next == '=' {
			return false
		}
	case '?', ',', ';':
	default:
		return false
	}
	s.tok, s.start = tMagic, s.off
	s.end = continuedEnd(s.src, s.off)
	s.off = s.end
	return true
}

// continuedEnd returns the end of the line that off is on and of those that backslashes
// continue it with.
func continuedEnd(src string, off int) int {
	for {
		end := lineEnd(src, off)
		if end == off || end+1 >= len(src) || src[end-1] != '\\' || src[end] != '\n' {
			return end
		}
		off = end + 1
	}
}

// assembled joins continued lines as IPython does.
func assembled(text string) string {
	trim := func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }
	if !strings.Contains(text, "\\\n") {
		return trim(text)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = trim(line)
		if i < len(lines)-1 {
			lines[i] = lines[i][:len(lines[i])-1]
		}
	}
	return strings.Join(lines, " ")
}

// magicLine parses the tMagic that is the current token, a statement of its own.
func (p *parser) magicLine() {
	start, end := p.start, p.end
	if m := p.helpAt(start, end); m != nil {
		p.next()
		p.pushMagic(m)
		return
	}
	line := assembled(p.src[start:end])
	m := &Magic{Span: Span{Pos(start), Pos(end)}}
	escape := line[:1]
	if strings.HasPrefix(line, "!!") || strings.HasPrefix(line, "??") {
		escape = line[:2]
	}
	content := line[len(escape):]
	m.TextSpan = Span{Pos(start + len(escape)), Pos(end)}
	m.Text = content
	switch escape {
	case "!":
		m.Kind = Shell
	case "!!":
		m.Kind = ShellCapture
	case "?", "??":
		m.Kind = Help
		if content != "" {
			m.Name = helpName(content, escape)
		}
	case "%":
		m.splitName(content)
		if strings.HasPrefix(m.Name, "%") {
			p.note(m.Span, "a cell magic must be the first line of its cell")
		}
	default:
		p.next()
		p.autoCall(start, end, line)
		return
	}
	p.next()
	p.pushMagic(m)
}

// splitName makes name and text of what follows "%".
func (m *Magic) splitName(content string) {
	found := false
	m.Name, m.Text, found = strings.Cut(content, " ")
	m.TextSpan.Start += Pos(len(m.Name))
	if found {
		m.TextSpan.Start++
	}
	m.TextSpan.Start = min(m.TextSpan.Start, m.TextSpan.End)
}

func (p *parser) pushMagic(m *Magic) {
	p.stmts.push(&ExprStmt{Span: m.Span, Value: m})
	if p.tok == tNewline {
		p.next()
	}
}

// helpName is the magic that answers a help request.
func helpName(target, escape string) string {
	switch {
	case escape == "??":
		return "pinfo2"
	case strings.Contains(target, "*"):
		return "psearch"
	}
	return "pinfo"
}

// autoCall parses ",f a b" as f("a", "b"), ";f a b" as f("a b") and "/f a b" as f(a, b).
func (p *parser) autoCall(start, end int, line string) {
	var b strings.Builder
	var m sourceMap
	// Text of the line keeps its place as long as the line is not continued.
	exact := len(line) <= end-start && p.src[start:start+len(line)] == line
	at := Pos(start)
	copied := func(from, to int) {
		if exact {
			m.add(b.Len(), Pos(start+from))
			at = Pos(start + to)
		} else {
			m.addPoint(b.Len(), at)
		}
		b.WriteString(line[from:to])
	}
	added := func(text string) {
		m.addPoint(b.Len(), at)
		b.WriteString(text)
	}
	name, args, _ := strings.Cut(line[1:], " ")
	if line[0] == '/' && name == "" {
		p.note(Span{Pos(start), Pos(end)}, "'/' must be followed by a callable name")
		p.stmts.push(&BadStmt{Span{Pos(start), Pos(end)}})
		p.endLine()
		return
	}
	copied(1, 1+len(name))
	rest := 1 + len(name) + 1
	quote, separator := `"`, `", "`
	if line[0] == '/' {
		quote, separator = "", ", "
	}
	added("(" + quote)
	if line[0] == ';' {
		if args != "" {
			copied(rest, len(line))
		}
	} else {
		for i, word := range strings.Fields(args) {
			if i > 0 {
				added(separator)
			}
			rest += strings.Index(line[rest:], word)
			copied(rest, rest+len(word))
			rest += len(word)
		}
	}
	added(quote + ")")
	sub := Parse(b.String(), Options{})
	m.move(sub, Pos(start), Pos(end))
	p.errors = append(p.errors, sub.Errors...)
	if len(sub.Body) == 1 {
		if s, ok := sub.Body[0].(*ExprStmt); ok {
			s.Span = Span{Pos(start), Pos(end)}
		}
	}
	for _, s := range sub.Body {
		p.stmts.push(s)
	}
	p.endLine()
}

func (p *parser) endLine() {
	if p.tok == tNewline {
		p.next()
	}
}

// assignedMagic parses "%name text" or "!text" behind the first "=" of a logical line, nil
// where the value is something else. The current token is what follows "=".
func (p *parser) assignedMagic() Expr {
	kind := LineMagic
	switch p.tok {
	case tBang:
		if line := strings.TrimLeft(p.src[lineBegin(p.src, p.prevEnd):], " \t\f"); strings.HasPrefix(line, "=") {
			return nil // IPython looks away where "=" begins a continued line
		}
		kind = ShellCapture
	case tPercent:
		rest := strings.TrimLeft(p.src[p.end:], " \t\f")
		if rest == "" || class[rest[0]]&cStart == 0 && rest[0] < 0x80 {
			return nil
		}
	default:
		return nil
	}
	start := p.start
	end := continuedEnd(p.src, start)
	if p.helpAt(p.lineStart, end) != nil {
		p.unexpected()
		return p.bad()
	}
	m := &Magic{Span: Span{Pos(start), Pos(end)}, Kind: kind}
	m.TextSpan = Span{Pos(start + 1), Pos(end)}
	m.Text = assembled(p.src[start:end])[1:]
	if m.Kind == LineMagic {
		m.splitName(m.Text)
	}
	p.tok, p.end, p.off = tMagic, end, end
	p.next()
	return m
}

// helpLine replaces the failed logical line that starts at start by the help request that it
// ends with, if it does, and takes its errors back.
func (p *parser) helpLine(start int) bool {
	saved := p.scanner
	p.restart(start)
	p.skim = true
	end := start
	for p.next(); p.tok != tNewline && p.tok != tEOF; p.next() {
		end = p.end
	}
	question := p.src[max(end-1, 0):end] == "?"
	if !question || p.tok == tNewline && p.start != end {
		p.scanner = saved
		return false
	}
	m := p.helpAt(start, end)
	p.scanner = saved
	if m == nil {
		return false
	}
	p.errors = p.errors[:p.before]
	p.restart(end)
	p.next()
	p.prevEnd = end // the block around ends here, too
	p.pushMagic(m)
	return true
}

// helpAt returns the help request that the line at start makes if it ends with "?" at end,
// else nil. What comes before the name asked about is not looked at: "x = f?" asks about f.
func (p *parser) helpAt(start, end int) *Magic {
	line := p.src[start:end]
	name := strings.TrimRight(line, "?")
	marks := len(line) - len(name)
	if marks < 1 || marks > 2 || name == "" || !p.endsInQuestion(start, end) {
		return nil
	}
	from := helpTarget(name)
	if from < 0 {
		return nil
	}
	target := name[from:]
	m := &Magic{Span: Span{Pos(start), Pos(end)}, Kind: Help, Text: target}
	m.Name = helpName(target, line[len(name):])
	m.TextSpan = Span{Pos(start + from), Pos(start + len(name))}
	return m
}

// endsInQuestion reports whether the last token of the line is "?", rather than a string or
// a comment that ends so.
func (p *parser) endsInQuestion(start, end int) bool {
	s := scanner{src: p.src[:end], off: start, skim: true, content: true}
	last := tEOF
	for s.next(); s.tok != tEOF && s.tok != tNewline; s.next() {
		last = s.tok
	}
	return last == tQuestion && s.start == end
}

// helpTarget returns where the name begins that ends text: words with dots between them and
// literal indexes, "*" being a letter, with up to two "%" before; -1 where there is none.
func helpTarget(text string) int {
	for start := 0; start < len(text); {
		i := start
		for i < len(text) && i < start+2 && text[i] == '%' {
			i++
		}
		end := targetWord(text, i)
		if end < 0 {
			start++
			continue
		}
		for end < len(text) {
			next := -1
			switch text[end] {
			case '.':
				next = targetWord(text, end+1)
			case '[':
				j := end + 1
				if j < len(text) && text[j] == '-' {
					j++
				}
				digits := j
				for j < len(text) && class[text[j]]&cDigit != 0 {
					j++
				}
				if j > digits && j < len(text) && text[j] == ']' {
					next = j + 1
				}
			}
			if next < 0 {
				break
			}
			end = next
		}
		if end == len(text) {
			return start
		}
		start = end // a start in between ends there too
	}
	return -1
}

// targetWord returns the end of the word at i, -1 where none starts.
func targetWord(text string, i int) int {
	if i >= len(text) || class[text[i]]&cDigit != 0 {
		return -1
	}
	end := i
	for end < len(text) {
		if text[end] == '*' {
			end++
		} else if next := wordEnd(text, end); next > end {
			end = next
		} else {
			break
		}
	}
	if end == i {
		return -1
	}
	return end
}

// wordEnd returns the end of the run of letters, digits and underscores at i.
func wordEnd(text string, i int) int {
	for j, r := range text[i:] {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return i + j
		}
	}
	return len(text)
}
