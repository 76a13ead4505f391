package rules

// XM202: a memoized cell imports or defines what later cells use.

import "github.com/xetmemo/xetmemo-lint/deps"

var unsplitCell = &Rule{Code: "XM202", Name: "unsplit-cell", Severity: Warning, Fix: UnsafeFix, memoized: func(p *pass, c *cell) {
	p.reasons(c, func(r deps.Reason) {
		f := Finding{Message: r.Text, Names: names(r.Name)}
		if p.nb.CanSplit(c.unit) {
			f.Fix = &Fix{Description: "move the cell's imports and definitions to a cell above", split: true}
		}
		p.report(c, span(r.Pos, ""), f)
	})
}}
