package pyast

// Lines and columns.

import (
	"sort"
	"unicode/utf8"
)

// Position returns the line of p, from 1, and the column, from 0, in code points.
func (f *File) Position(p Pos) (line, column int) {
	i := sort.Search(len(f.Lines), func(i int) bool { return f.Lines[i] > p }) - 1
	if i < 0 {
		return 1, 0
	}
	start, end := int(f.Lines[i]-f.base), min(int(p-f.base), len(f.Source))
	return i + 1, utf8.RuneCountInString(f.Source[start:max(start, end)])
}

// Segment returns the source of s.
func (f *File) Segment(s Span) string {
	n := Pos(len(f.Source))
	start := min(max(s.Start-f.base, 0), n)
	return f.Source[start:min(max(s.End-f.base, start), n)]
}
