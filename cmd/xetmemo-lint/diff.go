package main

// Diffs of notebooks, as commands print them.

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/report"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

// diffNotebooks is the unified diff of the cells' sources. Origin is the number that each cell of
// after had before, -1 for a new cell.
func diffNotebooks(before, after *load.Notebook, origin []int) string {
	var b strings.Builder
	for i, from := range origin {
		if from < 0 {
			b.WriteString(rewrite.Diff(report.CellName(after, i)+", new", "", after.Cells[i].Source))
			continue
		}
		b.WriteString(rewrite.Diff(report.CellName(before, from), before.Cells[from].Source, after.Cells[i].Source))
	}
	return b.String()
}

// diff is the unified diff of the cells that edits change.
func diff(nb *load.Notebook, edits []rewrite.Edit) string {
	var b strings.Builder
	for _, e := range edits {
		b.WriteString(rewrite.Diff(report.CellName(nb, e.Cell), nb.Cells[e.Cell].Source, nb.Source(e)))
	}
	return b.String()
}

// colorDiff colours a diff if output is coloured.
func (a *app) colorDiff(diff string) string {
	if diff == "" || !a.colored() {
		return diff
	}
	var b bytes.Buffer
	for line := range strings.Lines(diff) {
		code := ""
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
			code = "1"
		case strings.HasPrefix(line, "@@"):
			code = "36"
		case strings.HasPrefix(line, "-"):
			code = "31"
		case strings.HasPrefix(line, "+"):
			code = "32"
		}
		if code == "" {
			b.WriteString(line)
			continue
		}
		fmt.Fprintf(&b, "\x1b[%sm%s\x1b[0m\n", code, strings.TrimSuffix(line, "\n"))
	}
	return b.String()
}
