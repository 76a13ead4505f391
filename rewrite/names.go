package rewrite

// Which names the header of a cell should list.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// List options say which names a header lists.
const (
	Live   = "live"   // outputs that a later cell reads
	All    = "all"    // all outputs; all functions reached
	Direct = "direct" // functions that the cell itself reads
)

// Style says which names headers list.
type Style struct {
	Outputs   string // Live (also "") or All
	Functions string // All (also "") or Direct
	Pins      bool   // write the digest of what a cell reaches beside its header
}

// Wanted returns the names that the header of unit i should list.
func Wanted(g *deps.Graph, i int, s Style, d Directives) (input, output header.Names) {
	for _, n := range g.Inputs(i) {
		if slices.Contains(d.Exclude, n) {
			continue
		}
		input.Allowed = append(input.Allowed, n)
		if s.Functions != Direct || !reachedOnly(g.Cells[i], n) {
			input.Required = append(input.Required, n)
		}
	}
	for _, n := range d.Include {
		input.Allowed, input.Required = header.Add(input.Allowed, n), header.Add(input.Required, n)
	}

	out := g.Outputs(i)
	opaque := opaqueOutputs(g.Cells[i])
	for _, n := range out.All {
		if !slices.Contains(d.Exclude, n) && !opaque[n] {
			output.Allowed = append(output.Allowed, n)
		}
	}
	if s.Outputs == All {
		output.Required = output.Allowed
	} else {
		for _, n := range out.Live {
			if !slices.Contains(d.Exclude, n) {
				output.Required = append(output.Required, n)
			}
		}
	}
	output.Allowed = header.Add(slices.Clip(output.Allowed), d.Include...) // what it reads in ways that can't be seen, it may change
	return input, output
}

// reachedOnly says whether a name is a function that the cell reaches through others alone.
func reachedOnly(c *deps.Cell, name string) bool {
	for _, r := range c.Reads {
		if r.Name == name {
			return r.Function && len(r.Via) > 0
		}
	}
	return false
}

func opaqueOutputs(c *deps.Cell) map[string]bool {
	opaque := map[string]bool{}
	for _, b := range c.Bound {
		opaque[b.Name] = opaque[b.Name] || b.Opaque
	}
	for _, m := range c.Mutates {
		opaque[m.Name] = opaque[m.Name] || m.Opaque
	}
	return opaque
}

// isLive says whether some output of a cell is read by a later one. If none is, the outputs that
// Graph.Outputs gives are a choice for want of better, and an existing header may choose others.
func isLive(c *deps.Cell) bool {
	return slices.ContainsFunc(c.Bound, func(b *deps.Bound) bool { return b.Live && !b.Import }) ||
		slices.ContainsFunc(c.Mutates, func(m *deps.Mutation) bool { return m.Live })
}
