package rules

// XM110: what the cell may run or read through other functions is not in the header.

import "slices"

var missingDependency = &Rule{Code: "XM110", Name: "missing-dependency", Severity: Warning, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	if p.nb.Config.Functions == "direct" {
		return
	}
	for _, m := range p.missingInputs(c) {
		if !m.indirect(c) || slices.Contains(m.read.Via, "<lambda>") { // who calls a lambda is seldom certain
			continue
		}
		verb := " may be read "
		if m.read.Function {
			verb = " may run "
		}
		p.report(c, optionSpan(c, "input"), Finding{
			Names: []string{m.name}, Via: m.read.Via,
			Message: m.name + p.definedIn(m.read) + verb + where(c, m.read.Pos, m.read.Via) + ", but input= lacks it: when it is edited, the memo is stale",
			Fix:     &Fix{Safe: true, Description: "add " + m.name + " to input=", header: headerFix{addInput: m.name}},
		})
	}
}}
