package rules

// XM102: the header lists an input that the cell doesn't read.

import (
	"fmt"
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
)

var unusedInput = &Rule{Code: "XM102", Name: "unused-input", Severity: Warning, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	inputs := p.nb.Graph.Inputs(c.unit)
	for _, name := range c.header.InputNames() {
		if slices.Contains(inputs, name) || slices.Contains(c.directives.Include, name) || c.reads(name) || c.sees(name) {
			continue
		}
		message := fmt.Sprintf("%q is not read in this cell: when it changes, the cell runs again for nothing", name)
		if _, loaded := c.facts.Summary.Loads[name]; loaded {
			message = name + " is bound in this cell before it is read, so its earlier value makes no difference: when that changes, the cell runs again for nothing"
		}
		p.report(c, itemSpan(c, "input", name), Finding{
			Message: message, Names: []string{name},
			Fix: &Fix{Safe: true, Description: "take " + name + " out of input=", header: headerFix{dropInput: name}},
		})
	}
}}

// reads says whether the cell reads the name, as an input or otherwise.
func (c *cell) reads(name string) bool {
	for _, r := range c.facts.Reads {
		if r.Name == name {
			return true
		}
	}
	for _, r := range c.facts.Undefined {
		if r.Name == name {
			return true
		}
	}
	return c.seen != nil && slices.Contains(c.seen.Reads, name)
}

// sees says whether code that can't be seen into may read the name.
func (c *cell) sees(name string) bool {
	return c.facts.Summary.BindsUnknown || slices.ContainsFunc(c.facts.Summary.Tokens, func(t closure.Token) bool { return t.Name == name })
}
