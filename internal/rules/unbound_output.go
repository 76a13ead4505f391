package rules

// XM104: the header lists an output that the cell doesn't bind.

import (
	"fmt"
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
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
		deleted, deletes := c.facts.Summary.Deletes[name]
		switch {
		case deletes:
			line, _ := c.src.Position(int(deleted))
			message = fmt.Sprintf("%s is deleted on line %d: the memo is never stored", name, line)
		case slices.Contains(c.facts.Deletes, name) || caught(c.file, name):
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

// caught says whether an except clause binds the name, and so deletes it.
func caught(file *pyast.File, name string) bool {
	found := false
	for _, s := range file.Body {
		pyast.Walk(s, func(n pyast.Node) bool {
			if h, ok := n.(*pyast.ExceptHandler); ok {
				found = found || h.Name.Name == name
			}
			return !found
		})
	}
	return found
}

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
