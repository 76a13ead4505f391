package memo

// Which memos go though they could still be hit, since somebody asked for a bound: the older ones.

import (
	"cmp"
	"fmt"
	"slices"
)

// beyondLatest splits memos of cells that are there into those of the latest keys of each cell, and older ones.
// A key may have several memos: one for each who signed it.
func beyondLatest(memos []*Manifest, keep int) (latest []*Manifest, older []Removal) {
	memos = slices.Clone(memos)
	slices.SortStableFunc(memos, func(a, b *Manifest) int { return b.Created.Compare(a.Created) })
	keys := map[string][]string{} // of a cell, the latest first
	for _, m := range memos {
		if !slices.Contains(keys[m.Cell], m.Digest) {
			keys[m.Cell] = append(keys[m.Cell], m.Digest)
		}
		if slices.Index(keys[m.Cell], m.Digest) < keep {
			latest = append(latest, m)
		} else {
			older = append(older, Removal{m, fmt.Sprintf("older than the latest %d of its cell", keep)})
		}
	}
	return latest, older
}

// beyondSize returns the oldest of the memos that may go, until what is left of all takes no more than limit bytes.
func beyondSize(mayGo, all []*Manifest, limit int64) (left []*Manifest, oldest []Removal) {
	users := map[string]int{}
	var size int64
	for _, m := range all {
		size += m.Size
		for _, b := range m.Blobs {
			if users[b.SHA256]++; users[b.SHA256] == 1 {
				size += b.Size
			}
		}
	}
	mayGo = slices.Clone(mayGo)
	slices.SortStableFunc(mayGo, func(a, b *Manifest) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Path, b.Path)) })
	for i, m := range mayGo {
		if size <= limit {
			return mayGo[i:], oldest
		}
		size -= m.Size
		for _, b := range m.Blobs {
			if users[b.SHA256]--; users[b.SHA256] == 0 {
				size -= b.Size
			}
		}
		oldest = append(oldest, Removal{m, "one of the oldest, to come down to the size asked for"})
	}
	return nil, oldest
}
