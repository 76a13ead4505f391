package ipynb

// Places in a cell's source, and in the file.

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"
)

// FileOffset is the place in Src of a byte of a cell's source. At the border of
// two elements it is the start of the later one's text; at the end of the source
// it is the closing quote; inside an escaped character it is the escape. An
// offset out of range counts as the nearest in range. A cell without a source
// member gives the start of the cell.
func (nb *Notebook) FileOffset(cell, sourceOffset int) int {
	m := nb.sourceMap(cell)
	if len(m.literals) == 0 {
		if l := &nb.layouts[cell]; l.source.Len() > 0 {
			return l.source.Start
		}
		return nb.layouts[cell].span.Start
	}
	return m.file(min(max(sourceOffset, 0), len(nb.Cells[cell].Source)))
}

// FileLine is the line of Src in which an offset lies, from 1.
func (nb *Notebook) FileLine(offset int) int {
	nb.lineOnce.Do(func() {
		nb.lineBases = make([]int, len(nb.layouts))
		line, from := 0, 0
		for i := range nb.layouts {
			to := nb.layouts[i].span.Start
			line += bytes.Count(nb.Src[from:to], []byte{'\n'})
			nb.lineBases[i], from = line, to
		}
	})
	offset = min(max(offset, 0), len(nb.Src))
	line, from := 1, 0
	if i := nb.cellAt(offset); i >= 0 {
		line, from = nb.lineBases[i]+1, nb.layouts[i].span.Start
	}
	return line + bytes.Count(nb.Src[from:offset], []byte{'\n'})
}

// cellAt is the last cell that starts at or before a file offset, or -1.
func (nb *Notebook) cellAt(offset int) int {
	return sort.Search(len(nb.layouts), func(i int) bool { return nb.layouts[i].span.Start > offset }) - 1
}

// Locate finds the cell whose source a file offset lies in, and the line (from
// 1) and column (from 0, in code points) there. Between two elements of the
// source, it is the start of the later one. ok is false outside of sources.
func (nb *Notebook) Locate(offset int) (cell, line, column int, ok bool) {
	cell = nb.cellAt(offset)
	if cell < 0 {
		return 0, 0, 0, false
	}
	if l := nb.layouts[cell].source; offset < l.Start || offset >= l.End {
		return 0, 0, 0, false
	}
	line, column = nb.Cells[cell].Position(nb.sourceMap(cell).source(offset))
	return cell, line, column, true
}

// Position is the line, from 1, and the column, from 0 in code points, of a byte
// of the source. Lines end as they do for Python's compile: after "\n", "\r\n"
// or "\r". An offset out of range counts as the nearest in range.
func (c *Cell) Position(sourceOffset int) (line, column int) {
	before := c.Source[:min(max(sourceOffset, 0), len(c.Source))]
	if strings.IndexByte(before, '\r') < 0 {
		return 1 + strings.Count(before, "\n"), utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	}
	for line, start := 1, 0; ; line++ {
		next := LineEnd(c.Source, start)
		if next > len(before) || !EndsLine(c.Source[start:next]) {
			return line, utf8.RuneCountInString(before[start:])
		}
		start = next
	}
}

// Offset is the byte of the source at a line, from 1, and a column, from 0 in
// code points. A column past the line's end gives the end of its text, before
// the line end; a line past the last gives the end of the source.
func (c *Cell) Offset(line, column int) int {
	start := 0
	for ; line > 1; line-- {
		next := LineEnd(c.Source, start)
		if !EndsLine(c.Source[start:next]) {
			return len(c.Source)
		}
		start = next
	}
	text := strings.TrimRight(c.Source[start:LineEnd(c.Source, start)], "\r\n")
	for i := range text {
		if column <= 0 {
			return start + i
		}
		column--
	}
	return start + len(text)
}

// LineEnd is where the line that starts at i ends, its end included: "\n", "\r\n" or "\r".
func LineEnd(s string, i int) int {
	n := strings.IndexByte(s[i:], '\n') + 1
	if n == 0 {
		n = len(s) - i
	}
	if r := strings.IndexByte(s[i:i+n], '\r') + 1; r > 0 && s[i+r:i+n] != "\n" {
		return i + r
	}
	return i + n
}

// EndsLine says whether a text ends with a line's end.
func EndsLine(s string) bool {
	return strings.HasSuffix(s, "\n") || strings.HasSuffix(s, "\r")
}

// A sourceMap relates a cell's decoded source to the bytes it was decoded from.
type sourceMap struct {
	literals []literal // the elements of a list, or the one string
	isList   bool
	runs     []run
}

// A literal is a string literal of a source.
type literal struct {
	open, close int // file offsets of the quotes
	source      int // source offset of its first byte
}

// A run is a stretch of literal text that stands for itself byte by byte, or
// one escape. A literal has a run at its start even if it is empty.
type run struct {
	source, file int
	escape       bool
}

// sourceMap builds the map of a cell when it is first asked for.
func (nb *Notebook) sourceMap(cell int) *sourceMap {
	if m := nb.maps[cell].Load(); m != nil {
		return m
	}
	m := &sourceMap{isList: nb.at(nb.layouts[cell].source) == '['}
	source := 0
	nb.eachLiteral(cell, func(open int) (end int) {
		end, source = m.add(nb.Src, open, source)
		return end
	})
	nb.maps[cell].Store(m)
	return m
}

// add appends the literal that starts at open, decoded at source. It returns the
// offsets after it.
func (m *sourceMap) add(src []byte, open, source int) (file, _ int) {
	start := source
	for i := open + 1; ; {
		n := plain(src[i:])
		if n > 0 || src[i] == '"' {
			m.runs = append(m.runs, run{source, i, false})
		}
		source, i = source+n, i+n
		if src[i] == '"' {
			m.literals = append(m.literals, literal{open, i, start})
			return i + 1, source
		}
		r, size := decodeEscape(src[i:])
		m.runs = append(m.runs, run{source, i, true})
		source, i = source+utf8.RuneLen(r), i+size
	}
}

// file turns a source offset into a file offset.
func (m *sourceMap) file(source int) int {
	r := m.runs[sort.Search(len(m.runs), func(i int) bool { return m.runs[i].source > source })-1]
	if r.escape {
		return r.file
	}
	return r.file + source - r.source
}

// source turns a file offset into a source offset.
func (m *sourceMap) source(file int) int {
	i := sort.Search(len(m.runs), func(i int) bool { return m.runs[i].file > file }) - 1
	if i < 0 {
		return 0
	}
	r := m.runs[i]
	if r.escape {
		return r.source
	}
	source := r.source + file - r.file
	if i+1 < len(m.runs) {
		source = min(source, m.runs[i+1].source)
	} else {
		source = min(source, r.source+m.literals[len(m.literals)-1].close-r.file)
	}
	return source
}
