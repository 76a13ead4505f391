package ipynb

// Decoding: from the layout of a file to its cells.

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
)

// read fills in the notebook from its layout, or says why it isn't one.
func (nb *Notebook) read(top layout) *Error {
	list, fault := nb.chooseCells(top)
	if fault != nil {
		return fault
	}
	if nb.at(top.metadata) == '{' {
		nb.metadata = top.metadata
	}
	nb.layouts = list.cells
	nb.maps = make([]atomic.Pointer[sourceMap], len(list.cells))
	nb.Cells = make([]Cell, len(list.cells))
	for i := range nb.Cells {
		nb.readCell(&nb.Cells[i], i)
	}
	if fault := nb.readSources(); fault != nil {
		return fault
	}
	nb.readLanguages()
	return nil
}

// chooseCells reads the version, which decides where the cells are.
func (nb *Notebook) chooseCells(top layout) (cellList, *Error) {
	start := len(nb.Src) - len(bytes.TrimLeft(bytes.TrimPrefix(nb.Src, []byte(byteOrderMark)), " \t\r\n"))
	if !top.isObject {
		return cellList{}, &Error{Kind: NotNotebook, Offset: start, Msg: "not a notebook: the JSON text is no object"}
	}
	if top.format.Len() == 0 {
		return cellList{}, &Error{Kind: NotNotebook, Offset: start, Msg: `not a notebook: "nbformat" is missing`}
	}
	var ok bool
	if nb.Format, ok = nb.integer(top.format); !ok {
		return cellList{}, &Error{Kind: NotNotebook, Offset: top.format.Start, Msg: `not a notebook: "nbformat" is no integer`}
	}
	nb.Minor, _ = nb.integer(top.minor)

	list, name := top.cells, "cells"
	switch {
	case nb.Format < 2 || nb.Format > 4:
		way := "open and save it with a current Jupyter"
		if nb.Format > 4 {
			way = "save it as nbformat 4"
		}
		return list, &Error{Kind: Unsupported, Offset: top.format.Start,
			Msg: fmt.Sprintf("nbformat %d is not supported, only 2, 3 and 4: %s", nb.Format, way)}
	case nb.Format < 4:
		list, name = top.worksheets, "worksheets"
	}
	if list.span.Len() == 0 {
		return list, &Error{Kind: NotNotebook, Offset: start,
			Msg: fmt.Sprintf("not a notebook: nbformat is %d but %q is missing", nb.Format, name)}
	}
	return list, list.fault
}

// readCell reads all of a cell but its source and languages.
func (nb *Notebook) readCell(c *Cell, i int) {
	l := &nb.layouts[i]
	*c = Cell{Index: i, Kind: nb.kind(l.cellType), ExecutionCount: -1, Duration: math.NaN(), OutputSpan: l.outputs}
	if nb.at(l.id) == '"' {
		c.ID, c.HasID = decoded(nb.Src, l.id), true
	}
	if c.Kind == Code {
		count := l.executionCount
		if nb.Format < 4 {
			count = l.promptNumber
			l.source = l.input
		}
		if n, ok := nb.integer(count); ok {
			c.ExecutionCount = n
		}
	}
	nb.readCellMetadata(c, l.metadata)
}

func (nb *Notebook) kind(cellType Span) Kind {
	switch string(literalText(nb.Src, cellType)) {
	case "code":
		return Code
	case "markdown":
		return Markdown
	case "raw":
		return Raw
	case "heading":
		return Heading
	}
	return Other
}

// readSources decodes the sources of all cells into one string and gives each
// cell its part: one allocation for all code of the notebook.
func (nb *Notebook) readSources() *Error {
	size := 0
	for i := range nb.layouts {
		size += nb.layouts[i].source.Len()
	}
	var text strings.Builder
	text.Grow(size)
	ends := make([]int, len(nb.Cells))
	for i := range nb.layouts {
		bad := nb.eachLiteral(i, func(open int) int { return writeDecoded(&text, nb.Src, open+1) })
		if bad > 0 {
			return &Error{Kind: NotNotebook, Offset: bad,
				Msg: fmt.Sprintf("the source of cell %d is neither a string nor a list of strings", i)}
		}
		ends[i] = text.Len()
	}
	all, start := text.String(), 0
	for i, end := range ends {
		nb.Cells[i].Source = all[start:end]
		start = end
	}
	return nil
}

// eachLiteral visits the strings that make up a cell's source. It passes the
// offset of the opening quote, and visit returns where the string ends. The
// result is where something else than a string stands, or 0.
func (nb *Notebook) eachLiteral(cell int, visit func(open int) (end int)) (bad int) {
	source := nb.layouts[cell].source
	switch i := source.Start; nb.at(source) {
	case 0: // a cell of some later kind may have no source
		return 0
	case '"':
		visit(i)
		return 0
	case '[':
		for i++; ; {
			switch c := nb.Src[i]; {
			case c <= ' ', c == ',':
				i++
			case c == '"':
				i = visit(i)
			case c == ']':
				return 0
			default:
				return i
			}
		}
	default:
		return i
	}
}

// at is the first byte of a value, 0 when it is missing.
func (nb *Notebook) at(value Span) byte {
	if value.Len() == 0 {
		return 0
	}
	return nb.Src[value.Start]
}

func (nb *Notebook) integer(value Span) (int, bool) {
	if c := nb.at(value); c != '-' && (c < '0' || c > '9') {
		return 0, false
	}
	n, err := strconv.Atoi(string(nb.Src[value.Start:value.End]))
	return n, err == nil
}

// elements visits the elements of a value that is a list, else nothing. The
// value must have been scanned before.
func (nb *Notebook) elements(value Span, visit func(Span)) {
	if nb.at(value) != '[' {
		return
	}
	s := scanner{src: nb.Src, pos: value.Start}
	s.array(func() bool {
		var e Span
		ok := s.spanOf(&e)
		visit(e)
		return ok
	})
}

// member is the value of a member of an object, of no length when value isn't
// an object or has no such member. Further names lead further down.
func member(src []byte, value Span, path ...string) Span {
	for _, name := range path {
		if value.Len() <= len("{}") || src[value.Start] != '{' {
			return Span{}
		}
		var found Span
		s := scanner{src: src, pos: value.Start}
		s.object(func(key Span) bool {
			if string(s.key(key)) == name {
				return s.spanOf(&found)
			}
			return s.value()
		})
		value = found
	}
	return value
}
