package rewrite

import (
	"math"
	"slices"
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
			ok = slow || marked() || !recorded && longWork(b.Graph.Cells[unit])
		}
		if ok {
			units = append(units, unit)
		}
	}
	return units
}
