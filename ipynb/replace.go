package ipynb

// Changes of cells' sources, planned as edits of the file.

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Change replaces the bytes [Start, End) of a cell's decoded source by Text.
type Change struct {
	Start, End int
	Text       string
}

// Replace plans the edits that replace the bytes [start, end) of a cell's
// decoded source by text. See [Notebook.ReplaceAll].
func (nb *Notebook) Replace(cell, start, end int, text string) ([]Edit, error) {
	return nb.ReplaceAll(cell, []Change{{start, end, text}})
}

// ReplaceAll plans the edits that make several changes to one cell's source. The
// changes refer to the source as it is, must not overlap, and come in order.
//
// A source that is a list of lines stays one: inserted lines become elements
// that are indented and separated like their neighbours, deleted lines go
// together with their commas, and a change within a line touches that element's
// text alone. A source that is one string, or a list of one element that holds
// several lines, is changed inside its quotes.
//
// Line ends of the text follow the cell, as [Cell.LineEnds] says. Characters
// outside of ASCII are escaped if that is what the notebook does.
//
// It is an error if the cell has no source, a change is out of range or cuts a
// character in two, the text isn't UTF-8, or deleting the text between two lone
// surrogates would make one character of them.
func (nb *Notebook) ReplaceAll(cell int, changes []Change) ([]Edit, error) {
	if cell < 0 || cell >= len(nb.Cells) {
		return nil, fmt.Errorf("no cell %d: the notebook has %d", cell, len(nb.Cells))
	}
	if nb.layouts[cell].source.Len() == 0 {
		return nil, fmt.Errorf("cell %d has no source to change", cell)
	}
	m, source := nb.sourceMap(cell), nb.Cells[cell].Source
	if err := checkChanges(source, changes); err != nil {
		return nil, fmt.Errorf("cell %d: %w", cell, err)
	}
	e := sourceEditor{nb: nb, cell: cell, source: source, sourceMap: m}
	e.whole = !m.isList || len(m.literals) == 1 && strings.Contains(strings.TrimSuffix(source, "\n"), "\n")
	for i, l := range m.literals {
		e.items = append(e.items, item{i, nb.Src[l.open+1 : l.close]})
	}
	for _, c := range slices.Backward(changes) {
		if err := e.change(c); err != nil {
			return nil, fmt.Errorf("cell %d: %w", cell, err)
		}
	}
	return e.edits(), nil
}

func checkChanges(source string, changes []Change) error {
	last := 0
	for _, c := range changes {
		switch {
		case c.Start < last || c.End < c.Start || c.End > len(source):
			return fmt.Errorf("change [%d, %d) is out of range or out of order", c.Start, c.End)
		case !boundary(source, c.Start) || !boundary(source, c.End):
			return fmt.Errorf("change [%d, %d) cuts a character in two", c.Start, c.End)
		case !utf8.ValidString(c.Text):
			return errNotUTF8
		}
		last = c.End
	}
	return nil
}

var errNotUTF8 = errors.New("the new text is not valid UTF-8")

func boundary(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// LineEnds is text with the line ends of the cell: where all lines of the source
// end in "\r\n", so do those of text; else text is left alone.
func (c *Cell) LineEnds(text string) string {
	if n := strings.Count(c.Source, "\r\n"); n == 0 || n != strings.Count(c.Source, "\n") {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}

// Changed is the cell's source with changes made, which are in order.
func (c *Cell) Changed(changes []Change) string {
	var b strings.Builder
	at := 0
	for _, x := range changes {
		b.WriteString(c.Source[at:x.Start])
		b.WriteString(c.LineEnds(x.Text))
		at = x.End
	}
	b.WriteString(c.Source[at:])
	return b.String()
}

// A sourceEditor changes the elements of a source in memory. Elements that are
// kept or changed remember which they were, so that the edits can leave the
// bytes around them alone. It makes changes from the last to the first: then all
// before the place of a change is still as it was, and so are offsets.
type sourceEditor struct {
	nb     *Notebook
	cell   int
	source string
	*sourceMap
	whole bool // one literal holds all lines: no element is added or removed
	items []item
}

// An item is an element of the list: was is its index before, or -1 for a new
// one, and raw its text, encoded and without quotes.
type item struct {
	was int
	raw []byte
}

// change makes one change. It touches the elements [first, last); head and tail
// are what it leaves of the first and of the last of them.
func (e *sourceEditor) change(c Change) error {
	text := e.nb.Cells[e.cell].LineEnds(c.Text)
	first, last := e.touched(c.Start, c.End)
	if first == last && text == "" {
		return nil
	}
	if first == last && first > 0 && !e.endsLine(first-1) {
		first-- // new text goes on with an unfinished line
	}
	var head, tail []byte
	if first < last {
		head = e.items[first].raw[:e.within(first, c.Start)]
		tail = e.items[last-1].raw[e.within(last-1, c.End):]
	}
	tailWas := last - 1
	inOne := e.whole || last-first == 1 && e.holdsLines(first) && len(head)+len(tail) > 0

	unfinished := !EndsLine(text) && (text != "" || len(head) > 0 && !EndsLine(e.source[:c.Start]))
	if unfinished && len(tail) == 0 && last < len(e.items) && (first == last || e.endsLine(last-1)) {
		tail, tailWas = e.items[last].raw, e.items[last].was
		last++ // the next line goes on with what is left unfinished
	}

	var lines []string
	switch {
	case inOne:
		lines = []string{text}
	case text == "" && len(head)+len(tail) > 0:
		lines = []string{""}
	default:
		lines = strings.SplitAfter(text, "\n")
		if n := len(lines) - 1; lines[n] == "" && len(tail) == 0 {
			lines = lines[:n]
		}
	}

	items := make([]item, len(lines))
	for i, line := range lines {
		it := item{was: -1}
		var before, after []byte
		if i == len(lines)-1 && len(tail) > 0 {
			after, it.was = tail, tailWas
		}
		if i == 0 && (len(head) > 0 || e.whole) {
			before, it.was = head, first
		} else if len(head) > 0 && it.was == first {
			it.was = -1 // the line was cut in two: its first half stays
		}
		if line == "" && joinsSurrogates(before, after) {
			return errors.New("the change would join two lone surrogates to one character")
		}
		it.raw = slices.Concat(before, appendEncoded(nil, line, e.ascii(line)), after)
		items[i] = it
	}
	e.items = slices.Replace(e.items, first, last, items...)
	return nil
}

// touched is the range of elements that have a byte of [start, end), or that
// start lies inside of. At a border between elements, and at neither end of one
// for an insertion, the range is empty.
func (e *sourceEditor) touched(start, end int) (first, last int) {
	if e.whole {
		return 0, 1
	}
	first, _ = slices.BinarySearchFunc(e.literals, start, bySource)
	last, _ = slices.BinarySearchFunc(e.literals, end, bySource)
	if first > 0 && e.end(first-1) > start {
		first--
	}
	return first, max(first, last)
}

func bySource(l literal, offset int) int { return cmp.Compare(l.source, offset) }

// end is the source offset where element i ended.
func (e *sourceEditor) end(i int) int {
	if i+1 < len(e.literals) {
		return e.literals[i+1].source
	}
	return len(e.source)
}

// within turns a source offset in element i into one in its text as encoded.
func (e *sourceEditor) within(i, offset int) int {
	l := e.literals[i]
	if offset == e.end(i) {
		return l.close - l.open - 1
	}
	if offset == l.source {
		return 0
	}
	return e.file(offset) - l.open - 1
}

func (e *sourceEditor) endsLine(i int) bool {
	return EndsLine(e.source[e.literals[i].source:e.end(i)])
}

// holdsLines tells whether element i was of more than one line.
func (e *sourceEditor) holdsLines(i int) bool {
	line, _ := strings.CutSuffix(e.source[e.literals[i].source:e.end(i)], "\n")
	return strings.Contains(line, "\n")
}

// ascii tells whether text must be written with escapes for all but ASCII.
func (e *sourceEditor) ascii(text string) bool { return !isASCII(text) && e.nb.escapesUnicode() }

// edits compares the elements with what they were.
func (e *sourceEditor) edits() []Edit {
	var edits []Edit
	var fresh [][]byte
	prev := -1
	for _, it := range e.items {
		if it.was < 0 {
			fresh = append(fresh, it.raw)
			continue
		}
		edits = e.gap(edits, prev, it.was, fresh)
		prev, fresh = it.was, nil
		l := e.literals[prev]
		if !bytes.Equal(it.raw, e.nb.Src[l.open+1:l.close]) {
			edits = append(edits, Edit{l.open + 1, l.close, it.raw})
		}
	}
	return e.gap(edits, prev, len(e.literals), fresh)
}

// gap adds the edit by which new elements replace those between two elements
// that stay; prev is -1 and next one past the last where none stays. New
// elements are put before next and deleted ones go with the separator after
// them, where next is there, so that one undoes the other.
func (e *sourceEditor) gap(edits []Edit, prev, next int, fresh [][]byte) []Edit {
	deleted := next > prev+1
	if !deleted && len(fresh) == 0 {
		return edits
	}
	var style listStyle
	var text []byte
	if len(fresh) > 0 {
		style = e.nb.listStyle(e.cell, next)
		text = style.join(fresh)
	}
	lits, value := e.literals, e.nb.layouts[e.cell].source
	var edit Edit
	switch {
	case deleted && len(fresh) > 0:
		edit = Edit{lits[prev+1].open, lits[next-1].close + 1, text}
	case deleted && next < len(lits):
		edit = Edit{lits[prev+1].open, lits[next].open, nil}
	case deleted && prev >= 0:
		edit = Edit{lits[prev].close + 1, lits[next-1].close + 1, nil}
	case deleted:
		edit = Edit{value.Start + 1, value.End - 1, nil}
	case next < len(lits):
		edit = Edit{lits[next].open, lits[next].open, append(text, style.between...)}
	case prev >= 0:
		edit = Edit{lits[prev].close + 1, lits[prev].close + 1, slices.Concat(style.between, text)}
	default:
		edit = Edit{value.Start + 1, value.End - 1, slices.Concat(style.before, text, style.after)}
	}
	return append(edits, edit)
}
