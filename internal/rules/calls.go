package rules

import (
	"strings"
	"unicode"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// runs says whether the cell is seen to call the outermost function of a path, or whether there
// is none: then what happens there happens when the cell is run. A function that is only loaded,
// into a list or as an argument, may be called later.
func (c *cell) runs(via []string) bool {
	if len(via) == 0 {
		return true
	}
	found := false
	for _, s := range c.file.Body {
		pyast.Walk(s, func(n pyast.Node) bool {
			if call, ok := n.(*pyast.Call); ok {
				found = found || c.file.Segment(call.Func.Pos()) == via[0]
			}
			switch n.(type) {
			case *pyast.FunctionDef, *pyast.Lambda:
				return false
			}
			return !found
		})
	}
	return found
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
