package rules

// What the text of a cell says at a place.

import (
	"strings"
	"unicode"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// direct says whether the source at a place starts with the name and an access to it.
func (c *cell) direct(at pyast.Pos, name string) bool {
	rest, ok := strings.CutPrefix(c.src.Source[at:], name)
	return ok && rest != "" && strings.IndexByte(".[ +-*/|&", rest[0]) >= 0
}

// lineNames says whether the line of a place in the cell holds the name as a word.
func (c *cell) lineNames(at pyast.Pos, name string) bool {
	for _, word := range strings.FieldsFunc(lineAt(c.src.Source, int(at)), func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if word == name {
			return true
		}
	}
	return false
}
