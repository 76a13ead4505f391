package ipynb

// Splicing of edits into a notebook's bytes.

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// An Edit replaces the bytes [Start, End) of a notebook by New.
type Edit struct {
	Start, End int
	New        []byte
}

// Apply returns src with all edits made; src stays as it is. Edits may come in
// any order but must not overlap. Insertions at the same place are made in the
// order given. It is an error if edits overlap or lie outside of src.
func Apply(src []byte, edits []Edit) ([]byte, error) {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int {
		if c := cmp.Compare(a.Start, b.Start); c != 0 {
			return c
		}
		return cmp.Compare(a.End, b.End)
	})
	size, at := len(src), 0
	for _, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(src) {
			return nil, fmt.Errorf("edit [%d, %d) lies outside of the %d bytes", e.Start, e.End, len(src))
		}
		if e.Start < at {
			return nil, fmt.Errorf("edit [%d, %d) overlaps one that ends at %d", e.Start, e.End, at)
		}
		at = e.End
		size += len(e.New) - (e.End - e.Start)
	}
	out := bytes.NewBuffer(make([]byte, 0, size))
	at = 0
	for _, e := range edits {
		out.Write(src[at:e.Start])
		out.Write(e.New)
		at = e.End
	}
	out.Write(src[at:])
	return out.Bytes(), nil
}
