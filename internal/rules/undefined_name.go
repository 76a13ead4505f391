package rules

// XM401: a cell reads a name that no cell binds.

import "fmt"

var undefinedName = &Rule{Code: "XM401", Name: "undefined-name", Severity: Warning, cell: func(p *pass, c *cell) {
	if len(c.file.Errors) > 0 {
		return
	}
	for _, r := range c.facts.Undefined {
		if !r.Seen || !p.first(r.Name) {
			continue
		}
		p.report(c, span(r.Pos, r.Name), Finding{
			Names: []string{r.Name}, Via: r.Via,
			Message: fmt.Sprintf("no cell binds %s, which is read %s", r.Name, where(c, r.Pos, r.Via)),
		})
	}
}}
