package pyast

// The scanner: text to tokens.

import (
	"fmt"
	"unicode/utf8"
)

// Bounds that keep hostile input from growing the tree or the stack without end. The first
// two are CPython's own (MAXLEVEL and MAXINDENT of its tokenizer).
const (
	maxBrackets = 200
	maxIndents  = 100
)

// scanner hands out one token at a time. It holds the indentation and the open brackets, for
// these decide whether a line break ends a statement. It is a plain value: a copy is a place
// to come back to.
type scanner struct {
	src string
	off int // of the first byte not yet scanned

	tok        token // the current token
	start, end int   // its place
	prevEnd    int   // the end of the last token that was not layout

	name    string   // of a tName
	augOp   Operator // of a tAugmented
	lit     literal  // of a tString or tFString
	failed  bool     // an error was met: tok stays tFail
	skim    bool     // only to find the end of a line: f-strings are plain strings, errors nothing
	uneven  bool     // skimming, a bracket closed that was not open
	newLine bool     // the next token is the first of a logical line
	first   bool     // the same, its indentation having been read
	content bool     // the logical line has a token
	tooDeep bool     // a line is indented beyond the bound
	pending int      // indents (positive) or dedents (negative) to hand out
	// magics says that IPython's syntax is on; crlf that the source has a carriage return.
	magics, crlf bool

	indents   []indent
	brackets  []byte // the open ones
	fieldAt   int    // len(brackets) in the innermost replacement field, 0 outside
	lineStart int    // offset of the first token of the logical line
	before    int    // len(errors) before it

	errors   []Error
	comments []Span
}

// indent is the width of an indentation with tabs to the next multiple of eight and with
// tabs as one column. Two indentations must compare alike both ways, else they are mixed.
type indent struct{ col, alt int }

// literal describes the string token last scanned.
type literal struct {
	raw, bytes, format, template, triple, unicode bool
	quote                                         byte
	escapes                                       bool // has a backslash
	body, bodyEnd                                 int
}

// fail notes an error that ends the statement: every token from here on is tFail until
// parser.recover.
// While skimming nothing fails, so each place that fails has moved on before.
func (s *scanner) fail(span Span, msg string) {
	if !s.failed && !s.skim {
		s.note(span, msg)
		s.failed = true
	}
	s.tok, s.end = tFail, max(s.start, s.off)
}

// note records an error that leaves the tree whole.
func (s *scanner) note(span Span, msg string) {
	if !s.skim {
		s.errors = append(s.errors, Error{span, msg})
	}
}

// next moves to the next token.
func (s *scanner) next() {
	if s.tok > tDedent {
		s.prevEnd = s.end
	}
	if s.failed {
		return
	}
	if s.newLine {
		s.indentation()
		if s.failed {
			return
		}
	}
	if s.pending != 0 {
		s.start, s.end = s.off, s.off
		if s.pending > 0 {
			s.pending--
			s.tok = tIndent
		} else {
			s.pending++
			s.tok = tDedent
		}
		return
	}
	if s.first {
		s.first = false
		s.lineStart, s.before = s.off, len(s.errors)
		if s.magics && s.escape() {
			s.content = true
			return
		}
	}
	src := s.src
	off := s.off
again:
	for off < len(src) && (src[off] == ' ' || src[off] == '\t' || src[off] == '\f') {
		off++
	}
	s.start = off
	if off >= len(src) {
		s.eof(off)
		return
	}
	c := src[off]
	if class[c]&cStart != 0 {
		s.word(off)
		return
	}
	off++
	switch c {
	case '\n', '\r':
		if c == '\r' && off < len(src) && src[off] == '\n' {
			off++
		}
		if len(s.brackets) > 0 {
			goto again
		}
		s.tok, s.end, s.off = tNewline, s.start, off
		s.newLine, s.content = true, false
		return
	case '#':
		off = lineEnd(src, off)
		s.comment(s.start, off)
		goto again
	case '\\':
		next := skipNewline(src, off)
		s.off = next
		switch {
		case next >= len(src):
			s.fail(Span{Pos(s.start), Pos(off)}, "unexpected end of source after a backslash")
			return
		case next == off:
			s.fail(Span{Pos(s.start), Pos(off)}, "unexpected character after a line continuation")
			return
		}
		off = next
		goto again
	case '(':
		s.open(c, tLparen)
		return
	case '[':
		s.open(c, tLbracket)
		return
	case '{':
		s.open(c, tLbrace)
		return
	case ')':
		s.close('(', c, tRparen)
		return
	case ']':
		s.close('[', c, tRbracket)
		return
	case '}':
		s.close('{', c, tRbrace)
		return
	case '\'', '"':
		s.lit = literal{}
		s.str(off - 1)
		return
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		s.number(off - 1)
		return
	}
	s.content = true
	var d byte // the byte after c
	if off < len(src) {
		d = src[off]
	}
	t := tFail
	switch c {
	case ',':
		t = tComma
	case ';':
		t = tSemi
	case '~':
		t = tTilde
	case '.':
		switch {
		case class[d]&cDigit != 0:
			s.number(off - 1)
			return
		case d == '.' && off+1 < len(src) && src[off+1] == '.':
			t = tEllipsis
			off += 2
		default:
			t = tDot
		}
	case ':':
		switch {
		case s.fieldAt != 0 && s.fieldAt == len(s.brackets):
			t = tSpecColon
		case d == '=':
			t = tWalrus
			off++
		default:
			t = tColon
		}
	case '=':
		t = tEqual
		if d == '=' {
			t = tEqEqual
			off++
		}
	case '!':
		t = tBang
		if d == '=' {
			t = tNotEqual
			off++
		}
	case '<':
		switch d {
		case '=':
			t = tLessEqual
			off++
		case '<':
			t, off = s.augmented(tLshift, LShift, off+1)
		default:
			t = tLess
		}
	case '>':
		switch d {
		case '=':
			t = tGreaterEqual
			off++
		case '>':
			t, off = s.augmented(tRshift, RShift, off+1)
		default:
			t = tGreater
		}
	case '-':
		if d == '>' {
			t = tArrow
			off++
		} else {
			t, off = s.augmented(tMinus, Sub, off)
		}
	case '*':
		if d == '*' {
			t, off = s.augmented(tDoubleStar, Pow, off+1)
		} else {
			t, off = s.augmented(tStar, Mult, off)
		}
	case '/':
		if d == '/' {
			t, off = s.augmented(tDoubleSlash, FloorDiv, off+1)
		} else {
			t, off = s.augmented(tSlash, Div, off)
		}
	case '+':
		t, off = s.augmented(tPlus, Add, off)
	case '%':
		t, off = s.augmented(tPercent, Mod, off)
	case '@':
		t, off = s.augmented(tAt, MatMult, off)
	case '&':
		t, off = s.augmented(tAmper, BitAnd, off)
	case '|':
		t, off = s.augmented(tVbar, BitOr, off)
	case '^':
		t, off = s.augmented(tCircumflex, BitXor, off)
	case '?':
		t = tQuestion
	default:
		if c >= utf8.RuneSelf {
			s.word(off - 1)
			return
		}
		if s.skim {
			t = tBang
			break
		}
		s.off = off
		s.fail(Span{Pos(s.start), Pos(off)}, fmt.Sprintf("invalid character %q", c))
		return
	}
	s.tok, s.end, s.off = t, off, off
}

// augmented finishes an operator that "=" may follow.
func (s *scanner) augmented(t token, op Operator, off int) (token, int) {
	if off < len(s.src) && s.src[off] == '=' {
		s.augOp = op
		return tAugmented, off + 1
	}
	return t, off
}

// word scans an identifier, a keyword or the string literal that a prefix leads in.
func (s *scanner) word(off int) {
	src := s.src
	s.content = true
	i := off
	for i < len(src) && class[src[i]]&cIdent != 0 {
		i++
	}
	if i < len(src) {
		switch c := src[i]; {
		case c >= utf8.RuneSelf:
			s.unicodeWord(off)
			return
		case (c == '\'' || c == '"') && i-off <= 2 && s.prefix(src[off:i]):
			s.str(i)
			return
		}
	}
	s.name = src[off:i]
	s.tok, s.end, s.off = keyword(s.name), i, i
}

// prefix reads the letters before a quote into s.lit and reports whether they are a prefix.
func (s *scanner) prefix(letters string) bool {
	var l literal
	for i := 0; i < len(letters); i++ {
		seen := false
		switch letters[i] | 0x20 {
		case 'r':
			seen, l.raw = l.raw, true
		case 'b':
			seen, l.bytes = l.bytes, true
		case 'f':
			seen, l.format = l.format, true
		case 't':
			seen, l.template = l.template, true
		case 'u':
			seen, l.unicode = l.unicode, true
		default:
			return false
		}
		if seen {
			return false
		}
	}
	kinds := 0
	for _, set := range []bool{l.bytes, l.format, l.template, l.unicode} {
		if set {
			kinds++
		}
	}
	if kinds > 1 || l.unicode && l.raw {
		return false
	}
	s.lit = l
	return true
}

// str scans a string from its opening quote at off, of an f-string only the opening quotes.
// s.lit has what the prefix said.
func (s *scanner) str(off int) {
	src := s.src
	s.content = true
	l := &s.lit
	q := src[off]
	l.quote = q
	n := 1
	if off+2 < len(src) && src[off+1] == q && src[off+2] == q {
		l.triple = true
		n = 3
	}
	i := off + n
	l.body = i
	if (l.format || l.template) && !s.skim {
		s.tok, s.end, s.off = tFString, i, i
		return
	}
	for {
		for i < len(src) && class[src[i]]&cString == 0 {
			i++
		}
		if i >= len(src) {
			break
		}
		switch c := src[i]; {
		case c == '\\':
			l.escapes = true
			i += 2
			if i-1 < len(src) && src[i-1] == '\r' && i < len(src) && src[i] == '\n' {
				i++
			}
		case c == q:
			if !l.triple {
				l.bodyEnd = i
				s.tok, s.end, s.off = tString, i+1, i+1
				return
			}
			if i+2 < len(src) && src[i+1] == q && src[i+2] == q {
				l.bodyEnd = i
				s.tok, s.end, s.off = tString, i+3, i+3
				return
			}
			i++
		case (c == '\n' || c == '\r') && !l.triple:
			s.unterminated(i)
			return
		default:
			i++
		}
	}
	s.unterminated(len(src))
}

// unterminated fails at a string that the line or the source ends before its quotes.
func (s *scanner) unterminated(end int) {
	s.off = end
	if s.skim {
		s.tok, s.end = tString, end
		return
	}
	kind := "string literal"
	if s.lit.format {
		kind = "f-string literal"
	} else if s.lit.template {
		kind = "t-string literal"
	}
	if s.lit.triple {
		kind = "triple-quoted " + kind
	}
	s.fail(Span{Pos(s.start), Pos(end)}, "unterminated "+kind)
}

func (s *scanner) open(c byte, t token) {
	s.content = true
	s.off = s.start + 1
	if len(s.brackets) >= maxBrackets {
		s.fail(Span{Pos(s.start), Pos(s.start + 1)}, "too many nested brackets")
		return
	}
	s.brackets = append(s.brackets, c)
	s.tok, s.end, s.off = t, s.start+1, s.start+1
}

func (s *scanner) close(open, c byte, t token) {
	s.content = true
	s.tok, s.end, s.off = t, s.start+1, s.start+1
	n := len(s.brackets)
	switch {
	case s.skim:
		if n == 0 || s.brackets[n-1] != open {
			s.uneven = true
		}
		s.brackets = s.brackets[:max(n-1, 0)]
	case n == 0:
		s.fail(Span{Pos(s.start), Pos(s.end)}, fmt.Sprintf("unmatched '%c'", c))
	case s.brackets[n-1] != open:
		s.fail(Span{Pos(s.start), Pos(s.end)},
			fmt.Sprintf("closing '%c' does not match opening '%c'", c, s.brackets[n-1]))
	default:
		s.brackets = s.brackets[:n-1]
	}
}

// eof ends the last line, closes the open blocks and then ends the source.
func (s *scanner) eof(off int) {
	s.start, s.end, s.off = off, off, off
	switch {
	case len(s.brackets) > 0 && s.skim:
		s.uneven = true
		s.brackets = s.brackets[:0]
		s.tok = tNewline
	case len(s.brackets) > 0:
		s.fail(Span{Pos(off), Pos(off)},
			fmt.Sprintf("'%c' was never closed", s.brackets[len(s.brackets)-1]))
	case s.content:
		s.content = false
		s.newLine = true
		s.tok = tNewline
	default:
		s.tok = tEOF
	}
}

// indentation reads the white space before the first token of a logical line, past blank
// and comment lines, and sets pending.
func (s *scanner) indentation() {
	src := s.src
	off := s.off
	var in, continued indent
	begin := off
line:
	in, continued = indent{}, indent{}
	begin = off
	for ; off < len(src); off++ {
		switch src[off] {
		case ' ':
			in.col++
			in.alt++
			continue
		case '\t':
			in.col = (in.col/8 + 1) * 8
			in.alt++
			continue
		case '\f':
			in = indent{}
			continue
		case '\\':
			next := skipNewline(src, off+1)
			if next == off+1 || next >= len(src) {
				break // the scanner reports it
			}
			if continued.col == 0 {
				continued = in
			}
			off = next - 1
			continue
		case '#':
			end := lineEnd(src, off)
			s.comment(off, end)
			off = skipNewline(src, end)
			goto line
		case '\n', '\r':
			off = skipNewline(src, off)
			goto line
		}
		break
	}
	if continued.col != 0 {
		in = continued
	}
	s.off = off
	s.newLine = false
	if off >= len(src) {
		s.pending = -len(s.indents)
		s.indents = s.indents[:0]
		return
	}
	s.first = true
	top := s.topIndent()
	if in == top {
		return
	}
	here := Span{Pos(begin), Pos(off)}
	if in.col < top.col {
		s.dedent(in, here)
		return
	}
	if in.col == top.col || in.alt <= top.alt {
		s.note(here, inconsistentTabs)
	}
	if in.col == top.col {
		return
	}
	if len(s.indents) >= maxIndents {
		if !s.tooDeep {
			s.note(here, "too many levels of indentation")
			s.tooDeep = true
		}
		return
	}
	s.indents = append(s.indents, in)
	s.pending = 1
}

const inconsistentTabs = "inconsistent use of tabs and spaces in indentation"

func (s *scanner) topIndent() indent {
	if n := len(s.indents); n > 0 {
		return s.indents[n-1]
	}
	return indent{}
}

func (s *scanner) dedent(in indent, here Span) {
	for len(s.indents) > 0 && in.col < s.topIndent().col {
		s.indents = s.indents[:len(s.indents)-1]
		s.pending--
	}
	switch top := s.topIndent(); {
	case in.col != top.col:
		s.note(here, "unindent does not match any outer indentation level")
	case in.alt != top.alt:
		s.note(here, inconsistentTabs)
	}
}

func (s *scanner) comment(start, end int) {
	s.comments = append(s.comments, Span{Pos(start), Pos(end)})
}

// lineEnd returns the offset of the first line break from off on, or the end of src.
func lineEnd(src string, off int) int {
	for off < len(src) && src[off] != '\n' && src[off] != '\r' {
		off++
	}
	return off
}

// skipNewline returns the offset after the line break at off, off itself where there is none.
func skipNewline(src string, off int) int {
	if off < len(src) {
		switch src[off] {
		case '\n':
			return off + 1
		case '\r':
			if off+1 < len(src) && src[off+1] == '\n' {
				return off + 2
			}
			return off + 1
		}
	}
	return off
}
