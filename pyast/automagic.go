package pyast

// Automagic: IPython takes a cell of one line that begins with the name of a line magic or alias for that magic,
// as if it began with "%", unless a variable has the name or the line assigns to it. It decides this by the
// text alone, whether or not the line is Python, once its own syntax has been looked for.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/pyast/magics"
)

// automagic returns the magic that the cell's only line begins with, nil where there is none.
func (c *cell) automagic() *Magic {
	if c.first >= c.lines() || c.first+1 < c.lines() {
		return nil
	}
	line := c.line(c.first)
	start := len(line) - len(strings.TrimLeft(line, " \t"))
	end := wordEnd(line, start)
	text := strings.TrimSpace(line[end:])
	if !magics.Of(line[start:end]).IsAutomagic() || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "\\") {
		return nil
	}
	if text != "" && strings.IndexByte("=,.*", line[end]) >= 0 || strings.HasPrefix(text, "=") || strings.HasPrefix(text, ",") {
		return nil
	}
	at := c.start(c.first)
	whole := Pos(len(strings.TrimRight(line, " \t\r\n")))
	m := &Magic{Span: Span{at + Pos(start), at + whole}, Kind: LineMagic, Name: line[start:end], Text: text}
	m.TextSpan = Span{m.End - Pos(len(text)), m.End}
	return m
}
