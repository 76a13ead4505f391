package rules

// XM103: a later cell uses a name that the header doesn't restore.

import (
	"fmt"
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

var missingOutput = &Rule{Code: "XM103", Name: "missing-output", Severity: Error, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	for _, o := range c.liveOutputs() {
		if slices.Contains(c.meant.Output, o.name) || slices.Contains(c.directives.Exclude, o.name) {
			continue
		}
		reader := p.nb.Graph.Reader(c.unit, o.name)
		if reader < 0 || p.guessedBy(reader, o.name) {
			continue
		}
		f := Finding{
			Names: []string{o.name}, Via: o.via,
			Fix: &Fix{Safe: true, Description: "add " + o.name + " to output=", header: headerFix{addOutput: o.name}},
		}
		verb := "is bound"
		if o.mutated {
			verb = "is changed"
		}
		f.Message = fmt.Sprintf("%s %s %s and used by cell %d, but output= lacks it: a hit would not restore it", o.name, verb, where(c, o.pos, o.via), p.cellNumber(reader))
		p.report(c, optionSpan(c, "output"), f)
	}
	if c.seen != nil {
		p.seenChanges(c)
	}
}}

// seenChanges reports what a run was seen to change, where the text doesn't show that it does. There
// is no fix: without the record, the name looks unbound.
func (p *pass) seenChanges(c *cell) {
	shown := c.liveOutputs()
	for _, name := range c.seen.Mutates {
		reader := p.nb.Graph.Reader(c.unit, name)
		if reader < 0 || slices.Contains(c.meant.Output, name) || slices.Contains(c.directives.Exclude, name) ||
			slices.ContainsFunc(shown, func(o output) bool { return o.name == name }) {
			continue
		}
		p.report(c, optionSpan(c, "output"), Finding{
			Names:   []string{name},
			Message: fmt.Sprintf("%s was seen to change when the cell ran and is used by cell %d, but output= lacks it: a hit would not restore it; list it, and keep it with # xetmemo: include=%[1]s", name, p.cellNumber(reader)),
		})
	}
}

// output is a name that a later cell reads as this one leaves it.
type output struct {
	name    string
	pos     pyast.Pos
	via     []string
	mutated bool
}

// liveOutputs are the names that the cell leaves behind for later ones and that can be stored.
func (c *cell) liveOutputs() []output {
	var found []output
	for _, b := range c.facts.Bound {
		if b.Live && !b.Import && !b.Opaque && b.Kind != closure.BindUnknown && !definition(b.Kind) {
			found = append(found, output{b.Name, b.Pos, nil, false})
		}
	}
	for _, m := range c.facts.Mutates {
		// What is not named there is changed by something that holds it, if at all.
		if !c.lineNames(m.Pos, m.Name) {
			continue
		}
		if m.Live && !m.Opaque && !m.Reference && !slices.ContainsFunc(found, func(o output) bool { return o.name == m.Name }) {
			found = append(found, output{m.Name, m.Pos, m.Via, true})
		}
	}
	return found
}

// definition says whether a binding imports or defines, which unsplit-cell reports.
func definition(k closure.BindKind) bool {
	return k == closure.BindDef || k == closure.BindClass || k == closure.BindLambda || k == closure.BindImport
}

// guessedBy says whether a cell reads a name only as a word in code that can't be seen into.
func (p *pass) guessedBy(unit int, name string) bool {
	reader := p.cells[unit]
	if reader.file == nil || len(reader.file.Errors) > 0 {
		return true
	}
	for _, r := range reader.facts.Reads {
		if r.Name == name {
			return guessed(reader, r)
		}
	}
	return false
}
