package rules

// XM404: a cell changes an object that another cell made.

import "fmt"

var crossCellMutation = &Rule{Code: "XM404", Name: "cross-cell-mutation", Severity: Warning, Off: true, cell: func(p *pass, c *cell) {
	for _, m := range c.facts.Mutates {
		p.report(c, span(m.Pos, ""), Finding{
			Names: []string{m.Name}, Via: m.Via,
			Message: fmt.Sprintf("%s, which %s made, is changed %s: run twice or out of order, the notebook gives other results", m.Name, p.origin(c, m.Name), where(c, m.Pos, m.Via)),
		})
	}
}}
