package rules

import (
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

var globalRandomState = &Rule{Code: "XM303", Name: "global-random-state", Severity: Warning, memoized: func(p *pass, c *cell) {
	p.reasons(c, func(r deps.Reason) {
		p.report(c, span(r.Pos, ""), Finding{Message: r.Text, Names: names(r.Name)})
	})
	effect(knowledge.Random, func(detail, where string) string {
		return detail + " draws random numbers that the inputs don't determine " + where + ": a hit repeats the old ones"
	})(p, c)
}}
