package rules

// XM402: a cell reads a name that only later cells bind.

import "fmt"

var usedBeforeDefinition = &Rule{Code: "XM402", Name: "used-before-definition", Severity: Warning, cell: func(p *pass, c *cell) {
	if len(c.file.Errors) > 0 {
		return
	}
	for _, r := range c.facts.Reads {
		if !r.Later || guessed(c, r) || !r.Seen {
			continue
		}
		binder := p.laterBinder(c, r.Name)
		if binder < 0 || !p.first(r.Name) {
			continue
		}
		p.report(c, span(r.Pos, ""), Finding{
			Names: []string{r.Name}, Via: r.Via,
			Message: fmt.Sprintf("%s is read %s, but only cell %d below binds it", r.Name, where(c, r.Pos, r.Via), p.cellNumber(binder)),
		})
	}
}}

// laterBinder is the first cell below c that visibly binds the name, or -1.
func (p *pass) laterBinder(c *cell, name string) int {
	for unit := c.unit + 1; unit < len(p.cells); unit++ {
		if s := p.cells[unit].facts.Summary; s != nil {
			if _, ok := s.Binds[name]; ok {
				return unit
			}
		}
	}
	return -1
}
