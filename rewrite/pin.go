package rewrite

// Pins: the digest of what a cell reaches, as a comment.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// A Pin is the comment that fixes the digest of what a cell reaches (docs/deps.md):
//
//	# xetmemo: deps=9f3c2a71b0de
type Pin struct {
	Old  string     // the digest written there, "" where there is no pin
	New  string     // what it is now, "" when the cell reaches nothing or what it reaches can't be known
	Span pyast.Span // of the comment
}

const pinText = "# " + header.Magic + ": deps="

// Pin returns the pin of a unit and what it should be. With several pins in a cell it is about the last.
func (b *Book) Pin(unit int) Pin {
	var p Pin
	s := b.Graph.Cells[unit].Summary
	if s == nil {
		return p
	}
	p.New = b.Graph.Digest(unit).Short()
	for _, span := range pins(s.File) {
		p.Old, p.Span = pinValue(s.File, span), span
	}
	return p
}

// Renewal is the change that brings a stale pin up to date, or takes it out where there is no
// digest any more.
func (b *Book) Renewal(unit int) *ipynb.Change {
	changes := b.pinChanges(unit, false)
	if len(changes) == 0 {
		return nil
	}
	return &changes[len(changes)-1]
}

// Stale says whether a unit has a pin that is no longer right.
func (p Pin) Stale() bool { return p.Old != "" && p.Old != p.New }

// pins are the places of a cell's pins.
func pins(f *pyast.File) []pyast.Span {
	var found []pyast.Span
	for _, c := range f.Comments {
		if pinValue(f, c) != "" && startsLine(f, c.Start) {
			found = append(found, c)
		}
	}
	return found
}

// pinValue is the digest that a comment pins, "" for any other comment.
func pinValue(f *pyast.File, comment pyast.Span) string {
	text := f.Segment(comment)
	if !strings.Contains(text, header.Magic) {
		return ""
	}
	m := directivePattern.FindStringSubmatch(strings.TrimRight(text, " \t\r"))
	if m == nil || m[1] != "deps" {
		return ""
	}
	return strings.TrimSpace(m[2])
}

// pinChanges are the changes that bring the pins of a unit to what they should be. A new one is
// written only if add is set.
func (b *Book) pinChanges(unit int, add bool) []ipynb.Change {
	f := b.Graph.Cells[unit].Summary.File
	want := b.Graph.Digest(unit).Short()
	there := pins(f)
	var changes []ipynb.Change
	for _, span := range there {
		switch {
		case want == "":
			changes = append(changes, wholeLine(f.Source, span))
		case pinValue(f, span) != want:
			changes = append(changes, ipynb.Change{Start: int(span.Start), End: int(span.End), Text: pinText + want})
		}
	}
	if len(there) == 0 && add && want != "" {
		at := pinPlace(f)
		changes = append(changes, ipynb.Change{Start: at, End: at, Text: pinText + want + "\n"})
	}
	return changes
}

// pinPlace is where a new pin goes: behind the leading cell magics, since IPython takes no
// comment above one.
func pinPlace(f *pyast.File) int {
	if len(f.CellMagics) == 0 {
		return 0
	}
	return ipynb.LineEnd(f.Source, int(f.CellMagics[len(f.CellMagics)-1].End))
}

// wholeLine is the change that takes out the line of a comment that stands alone.
func wholeLine(source string, span pyast.Span) ipynb.Change {
	start := strings.LastIndexAny(source[:span.Start], "\r\n") + 1
	return ipynb.Change{Start: start, End: ipynb.LineEnd(source, int(span.End))}
}
