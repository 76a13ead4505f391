package rules

// XM107: the header lists an input that can't be hashed.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

var unhashableInput = &Rule{Code: "XM107", Name: "unhashable-input", Severity: Error, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	for _, name := range c.header.InputNames() {
		why := ""
		switch {
		case slices.Contains(p.nb.Graph.OpaqueInputs(c.unit), name) && !c.readOut(name):
			why = " holds a client, a connection, an open file, a generator or the like, which can't be hashed"
		case c.isModule(name):
			why = " is a module, which can't be hashed"
		default:
			continue
		}
		p.report(c, itemSpan(c, "input", name), Finding{
			Message: name + why + ": the cell is not cached; take it out of input=, or write opaque(" + name + "), of which only the type counts", Names: []string{name},
			Fix: &Fix{Safe: true, Description: "take " + name + " out of input=", header: headerFix{dropInput: name}},
		})
	}
}}

// readOut says whether a name is bound to what was read out of something by list, sorted and the like: the
// elements of a file or a reader are texts.
func (c *cell) readOut(name string) bool {
	for _, r := range c.facts.Reads {
		if r.Name != name {
			continue
		}
		for _, d := range r.Defs {
			a, ok := d.Node.(*pyast.Assign)
			if !ok {
				return false
			}
			call, ok := a.Value.(*pyast.Call)
			if !ok {
				return false
			}
			if n, ok := call.Func.(*pyast.Name); !ok || !slices.Contains([]string{"list", "tuple", "set", "sorted", "dict"}, n.ID) {
				return false
			}
		}
		return len(r.Defs) > 0
	}
	return false
}

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
