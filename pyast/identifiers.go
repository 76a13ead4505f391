package pyast

import (
	"unicode"
	"unicode/utf8"
)

const maxCharacterName = 128

// unicodeWord scans an identifier with characters outside ASCII.
func (s *scanner) unicodeWord(off int) {
	src := s.src
	i := off
	for i < len(src) {
		r, n := utf8.DecodeRuneInString(src[i:])
		if !(r == '_' || unicode.IsLetter(r) || i > off && (unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r))) {
			break
		}
		i += n
	}
	if i == off {
		_, n := utf8.DecodeRuneInString(src[i:])
		s.off = i + n
		s.fail(Span{Pos(i), Pos(i + n)}, "invalid character")
		return
	}
	s.name = src[off:i]
	s.tok, s.end, s.off = tName, i, i
}

func characterNamed(name string) (rune, bool) { return 0, false }
