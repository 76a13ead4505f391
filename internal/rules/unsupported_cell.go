package rules

// XM203: the cell has a header and can't be memoized.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
)

var unsupportedCell = &Rule{Code: "XM203", Name: "unsupported-cell", Severity: Warning, Fix: SafeFix, cell: func(p *pass, c *cell) {
	if c.header == nil || c.directives.Skip {
		return
	}
	none := ""
	p.reasons(c, func(r deps.Reason) {
		if r.Code == deps.ReasonMutatesReference && !c.direct(r.Pos, r.Name) {
			return // something that holds the function is changed, if at all
		}
		if r.Code == deps.ReasonProcessState && c.local(r.Name) {
			return
		}
		p.report(c, c.headerSpan, Finding{
			Message: "the cell can't be memoized: " + r.Text + at(c, r), Names: names(r.Name),
			Fix: &Fix{Safe: true, Description: "take the header out", line: &none},
		})
	})
}}

// local says whether a change of the process is undone by the end of the cell or may not happen: PyMC's variables
// register with the model of the enclosing with statement, and a decorated function may be a step
// for later.
func (c *cell) local(call string) bool {
	if strings.HasPrefix(call, "pymc") {
		return true
	}
	for _, e := range c.facts.Effects {
		if e.Detail != call || len(e.Via) == 0 {
			continue
		}
		for _, f := range c.facts.Functions {
			if f.Name == e.Via[0] && f.Func != nil && f.Func.Decorated {
				return true
			}
		}
	}
	return false
}

// at is the place of a reason in words.
func at(c *cell, r deps.Reason) string {
	if r.Pos == 0 {
		return ""
	}
	return " (" + where(c, r.Pos, nil)[len("on "):] + ")"
}
