package ipynb

// The scanner: what is JSON.

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// A scanner steps over JSON values and stops at the first byte that breaks the
// grammar of RFC 8259, to which NaN, Infinity and -Infinity are added as in
// Python's json module. Methods return false after setting fault.
type scanner struct {
	src   []byte
	pos   int
	depth int
	fault *Error
}

// maxDepth bounds nesting. Python's json gives up at its recursion limit, 1000
// unless changed; real notebooks stay under 30.
const maxDepth = 1000

// value steps over one value of any type; pos must be at its first byte.
func (s *scanner) value() bool {
	if s.pos >= len(s.src) {
		return s.fail("expected a value")
	}
	switch c := s.src[s.pos]; c {
	case '"':
		return s.str()
	case '{':
		return s.object(nil)
	case '[':
		return s.array(nil)
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	case 'N':
		return s.word("NaN")
	case 'I':
		return s.word("Infinity")
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return s.number()
		}
		return s.fail("expected a value")
	}
}

// object steps over an object; pos must be at its opening brace. For each
// member it calls visit with the key's literal, quotes included, and pos at the
// value, which visit must step over. A nil visit steps over all values.
func (s *scanner) object(visit func(key Span) bool) bool {
	if !s.enter() {
		return false
	}
	s.space()
	if s.pos < len(s.src) && s.src[s.pos] == '}' {
		return s.leave()
	}
	for {
		if s.pos >= len(s.src) || s.src[s.pos] != '"' {
			return s.fail("expected a key in double quotes")
		}
		key := s.pos
		if !s.str() {
			return false
		}
		keyEnd := s.pos
		s.space()
		if s.pos >= len(s.src) || s.src[s.pos] != ':' {
			return s.fail("expected ':' after a key")
		}
		s.pos++
		s.space()
		if visit == nil {
			if !s.value() {
				return false
			}
		} else if !visit(Span{key, keyEnd}) {
			return false
		}
		s.space()
		if s.pos < len(s.src) && s.src[s.pos] == ',' {
			s.pos++
			s.space()
			continue
		}
		if s.pos < len(s.src) && s.src[s.pos] == '}' {
			return s.leave()
		}
		return s.fail("expected ',' or '}' after a member of an object")
	}
}

// array steps over an array; pos must be at its opening bracket. It calls visit
// with pos at each element, which visit must step over. A nil visit steps over
// all elements.
func (s *scanner) array(visit func() bool) bool {
	if !s.enter() {
		return false
	}
	s.space()
	if s.pos < len(s.src) && s.src[s.pos] == ']' {
		return s.leave()
	}
	for {
		if visit == nil {
			if !s.value() {
				return false
			}
		} else if !visit() {
			return false
		}
		s.space()
		if s.pos < len(s.src) && s.src[s.pos] == ',' {
			s.pos++
			s.space()
			continue
		}
		if s.pos < len(s.src) && s.src[s.pos] == ']' {
			return s.leave()
		}
		return s.fail("expected ',' or ']' after an element of a list")
	}
}

func (s *scanner) enter() bool {
	if s.depth == maxDepth {
		s.fault = &Error{Kind: TooDeep, Offset: s.pos, Msg: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
		return false
	}
	s.depth++
	s.pos++
	return true
}

func (s *scanner) leave() bool {
	s.depth--
	s.pos++
	return true
}

func (s *scanner) space() {
	i := s.pos
	for i < len(s.src) && (s.src[i] == ' ' || s.src[i] == '\n' || s.src[i] == '\r' || s.src[i] == '\t') {
		i++
	}
	s.pos = i
}

// Eight copies of a byte, for comparing eight bytes of text at once.
const (
	ones        = 0x0101010101010101
	highBits    = 0x80 * ones
	blanks      = ' ' * ones
	quotes      = '"' * ones
	backslashes = '\\' * ones
)

// special has the high bit set in the first byte of w that is a quote, a
// backslash or a control character. Bits above the first one mean nothing: a
// borrow may have set them.
//
// The test for a byte less than n, and by it for a zero byte, is that of Sean
// Anderson's "Bit Twiddling Hacks".
func special(w uint64) uint64 {
	q, b := w^quotes, w^backslashes
	return ((w-blanks)&^w | (q-ones)&^q | (b-ones)&^b) & highBits
}

// clean tells whether a block is ASCII without anything special. Its test is
// cheaper than special's because it need not say where: for bytes below 0x80,
// subtraction sets the high bit of those looked for, and else only of what a
// borrow from one of them reaches.
func clean(p *[64]byte) bool {
	mark := func(w uint64) uint64 {
		return w | (w - blanks) | (w ^ quotes - ones) | (w ^ backslashes - ones)
	}
	a := mark(binary.LittleEndian.Uint64(p[0:])) | mark(binary.LittleEndian.Uint64(p[8:])) |
		mark(binary.LittleEndian.Uint64(p[16:])) | mark(binary.LittleEndian.Uint64(p[24:]))
	b := mark(binary.LittleEndian.Uint64(p[32:])) | mark(binary.LittleEndian.Uint64(p[40:])) |
		mark(binary.LittleEndian.Uint64(p[48:])) | mark(binary.LittleEndian.Uint64(p[56:]))
	return (a|b)&highBits == 0
}

// str steps over a string; pos must be at its opening quote.
func (s *scanner) str() bool {
	src, i := s.src, s.pos+1
	var seen uint64 // every bit of every byte: tells whether the string is ASCII
	for {
		for len(src)-i >= 32 {
			p := src[i : i+32 : i+32]
			w0 := binary.LittleEndian.Uint64(p)
			seen |= w0
			if m := special(w0); m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				goto stop
			}
			w1 := binary.LittleEndian.Uint64(p[8:])
			w2 := binary.LittleEndian.Uint64(p[16:])
			w3 := binary.LittleEndian.Uint64(p[24:])
			seen |= w1 | w2 | w3
			m1, m2, m3 := special(w1), special(w2), special(w3)
			if m1|m2|m3 == 0 {
				i += 32
				for len(src)-i >= 64 && clean((*[64]byte)(src[i:])) {
					i += 64
				}
				continue
			}
			switch {
			case m1 != 0:
				i += 8 + bits.TrailingZeros64(m1)>>3
			case m2 != 0:
				i += 16 + bits.TrailingZeros64(m2)>>3
			default:
				i += 24 + bits.TrailingZeros64(m3)>>3
			}
			goto stop
		}
		for i < len(src) && src[i] >= ' ' && src[i] != '"' && src[i] != '\\' {
			seen |= uint64(src[i])
			i++
		}
	stop:
		if i >= len(src) {
			return s.failAt(i, "unterminated string")
		}
		switch src[i] {
		case '"':
			if seen&highBits != 0 && !s.utf8(s.pos+1, i) {
				return false
			}
			s.pos = i + 1
			return true
		case '\\':
			n := escapeLen(src[i:])
			switch n {
			case 0:
				return s.failAt(i, `invalid escape in a string: a backslash itself is written \\`)
			case -1:
				return s.failAt(len(src), "unterminated string")
			}
			i += n
			if i < len(src) && src[i] == '"' { // as where a line ends
				goto stop
			}
		default:
			return s.failAt(i, fmt.Sprintf("control character 0x%02x in a string: it must be escaped", src[i]))
		}
	}
}

// escapeLen is the length of the escape sequence that b starts with, 0 when the
// sequence is invalid, -1 when b ends inside it.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return -1
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		for i := 2; i < 6; i++ {
			if i == len(b) {
				return -1
			}
			if c := b[i] | 0x20; !(b[i] >= '0' && b[i] <= '9' || c >= 'a' && c <= 'f') {
				return 0
			}
		}
		return 6
	}
	return 0
}

func (s *scanner) utf8(start, end int) bool {
	if utf8.Valid(s.src[start:end]) {
		return true
	}
	for start < end {
		r, n := utf8.DecodeRune(s.src[start:end])
		if r == utf8.RuneError && n == 1 {
			break
		}
		start += n
	}
	return s.failAt(start, fmt.Sprintf("byte 0x%02x is not valid UTF-8", s.src[start]))
}

// number steps over a number; pos must be at a digit or a minus sign.
func (s *scanner) number() bool {
	i := s.pos
	if s.src[i] == '-' {
		i++
		if i < len(s.src) && s.src[i] == 'I' {
			return s.word("-Infinity")
		}
	}
	digits := func() bool {
		start := i
		for i < len(s.src) && s.src[i] >= '0' && s.src[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(s.src) && s.src[i] == '0' {
		i++
		if i < len(s.src) && s.src[i] >= '0' && s.src[i] <= '9' {
			return s.failAt(i, "a number must not start with 0")
		}
	} else if !digits() {
		return s.failAt(i, "expected a digit")
	}
	if i < len(s.src) && s.src[i] == '.' {
		i++
		if !digits() {
			return s.failAt(i, "expected a digit after the decimal point")
		}
	}
	if i < len(s.src) && s.src[i]|0x20 == 'e' {
		i++
		if i < len(s.src) && (s.src[i] == '+' || s.src[i] == '-') {
			i++
		}
		if !digits() {
			return s.failAt(i, "expected a digit in the exponent")
		}
	}
	s.pos = i
	return true
}

func (s *scanner) word(w string) bool {
	for i := range len(w) {
		if s.pos+i == len(s.src) || s.src[s.pos+i] != w[i] {
			if s.pos+i == len(s.src) {
				return s.failAt(len(s.src), "unterminated "+w)
			}
			return s.fail("expected a value")
		}
	}
	s.pos += len(w)
	return true
}

// end checks that nothing but white space is left.
func (s *scanner) end() bool {
	s.space()
	if s.pos < len(s.src) {
		return s.fail("extra data after the end of the JSON text")
	}
	return true
}

func (s *scanner) fail(msg string) bool { return s.failAt(s.pos, msg) }

// failAt sets the fault. At the end of the file the fault is that it ends.
func (s *scanner) failAt(at int, msg string) bool {
	s.fault = &Error{Kind: NotJSON, Offset: at, Msg: msg}
	switch {
	case at >= len(s.src):
		s.fault.Kind = Truncated
		s.fault.Offset = len(s.src)
		s.fault.Msg = "the file ends too early: " + msg
	case isConflictMarker(s.src, at):
		s.fault.Msg = "unresolved merge conflict: resolve it, or check out one side"
	}
	return false
}
