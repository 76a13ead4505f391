package main

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

// diffNotebooks is the unified diff of the cells' sources. Origin is the number that each cell of
// after had before, -1 for a new cell.
func diffNotebooks(before, after *load.Notebook, origin []int) string {
	var b strings.Builder
	for i, from := range origin {
		if from < 0 {
			b.WriteString(rewrite.Diff(cellName(after, i)+", new", "", after.Cells[i].Source))
			continue
		}
		b.WriteString(rewrite.Diff(cellName(before, from), before.Cells[from].Source, after.Cells[i].Source))
	}
	return b.String()
}
