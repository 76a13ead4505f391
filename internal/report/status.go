package report

// What a store holds for each cell.

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/memo"
	"github.com/xetmemo/xetmemo-lint/internal/rules"
)

// Status says of each memoized cell of a notebook what the store holds for it and, as far as the
// text alone tells, whether it will run again and why.
func Status(nb *load.Notebook, store *memo.Store) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", nb.Path)
	memoized, again, seconds := 0, 0, 0.0
	known := map[*memo.Manifest]bool{}
	for unit, index := range nb.Code {
		found := nb.Find(unit)
		if found.Header == nil {
			continue
		}
		memoized++
		said, took := cellStatus(nb, unit, store, known)
		fmt.Fprintf(&b, "  %s  %s\n", rules.Ref(&nb.Cells[index]), said)
		if took >= 0 {
			again++
			seconds += took
		}
	}
	if memoized == 0 {
		b.WriteString("  no cell has a header\n")
	}
	if again > 0 {
		fmt.Fprintf(&b, "  %s\n", Again(again, seconds))
	}
	current := 0
	for _, isKnown := range known {
		if isKnown {
			current++
		}
	}
	var bytes, pastBytes int64
	past := 0
	for _, m := range store.Manifests {
		size := m.Size
		for _, blob := range m.Blobs {
			size += blob.Size
		}
		bytes += size
		if isKnown, ofThis := known[m]; ofThis && !isKnown {
			past++
			pastBytes += size
		}
	}
	fmt.Fprintf(&b, "  %s: %d memos, %d of them of this notebook's cells as they are, %s\n", filepath.ToSlash(store.Root), len(store.Manifests), current, Size(bytes))
	if past > current {
		fmt.Fprintf(&b, "  %d more are of these cells as they were, %s: xetmemo-lint prune --keep-latest 1 says what can go, with --dry-run\n", past, Size(pastBytes))
	}
	for _, p := range store.Problems {
		fmt.Fprintf(&b, "  %s\n", p)
	}
	return b.String()
}

// cellStatus is the status of one cell, and what it took when it last ran if it will run again, else -1. Its memos are noted in
// known: true for those of the cell as it is.
func cellStatus(nb *load.Notebook, unit int, store *memo.Store, known map[*memo.Manifest]bool) (string, float64) {
	found := nb.Find(unit)
	if found.Directives.Skip {
		return "runs each time: it is marked skip", -1
	}
	inputs := slices.DeleteFunc(slices.Concat(found.Header.Input, found.Directives.Include), func(n string) bool {
		return slices.Contains(found.Directives.Exclude, n)
	})
	slices.Sort(inputs)
	inputs = slices.Compact(inputs)
	memos := store.Of(memo.CellDigest(nb.Body(unit), nb.Graph.Cells[unit].Summary.File.Version), found.Header.Key)
	outputs := slices.Sorted(slices.Values(found.Header.Output))
	slot := "cell " + strings.Join(outputs, ",")
	var last *memo.Manifest
	for _, m := range store.Manifests {
		if len(outputs) > 0 && m.Kind == "cell" && m.Slot == slot {
			if !known[m] {
				known[m] = false
			}
			if last == nil || m.Created.After(last.Created) {
				last = m
			}
		}
	}
	for _, m := range memos {
		if !known[m] {
			known[m] = false
		}
	}
	why, took := "", 0.0
	for _, m := range memos {
		known[m] = true
		reason := whyNot(nb, unit, store, m, inputs, found.Header.Output)
		if reason == "" {
			return fmt.Sprintf("hits where its inputs have the values they had: memo made %s, took %s", day(m), length(m.Seconds)), -1
		}
		if why == "" {
			took = m.Seconds
			why = fmt.Sprintf("will run: since the memo made %s, %s", day(m), reason)
		}
	}
	if why != "" {
		return why, took
	}
	if last != nil {
		return fmt.Sprintf("will run: since the memo made %s, its code or key= changed", day(last)), last.Seconds
	}
	if took := nb.Cells[nb.Code[unit]].Duration; !math.IsNaN(took) {
		return fmt.Sprintf("will run: it has no memo, and took %s", length(took)), took
	}
	return "will run: it has no memo", -1
}

// whyNot says why a memo of the cell can't be used now, "" if nothing in the text forbids it.
func whyNot(nb *load.Notebook, unit int, store *memo.Store, m *memo.Manifest, inputs, outputs []string) string {
	if !slices.Equal(m.Inputs, inputs) {
		return fmt.Sprintf("input= changed from %q", strings.Join(m.Inputs, ","))
	}
	if !slices.Equal(slices.Sorted(slices.Values(m.Outputs)), slices.Sorted(slices.Values(outputs))) {
		return fmt.Sprintf("output= changed from %q", strings.Join(m.Outputs, ","))
	}
	if changed := m.Changed(nb.Graph.Digest(unit)); len(changed) > 0 {
		var names []string
		for _, r := range changed {
			names = append(names, fmt.Sprintf("%s (%s)", r.Name, rules.PlaceOf(nb, r)))
		}
		return strings.Join(names, ", ") + " changed"
	}
	if blob := store.Missing(m); blob != "" {
		return "blob " + blob[:12] + " is gone or damaged"
	}
	return ""
}

// Again says how many cells will run again, and how long that took the last time.
func Again(cells int, seconds float64) string {
	what := "1 cell"
	if cells != 1 {
		what = fmt.Sprintf("%d cells", cells)
	}
	about := "about " + length(seconds)
	if seconds < 1 {
		about = length(seconds)
	}
	return fmt.Sprintf("%s will run again, %s", what, about)
}

// length is a time in words, as rough as what it is said of.
func length(s float64) string {
	switch {
	case s < 1:
		return "under 1 s"
	case s < 100:
		return fmt.Sprintf("%.0f s", s)
	case s < 100*60:
		return fmt.Sprintf("%.0f min", s/60)
	}
	return fmt.Sprintf("%.0f h", s/3600)
}

func day(m *memo.Manifest) string { return m.Created.Format(time.DateOnly) }

// Size is a number of bytes in words.
func Size(n int64) string {
	for _, unit := range []string{"bytes", "KB", "MB"} {
		if n < 10_000 {
			return fmt.Sprintf("%d %s", n, unit)
		}
		n = (n + 500) / 1000
	}
	return fmt.Sprintf("%d GB", n)
}
