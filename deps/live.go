package deps

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// findLive says of every binding and mutation whether a later cell may read it: ordinary
// liveness over document order. A name that isn't in live is as all names are.
func (g *Graph) findLive() {
	all, live := false, map[string]bool{}
	isLive := func(name string) bool {
		if is, known := live[name]; known {
			return is
		}
		return all
	}
	for _, c := range slices.Backward(g.Cells) {
		for _, b := range c.Bound {
			b.Live = isLive(b.Name)
		}
		for _, m := range c.Mutates {
			m.Live = isLive(m.Name)
		}
		for _, b := range c.Bound {
			if b.Must {
				live[b.Name] = false
			}
		}
		for _, name := range c.Deletes {
			if c.Loses(name) {
				live[name] = false
			}
		}
		for _, r := range c.Reads {
			live[r.Name] = true
		}
		if c.ReadsAny() {
			all, live = true, map[string]bool{}
		}
	}
}

// Reader returns the first cell after i that may read what the name holds after cell i, or -1.
func (g *Graph) Reader(i int, name string) int {
	for j := i + 1; j < len(g.Cells); j++ {
		c := g.Cells[j]
		if c.Read(name) != nil || c.ReadsAny() {
			return j
		}
		for _, b := range c.Bound {
			if b.Name == name && b.Must {
				return -1
			}
		}
		if c.Loses(name) {
			return -1
		}
	}
	return -1
}

// Inputs returns the names that cell i's header is to list as input: data in order of first
// read, then functions and classes in order of first reach (docs/semantics.md sections 2 and 5).
func (g *Graph) Inputs(i int) []string {
	c := g.Cells[i]
	var data, within, functions []string
	for _, r := range c.Reads {
		switch {
		case r.Imported || r.Opaque || !pyast.IsName(r.Name): // globals()["a b"] can't stand in a header
		case r.Function:
			functions = append(functions, r.Name)
		case len(r.Via) > 0: // a function's body reads after the call's arguments
			within = append(within, r.Name)
		default:
			data = append(data, r.Name)
		}
	}
	data = append(data, within...)
	for _, n := range g.maybeBound(i) {
		if !slices.Contains(data, n) && !slices.Contains(functions, n) {
			data = append(data, n)
		}
	}
	return append(data, functions...)
}

// maybeBound returns the outputs that some path of cell i leaves as an earlier cell made
// them, where a later cell reads them: what is stored then depends on the earlier value.
func (g *Graph) maybeBound(i int) []string {
	var names []string
	c := g.Cells[i]
	for _, b := range c.Bound {
		if b.Must || !b.Live || b.Import || b.Opaque || b.Kind == closure.BindUnknown || c.Read(b.Name) != nil || slices.Contains(c.Deletes, b.Name) {
			continue
		}
		for _, u := range g.run.Binders(b.Name) {
			if u < i {
				names = append(names, b.Name)
				break
			}
		}
	}
	return names
}

// OpaqueInputs returns the names that only opacity keeps out of Inputs.
func (g *Graph) OpaqueInputs(i int) []string {
	var names []string
	for _, r := range g.Cells[i].Reads {
		if r.Opaque && !r.Imported {
			names = append(names, r.Name)
		}
	}
	return names
}

// Outputs are the names that a cell leaves changed.
type Outputs struct {
	Live []string // those that a header lists
	All  []string
}

// Outputs returns what cell i binds or mutates (docs/semantics.md section 3).
func (g *Graph) Outputs(i int) Outputs {
	c := g.Cells[i]
	var out Outputs
	var unread []string
	add := func(name string, live, opaque, fallback bool) {
		if slices.Contains(out.All, name) || name == "_" || name == "__" || name == "___" || !pyast.IsName(name) {
			return
		}
		out.All = append(out.All, name)
		if live && !opaque {
			out.Live = append(out.Live, name)
		}
		if !opaque && fallback {
			unread = append(unread, name)
		}
	}
	for _, b := range c.Bound {
		if b.Import {
			continue
		}
		fallback := !b.Drawing
		switch b.Kind {
		case closure.BindFor, closure.BindWith, closure.BindExcept:
			fallback = false
		case closure.BindDef, closure.BindClass, closure.BindLambda: // stored by their name only
			fallback = false
		}
		add(b.Name, b.Live, b.Opaque, fallback)
	}
	for _, m := range c.Mutates {
		add(m.Name, m.Live, m.Opaque, !m.Drawing)
	}
	if len(out.Live) == 0 {
		out.Live = unread
	}
	return out
}
