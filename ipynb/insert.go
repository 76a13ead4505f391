package ipynb

// A new cell, laid out like those around it.

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf8"
)

// InsertCell plans the edit that puts a new code cell above cell i, or below the
// last when i is the number of cells. The cell is laid out like the nearest code
// cell: the same members in the same order, of them those every code cell has,
// with empty metadata and outputs and no execution count. It gets an id if that
// cell has one.
//
// It is an error if i is out of range, source isn't UTF-8, or the notebook has no
// code cell.
func (nb *Notebook) InsertCell(i int, source string) ([]Edit, error) {
	if i < 0 || i > len(nb.Cells) {
		return nil, fmt.Errorf("no place for a cell at %d: the notebook has %d", i, len(nb.Cells))
	}
	if !utf8.ValidString(source) {
		return nil, errNotUTF8
	}
	model := -1
	if i < len(nb.Cells) && nb.canModel(i) {
		model = i
	} else {
		for j := range nb.nearest(i) {
			if nb.canModel(j) {
				model = j
				break
			}
		}
	}
	if model < 0 {
		return nil, errors.New("the notebook has no code cell to lay out a new one by")
	}
	text := nb.newCell(model, i, source)
	if i == len(nb.Cells) {
		at := nb.layouts[i-1].span.End
		return []Edit{{at, at, append(bytes.Clone(nb.cellSeparator(i-1, model)), text...)}}, nil
	}
	at := nb.layouts[i].span.Start
	return []Edit{{at, at, append(text, nb.cellSeparator(i, model)...)}}, nil
}

func (nb *Notebook) canModel(cell int) bool {
	return nb.Cells[cell].Kind == Code && nb.layouts[cell].source.Len() > 0
}

// cellSeparator is what stands between a cell and the next or the one before, or
// would if there were one, to judge by the cell and the model of the new one.
func (nb *Notebook) cellSeparator(cell, model int) []byte {
	for _, i := range [...]int{cell, cell - 1} {
		if i < 0 || i+1 >= len(nb.layouts) {
			continue
		}
		// Between cells of two worksheets there is more than a comma.
		between := nb.Src[nb.layouts[i].span.End:nb.layouts[i+1].span.Start]
		if string(bytes.TrimSpace(between)) == "," {
			return between
		}
	}
	margin := spaceBefore(nb.Src, nb.layouts[cell].span.Start)
	if len(margin) == 0 {
		return nb.comma(model)
	}
	return append([]byte{','}, margin...)
}

// newCell writes a code cell by the members of another.
func (nb *Notebook) newCell(model, place int, source string) []byte {
	l := &nb.layouts[model]
	var out []byte
	seen := map[string]bool{}
	end := l.span.Start + 1 // of the member before
	s := scanner{src: nb.Src, pos: l.span.Start}
	out = append(out, '{')
	s.object(func(key Span) bool {
		var value Span
		ok := s.spanOf(&value)
		name := string(s.key(key))
		gap := nb.Src[end:key.Start]
		end = value.End
		var text []byte
		switch name {
		case "cell_type", "language":
			text = nb.Src[value.Start:value.End]
		case "execution_count":
			text = []byte("null")
		case "metadata":
			text = []byte("{}")
		case "outputs":
			text = []byte("[]")
		case "collapsed":
			text = []byte("false")
		case "id":
			text = fmt.Appendf(nil, "%q", nb.freshID(place, source))
		case "source", "input":
			if value == l.source {
				text = nb.newSource(model, source)
			}
		}
		if text == nil || seen[name] {
			return ok
		}
		if len(seen) == 0 {
			gap = bytes.TrimPrefix(gap, []byte{','})
		}
		seen[name] = true
		out = append(out, gap...)
		out = append(out, nb.Src[key.Start:value.Start]...)
		out = append(out, text...)
		return ok
	})
	out = append(out, nb.Src[end:l.span.End]...)
	return out
}

// newSource writes a source in the form that another cell's has.
func (nb *Notebook) newSource(model int, source string) []byte {
	source = nb.Cells[model].LineEnds(source)
	ascii := !isASCII(source) && nb.escapesUnicode()
	if nb.at(nb.layouts[model].source) == '"' {
		return append(appendEncoded([]byte{'"'}, source, ascii), '"')
	}
	if source == "" {
		return []byte("[]")
	}
	var lines [][]byte
	for line := range strings.Lines(source) {
		lines = append(lines, appendEncoded(nil, line, ascii))
	}
	style := nb.listStyle(model, 1)
	return slices.Concat([]byte{'['}, style.before, style.join(lines), style.after, []byte{']'})
}

// freshID is an id of eight hexadecimal digits, the form of those nbformat
// makes, that no cell has. It depends on place and source alone, so that the
// same edit gives the same file.
func (nb *Notebook) freshID(place int, source string) string {
	for n := 0; ; n++ {
		h := fnv.New32a()
		fmt.Fprintf(h, "%d %d %s", n, place, source)
		id := fmt.Sprintf("%08x", h.Sum32())
		if !slices.ContainsFunc(nb.Cells, func(c Cell) bool { return c.ID == id }) {
			return id
		}
	}
}
