package pyast

// Which characters identifiers are made of, and their normal form.

//go:generate python3.13 unicode_tables.py NameAliases.txt

import (
	"compress/flate"
	_ "embed"
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed nfkc.bin
var nfkcData string

// unicodeWord scans an identifier with characters outside ASCII. Its name is in NFKC (PEP
// 3131).
func (s *scanner) unicodeWord(off int) {
	src := s.src
	i := off
	stable := true
	for i < len(src) {
		c := src[i]
		if c < utf8.RuneSelf {
			if class[c]&cIdent == 0 {
				break
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(src[i:])
		if !unicode.Is(identifierStart, r) && (i == off || !unicode.Is(identifierContinue, r)) {
			if s.skim && i == off {
				i += n
				break
			}
			s.off = i + n
			if r == utf8.RuneError && n == 1 {
				s.fail(Span{Pos(i), Pos(i + n)}, "invalid UTF-8")
			} else {
				s.fail(Span{Pos(i), Pos(i + n)}, "invalid character "+strconv.QuoteRune(r))
			}
			return
		}
		stable = stable && !unicode.Is(notNFKC, r)
		i += n
	}
	s.name = src[off:i]
	if !stable {
		s.name = nfkc(s.name)
	}
	s.tok, s.end, s.off = tName, i, i // never a keyword, which CPython looks up before NFKC
}

// normal holds what nfkc needs.
type normal struct {
	decomposed map[rune]string
	composed   map[[2]rune]rune
	class      map[rune]uint8
}

var normalTables = sync.OnceValue(func() *normal {
	t := &normal{map[rune]string{}, map[[2]rune]rune{}, map[rune]uint8{}}
	for line := range strings.SplitSeq(inflate(nfkcData), "\n") {
		switch line[0] {
		case 'D':
			r, n := utf8.DecodeRuneInString(line[1:])
			t.decomposed[r] = line[1+n:]
		case 'C':
			r := []rune(line[1:])
			t.composed[[2]rune{r[0], r[1]}] = r[2]
		default:
			digits, runes, _ := strings.Cut(line, "=")
			class, _ := strconv.Atoi(digits)
			for _, r := range runes {
				t.class[r] = uint8(class)
			}
		}
	}
	return t
})

func inflate(data string) string {
	var b strings.Builder
	// The data is part of the program: it does inflate.
	_, _ = io.Copy(&b, flate.NewReader(strings.NewReader(data)))
	return b.String()
}

// Hangul syllables compose and decompose by rule (Unicode 15, section 3.12).
const (
	hangulS, hangulL, hangulV, hangulT     = 0xac00, 0x1100, 0x1161, 0x11a7
	hangulLN, hangulVN, hangulTN, hangulSN = 19, 21, 28, 11172
)

// nfkc returns s, an identifier, in normal form KC (Unicode Standard Annex 15).
func nfkc(s string) string {
	t := normalTables()
	var runes []rune
	for _, r := range s {
		if d, ok := t.decomposed[r]; ok {
			runes = append(runes, []rune(d)...)
		} else if i := r - hangulS; i >= 0 && i < hangulSN {
			runes = append(runes, hangulL+i/(hangulVN*hangulTN), hangulV+i%(hangulVN*hangulTN)/hangulTN)
			if i%hangulTN != 0 {
				runes = append(runes, hangulT+i%hangulTN)
			}
		} else {
			runes = append(runes, r)
		}
	}
	// Canonical order: a stable sort of each run of marks by class.
	for i := 1; i < len(runes); i++ {
		c := t.class[runes[i]]
		for j := i; c != 0 && j > 0 && t.class[runes[j-1]] > c; j-- {
			runes[j-1], runes[j] = runes[j], runes[j-1]
		}
	}
	// Composition with the last starter, unless a mark of the same class stands between.
	out := runes[:0]
	starter, last := -1, uint8(0)
	for _, r := range runes {
		c := t.class[r]
		if starter >= 0 && (starter == len(out)-1 || last < c) {
			if joined, ok := t.compose(out[starter], r); ok {
				out[starter] = joined
				continue
			}
		}
		if c == 0 {
			starter = len(out)
		}
		last = c
		out = append(out, r)
	}
	return string(out)
}

func (t *normal) compose(a, b rune) (rune, bool) {
	if l, v := a-hangulL, b-hangulV; l >= 0 && l < hangulLN && v >= 0 && v < hangulVN {
		return hangulS + (l*hangulVN+v)*hangulTN, true
	}
	if i, tail := a-hangulS, b-hangulT; i >= 0 && i < hangulSN && i%hangulTN == 0 && tail > 0 && tail < hangulTN {
		return a + tail, true
	}
	r, ok := t.composed[[2]rune{a, b}]
	return r, ok
}
