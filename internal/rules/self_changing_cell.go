package rules

// XM205: the cell changes its own inputs.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

var selfChangingCell = &Rule{Code: "XM205", Name: "self-changing-cell", Severity: Warning, For: UnderXetCache002, memoized: func(p *pass, c *cell) {
	for _, r := range c.facts.Reads {
		if r.Imported || r.Opaque || r.Later || guessed(c, r) || !c.header.Covers(r.Name) {
			continue
		}
		if at, via, ok := c.changes(r.Name); ok {
			p.report(c, span(at, ""), Finding{
				Names: []string{r.Name}, Via: via,
				Message: r.Name + " is an input, and the cell changes it " + where(c, at, via) + ": run a second time, the cell misses its memo",
			})
		}
	}
}}

// changes says where the cell binds a name anew or changes its object.
func (c *cell) changes(name string) (at pyast.Pos, via []string, ok bool) {
	if i := slices.IndexFunc(c.facts.Bound, func(b *deps.Bound) bool { return b.Name == name }); i >= 0 {
		return c.facts.Bound[i].Pos, nil, true
	}
	// A change counts where the cell makes it on the name itself: that a call changes something its
	// arguments hold is less certain.
	if i := slices.IndexFunc(c.facts.Mutates, func(m *deps.Mutation) bool { return m.Name == name && len(m.Via) == 0 }); i >= 0 {
		m := c.facts.Mutates[i]
		return m.Pos, nil, c.direct(m.Pos, name)
	}
	return 0, nil, false
}
