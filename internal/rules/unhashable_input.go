package rules

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

var unhashableInput = &Rule{Code: "XM107", Name: "unhashable-input", Severity: Error, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	for _, name := range c.header.InputNames() {
		why := ""
		switch {
		case slices.Contains(p.nb.Graph.OpaqueInputs(c.unit), name):
			why = " holds a client, a connection, an open file, a generator or the like, which can't be hashed"
		case c.isModule(name):
			why = " is a module, which can't be hashed"
		default:
			continue
		}
		p.report(c, itemSpan(c, "input", name), Finding{
			Message: name + why + ": the cell is not cached", Names: []string{name},
			Fix: &Fix{Safe: true, Description: "take " + name + " out of input=", header: headerFix{dropInput: name}},
		})
	}
}}

// isModule says whether all that a name may hold are modules.
func (c *cell) isModule(name string) bool {
	for _, r := range c.facts.Reads {
		if r.Name == name {
			return r.Imported && !slices.ContainsFunc(r.Defs, func(d *deps.Binding) bool {
				_, ok := d.Node.(*pyast.Import)
				return !ok
			})
		}
	}
	return false
}
