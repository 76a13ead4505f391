package rules

// XM109: code that the cell reaches has changed since the pin was written, or since the memo was made.

import (
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

var staleDependency = &Rule{Code: "XM109", Name: "stale-dependency", Severity: Error, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	if p.options.Stale == nil {
		return
	}
	for _, s := range p.options.Stale(p.nb, c.unit) {
		f := Finding{Names: s.Functions, Message: s.Message, Information: s.Harmless, Seconds: s.Seconds}
		if s.Fix != nil {
			f.Fix = &Fix{Safe: true, Description: "renew the pin", change: []ipynb.Change{*s.Fix}}
		}
		at := s.At
		if at == (pyast.Span{}) {
			at = c.headerSpan
		}
		p.report(c, at, f)
	}
}}
