package rules

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
)

var unboundOutput = &Rule{Code: "XM104", Name: "unbound-output", Severity: Error, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	if c.facts.Summary.BindsUnknown {
		return
	}
	outputs := p.nb.Graph.Outputs(c.unit).All
	for _, name := range c.header.Output {
		// A name that is read may be changed in a way that can't be seen.
		if slices.Contains(outputs, name) || slices.Contains(c.header.Invalid, name) || slices.Contains(c.directives.Include, name) || c.reads(name) || c.binds(name) {
			continue
		}
		message := name + " is not bound in this cell: the memo would hold what an earlier cell left there"
		switch {
		case slices.Contains(c.facts.Deletes, name):
			message = name + " is deleted by the end of this cell: the memo is never stored"
		case !p.boundBefore(c, name):
			message = name + " is bound nowhere up to the end of this cell: the memo is never stored"
		}
		p.report(c, itemSpan(c, "output", name), Finding{
			Message: message, Names: []string{name},
			Fix: &Fix{Safe: true, Description: "take " + name + " out of output=", header: headerFix{dropOutput: name}},
		})
	}
}}

// binds says whether the cell binds the name, be it by an import.
func (c *cell) binds(name string) bool {
	for _, b := range c.facts.Bound {
		if b.Name == name {
			return true
		}
	}
	return c.seen != nil && slices.Contains(c.seen.Mutates, name)
}

// boundBefore says whether an earlier cell binds the name.
func (p *pass) boundBefore(c *cell, name string) bool {
	for unit := range c.unit {
		for _, b := range p.nb.Graph.Cells[unit].Bound {
			if b.Name == name && b.Kind != closure.BindUnknown {
				return true
			}
		}
	}
	return false
}
