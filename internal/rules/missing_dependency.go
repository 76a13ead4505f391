package rules

var missingDependency = &Rule{Code: "XM110", Name: "missing-dependency", Severity: Warning, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	if p.nb.Config.Functions == "direct" {
		return
	}
	for _, m := range p.missingInputs(c) {
		if m.read == nil || !m.read.Function || len(m.read.Via) == 0 {
			continue
		}
		p.report(c, optionSpan(c, "input"), Finding{
			Names: []string{m.name}, Via: m.read.Via,
			Message: m.name + p.definedIn(m.read) + " runs " + where(c, m.read.Pos, m.read.Via) + ", but input= lacks it: when it is edited, the memo is stale",
			Fix:     &Fix{Safe: true, Description: "add " + m.name + " to input=", header: headerFix{addInput: m.name}},
		})
	}
}}
