package rules

// XM306: a memoized cell reads an iterator that an earlier cell made.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

var consumedIterator = &Rule{Code: "XM306", Name: "consumed-iterator", Severity: Warning, For: UnderXetCache002, memoized: func(p *pass, c *cell) {
	for _, m := range c.facts.Mutates {
		i := slices.IndexFunc(c.facts.Reads, func(r *deps.Read) bool { return r.Name == m.Name })
		if i < 0 || !bindsIterator(c.facts.Reads[i].Defs) {
			continue
		}
		p.report(c, span(m.Pos, ""), Finding{
			Names: []string{m.Name}, Via: m.Via,
			Message: m.Name + p.definedIn(c.facts.Reads[i]) + " is an iterator that the cell reads " + where(c, m.Pos, m.Via) + ": a hit leaves it unread",
		})
	}
}}

// makesIterator are the builtins whose result is used up by reading it.
var makesIterator = map[string]bool{"iter": true, "zip": true, "map": true, "filter": true, "enumerate": true, "reversed": true}

// bindsIterator says whether all bindings take a value that is used up by reading it.
func bindsIterator(defs []*deps.Binding) bool {
	for _, d := range defs {
		a, ok := d.Node.(*pyast.Assign)
		if !ok {
			return false
		}
		switch v := a.Value.(type) {
		case *pyast.GeneratorExp:
		case *pyast.Call:
			if n, ok := v.Func.(*pyast.Name); !ok || !makesIterator[n.ID] {
				return false
			}
		default:
			return false
		}
	}
	return len(defs) > 0
}
