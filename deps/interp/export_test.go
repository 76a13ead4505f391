package interp

import (
	"fmt"
	"slices"
)

// HeapFaults says where the heap doesn't keep what doc.go says that it keeps.
func HeapFaults(g *Notebook) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	seen := map[*Object]bool{}
	var visit func(v Value)
	holds := func(o *Object, v Value, what string) {
		for i, x := range v {
			if slices.Contains(v[:i], x) {
				fault("%s of a %s has a %s twice", what, o.Type, x.Type)
			}
			if x != o && x.kind != scalarObject && !slices.Contains(x.holders, o) {
				fault("%s of a %s has a %s of kind %d that doesn't know its holder of kind %d", what, o.Type, x.Type, x.kind, o.kind)
			}
		}
		visit(v)
	}
	visit = func(v Value) {
		for _, o := range v {
			if seen[o] {
				continue
			}
			seen[o] = true
			holds(o, o.Elem, "the elements")
			for _, f := range o.order {
				holds(o, o.fields[f], "field "+f.name)
			}
			for _, d := range o.defaults {
				holds(o, d, "a default")
			}
			if len(o.order) != len(o.fields) {
				fault("a %s has %d fields, %d in order", o.Type, len(o.fields), len(o.order))
			}
			for _, x := range o.shares {
				if !slices.Contains(x.shares, o) {
					fault("a %s shares with a %s, but not the other way", o.Type, x.Type)
				}
				visit(x.Alone())
			}
			for step, p := range o.parts {
				if p.kind == memberObject && step.kind != registerStep && (p.owner != o || p.step != step || p.level != o.level+1) {
					fault("part %s of a %s has another owner, step or level", step.name, o.Type)
				}
				visit(p.Alone())
			}
			for _, next := range [...]Value{o.Keys, o.Class, o.bases, o.self, o.Runs, o.from} {
				visit(next)
			}
		}
	}
	for _, name := range g.main.order {
		visit(g.main.vars[name].val)
	}
	return faults
}

// Held is how many objects the list that a global holds may hold.
func Held(g *Notebook, name string) int { return len(g.main.vars[name].val[0].Contents()) }
