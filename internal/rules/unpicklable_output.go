package rules

// XM108: the memo would have to hold a value that can't be stored.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

var unpicklableOutput = &Rule{Code: "XM108", Name: "unpicklable-output", Severity: Error, memoized: func(p *pass, c *cell) {
	opaque := map[string]pyast.Pos{}
	for _, b := range c.facts.Bound {
		if b.Opaque {
			opaque[b.Name] = b.Pos
		}
	}
	for _, name := range c.header.Output {
		if at, ok := opaque[name]; ok && !slices.Contains(c.directives.Include, name) {
			p.report(c, itemSpan(c, "output", name), Finding{
				Names:   []string{name},
				Message: name + " (bound " + where(c, at, nil) + ") holds a client, a connection, an open file, a generator or the like, which can't be stored: the memo is never made",
			})
		}
	}
	p.reasons(c, func(r deps.Reason) {
		if !slices.Contains(c.meant.Output, r.Name) && !slices.Contains(c.directives.Exclude, r.Name) {
			p.report(c, span(r.Pos, r.Name), Finding{Names: names(r.Name), Message: r.Text + ": after a hit it is missing"})
		}
	})
}}

// span is the place of a word of the source.
func span(at pyast.Pos, word string) pyast.Span {
	return pyast.Span{Start: at, End: at + pyast.Pos(max(1, len(word)))}
}
