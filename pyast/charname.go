package pyast

// Names of characters in "\N{…}".

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed names.bin
var namesData string

// maxCharacterName is more than the length of the longest name of a character, with "\N{}".
const maxCharacterName = 128

// namedRange is a run of characters whose names are a prefix and the code point in hex.
type namedRange struct {
	prefix      string
	first, last rune
}

type characterNames struct {
	points map[string]rune
	ranges []namedRange
}

var nameTable = sync.OnceValue(func() *characterNames {
	t := &characterNames{points: make(map[string]rune, 40000)}
	hex := func(s string) rune {
		n, _ := strconv.ParseUint(s, 16, 32)
		return rune(n)
	}
	var next rune
	var before string
	for line := range strings.SplitSeq(inflate(namesData), "\n") {
		switch line[0] {
		case '*':
			words := strings.Fields(line[1:])
			n := len(words)
			t.ranges = append(t.ranges, namedRange{strings.Join(words[:n-2], " "), hex(words[n-2]), hex(words[n-1])})
		case '=':
			next = hex(line[1:])
		default:
			name := line[1:]
			if shared := int(line[0] - 'A'); shared > 0 {
				name = strings.TrimSuffix(firstWords(before, shared)+" "+name, " ")
			}
			t.points[name] = next
			before = name
			next++
		}
	}
	return t
})

// firstWords returns the first n words of s.
func firstWords(s string, n int) string {
	end := -1
	for range n {
		i := strings.IndexByte(s[end+1:], ' ')
		if i < 0 {
			return s
		}
		end += 1 + i
	}
	return s[:end]
}

// characterNamed returns the character of that name or alias, in any case (Unicode 15.1).
func characterNamed(name string) (rune, bool) {
	name = strings.ToUpper(name)
	if syllable, ok := strings.CutPrefix(name, "HANGUL SYLLABLE "); ok {
		return hangulSyllable(syllable)
	}
	t := nameTable()
	if r, ok := t.points[name]; ok {
		return r, true
	}
	if i := strings.LastIndexByte(name, '-'); i >= 0 {
		digits := name[i+1:]
		n, err := strconv.ParseUint(digits, 16, 32)
		if err != nil || len(digits) < 4 || digits[0] == '0' {
			return 0, false
		}
		for _, r := range t.ranges {
			if r.prefix == name[:i+1] && rune(n) >= r.first && rune(n) <= r.last {
				return rune(n), true
			}
		}
	}
	return 0, false
}

// hangulSyllable composes the syllable of a romanised name such as GAG.
func hangulSyllable(name string) (rune, bool) {
	leads := [...]string{"G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"}
	vowels := [...]string{"A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO",
		"U", "WEO", "WE", "WI", "YU", "EU", "YI", "I"}
	tails := [...]string{"", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH",
		"M", "B", "BS", "S", "SS", "NG", "J", "C", "K", "T", "P", "H"}
	lead, rest := longest(leads[:], name)
	vowel, rest := longest(vowels[:], rest)
	tail, rest := longest(tails[:], rest)
	if lead < 0 || vowel < 0 || tail < 0 || rest != "" {
		return 0, false
	}
	return rune(hangulS + (lead*hangulVN+vowel)*hangulTN + tail), true
}

// longest returns the index of the longest of parts that s begins with, and what follows.
func longest(parts []string, s string) (int, string) {
	best := -1
	for i, p := range parts {
		if strings.HasPrefix(s, p) && (best < 0 || len(p) > len(parts[best])) {
			best = i
		}
	}
	if best < 0 {
		return best, s
	}
	return best, s[len(parts[best]):]
}
