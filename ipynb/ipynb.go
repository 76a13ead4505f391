// Package ipynb reads a Jupyter notebook's bytes and plans edits to them
// without ever serialising the notebook anew.
//
// # Why not decode and encode
//
// A tool that loads a notebook into maps and writes it back changes what it
// never meant to touch: the order of keys, the indentation, how characters are
// escaped, how numbers are written, the end of the last line. Version control
// then shows a diff over the whole file. Here a notebook stays the bytes that
// were read. [Parse] finds where each cell's source lies; an [Edit] names a span
// of bytes and what replaces it; [Apply] copies everything else.
//
// # Two passes
//
// The first pass (scan.go, layout.go) goes over every byte once and decides
// strictly whether the file is JSON as Python's json module reads it, because a
// file we misread is a file we would damage. It keeps spans only: where cells
// are, and where in each cell the few members lie that we read. Outputs are
// most of a notebook's bytes and are passed over eight bytes at a time.
// Spans, not values, because the members that say how to read the others may
// come last: nbformat and cell_type sort in between.
//
// The second pass (cells.go) decodes those members: the sources of all cells go
// into one string, of which each Cell.Source is a part.
//
// Offsets come in two kinds. A source offset counts bytes of the decoded
// Cell.Source; a file offset counts bytes of Notebook.Src. sourcemap.go turns
// one into the other.
package ipynb

import (
	"bytes"
	"sync"
	"sync/atomic"
)

// Parse finds the cells of a notebook of nbformat 2, 3 or 4.
//
// It accepts the JSON that Python's json module accepts, which is RFC 8259 plus
// the constants NaN, Infinity and -Infinity, with the last of equal keys
// winning; a byte order mark may stand in front. It does not check the notebook
// against its schema: fields that are unknown or of an unexpected type are
// left alone, as long as the cells and their sources can be told.
//
// The error is always an *[Error]. Parse keeps src, does not change it, and
// expects the caller not to change it while the Notebook is in use.
func Parse(src []byte) (*Notebook, error) {
	nb := &Notebook{Src: src}
	s := scanner{src: src}
	if bytes.HasPrefix(src, []byte(byteOrderMark)) {
		s.pos = len(byteOrderMark)
	}
	top, ok := readLayout(&s)
	if !ok {
		return nil, s.fault.place(src)
	}
	if fault := nb.read(top); fault != nil {
		return nil, fault.place(src)
	}
	return nb, nil
}

const byteOrderMark = "\xef\xbb\xbf"

// A Notebook is a parsed file. Its methods may be called from several
// goroutines at once.
type Notebook struct {
	Src           []byte // the file as it was given to Parse
	Format, Minor int    // nbformat and nbformat_minor; Minor is 0 where it is missing

	// Language is the kernel's language in lower case, "python" when the notebook
	// doesn't say. LanguageVersion is metadata.language_info.version or "".
	Language, LanguageVersion string

	Cells []Cell

	layouts  []cellLayout // of Cells, index by index
	metadata Span

	maps      []atomic.Pointer[sourceMap] // of Cells, built on demand
	lineOnce  sync.Once
	lineBases []int // number of line ends before each cell
}

// A Cell is one cell of any kind.
type Cell struct {
	Index  int    // place among all cells of the notebook, from 0
	ID     string // the member "id" of nbformat 4.5; "" when HasID is false
	HasID  bool
	Kind   Kind
	Source string // decoded, elements joined; lone surrogates become U+FFFD

	// Language is set where the cell says that it is in another language than the
	// notebook (lower case), and "" elsewhere.
	Language string

	Tags           []string // metadata.tags
	ExecutionCount int      // -1 when the cell has none
	Duration       float64  // seconds the last recorded run took, NaN when not recorded
	OutputSpan     Span     // the value of "outputs" in Notebook.Src; empty when missing
}

// A Span is a half-open range of bytes.
type Span struct{ Start, End int }

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Kind tells what a cell holds.
type Kind uint8

// The kinds of cells. Heading exists in nbformat 2 and 3 only; Other is any
// cell_type not listed here.
const (
	Other Kind = iota
	Code
	Markdown
	Raw
	Heading
)

// String is the cell_type the kind stands for, "other" for Other.
func (k Kind) String() string {
	switch k {
	case Code:
		return "code"
	case Markdown:
		return "markdown"
	case Raw:
		return "raw"
	case Heading:
		return "heading"
	}
	return "other"
}

// Metadata is the raw JSON of the notebook's metadata, nil when there is none.
func (nb *Notebook) Metadata() []byte {
	if nb.metadata.Len() == 0 {
		return nil
	}
	return nb.Src[nb.metadata.Start:nb.metadata.End:nb.metadata.End]
}
