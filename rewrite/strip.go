package rewrite

import "github.com/xetmemo/xetmemo-lint/ipynb"

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
