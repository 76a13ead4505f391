package pyast

// Numbers: their tokens and values.

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDecimalDigits is CPython's bound on decimal integer literals
// (sys.set_int_max_str_digits): the conversion takes more than linear time.
const maxDecimalDigits = 4300

// number scans a number from off, where a digit stands or "." and a digit.
func (s *scanner) number(off int) {
	src := s.src
	s.content = true
	i := off
	kind := "decimal"
	at := func(i int) byte {
		if i < len(src) {
			return src[i]
		}
		return 0
	}
	bad := func(msg string) {
		s.off = max(i, off+1)
		s.fail(Span{Pos(off), Pos(s.off)}, msg)
	}
	// digits scans digits with single underscores between them; first says that an
	// underscore may lead, as after "0x".
	digits := func(ok func(byte) bool, first bool) bool {
		for {
			if at(i) == '_' && first {
				i++
			}
			if !ok(at(i)) {
				return false
			}
			for ok(at(i)) {
				i++
			}
			if at(i) != '_' {
				return true
			}
			first = true
		}
	}
	decimal := func(c byte) bool { return class[c]&cDigit != 0 }

	if at(i) == '0' && (at(i+1)|0x20 == 'x' || at(i+1)|0x20 == 'o' || at(i+1)|0x20 == 'b') {
		ok := func(c byte) bool { return class[c]&cHex != 0 }
		kind = "hexadecimal"
		switch at(i+1) | 0x20 {
		case 'o':
			kind, ok = "octal", func(c byte) bool { return c >= '0' && c <= '7' }
		case 'b':
			kind, ok = "binary", func(c byte) bool { return c == '0' || c == '1' }
		}
		i += 2
		if !digits(ok, true) || decimal(at(i)) {
			bad("invalid " + kind + " literal")
			return
		}
	} else {
		float := false
		if at(i) != '.' {
			for decimal(at(i)) {
				i++
			}
			if at(i) == '_' && !digits(decimal, true) {
				bad("invalid decimal literal")
				return
			}
		}
		whole := i
		if at(i) == '.' {
			float = true
			i++
			if decimal(at(i)) && !digits(decimal, false) {
				bad("invalid decimal literal")
				return
			}
		}
		if at(i)|0x20 == 'e' {
			j := i + 1
			if at(j) == '+' || at(j) == '-' {
				j++
			}
			if decimal(at(j)) {
				float = true
				i = j
				if !digits(decimal, false) {
					bad("invalid decimal literal")
					return
				}
			} else if j > i+1 {
				bad("invalid decimal literal")
				return
			}
		}
		if at(i)|0x20 == 'j' {
			kind = "imaginary"
			i++
		} else if !float && src[off] == '0' && strings.Trim(src[off:whole], "0_") != "" {
			bad("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers")
			return
		}
	}
	if c := at(i); class[c]&cIdent != 0 || c >= utf8.RuneSelf {
		rest := src[i:]
		if !hasKeyword(rest) {
			i++
			bad("invalid " + kind + " literal")
			return
		}
	}
	s.tok, s.end, s.off = tNumber, i, i
}

// hasKeyword reports whether one of the keywords that may follow a number without a space
// comes next: 1if x else 2.
func hasKeyword(s string) bool {
	for _, k := range [...]string{"and", "else", "for", "if", "in", "is", "not", "or"} {
		if strings.HasPrefix(s, k) {
			return true
		}
	}
	return false
}

// numberConstant parses the number that is the current token.
func (p *parser) numberConstant() Expr {
	c := p.constants.new()
	c.Span = p.here()
	text := p.src[p.start:p.end]
	if err := decodeNumber(c, text); err != "" {
		p.note(c.Span, err)
	}
	p.next()
	return c
}

// decodeNumber sets kind and value of c from a literal that the scanner took. It returns a
// message for a literal that is too long.
func decodeNumber(c *Constant, text string) string {
	if strings.IndexByte(text, '_') >= 0 {
		text = strings.ReplaceAll(text, "_", "")
	}
	base := 10
	if len(text) > 1 && text[0] == '0' {
		switch text[1] | 0x20 {
		case 'x':
			base = 16
		case 'o':
			base = 8
		case 'b':
			base = 2
		}
	}
	if base == 10 {
		last := text[len(text)-1] | 0x20
		if last == 'j' {
			c.Kind = Complex
			c.Float, _ = strconv.ParseFloat(text[:len(text)-1], 64)
			return ""
		}
		if strings.ContainsAny(text, ".eE") {
			c.Kind = Float
			c.Float, _ = strconv.ParseFloat(text, 64)
			return ""
		}
	} else {
		text = text[2:]
	}
	c.Kind = Int
	if len(text) == 1 && base == 10 {
		c.Str = text
		return ""
	}
	if n, err := strconv.ParseUint(text, base, 64); err == nil {
		c.Str = strconv.FormatUint(n, 16)
		return ""
	}
	if base == 16 {
		c.Str = strings.ToLower(strings.TrimLeft(text, "0"))
		return ""
	}
	if base == 10 && len(text) > maxDecimalDigits {
		c.Str = "0"
		return "integer literal of more than 4300 digits"
	}
	n, _ := new(big.Int).SetString(text, base)
	c.Str = n.Text(16)
	return ""
}
