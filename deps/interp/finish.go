package interp

import (
	"cmp"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// finish turns what the run left behind into the cell's facts about names.
func (r *runner) finish() {
	main := r.g.main
	before := make(map[*variable]variable, min(len(r.trail), len(main.order)))
	var look []int // the globals that were set, or may hold what changed
	for _, u := range r.trail {
		if _, seen := before[u.v]; seen {
			continue
		}
		if at, ok := main.positions[u.v]; ok {
			before[u.v] = u.old
			look = append(look, at)
		}
	}
	changed := r.affected()
	touched := len(look)
	for o := range changed {
		look = append(look, main.holding[o]...)
	}
	for _, at := range look[:touched] {
		main.hold(at, main.vars[main.order[at]].val)
	}
	slices.Sort(look)
	for _, at := range slices.Compact(look) {
		n := main.order[at]
		v := main.vars[n]
		old, touched := before[v]
		if !touched {
			old = *v
		} else {
			r.finishBinding(n, v, old)
		}
		if len(changed) > 0 && len(old.defs) > 0 && (!touched || slices.ContainsFunc(v.defs, func(b *Binding) bool { return b.Unit != r.unit })) {
			r.finishMutation(n, old, changed)
		}
	}
	c := r.cell
	slices.SortStableFunc(c.Bound, func(a, b *Bound) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, read := range c.Reads {
		r.classify(read, before)
	}
}

func (r *runner) finishBinding(name string, v *variable, old variable) {
	b := &Bound{Name: name, Must: !v.unbound, Import: true}
	deleted, found := false, false
	for _, d := range v.defs {
		if d.Unit != r.unit {
			b.Must = false
			continue
		}
		if d.deleted {
			deleted = true
			continue
		}
		if !found {
			b.Kind, b.Pos, b.Node = d.Kind, d.Pos, d.Node
		}
		found = true
		b.Import = b.Import && d.Kind == closure.BindImport && d.Imported
	}
	if deleted {
		b.Must = false
		if slices.ContainsFunc(old.defs, func(d *Binding) bool { return !d.deleted }) {
			r.cell.Deletes = append(r.cell.Deletes, name)
			if !found && !slices.ContainsFunc(v.defs, func(d *Binding) bool { return !d.deleted }) {
				r.cell.gone[name] = true
			}
		}
	}
	if found {
		b.Opaque, b.Small, b.Drawing = unstorable(v.val), small(v.val), drawing(v.val)
		b.Aliases = r.aliases(name, v.val)
		r.cell.Bound = append(r.cell.Bound, b)
	}
}

// aliases returns the names from before the cell that for certain hold the one object that a name holds now.
func (r *runner) aliases(name string, v Value) []string {
	if len(v) != 1 || v[0].kind != dataObject || v[0].unit == r.unit || r.repeats {
		return nil
	}
	main := r.g.main
	var names []string
	for _, at := range main.holding[v[0]] {
		n := main.order[at]
		if x := main.vars[n]; n != name && len(x.val) == 1 && x.val[0] == v[0] && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// affected returns every object whose content may have changed, with what changed it: those
// that were mutated, those that hold one of them, and those that share content with one.
func (r *runner) affected() map[*Object]*Mutation {
	if len(r.order) == 0 {
		return nil
	}
	found := map[*Object]*Mutation{}
	queue := slices.Clone(r.order)
	for _, o := range queue {
		found[o] = r.mutated[o]
	}
	for len(queue) > 0 {
		o := queue[0]
		queue = queue[1:]
		m := found[o]
		visit := func(x *Object) {
			if x != nil && found[x] == nil {
				found[x] = m
				queue = append(queue, x)
			}
		}
		for _, x := range o.holders {
			visit(x)
		}
		for _, x := range o.shares {
			visit(x)
		}
		visit(o.owner)
		if o.kind == memberObject && o.owner != nil && o.step.isItem() { // any element may be this one
			for _, p := range o.owner.members(func(p *Object) bool { return p.step.isItem() }) {
				switch {
				case o.step == AnyItem:
					visit(p)
				case p.step == AnyItem && found[p] == nil: // and it alone, not each of the others
					found[p] = m
					for _, x := range p.holders {
						visit(x)
					}
				}
			}
		}
		if o.sharesParts() { // views of an array or frame
			for _, p := range o.members(func(*Object) bool { return true }) {
				visit(p)
			}
		}
	}
	return found
}

// sharesParts says that the parts of o are views of it, as those of an array are, or that it is such a part itself.
func (o *Object) sharesParts() bool {
	for ; o != nil; o = o.owner {
		if knowledge.Has(o.Type, knowledge.ViewParts) {
			return true
		}
	}
	return false
}

func (r *runner) finishMutation(name string, old variable, changed map[*Object]*Mutation) {
	for _, o := range old.val {
		m := changed[o]
		if m == nil || o.kind == moduleObject || o.ofModule() && !r.changesItself(o) {
			continue
		}
		r.cell.Mutates = append(r.cell.Mutates, &Mutation{
			Name: name, Pos: m.Pos, Via: m.Via, Opaque: unstorable(old.val), Reference: o.kind == classObject || o.kind == functionObject,
			Drawing: drawing(old.val),
		})
		return
	}
}

// changesItself says that a local module's function or class was changed, or what its module had put into it; what only
// came to be held by it since is the cells' own.
func (r *runner) changesItself(o *Object) bool {
	if r.mutated[o] != nil {
		return true
	}
	held := o.Contents().Union(o.kept())
	return slices.ContainsFunc(held, func(x *Object) bool { return x.kind == dataObject && x.unit == beforeAll && r.mutated[x] != nil })
}

// unstorable says whether a value can't be hashed or pickled: it is, or holds, a client, a
// connection, a generator and the like. One that may also be plain data isn't: leaving it out
// would be wrong where it is, listing it costs a memo where it isn't. None is no such data, but
// what a client is before there is one.
func unstorable(v Value) bool {
	found := false
	for _, o := range v {
		plain := true
		switch o.kind {
		case scalarObject:
			plain = o.Type != "builtins.NoneType"
		case dataObject:
			plain = o.Type != "" || len(o.Class) > 0
		case memberObject:
			plain = false
		}
		if plain && len(v) > 1 && !unstorable(Value{o}) {
			return false
		}
	}
	var seen objectSet
	var visit func(v Value, depth int)
	visit = func(v Value, depth int) {
		for _, o := range v {
			if found || depth > 6 || !seen.add(o) {
				continue
			}
			if o.Unstorable {
				found = true
				return
			}
			if o.kind != dataObject {
				continue
			}
			visit(o.Elem, depth+1)
			for _, f := range o.fields {
				visit(f, depth+1)
			}
		}
	}
	visit(v, 0)
	return found
}

// small says whether a value is a text, a number, a path or None, or a tuple of such.
func small(v Value) bool {
	for _, o := range v {
		switch {
		case o.kind == scalarObject, strings.HasPrefix(o.Type, "pathlib."):
		case o.Type == "builtins.tuple" && !o.Open && small(o.Contents()):
		default:
			return false
		}
	}
	return len(v) > 0
}

// drawing says whether a value is a figure, a part of one, or a container of these alone.
func drawing(v Value) bool {
	var seen objectSet
	drawn := false
	var all func(Value) bool
	all = func(v Value) bool {
		for _, o := range v {
			if knowledge.Has(o.Type, knowledge.Drawing) {
				drawn = true
				continue
			}
			if !seen.add(o) { // a container may hold itself
				continue
			}
			if !knowledge.Has(o.Type, knowledge.Container|knowledge.Array) || o.Open || !all(o.Contents()) {
				return false
			}
		}
		return true
	}
	return all(v) && drawn
}

// classify says what kind of value a read takes, from the bindings that may have made it and
// the objects the name held before the cell.
func (r *runner) classify(read *Read, before map[*variable]variable) {
	v := r.g.main.vars[read.Name]
	if v == nil {
		return
	}
	val := v.val
	if old, touched := before[v]; touched {
		val = old.val
	}
	read.Opaque = unstorable(val)
	read.Imported = len(read.Defs) > 0
	for _, d := range read.Defs {
		read.Imported = read.Imported && d.Imported
		if d.Kind == closure.BindDef || d.Kind == closure.BindClass || d.Kind == closure.BindLambda {
			read.Function = true
		}
	}
	for _, o := range val {
		switch o.kind {
		case functionObject, classObject, wrapperObject, boundObject:
			read.Function = true
		}
	}
}
