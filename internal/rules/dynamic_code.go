package rules

import "github.com/xetmemo/xetmemo-lint/deps"

var dynamicCode = &Rule{Code: "XM307", Name: "dynamic-code", Severity: Warning, memoized: func(p *pass, c *cell) {
	p.reasons(c, func(r deps.Reason) {
		p.report(c, span(r.Pos, ""), Finding{Message: r.Text + ": what it reads is not in the key", Names: names(r.Name)})
	})
}}
