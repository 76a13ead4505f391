package rules

// XM308: a memoized cell runs a shell line or a magic with effects.

import "github.com/xetmemo/xetmemo-lint/deps"

var magicInMemoizedCell = &Rule{Code: "XM308", Name: "magic-in-memoized-cell", Severity: Warning, memoized: func(p *pass, c *cell) {
	p.reasons(c, func(r deps.Reason) {
		p.report(c, span(r.Pos, ""), Finding{Message: r.Text, Names: names(r.Name)})
	})
}}
