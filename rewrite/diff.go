package rewrite

// Unified diffs of cells.

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// diffContext is the number of unchanged lines around a change.
const diffContext = 3

// Diff writes the change of a cell's source in the unified format. The header names the cell:
// "--- nb.ipynb cell 5 (id)". The texts are equal when it is "".
func Diff(name, before, after string) string {
	if before == after {
		return ""
	}
	lines := diffLines(before, after)
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", name, name)
	for start := 0; start < len(lines); {
		first := start
		for first < len(lines) && lines[first].op == ' ' {
			first++
		}
		if first == len(lines) {
			break
		}
		first = max(start, first-diffContext)
		end, same := first, 0
		for i := first; i < len(lines); i++ {
			if lines[i].op != ' ' {
				end, same = i+1, 0
			} else if same++; end > first && same > 2*diffContext {
				break
			}
		}
		end = min(len(lines), end+diffContext)
		hunk(&out, lines, first, end)
		start = end
	}
	return out.String()
}

type diffLine struct {
	op   byte // ' ', '-' or '+'
	text string
}

// diffLines is the difference line by line.
func diffLines(before, after string) []diffLine {
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the result must not depend on the machine
	a, b, index := d.DiffLinesToChars(before, after)
	var lines []diffLine
	for _, part := range d.DiffCharsToLines(d.DiffMain(a, b, false), index) {
		op := byte(' ')
		switch part.Type {
		case diffmatchpatch.DiffDelete:
			op = '-'
		case diffmatchpatch.DiffInsert:
			op = '+'
		}
		for line := range strings.Lines(part.Text) {
			lines = append(lines, diffLine{op, line})
		}
	}
	return lines
}

// hunk writes the lines [first, end) under their line numbers.
func hunk(out *strings.Builder, lines []diffLine, first, end int) {
	var oldStart, newStart, oldLen, newLen int
	for i, l := range lines[:end] {
		in := i >= first
		if l.op != '+' {
			if in {
				oldLen++
			} else {
				oldStart++
			}
		}
		if l.op != '-' {
			if in {
				newLen++
			} else {
				newStart++
			}
		}
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", lineRange(oldStart, oldLen), lineRange(newStart, newLen))
	for _, l := range lines[first:end] {
		text, ended := strings.CutSuffix(l.text, "\n")
		fmt.Fprintf(out, "%c%s\n", l.op, text)
		if !ended && l.op != ' ' { // few cells end in a newline: say so only where that changes
			out.WriteString("\\ No newline at end of file\n")
		}
	}
}

// lineRange is a range as in diff -u: its first line, and its length unless it is 1.
func lineRange(before, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, n)
}
