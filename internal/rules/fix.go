package rules

// Fixes: which changes take findings away.

import (
	"cmp"
	"slices"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/rewrite"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// maxPasses bounds how often fixes are made again on what earlier fixes left.
const maxPasses = 8

// Fixed is a notebook with fixes made.
type Fixed struct {
	Notebook *load.Notebook // the last state
	Count    int            // of findings that were fixed
	// Origin is the number that each cell had before, -1 for a new one.
	Origin []int
	Left   []*Finding
}

// FixAll makes the safe fixes, and the unsafe ones if asked to, until none is left to make.
// Reload reads a changed notebook.
func FixAll(nb *load.Notebook, o Options, unsafe bool, reload func([]byte) (*load.Notebook, error)) (*Fixed, error) {
	fixed := &Fixed{Notebook: nb, Origin: make([]int, len(nb.Cells))}
	for i := range fixed.Origin {
		fixed.Origin[i] = i
	}
	for range maxPasses {
		fixed.Left = Check(fixed.Notebook, o)
		usable := slices.DeleteFunc(slices.Clone(fixed.Left), func(f *Finding) bool {
			return f.Fix == nil || !f.Fix.Safe && !unsafe
		})
		if len(usable) == 0 {
			break
		}
		content, above, err := applyFixes(fixed.Notebook, usable)
		if err != nil {
			return nil, err
		}
		if string(content) == string(fixed.Notebook.Src) {
			break
		}
		if fixed.Notebook, err = reload(content); err != nil {
			return nil, err
		}
		fixed.Count += len(usable)
		for i, n := range above { // each new cell before it has moved this one down
			fixed.Origin = slices.Insert(fixed.Origin, n+i, -1)
		}
	}
	return fixed, nil
}

// MakeFixes makes the fixes of some findings of a notebook, once, and returns its new content.
func MakeFixes(nb *load.Notebook, findings []*Finding) ([]byte, error) {
	content, _, err := applyFixes(nb, findings)
	return content, err
}

// applyFixes makes the fixes of a pass and returns the cells above which new ones were put. Where
// a cell is split, or its header goes, its other fixes wait for the next pass.
func applyFixes(nb *load.Notebook, findings []*Finding) (content []byte, above []int, err error) {
	byUnit := map[int][]*Fix{}
	var units []int
	for _, f := range findings {
		if byUnit[f.Fix.unit] == nil {
			units = append(units, f.Fix.unit)
		}
		byUnit[f.Fix.unit] = append(byUnit[f.Fix.unit], f.Fix)
	}
	slices.Sort(units)
	var edits []ipynb.Edit
	for _, unit := range units {
		index := nb.Code[unit]
		if slices.ContainsFunc(byUnit[unit], func(f *Fix) bool { return f.split }) {
			if s := nb.Split(unit); s != nil {
				inserted, err := nb.InsertCell(index, s.Above)
				if err != nil {
					return nil, nil, err
				}
				changed, err := nb.ReplaceAll(index, s.Changes)
				if err != nil {
					return nil, nil, err
				}
				edits = append(append(edits, inserted...), changed...)
				above = append(above, index)
				continue
			}
		}
		changes := cellChanges(nb, unit, byUnit[unit])
		if len(changes) == 0 {
			continue
		}
		changed, err := nb.ReplaceAll(index, changes)
		if err != nil {
			return nil, nil, err
		}
		edits = append(edits, changed...)
	}
	content, err = ipynb.Apply(nb.Src, edits)
	return content, above, err
}

// cellChanges are the changes that the fixes of one cell come to.
func cellChanges(nb *load.Notebook, unit int, fixes []*Fix) []ipynb.Change {
	cell := &nb.Cells[nb.Code[unit]]
	found := nb.Find(unit)
	var changes []ipynb.Change
	var line *string
	var in, out struct{ add, drop []string }
	for _, f := range fixes {
		add := func(list *[]string, name string) {
			if name != "" {
				*list = append(*list, name)
			}
		}
		add(&in.add, f.header.addInput)
		add(&in.drop, f.header.dropInput)
		add(&out.add, f.header.addOutput)
		add(&out.drop, f.header.dropOutput)
		if f.line != nil && (line == nil || *f.line == "") {
			line = f.line
		}
		changes = append(changes, f.change...)
	}
	switch {
	case found.Header == nil && line != nil:
		at := 0
		if m := nb.Graph.Cells[unit].Summary.File.CellMagics; len(m) > 0 {
			at = int(m[0].Start)
		}
		changes = append(changes, ipynb.Change{Start: at, End: at, Text: *line + "\n"})
	case found.Header == nil:
	case line != nil && *line == "":
		changes = append(changes, rewrite.WithoutLine(cell.Source, int(found.Span.Start), int(found.Span.End)))
	default:
		text := found.Header.Text
		if line != nil {
			text = *line
		}
		if amended := header.Parse(text).Amend(in.add, in.drop, out.add, out.drop); amended != found.Header.Text {
			changes = append(changes, ipynb.Change{Start: int(found.Span.Start), End: int(found.Span.End), Text: amended})
		}
	}
	slices.SortStableFunc(changes, func(a, b ipynb.Change) int { return cmp.Compare(a.Start, b.Start) })
	kept := changes[:0]
	for _, c := range changes {
		if len(kept) == 0 || kept[len(kept)-1].End <= c.Start {
			kept = append(kept, c)
		}
	}
	return kept
}
