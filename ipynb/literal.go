package ipynb

// JSON strings: decoding, encoding, places in them.

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decoded is the text of a valid string, given with its quotes; "" for any other
// value.
func decoded(src []byte, lit Span) string { return string(literalText(src, lit)) }

// literalText is like decoded, but is in place where the string has no escapes.
func literalText(src []byte, lit Span) []byte {
	if lit.Len() == 0 || src[lit.Start] != '"' {
		return nil
	}
	text := src[lit.Start+1 : lit.End-1]
	if plain(text) == len(text) {
		return text
	}
	var b strings.Builder
	writeDecoded(&b, src, lit.Start+1)
	return []byte(b.String())
}

// writeDecoded decodes a JSON string, which must be valid, from i, just after its
// opening quote, and returns where it ends, after its closing quote. A surrogate
// escape without its other half becomes U+FFFD.
func writeDecoded(b *strings.Builder, src []byte, i int) int {
	for {
		stop := i + plain(src[i:])
		b.Write(src[i:stop])
		if src[stop] == '"' {
			return stop + 1
		}
		r, n := decodeEscape(src[stop:])
		b.WriteRune(r)
		i = stop + n
	}
}

// plain is the length of the text before the first quote, backslash or control
// character, or the end.
func plain(text []byte) int {
	i := 0
	for ; len(text)-i >= 8; i += 8 {
		if m := special(binary.LittleEndian.Uint64(text[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(text) && text[i] >= ' ' && text[i] != '"' && text[i] != '\\' {
		i++
	}
	return i
}

// decodeEscape decodes the valid escape sequence, or pair of surrogate escapes,
// that text starts with; the string's closing quote must follow. It returns the character and the length in text.
func decodeEscape(text []byte) (rune, int) {
	switch text[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r := hex4(text[2:])
		if !utf16.IsSurrogate(r) {
			return r, 6
		}
		if text[6] == '\\' && text[7] == 'u' {
			if pair := utf16.DecodeRune(r, hex4(text[8:])); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return utf8.RuneError, 6
	}
	return rune(text[1]), 2 // quote, backslash, slash
}

func hex4(text []byte) rune {
	var r rune
	for _, c := range text[:4] {
		switch {
		case c <= '9':
			c -= '0'
		default:
			c = c | 0x20 - 'a' + 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

// appendEncoded writes text as Python's json does, without quotes: short escapes
// where there are any, \u00xx for other control characters, and \uxxxx for all
// that isn't ASCII if ascii is set (json.dumps with ensure_ascii).
func appendEncoded(dst []byte, text string, ascii bool) []byte {
	const hex = "0123456789abcdef"
	u16 := func(dst []byte, r rune) []byte {
		return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
	}
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\r':
			dst = append(dst, '\\', 'r')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r == '\b':
			dst = append(dst, '\\', 'b')
		case r == '\f':
			dst = append(dst, '\\', 'f')
		case r < ' ':
			dst = u16(dst, r)
		case r < utf8.RuneSelf || !ascii:
			dst = utf8.AppendRune(dst, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			dst = u16(u16(dst, high), low)
		default:
			dst = u16(dst, r)
		}
	}
	return dst
}

// joinsSurrogates tells whether putting left before right would make one
// character of two lone surrogates, the halves of which stand on both sides.
func joinsSurrogates(left, right []byte) bool {
	n := len(left) - 6
	if n < 0 || len(right) < 6 || !isSurrogate(left[n:], 0xd800) || !isSurrogate(right, 0xdc00) {
		return false
	}
	backslashes := 0
	for n-backslashes >= 0 && left[n-backslashes] == '\\' {
		backslashes++
	}
	return backslashes%2 == 1
}

// isSurrogate tells whether text starts with the escape of a surrogate of the
// block of 1024 that starts at first.
func isSurrogate(text []byte, first rune) bool {
	return text[0] == '\\' && escapeLen(text) == 6 && hex4(text[2:])&^0x3ff == first
}
