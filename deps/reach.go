package deps

import (
	"slices"
	"strings"
)

// Reach: what the functions that a value carries may read, whoever calls them and whenever.
//
// A load of a name whose value is a function, or holds one somewhere (an instance holds its
// class's methods, a list its elements), makes everything that function's body may read a read
// of the cell, and so on through the functions that those names carry. Globals are resolved in
// the state at the load. This needs no run of the body, so it holds for functions handed to
// libraries, too, and for calls past the budget.

// reach notes all that the functions carried by v may read.
func (r *runner) reach(v value) {
	if len(v) == 0 {
		return
	}
	if !r.exhausted() {
		w := &reachWalk{r: r}
		w.value(v, r.via)
		return
	}
	if r.walked == nil || r.walked.version != r.version { // one walk for all loads of the same state
		r.walked = &reachWalk{r: r, version: r.version}
	}
	r.walked.value(v, r.via)
}

type reachWalk struct {
	r       *runner
	seen    objectSet
	version int
	visited int
}

func (w *reachWalk) value(v value, via []string) {
	v.each(&w.seen, func(o *object) bool {
		w.visited++
		if w.visited&3 == 0 {
			w.r.steps++
		}
		if o.fn != nil {
			w.function(o, via)
		}
		w.readLazy(o, via)
		w.value(o.from, via)
		w.parts(o, via)
		for _, s := range o.shares { // a figure and its axes
			if s.typ != "" && o.typ != "" {
				w.value(s.alone(), via)
			}
		}
		return true
	})
}

// parts goes on with what attributes and elements of an object were given.
func (w *reachWalk) parts(o *object, via []string) {
	var names []string
	for name, p := range o.parts {
		if p.kind == memberObject && (len(p.elem) > 0 || len(p.order) > 0 || len(p.parts) > 0) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		w.value(o.parts[name].alone(), via)
	}
}

// function notes what one function or class body may read.
func (w *reachWalk) function(o *object, via []string) {
	r := w.r
	if r.reached[o] == r.version+1 {
		return
	}
	r.reached[o] = r.version + 1
	name := o.qualname()
	r.noteFunction(o, name, via)
	via = append(slices.Clone(via), name)
	if o.kind == classObject { // its body has run; what its methods may read comes with them
		return
	}
	for _, free := range o.fn.Free {
		m := o.module
		v := m.vars[free.Name]
		if v == nil || v.unbound && len(v.defs) == 0 {
			if m == r.g.main {
				if free.Path == "" {
					r.readUnbound(free.Name, via)
				}
			} else if len(via) < maxDepth {
				r.load(m)
			}
			continue
		}
		if m == r.g.main && free.Path == "" {
			r.readGlobal(free.Name, v, via)
		}
		w.value(r.follow(v.val, free.Path), via)
	}
}

// follow takes the attributes of a path from local modules. Other objects are taken whole.
func (r *runner) follow(v value, path string) value {
	var found value
	for _, o := range v {
		if o.kind != moduleObject {
			if path == "" {
				found = found.with(o)
			}
			continue
		}
		if path == "" {
			continue
		}
		first, rest, _ := strings.Cut(path, ".")
		for _, x := range r.moduleAttribute(o.module, first) {
			if x.kind == moduleObject {
				found = found.union(r.follow(value{x}, rest))
			} else if rest == "" {
				found = found.with(x)
			}
		}
	}
	return found
}

// qualname is the function's name as the notebook sees it.
func (o *object) qualname() string {
	name := o.fn.Qualname
	if o.module != nil && o.module.source != nil {
		return o.module.name + "." + name
	}
	return name
}

func (r *runner) noteFunction(o *object, name string, via []string) {
	if r.unit == beforeAll || r.cell.functions[o] != nil || strings.HasSuffix(name, "<timeit>") {
		return
	}
	f := &Function{Name: name, Func: o.fn, Via: slices.Clone(via)}
	if o.module != nil {
		f.Module = o.module.source
	}
	r.cell.functions[o] = f
	r.cell.Functions = append(r.cell.Functions, f)
}
