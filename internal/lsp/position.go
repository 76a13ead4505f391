package lsp

// Positions in texts as the protocol counts them.

import (
	"strings"
	"unicode/utf8"

	"github.com/xetmemo/xetmemo-lint/ipynb"
)

// encoding says what a position's character counts, as was agreed on with the client.
type encoding string

const (
	utf8s encoding = "utf-8"  // bytes
	utf16 encoding = "utf-16" // UTF-16 code units; what every client knows
	utf32 encoding = "utf-32" // code points
)

// negotiate picks the encoding that the client likes best of those that we know.
func negotiate(offered []encoding) encoding {
	for _, e := range offered {
		if e == utf8s || e == utf16 || e == utf32 {
			return e
		}
	}
	return utf16
}

// position is a place in a document: both count from 0.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type textRange struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// offset is the byte of the text that a position means. A character past the line's end is the end
// of the line, a line past the last the end of the text; within a character it is the start.
func (e encoding) offset(text string, p position) int {
	start := 0
	for range max(p.Line, 0) {
		next := ipynb.LineEnd(text, start)
		if next == len(text) && !ipynb.EndsLine(text) {
			return len(text)
		}
		if start = next; start == len(text) {
			break
		}
	}
	line := strings.TrimRight(text[start:ipynb.LineEnd(text, start)], "\r\n")
	count := 0
	for i, r := range line {
		count += e.units(r)
		if count > p.Character {
			return start + i
		}
	}
	return start + len(line)
}

// position is the place of a byte of the text.
func (e encoding) position(text string, offset int) position {
	offset = min(max(offset, 0), len(text))
	p, start := position{}, 0
	for {
		next := ipynb.LineEnd(text, start)
		if next > offset || next == len(text) && !(next == offset && ipynb.EndsLine(text)) {
			break
		}
		p.Line++
		start = next
		if start == len(text) {
			break
		}
	}
	for _, r := range text[start:offset] {
		p.Character += e.units(r)
	}
	return p
}

func (e encoding) span(text string, start, end int) textRange {
	return textRange{e.position(text, start), e.position(text, end)}
}

func (e encoding) units(r rune) int {
	switch {
	case e == utf8s:
		return utf8.RuneLen(r)
	case e == utf16 && r > 0xffff:
		return 2
	}
	return 1
}
