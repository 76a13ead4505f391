// Package rewrite says what headers of a notebook should be, and plans the edits that bring them there.
package rewrite

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// Book is a notebook with the graph of its code cells: unit i of Graph is the cell Code[i].
type Book struct {
	*ipynb.Notebook
	Graph *deps.Graph
	Code  []int
}

// Edit is a change of one cell's header or pin.
type Edit struct {
	Unit, Cell int
	Old        *header.Header // nil: there was none
	New        string         // the line, without its end
	Changes    []ipynb.Change
	Import     bool // it imports the runtime; header and pin stay as they are
}

// Found is the header of a cell, its place and directives.
type Found struct {
	Header     *header.Header // nil when there is none
	Span       pyast.Span
	Directives Directives
}

// Find returns the header and the directives of a unit. A cell that is not Python has none.
func (b *Book) Find(unit int) Found {
	s := b.Graph.Cells[unit].Summary
	if s == nil {
		return Found{}
	}
	found := Found{Directives: FindDirectives(s.File)}
	for _, m := range s.File.CellMagics {
		if m.Name == header.Magic {
			text := strings.TrimRight(s.File.Segment(m.Span), "\r\n")
			found.Span = pyast.Span{Start: m.Start, End: m.Start + pyast.Pos(len(text))}
			if i := strings.Index(text, header.Prefix); i > 0 { // the line's indentation
				text = text[i:]
				found.Span.Start += pyast.Pos(i)
			}
			found.Header = header.Parse(text)
			return found
		}
	}
	return found
}

// Body is the source of a unit below its header, as the runtime sees it; all of it without one.
func (b *Book) Body(unit int) string { return Body(b.Graph.Cells[unit].Summary.File) }

// Body is the source of a cell below its header; all of it without one.
func Body(f *pyast.File) string {
	for _, m := range f.CellMagics {
		if m.Name == header.Magic {
			return f.Source[ipynb.LineEnd(f.Source, int(m.Start)):]
		}
	}
	return f.Source
}

// WhyNot returns why a unit can't be memoized, nothing when it can.
func (b *Book) WhyNot(unit int) []deps.Reason {
	reasons := b.Graph.Memoizable(unit)
	if slices.Contains(b.Cells[b.Code[unit]].Tags, "parameters") {
		reasons = append(reasons, deps.Reason{Code: deps.ReasonParameters, Text: "papermill replaces the values of the cell tagged parameters"})
	}
	if b.LoadsRuntime(unit) {
		reasons = append(reasons, deps.Reason{Code: deps.ReasonLoadsRuntime, Text: "the cell loads the runtime, which its header needs before it runs"})
	}
	return reasons
}

// Suggest returns the header line that a unit should have, which is the one it has if that is
// right. It takes the unit for memoizable.
func (b *Book) Suggest(unit int, s Style) string {
	found := b.Find(unit)
	input, output := Wanted(b.Graph, unit, s, found.Directives)
	if found.Header == nil {
		return header.New(input, output)
	}
	if s.Outputs != All && !isLive(b.Graph.Cells[unit]) && overlap(found.Header.Output, output.Allowed) {
		output.Required = nil
	}
	return found.Header.Renew(input, output)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// Plan returns the changes that bring the headers and pins of the given units to what they should
// be, in order. Units that can't be memoized, that are marked to be skipped, or that are right
// are left alone. Pins are renewed where they are, and new ones are written as the style says.
func (b *Book) Plan(units []int, s Style) []Edit {
	var edits []Edit
	for _, unit := range units {
		found := b.Find(unit)
		if found.Directives.Skip || len(b.WhyNot(unit)) > 0 {
			continue
		}
		line := b.Suggest(unit, s)
		e := Edit{Unit: unit, Cell: b.Code[unit], Old: found.Header, New: line}
		switch {
		case found.Header == nil && line == header.Prefix:
			continue // all of it is excluded
		case found.Header == nil:
			at := 0
			if m := b.Graph.Cells[unit].Summary.File.CellMagics; len(m) > 0 {
				at = int(m[0].Start) // behind blank lines, so that nothing stands between two magics
			}
			e.Changes = []ipynb.Change{{Start: at, End: at, Text: line + "\n"}}
		case line != found.Header.Text:
			e.Changes = []ipynb.Change{{Start: int(found.Span.Start), End: int(found.Span.End), Text: line}}
		}
		e.Changes = append(e.Changes, b.pinChanges(unit, s.Pins)...)
		if len(e.Changes) > 0 {
			edits = append(edits, e)
		}
	}
	return edits
}

// Source is the source of the edit's cell after the edit.
func (b *Book) Source(e Edit) string { return b.Cells[e.Cell].Changed(e.Changes) }

// Apply returns the notebook's bytes with the edits made.
func (b *Book) Apply(edits []Edit) ([]byte, error) {
	var all []ipynb.Edit
	for _, e := range edits {
		planned, err := b.ReplaceAll(e.Cell, e.Changes)
		if err != nil {
			return nil, err
		}
		all = append(all, planned...)
	}
	return ipynb.Apply(b.Src, all)
}
