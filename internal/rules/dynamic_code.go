package rules

// XM307: a memoized cell runs code that can't be known.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
)

var dynamicCode = &Rule{Code: "XM307", Name: "dynamic-code", Severity: Warning, memoized: func(p *pass, c *cell) {
	p.reasons(c, func(r deps.Reason) {
		if strings.Contains(r.Name, ".") && !strings.HasPrefix(r.Name, "builtins.") {
			return // libraries that load what they stored
		}
		p.report(c, span(r.Pos, ""), Finding{Message: r.Text + ": what it reads is not in the key", Names: names(r.Name)})
	})
}}
