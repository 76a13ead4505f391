package ipynb

// How a file is written: commas, breaks, escapes.

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// A listStyle is what stands around the elements of a list source.
type listStyle struct {
	before, between, after []byte // after '[', with the comma between two, before ']'
}

// join writes encoded lines as elements.
func (s listStyle) join(lines [][]byte) []byte {
	var out []byte
	for i, line := range lines {
		if i > 0 {
			out = append(out, s.between...)
		}
		out = append(out, '"')
		out = append(out, line...)
		out = append(out, '"')
	}
	return out
}

// listStyle is the style of a cell's list source around its element near. What
// a list of one element or none doesn't show is taken from the nearest cell
// that does and starts alike; if there is none, the elements of an empty list
// stand one level deeper than their key.
func (nb *Notebook) listStyle(cell, near int) listStyle {
	m, value := nb.sourceMap(cell), nb.layouts[cell].source
	n := len(m.literals)
	if n == 0 || !m.isList {
		for i := range nb.nearest(cell) {
			if m := nb.sourceMap(i); m.isList && len(m.literals) > 0 {
				return nb.listStyle(i, 1)
			}
		}
		return nb.keyStyle(cell)
	}
	s := listStyle{
		before: nb.Src[value.Start+1 : m.literals[0].open],
		after:  nb.Src[m.literals[n-1].close+1 : value.End-1],
	}
	switch {
	case n > 1:
		i := min(max(near, 1), n-1)
		s.between = nb.Src[m.literals[i-1].close+1 : m.literals[i].open]
	case bytes.IndexByte(s.before, '\n') >= 0:
		s.between = append([]byte{','}, s.before...)
	default:
		for i := range nb.nearest(cell) {
			m, open := nb.sourceMap(i), nb.layouts[i].source.Start+1
			if m.isList && len(m.literals) > 1 && bytes.Equal(nb.Src[open:m.literals[0].open], s.before) {
				s.between = nb.Src[m.literals[0].close+1 : m.literals[1].open]
				return s
			}
		}
		s.between = nb.comma(cell)
	}
	return s
}

// nearest goes through the other cells, those close to a cell first.
func (nb *Notebook) nearest(cell int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for d := 1; d <= len(nb.Cells); d++ {
			if cell-d >= 0 && !yield(cell-d) || cell+d < len(nb.Cells) && !yield(cell+d) {
				return
			}
		}
	}
}

// keyStyle lays out a list by the indentation of its key.
func (nb *Notebook) keyStyle(cell int) listStyle {
	end := nb.layouts[cell].source.Start
	quote := bytes.LastIndexByte(nb.Src[:end], '"')
	key := bytes.LastIndexByte(nb.Src[:quote], '"')
	after := lineMargin(nb.Src, key)
	if len(after) == 0 {
		return listStyle{between: nb.comma(cell)}
	}
	unit, ok := bytes.CutPrefix(after, lineMargin(nb.Src, nb.layouts[cell].span.Start))
	if !ok || len(unit) == len(after) {
		unit = []byte{' '}
	}
	before := slices.Concat(after, unit)
	return listStyle{before: before, between: append([]byte{','}, before...), after: after}
}

// comma is the separator of a notebook on one line: json.dumps puts spaces
// after both colon and comma, or after neither.
func (nb *Notebook) comma(cell int) []byte {
	if at := nb.layouts[cell].source.Start; nb.Src[at-1] == ':' {
		return []byte{','}
	}
	return []byte(", ")
}

// spaceBefore is the white space that ends at an offset.
func spaceBefore(src []byte, end int) []byte {
	return src[len(bytes.TrimRight(src[:end], " \t\r\n")):end]
}

// lineMargin is the line end and indentation before an offset, nothing if
// anything else stands before it on its line.
func lineMargin(src []byte, end int) []byte {
	margin := spaceBefore(src, end)
	i := bytes.LastIndexByte(margin, '\n')
	if i > 0 && margin[i-1] == '\r' {
		i--
	}
	if i < 0 {
		return nil
	}
	return margin[i:]
}

// escapesUnicode tells whether strings are written in ASCII with escapes for all
// else. The sources decide, then the rest of the file; without a sign of either
// it is false, as nbformat writes.
func (nb *Notebook) escapesUnicode() bool {
	var escaped bool
	for i := range nb.layouts {
		value := nb.layouts[i].source
		text := nb.Src[value.Start:value.End]
		if !isASCII(text) {
			return false
		}
		escaped = escaped || escapesNonASCII(text)
	}
	return escaped || isASCII(nb.Src) && escapesNonASCII(nb.Src)
}

func isASCII[T string | []byte](text T) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// escapesNonASCII tells whether some character outside of ASCII is escaped.
func escapesNonASCII(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return false
		}
		r, n := decodeEscape(text[i:])
		if r >= utf8.RuneSelf {
			return true
		}
		text = text[i+n:]
	}
}
