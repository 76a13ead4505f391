package ipynb

// A layout tells where the parts of a notebook lie that we read, before
// anything is decoded. A Span of no length means that the member is missing.
type layout struct {
	isObject                bool
	format, minor, metadata Span
	cells                   cellList // the member "cells", nbformat 4
	worksheets              cellList // the cells of the member "worksheets", nbformat 2 and 3
}

// A cellList is what was found where cells should be.
type cellList struct {
	span  Span
	cells []cellLayout
	fault *Error // why the value isn't a list of cells
}

// A cellLayout tells where a cell and those of its members lie that we read.
type cellLayout struct {
	span                                  Span
	cellType, id, metadata, language      Span
	source, input                         Span // nbformat 2 and 3 keep code in "input"
	outputs, executionCount, promptNumber Span
}

// readLayout goes over the whole file. Where a key stands twice in an object,
// the later member replaces the earlier.
func readLayout(s *scanner) (top layout, ok bool) {
	first := s.pos
	s.space()
	if s.pos == len(s.src) {
		s.fault = &Error{Kind: Empty, Offset: first, Msg: "the file is empty: a notebook holds at least a JSON object"}
		return top, false
	}
	if msg := foreign(s.src[s.pos:]); msg != "" {
		s.fault = &Error{Kind: NotJSON, Offset: s.pos, Msg: msg}
		return top, false
	}
	if s.src[s.pos] != '{' {
		return top, s.value() && s.end()
	}
	top.isObject = true
	ok = s.object(func(key Span) bool {
		start := s.pos
		ok := false
		switch string(s.key(key)) {
		case "cells":
			top.cells = cellList{}
			ok = s.cells(&top.cells)
			top.cells.span = Span{start, s.pos}
		case "worksheets":
			top.worksheets = cellList{}
			ok = s.worksheets(&top.worksheets)
			top.worksheets.span = Span{start, s.pos}
		case "nbformat":
			ok = s.spanOf(&top.format)
		case "nbformat_minor":
			ok = s.spanOf(&top.minor)
		case "metadata":
			ok = s.spanOf(&top.metadata)
		default:
			ok = s.value()
		}
		return ok
	})
	return top, ok && s.end()
}

// worksheets reads a list of worksheets and gathers the cells of all.
func (s *scanner) worksheets(list *cellList) bool {
	if !s.at('[') {
		list.note(s.pos, `"worksheets" is not a list`)
		return s.value()
	}
	return s.array(func() bool {
		if !s.at('{') {
			list.note(s.pos, "a worksheet is not an object")
			return s.value()
		}
		var sheet cellList
		ok := s.object(func(key Span) bool {
			if string(s.key(key)) != "cells" {
				return s.value()
			}
			sheet = cellList{}
			return s.cells(&sheet)
		})
		if sheet.fault != nil && list.fault == nil {
			list.fault = sheet.fault
		}
		list.cells = append(list.cells, sheet.cells...)
		return ok
	})
}

func (s *scanner) cells(list *cellList) bool {
	if !s.at('[') {
		list.note(s.pos, `"cells" is not a list`)
		return s.value()
	}
	return s.array(func() bool {
		if !s.at('{') {
			list.note(s.pos, "a cell is not an object")
			return s.value()
		}
		list.cells = append(list.cells, cellLayout{})
		return s.cell(&list.cells[len(list.cells)-1])
	})
}

func (s *scanner) cell(c *cellLayout) bool {
	c.span.Start = s.pos
	ok := s.object(func(key Span) bool {
		switch string(s.key(key)) {
		case "cell_type":
			return s.spanOf(&c.cellType)
		case "id":
			return s.spanOf(&c.id)
		case "metadata":
			return s.spanOf(&c.metadata)
		case "language":
			return s.spanOf(&c.language)
		case "source":
			return s.spanOf(&c.source)
		case "input":
			return s.spanOf(&c.input)
		case "outputs":
			return s.spanOf(&c.outputs)
		case "execution_count":
			return s.spanOf(&c.executionCount)
		case "prompt_number":
			return s.spanOf(&c.promptNumber)
		}
		return s.value()
	})
	c.span.End = s.pos
	return ok
}

func (s *scanner) spanOf(span *Span) bool {
	start := s.pos
	ok := s.value()
	*span = Span{start, s.pos}
	return ok
}

func (s *scanner) at(c byte) bool { return s.pos < len(s.src) && s.src[s.pos] == c }

func (s *scanner) key(lit Span) []byte { return literalText(s.src, lit) }

func (list *cellList) note(at int, msg string) {
	if list.fault == nil {
		list.fault = &Error{Kind: NotNotebook, Offset: at, Msg: msg}
	}
}
