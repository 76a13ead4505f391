package interp

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
)

// Iterators do their work when they are read. What a generator's body, or a function given to
// map, mutates and reads was found where the iterator was made, because everything runs there;
// it is kept with the iterator, and done again by whoever reads it.

// lazyPart is what reading an iterator does, besides giving elements.
type lazyPart struct {
	mutates []*Object
	reads   []lazyRead
	late    []string // globals it reads that nothing had bound when it was made
	binds   []lazyBind
}

// doneSoFar logs what a run did, in order.
type doneSoFar struct {
	mutated []*Object
	read    []string
	late    []string // read before anything had bound them
	bound   []lazyBind
}

// lazyRead is a global that reading an iterator reads, with what it held when the iterator was made.
type lazyRead struct {
	name string
	held Value
}

// lazyBind is a global that reading an iterator binds.
type lazyBind struct {
	name string
	val  Value
	kind closure.BindKind
}

// Mark is a place in the log of what a run did.
type Mark struct{ mutated, read, late, bound int }

type lazyStart struct {
	reg  closure.Reg
	mark Mark
}

func (r *runner) mark() Mark {
	return Mark{len(r.log.mutated), len(r.log.read), len(r.log.late), len(r.log.bound)}
}

// keepLazy keeps what was done since the mark with an iterator.
func (r *runner) keepLazy(o *Object, since Mark) {
	if since == r.mark() {
		return
	}
	if o.lazy == nil {
		o.lazy = &lazyPart{}
	}
	l := o.lazy
	for _, x := range r.log.mutated[since.mutated:] {
		if x != o && !slices.Contains(l.mutates, x) {
			l.mutates = append(l.mutates, x)
		}
	}
	for _, n := range r.log.read[since.read:] {
		var held Value
		if v := r.g.main.vars[n]; v != nil {
			held = v.val
		}
		if i := slices.IndexFunc(l.reads, func(x lazyRead) bool { return x.name == n }); i >= 0 {
			l.reads[i].held = l.reads[i].held.Union(held)
		} else {
			l.reads = append(l.reads, lazyRead{name: n, held: held})
		}
	}
	for _, n := range r.log.late[since.late:] {
		if !slices.Contains(l.late, n) {
			l.late = append(l.late, n)
		}
	}
	for _, b := range r.log.bound[since.bound:] {
		if !slices.ContainsFunc(l.binds, func(x lazyBind) bool { return x.name == b.name }) {
			l.binds = append(l.binds, b)
		}
	}
}

// drain does the lazy part of an iterator again. Its globals are looked up anew: one that held
// an object which the iterator mutates may hold another one now, and so may the place in a
// container.
func (r *runner) drain(o *Object, at closure.Instr) {
	l := o.lazy
	if l == nil || r.draining[o] {
		return
	}
	if r.draining == nil {
		r.draining = map[*Object]bool{}
		defer func() { r.draining = nil }()
	}
	r.draining[o] = true
	for _, g := range l.reads {
		r.log.read = append(r.log.read, g.name)
	}
	if len(l.binds) > 0 {
		r.branchCall(func() {
			for _, b := range l.binds {
				r.bind(b.name, b.val, &Binding{Name: b.name, Unit: r.unit, Pos: r.pos, Kind: b.kind, module: r.g.main})
			}
		})
	}
	for _, x := range l.mutates {
		r.mutate(x, at)
	}
	for _, n := range l.late { // what it does to these was not seen
		if v := r.g.main.vars[n]; v != nil {
			for _, x := range r.deep(v.val) {
				if x.kind == dataObject {
					r.mutate(x, at)
				}
			}
		}
	}
	for _, g := range l.reads {
		if v := r.g.main.vars[g.name]; v != nil {
			r.drainRebound(l, g.held, v.val, at)
		}
	}
}

// drainRebound mutates in what a global holds now what may be in the places of the objects that
// were mutated in what it held when the iterator was made.
func (r *runner) drainRebound(l *lazyPart, before, now Value, at closure.Instr) {
	if len(l.mutates) == 0 {
		return
	}
	held := r.deep(before)
	var mutated Value
	for _, m := range l.mutates {
		if held.Has(m) {
			mutated = mutated.With(m)
		}
	}
	if len(mutated) == 0 {
		return
	}
	rebound := slices.ContainsFunc(now, func(x *Object) bool { return !before.Has(x) })
	for _, x := range r.deep(now) {
		if x.kind != dataObject {
			continue
		}
		for _, m := range mutated {
			for _, there := range x.beside(m) {
				r.mutate(there, at)
			}
		}
		if rebound && slices.ContainsFunc(mutated, func(m *Object) bool { return m.Type == x.Type }) {
			r.mutate(x, at)
		}
	}
}

// beside returns what else may be in the places of a container in which an object may be.
func (o *Object) beside(x *Object) Value {
	var v Value
	for _, f := range o.order {
		if in := o.fields[f]; in.Has(x) {
			v = v.Union(in)
		}
	}
	if o.Elem.Has(x) {
		v = v.Union(o.Elem)
	}
	return v
}

// begun returns where the work of a generator expression starts in the log.
func (f *frame) begun(reg closure.Reg) Mark {
	for i := len(f.lazy) - 1; i >= 0; i-- {
		if f.lazy[i].reg == reg {
			return f.lazy[i].mark
		}
	}
	return Mark{}
}

// readLazy notes what reading the iterators in a value may read.
func (w *escapeWalk) readLazy(o *Object, via []string) {
	if o.lazy == nil {
		return
	}
	w.r.unsure++
	defer func() { w.r.unsure-- }()
	for _, g := range o.lazy.reads {
		v := w.r.g.main.vars[g.name]
		if v == nil || v.unbound && len(v.defs) == 0 {
			w.r.readUnbound(g.name, via)
			continue
		}
		w.r.readGlobal(g.name, v, via)
		w.value(v.val, via)
	}
}
