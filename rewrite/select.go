package rewrite

// Which cells get a header.

import (
	"math"
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
)

// Choice says which cells a header is written for.
type Choice string

// The choices of cells.
const (
	AutoCells   Choice = "auto"   // marked, slow, and those that look like long work
	AllCells    Choice = "all"    // every cell that can be memoized
	SlowCells   Choice = "slow"   // recorded durations alone
	MarkedCells Choice = "marked" // a header or the tag "memo"
)

// MemoTag is the tag that marks a cell for a header.
const MemoTag = "memo"

// makesFile says that a file is what a unit is run for: it writes one, and of what later cells use it makes nothing but
// names and numbers. A hit would give these, and no file.
func (b *Book) makesFile(unit int) bool {
	c := b.Graph.Cells[unit]
	if !slices.ContainsFunc(c.Effects, func(e deps.Effect) bool { return e.Kind == "writes-file" }) {
		return false
	}
	for _, name := range b.Graph.Outputs(unit).Live {
		if !slices.ContainsFunc(c.Bound, func(x *deps.Bound) bool { return x.Name == name && x.Small }) {
			return false
		}
	}
	return true
}

// Select returns the units to write a header for. Whether they can be memoized is left to Plan.
// Seconds is the recorded duration from which a cell is slow.
func (b *Book) Select(choice Choice, seconds float64) []int {
	var units []int
	for unit, i := range b.Code {
		if b.Graph.Cells[unit].Summary == nil {
			continue
		}
		cell := &b.Cells[i]
		recorded := !math.IsNaN(cell.Duration)
		slow := recorded && cell.Duration >= seconds
		marked := func() bool { return slices.Contains(cell.Tags, MemoTag) || b.Find(unit).Header != nil }
		var ok bool
		switch choice {
		case AllCells:
			ok = true
		case SlowCells:
			ok = slow
		case MarkedCells:
			ok = marked()
		default:
			ok = marked() || (slow || !recorded && longWork(b.Graph.Cells[unit])) && !b.makesFile(unit)
		}
		if ok {
			units = append(units, unit)
		}
	}
	return units
}
