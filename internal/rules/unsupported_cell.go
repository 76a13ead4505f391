package rules

import "github.com/xetmemo/xetmemo-lint/deps"

var unsupportedCell = &Rule{Code: "XM203", Name: "unsupported-cell", Severity: Warning, Fix: SafeFix, cell: func(p *pass, c *cell) {
	if c.header == nil || c.directives.Skip {
		return
	}
	none := ""
	p.reasons(c, func(r deps.Reason) {
		if r.Code == deps.ReasonMutatesReference && !c.direct(r.Pos, r.Name) {
			return // something that holds the function is changed, if at all
		}
		p.report(c, c.headerSpan, Finding{
			Message: "the cell can't be memoized: " + r.Text + at(c, r), Names: names(r.Name),
			Fix: &Fix{Safe: true, Description: "take the header out", line: &none},
		})
	})
}}

// at is the place of a reason in words.
func at(c *cell, r deps.Reason) string {
	if r.Pos == 0 {
		return ""
	}
	return " (" + where(c, r.Pos, nil)[len("on "):] + ")"
}
