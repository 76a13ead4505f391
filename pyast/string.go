package pyast

// String literals and their values.

import (
	"strings"
	"unicode/utf8"
)

// strings parses one or more adjacent string literals, which make one value.
func (p *parser) strings() Expr {
	start := p.start
	if p.tok == tString {
		c := p.constants.new()
		bytes := p.lit.bytes
		c.Kind = Str
		if bytes {
			c.Kind = Bytes
		}
		c.Str = p.stringValue()
		p.next()
		if p.tok != tString && p.tok != tFString {
			c.Span = p.span(start)
			return c
		}
		if p.tok == tFString {
			return p.formatted(start, c)
		}
		return p.concatenated(start, c)
	}
	return p.formatted(start, nil)
}

// concatenated parses the literals after the first one as long as none is an f-string.
func (p *parser) concatenated(start int, first *Constant) Expr {
	firstEnd := p.prevEnd
	var text strings.Builder
	text.WriteString(first.Str)
	for p.tok == tString {
		if p.lit.bytes != (first.Kind == Bytes) {
			p.fail(Span{Pos(start), Pos(p.end)}, "cannot mix bytes and nonbytes literals")
			return first
		}
		text.WriteString(p.stringValue())
		p.next()
	}
	first.Str = text.String()
	first.Span = Span{Pos(start), Pos(max(firstEnd, p.prevEnd))}
	if p.tok == tFString {
		return p.formatted(start, first)
	}
	return first
}

// stringValue decodes the string literal that is the current token.
func (p *parser) stringValue() string {
	l := &p.lit
	text := p.src[l.body:l.bodyEnd]
	if l.bytes {
		for i := 0; i < len(text); i++ {
			if text[i] >= utf8.RuneSelf {
				p.note(Span{Pos(l.body + i), Pos(l.body + i + 1)}, "bytes can only contain ASCII literal characters")
				break
			}
		}
	}
	if p.crlf {
		text = plainNewlines(text)
	}
	if l.raw || !l.escapes {
		return text
	}
	return p.unescape(text, l.bytes, p.here())
}

// plainNewlines makes "\n" of every "\r\n" and "\r", as CPython does before it scans.
func plainNewlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// unescape decodes the escapes of text. An escape that Python doesn't know keeps its
// backslash; one that is cut short is noted as an error at the place.
func (p *parser) unescape(text string, bytes bool, place Span) string {
	i := strings.IndexByte(text, '\\')
	if i < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for {
		out = append(out, text[:i]...)
		text = text[i:]
		if len(text) < 2 {
			return string(append(out, text...))
		}
		c := text[1]
		n := 2
		switch c {
		case '\n':
		case '\\', '\'', '"':
			out = append(out, c)
		case 'a':
			out = append(out, '\a')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'v':
			out = append(out, '\v')
		case '0', '1', '2', '3', '4', '5', '6', '7':
			v := rune(0)
			for n = 1; n < 4 && n < len(text) && text[n] >= '0' && text[n] <= '7'; n++ {
				v = v*8 + rune(text[n]-'0')
			}
			if bytes {
				out = append(out, byte(v))
			} else {
				out = utf8.AppendRune(out, v)
			}
		case 'x', 'u', 'U':
			width := 2
			if c == 'u' {
				width = 4
			} else if c == 'U' {
				width = 8
			}
			if bytes && c != 'x' {
				out = append(out, '\\', c)
				break
			}
			v, digits := uint32(0), 0
			for digits < width && n < len(text) && class[text[n]]&cHex != 0 {
				v = v<<4 | uint32(hexDigit(text[n]))
				n++
				digits++
			}
			switch {
			case digits < width:
				p.note(place, "truncated \\"+string(c)+" escape")
			case bytes:
				out = append(out, byte(v))
			case v > utf8.MaxRune:
				p.note(place, "illegal Unicode character in \\U escape")
			default:
				out = appendCodePoint(out, rune(v))
			}
		case 'N':
			if bytes {
				out = append(out, '\\', 'N')
				break
			}
			end := strings.IndexByte(text, '}')
			if len(text) < 3 || text[2] != '{' || end < 4 {
				p.note(place, "malformed \\N character escape")
				break
			}
			n = end + 1
			r, ok := characterNamed(text[3:end])
			if !ok {
				p.note(place, "unknown Unicode character name "+text[3:end])
				break
			}
			out = appendCodePoint(out, r)
		default:
			out = append(out, '\\')
			n = 1
		}
		text = text[n:]
		i = strings.IndexByte(text, '\\')
		if n == 1 {
			i = strings.IndexByte(text[1:], '\\') + 1
			if i == 0 {
				i = -1
			}
		}
		if i < 0 {
			return string(append(out, text...))
		}
	}
}

func hexDigit(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// appendCodePoint appends r in UTF-8, a surrogate in the three bytes that UTF-8 would give
// it (Python's surrogatepass).
func appendCodePoint(out []byte, r rune) []byte {
	if r >= 0xd800 && r <= 0xdfff {
		return append(out, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0xbf, 0x80|byte(r)&0xbf)
	}
	return utf8.AppendRune(out, r)
}
