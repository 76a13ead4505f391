package rules

// What a cell certainly runs, as far as its text tells.

import (
	"slices"
	"strings"
	"unicode"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// runs says whether the cell is seen to call the outermost function of a path, or whether there
// is none: then what happens there happens when the cell is run. A function that is only loaded,
// into a list or as an argument, may be called later.
//
// Of a function in a cell that doesn't parse, too little is known.
func (p *pass) runs(c *cell, via []string) bool {
	if len(via) == 0 {
		return true
	}
	for _, other := range p.cells {
		if other.file == nil || len(other.file.Errors) == 0 {
			continue
		}
		for _, name := range via {
			if _, binds := other.facts.Summary.Binds[name]; binds {
				return false
			}
		}
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

// plausible says whether each function of a path names the next one, and the last the name that is
// read through it. A path by what values carry may lead through functions that never meet.
func (c *cell) plausible(via []string, name string) bool {
	for i, function := range via {
		next := name
		if i+1 < len(via) {
			next = via[i+1]
		}
		f := slices.IndexFunc(c.facts.Functions, func(f *deps.Function) bool { return f.Name == function })
		if f < 0 || c.facts.Functions[f].Func == nil || c.facts.Functions[f].Func.Node == nil || strings.Contains(next, "<") {
			continue
		}
		code := c.facts.Functions[f].Func
		text := code.Summary.File.Segment(code.Node.Pos())
		parts := strings.Split(next, ".")
		if !slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) }) {
			return false
		}
	}
	return true
}

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
