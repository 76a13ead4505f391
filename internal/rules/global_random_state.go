package rules

// XM303: a memoized cell draws from, or seeds, a global random generator.

import (
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

var globalRandomState = &Rule{Code: "XM303", Name: "global-random-state", Severity: Warning, For: UnderXetCache002, memoized: func(p *pass, c *cell) {
	seeds := false
	p.reasons(c, func(r deps.Reason) {
		seeds = true
		p.report(c, span(r.Pos, ""), Finding{Message: r.Text, Names: names(r.Name)})
	})
	if seeds { // what is drawn after that is determined
		return
	}
	for _, e := range c.facts.Effects {
		if e.Kind == knowledge.Random {
			p.reportEffect(c, e, e.Detail+" draws random numbers that the inputs don't determine "+where(c, e.Pos, e.Via)+": a hit repeats the old ones")
		}
	}
}}
