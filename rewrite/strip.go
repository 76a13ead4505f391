package rewrite

// Removing headers and pins.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/ipynb"
)

// Strip plans the removal of all headers and pins. Cells that don't parse are left alone.
func (b *Book) Strip() []Edit {
	var edits []Edit
	for unit, cell := range b.Code {
		s := b.Graph.Cells[unit].Summary
		if s == nil || len(s.File.Errors) > 0 {
			continue
		}
		found := b.Find(unit)
		e := Edit{Unit: unit, Cell: cell, Old: found.Header}
		if found.Header != nil {
			e.Changes = []ipynb.Change{wholeLine(s.File.Source, found.Span)}
		}
		for _, span := range pins(s.File) {
			e.Changes = append(e.Changes, wholeLine(s.File.Source, span))
		}
		if len(e.Changes) > 0 {
			edits = append(edits, e)
		}
	}
	return edits
}

// WithoutLine takes out the bytes [start, end) and the line that they are on, white space before
// them included. Of the last line the end of the line before goes.
func WithoutLine(source string, start, end int) ipynb.Change {
	start = strings.LastIndexAny(source[:start], "\r\n") + 1
	if after := ipynb.LineEnd(source, end); after > end && strings.Trim(source[end:after], " \t\r\n") == "" {
		return ipynb.Change{Start: start, End: after}
	}
	switch before := source[:start]; {
	case strings.HasSuffix(before, "\r\n"):
		start -= 2
	case before != "":
		start--
	}
	return ipynb.Change{Start: start, End: end}
}
