package rules

// XM302: a memoized cell reads the environment.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/knowledge"
)

var hiddenEnvironment = &Rule{Code: "XM302", Name: "hidden-environment", Severity: Warning, For: UnderXetCache002, memoized: func(p *pass, c *cell) {
	for _, e := range c.facts.Effects {
		// What a formula of statsmodels reads are names of the notebook.
		if e.Kind == knowledge.Environment && !strings.HasPrefix(e.Detail, "statsmodels.") {
			p.reportEffect(c, e, e.Detail+" reads the environment "+where(c, e.Pos, e.Via)+": when that differs, the memo stays")
		}
	}
}}
