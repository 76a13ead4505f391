package models

// sympy: var binds the names that it is given in the globals of its caller: "x y", "mu:3", "a:c",
// "x:2(:2)", ("x", ["y z"]).

import (
	"slices"
	"strconv"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

const symbol = "sympy.Symbol"

var sympyModels = registry{functions: map[string]interp.Model{
	"sympy.var": func(c *interp.Call) (interp.Value, bool) {
		texts, known, ok := c.Texts()
		if !ok {
			return nil, false
		}
		for _, text := range texts {
			for _, name := range symbolNames(text) {
				c.Bind(name, c.Scalar(symbol))
			}
		}
		if !known {
			c.BindAny()
		}
		return c.Scalar(symbol), true
	},
}}

// symbolNames returns the identifiers among the names that sympy.symbols makes of a text.
func symbolNames(text string) []string {
	for i, escaped := range [...]string{"\\,", "\\:", "\\ "} { // they stand for themselves, so that what they are in is no identifier
		text = strings.ReplaceAll(text, escaped, string(rune(i)))
	}
	var names []string
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' || c == '\n' }) {
		for _, name := range symbolRanges(word) {
			if pyast.IsName(name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// maxSymbols bounds what ranges may stand for.
const maxSymbols = 1000

// symbolRanges spells out the ranges of one word.
func symbolRanges(word string) []string {
	names := []string{""}
	add := func(endings []string) {
		var longer []string
		for _, n := range names {
			for _, e := range endings {
				if len(longer) < maxSymbols {
					longer = append(longer, n+e)
				}
			}
		}
		names = longer
	}
	for word != "" {
		colon := strings.IndexByte(word, ':')
		if colon < 0 {
			add([]string{word})
			break
		}
		from, to, values := symbolRange(word, colon)
		if values == nil {
			return nil
		}
		before, after := word[:from], word[to:]
		if b, ok := strings.CutSuffix(before, "("); ok {
			if a, ok := strings.CutPrefix(after, ")"); ok {
				before, after = b, a
			}
		}
		add([]string{before})
		add(values)
		word = after
	}
	return names
}

// symbolRange returns where the range around a colon stands, and what it stands for; nil if it is none.
func symbolRange(word string, colon int) (from, to int, values []string) {
	digit := func(i int) bool { return i >= 0 && i < len(word) && word[i] >= '0' && word[i] <= '9' }
	letter := func(i int) bool {
		return i >= 0 && i < len(word) && (word[i]|0x20) >= 'a' && (word[i]|0x20) <= 'z'
	}
	from, to = colon, colon+1
	switch {
	case digit(to):
		for digit(to) {
			to++
		}
		for digit(from - 1) {
			from--
		}
		first, _ := strconv.Atoi("0" + word[from:colon])
		last, err := strconv.Atoi(word[colon+1 : to])
		if err != nil {
			return 0, 0, nil
		}
		for i := first; i < last && len(values) < maxSymbols; i++ {
			values = append(values, strconv.Itoa(i))
		}
	case letter(to):
		const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		to++
		first := 0
		if letter(from - 1) {
			from--
			first = strings.IndexByte(letters, word[from])
		}
		for i := first; i <= strings.IndexByte(letters, word[to-1]); i++ {
			values = append(values, letters[i:i+1])
		}
	}
	return from, to, values
}
