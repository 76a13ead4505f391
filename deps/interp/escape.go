package interp

import (
	"slices"
	"strings"
)

// Reach: what the functions that a value carries may read, whoever calls them and whenever.
//
// A load of a name whose value is a function, or holds one somewhere (an instance holds its
// class's methods, a list its elements), brings along all that function's body may read, and so on
// through the functions that those names carry. This needs no run of the body, so it holds for
// functions handed to libraries, too, and for calls past the budget.
//
// The load itself only notes the functions. What they may read is withheld: where the notebook's
// code calls one, its body is run, and what it reads shows. It is released where a function gets
// out of sight: to a library, to a call past the budget, to code that can't be seen; and where something
// of which nothing is known is called, which may be any of them. What a library's object carries is
// never withheld. Globals are resolved in the state at the release.

// reach notes all that the functions carried by v may read.
func (r *runner) reach(v Value) {
	if len(v) == 0 {
		return
	}
	if !r.exhausted() {
		w := &reachWalk{r: r, does: reads}
		w.value(v, r.via)
		return
	}
	if r.walked == nil || r.walked.version != r.version { // one walk for all loads of the same state
		r.walked = &reachWalk{r: r, does: reads, version: r.version}
	}
	r.walked.value(v, r.via)
}

// pass notes the functions carried by v and withholds what they may read.
func (r *runner) pass(v Value) {
	if r.exhausted() || len(v) == 1 && foreign(v[0]) {
		r.reach(v)
		return
	}
	v = v.Except(func(o *Object) bool { return o.kind == scalarObject || o.kind == libraryObject })
	if len(v) > 0 {
		begin(&r.passes, reachWalk{r: r, does: withholds})
		r.passes.value(v, r.via)
	}
}

// release notes what the functions carried by v may read, of those that it was withheld of.
func (r *runner) release(v Value) {
	if len(v) > 0 && len(r.withheld) > 0 {
		r.releasing(&r.released, releases).value(v, r.via)
	}
}

// releaseSpecial does so with the special methods of instances in it: what operators and the containers
// of the standard library ask of what they hold.
func (r *runner) releaseSpecial(v Value) {
	if len(v) > 0 && len(r.withheld) > 0 {
		r.releasing(&r.releasedSpecial, releasesSpecial).value(v, r.via)
	}
}

// releaseAll notes what any function may read of those that were seen: one of which nothing is known is called, and may
// be any of them.
func (r *runner) releaseAll() { r.release(r.withheldNow) }

// releaseNamed notes what the functions of this name may read: an attribute of this name is taken from an object of
// which nothing is known, and may be one of them, or a property.
func (r *runner) releaseNamed(name string) {
	r.release(r.byName[name])
}

// releasing returns the walk for all releases of the same state: what it has seen it need not see again.
func (r *runner) releasing(walk **reachWalk, does task) *reachWalk {
	if w := *walk; w == nil || w.version != r.version || w.known != len(r.withheld) {
		begin(walk, reachWalk{r: r, does: does, version: r.version, known: len(r.withheld)})
	}
	return *walk
}

// begin makes a walk anew, in the memory of the last one.
func begin(walk **reachWalk, as reachWalk) {
	if *walk == nil {
		*walk = &reachWalk{}
	}
	if as.open = (*walk).open; as.open != nil {
		*as.open = reachWalk{r: as.r, does: reads, within: true}
	}
	**walk = as
}

// foreign says that a library made an object: what is done with it is not seen.
func foreign(o *Object) bool {
	switch o.kind {
	case dataObject, memberObject:
		return len(o.Class) == 0 && (len(o.from) > 0 || o.Type != "" && !inLanguage(o.Type))
	case wrapperObject:
		return o.Type != "" && !inLanguage(o.Type) && !strings.HasPrefix(o.Type, "functools.") && !strings.HasPrefix(o.Type, "contextlib.")
	}
	return false
}

// task is what a walk does with a function.
type task uint8

const (
	reads           task = iota // notes what it may read
	withholds                   // notes the function alone
	releases                    // notes what it may read, if that was withheld
	releasesSpecial             // the same, of special methods only
)

type reachWalk struct {
	r       *runner
	does    task
	seen    objectSet
	version int
	known   int // functions withheld
	visited int
	within  bool       // another walk, which counts towards the budget
	open    *reachWalk // of what isn't withheld
}

// openly returns the walk that notes what is read.
func (w *reachWalk) openly() *reachWalk {
	if w.open == nil {
		w.open = &reachWalk{r: w.r, does: reads, within: true}
	}
	return w.open
}

// askedByOperators says that a method is a special one, but for those that make instances.
func askedByOperators(method string) bool {
	return strings.HasPrefix(method, "__") && method != "__init__" && method != "__new__"
}

// ofClassStatements are the methods that run when a class is made, and then only.
var ofClassStatements = map[string]bool{"__init_subclass__": true, "__set_name__": true, "__prepare__": true}

func (w *reachWalk) value(v Value, via []string) {
	v.each(&w.seen, func(o *Object) bool {
		w.visited++
		if w.visited&3 == 0 && !w.within && (w.does == reads || w.does == withholds) {
			w.r.steps++
		}
		if w.does == withholds && foreign(o) {
			w.openly().value(o.Alone(), via)
			return false
		}
		if o.fn != nil {
			w.function(o, via)
		}
		w.readLazy(o, via)
		w.value(o.from, via)
		w.parts(o, via)
		for _, s := range o.shares { // a figure and its axes
			if s.Type != "" && o.Type != "" {
				w.value(s.Alone(), via)
			}
		}
		return true
	})
}

// parts goes on with what attributes and elements of an object were given.
func (w *reachWalk) parts(o *Object, via []string) {
	for _, p := range o.members(func(p *Object) bool { return p.isGiven() || len(p.parts) > 0 }) {
		w.value(p.Alone(), via)
	}
}

// function notes what one function or class body may read.
func (w *reachWalk) function(o *Object, via []string) {
	r := w.r
	switch w.does {
	case withholds:
		if !r.withheld[o] {
			r.withheld[o] = true
			r.withheldNow = append(r.withheldNow, o)
			r.byName[o.fn.Name] = append(r.byName[o.fn.Name], o)
			r.noteFunction(o, o.qualname(), via)
		}
		return
	case releases, releasesSpecial:
		if r.withheld[o] && (w.does == releases || askedByOperators(o.fn.Name)) {
			w.openly().function(o, via)
		}
		return
	}
	if r.reached[o] == r.version+1 || ofClassStatements[o.fn.Name] {
		return
	}
	r.reached[o] = r.version + 1
	name := o.qualname()
	r.noteFunction(o, name, via)
	r.unsure++
	defer func() { r.unsure-- }()
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
func (r *runner) follow(v Value, path string) Value {
	var found Value
	for _, o := range v {
		if o.kind != moduleObject {
			if path == "" {
				found = found.With(o)
			}
			continue
		}
		if path == "" {
			continue
		}
		first, rest, _ := strings.Cut(path, ".")
		for _, x := range r.moduleAttribute(o.module, first) {
			if x.kind == moduleObject {
				found = found.Union(r.follow(Value{x}, rest))
			} else if rest == "" {
				found = found.With(x)
			}
		}
	}
	return found
}

// qualname is the function's name as the notebook sees it.
func (o *Object) qualname() string {
	name := o.fn.Qualname
	if o.module != nil && o.module.source != nil {
		return o.module.name + "." + name
	}
	return name
}

func (r *runner) noteFunction(o *Object, name string, via []string) {
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
