package interp

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/imports"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Binding is one place that binds a global of the notebook or of a local module.
type Binding struct {
	Name string
	Unit int // index in the Graph's cells; -1 in a local module
	Pos  pyast.Pos
	Kind closure.BindKind
	// Imported says that the name comes from outside of the notebook and its local modules.
	Imported bool
	// Function says that the value is a function or class, or was made of some.
	Function bool
	Node     pyast.Node

	deleted bool
	module  *module
	store   *closure.Store // nil where no statement binds the name itself
	in      *closure.Func  // that store stands in
	library string         // whose star import binds it: the value is made when it is loaded
	star    *module        // the local module that a star import takes the name from
}

// Star returns the local module that a star import takes the name from, or nil.
func (b *Binding) Star() *imports.Module {
	if b.star == nil {
		return nil
	}
	return b.star.source
}

// Statement returns the place of the statement that binds the name itself, with a nil file where none does.
func (b *Binding) Statement() (file *closure.Summary, pos pyast.Pos) {
	if b.store == nil {
		return nil, 0
	}
	return b.in.Summary, b.store.At()
}

// variable is what is known of a name at one point of the flow: what it may hold, which
// bindings may have put it there, and whether there is a path on which nothing did.
type variable struct {
	val     Value
	defs    []*Binding
	unbound bool
	// constant is what a parameter certainly holds as long as nothing else is stored in it; nil where that isn't known.
	constant *pyast.Constant
}

func (v *variable) merge(w variable) (changed bool) {
	merged := v.val.Union(w.val)
	if len(merged) != len(v.val) {
		v.val, changed = merged, true
	}
	for _, d := range w.defs {
		found := false
		for _, x := range v.defs {
			if x == d {
				found = true
				break
			}
		}
		if !found {
			v.defs = append(v.defs[:len(v.defs):len(v.defs)], d)
			changed = true
		}
	}
	if w.unbound && !v.unbound {
		v.unbound, changed = true, true
	}
	if v.constant != nil && !sameConstant(v.constant, w.constant) {
		v.constant, changed = nil, true
	}
	return changed
}

func sameConstant(a, b *pyast.Constant) bool {
	return a == b || a != nil && b != nil && a.Kind == b.Kind && a.Str == b.Str
}

// delta is the state at the end of a path, as far as it differs from the state at its start: the
// variables in order of change, so that a run always gives the same result.
type delta struct {
	changes []change
	index   map[*variable]int // into changes, once these are many
}

type change struct {
	v  *variable
	to variable
}

// fewChanges are looked through without an index.
const fewChanges = 12

// of returns the change of v, or nil.
func (d *delta) of(v *variable) *change {
	if d.index != nil {
		if i, ok := d.index[v]; ok {
			return &d.changes[i]
		}
		return nil
	}
	for i := range d.changes {
		if d.changes[i].v == v {
			return &d.changes[i]
		}
	}
	return nil
}

// put adds a change of a variable that has none.
func (d *delta) put(v *variable, to variable) {
	d.changes = append(d.changes, change{v, to})
	n := len(d.changes)
	switch {
	case d.index != nil:
		d.index[v] = n - 1
	case n > fewChanges:
		d.index = make(map[*variable]int, 2*n)
		for i := range d.changes {
			d.index[d.changes[i].v] = i
		}
	}
}

// trail records every change of a variable, so that a path can be taken back.
type trail []undo

type undo struct {
	v   *variable
	old variable
}

// paths keeps the states of names along the path that is being run.
type paths struct {
	trail trail
	dead  bool // the path has ended
	// version counts the changes of globals: with the same version, a load gives the same.
	version int
}

func (p *paths) set(v *variable, to variable) {
	p.trail = append(p.trail, undo{v, *v})
	if len(v.defs) > 0 || len(to.defs) > 0 { // locals have none
		p.version++
	}
	*v = to
}

// since returns what has changed since the mark.
func (p *paths) since(mark int) delta {
	d := delta{changes: make([]change, 0, min(len(p.trail)-mark, fewChanges))}
	for _, u := range p.trail[mark:] {
		if d.of(u.v) == nil {
			d.put(u.v, *u.v)
		}
	}
	return d
}

// everSince is like since, but holds for each variable whatever it was on the way, too: the
// state in which an exception may leave a block.
func (p *paths) everSince(mark int) delta {
	d := p.since(mark)
	for _, u := range p.trail[mark:] {
		d.of(u.v).to.merge(u.old)
	}
	return d
}

func (p *paths) rollback(mark int) {
	for i := len(p.trail) - 1; i >= mark; i-- {
		u := p.trail[i]
		if len(u.v.defs) > 0 || len(u.old.defs) > 0 {
			p.version++
		}
		*u.v = u.old
	}
	p.trail = p.trail[:mark]
}

// apply goes on with the state of one path.
func (p *paths) apply(d delta) {
	for i := range d.changes {
		p.set(d.changes[i].v, d.changes[i].to)
	}
}

// join goes on with the state in which the given paths meet; none left means that the code
// that follows is never reached.
func (p *paths) join(ends []delta) {
	if len(ends) == 0 {
		p.dead = true
		return
	}
	p.dead = false
	if len(ends) == 1 {
		p.apply(ends[0])
		return
	}
	if len(ends) > fewEnds {
		p.joinMany(ends)
		return
	}
	for n, end := range ends {
		for _, c := range end.changes {
			if slices.ContainsFunc(ends[:n], func(q delta) bool { return q.of(c.v) != nil }) {
				continue // done
			}
			var sum variable
			for i := range ends {
				x := *c.v
				if to := ends[i].of(c.v); to != nil {
					x = to.to
				}
				if i == 0 {
					sum = x
				} else {
					sum.merge(x)
				}
			}
			p.set(c.v, sum)
		}
	}
}

// fewEnds are joined by looking for each variable in each of them.
const fewEnds = 8

// joinMany does so in one pass over what the paths change.
func (p *paths) joinMany(ends []delta) {
	type joined struct {
		change
		in    int // paths that change it
		first int
	}
	var all []joined
	index := map[*variable]int{}
	for n, end := range ends {
		for _, c := range end.changes {
			at, known := index[c.v]
			if !known {
				at = len(all)
				index[c.v] = at
				all = append(all, joined{c, 0, n})
				if n > 0 { // those before leave it as it is
					all[at].to = *c.v
				}
			}
			all[at].to.merge(c.to)
			all[at].in++
		}
	}
	for _, j := range all {
		if j.in < len(ends) && j.first == 0 {
			j.to.merge(*j.v)
		}
		p.set(j.v, j.to)
	}
}

// widen joins the given paths into the present state and says whether that changed it.
func (p *paths) widen(ends []delta) bool {
	changed := false
	for _, end := range ends {
		for _, c := range end.changes {
			sum := *c.v
			if sum.merge(c.to) {
				p.set(c.v, sum)
				changed = true
			}
		}
	}
	return changed
}

// branch runs code and takes its changes back. ok says whether its end can be reached.
func (p *paths) branch(body func()) (d delta, ok bool) {
	mark := len(p.trail)
	body()
	if ok = !p.dead; ok {
		d = p.since(mark)
	}
	p.rollback(mark)
	p.dead = false
	return d, ok
}

// path is the end of a branch, if it can be reached.
type path struct {
	state delta
	alive bool
}

func (p *paths) meet(ends ...path) {
	var alive []delta
	for _, end := range ends {
		if end.alive {
			alive = append(alive, end.state)
		}
	}
	p.join(alive)
}

// branchCall runs a call that may or may not happen.
func (p *paths) branchCall(call func()) {
	end, ok := p.branch(call)
	p.meet(path{end, ok}, path{delta{}, true})
}
