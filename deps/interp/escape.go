package interp

import (
	"slices"
	"strings"
)

// Escape: what the functions that a value carries may read once they are out of sight.
//
// A load of a name whose value is a function, or holds one somewhere (an instance holds its
// class's methods, a list its elements), brings along all that function's body may read, and so on
// through the functions that those names carry. This needs no run of the body, so it holds for
// functions handed to libraries, too, and for calls past the budget.
//
// The load itself only notes the functions. What they may read is latent: where the notebook's
// code calls one, its body is run, and what it reads shows. It is noted where a function escapes:
// to a library, to a call past the budget, to code that can't be seen; and where something
// of which nothing is known is called, which may be any of them. What a library's object carries is
// never latent. Globals are resolved in the state of the escape.

// escapes is what a run knows of functions that may escape.
type escapes struct {
	r *runner

	// latent are the functions that were seen, but what they may read was not noted.
	latent map[*Object]bool
	met    Value            // these, as they were met
	byName map[string]Value // and by their names
	noted  map[*Object]int  // version + 1 at which all that the function may read was noted

	// The walks are kept: what one has seen in a state, the next need not see again.
	carrying, escaping, escapingSpecial, exhaustedWalk *escapeWalk
}

// begin forgets everything.
func (e *escapes) begin(r *runner) {
	*e = escapes{r: r, latent: map[*Object]bool{}, byName: map[string]Value{}, noted: map[*Object]int{}}
}

// mayRead notes all that the functions carried by v may read.
func (e *escapes) mayRead(v Value) {
	r := e.r
	if len(v) == 0 {
		return
	}
	if !r.exhausted() {
		w := &escapeWalk{r: r, does: notes}
		w.value(v, r.via)
		return
	}
	if e.exhaustedWalk == nil || e.exhaustedWalk.version != r.version { // one walk for all loads of the same state
		e.exhaustedWalk = &escapeWalk{r: r, does: notes, version: r.version}
	}
	e.exhaustedWalk.value(v, r.via)
}

// carry notes the functions carried by v; what they may read stays latent.
func (e *escapes) carry(v Value) {
	r := e.r
	if r.exhausted() || len(v) == 1 && foreign(v[0]) {
		e.mayRead(v)
		return
	}
	v = v.Except(func(o *Object) bool { return o.kind == scalarObject || o.kind == libraryObject })
	if len(v) > 0 {
		begin(&e.carrying, escapeWalk{r: r, does: carries})
		e.carrying.value(v, r.via)
	}
}

// escape notes what the functions carried by v may read, as far as it was latent.
func (e *escapes) escape(v Value) {
	if len(v) > 0 && len(e.latent) > 0 {
		e.walk(&e.escaping, wakes).value(v, e.r.via)
	}
}

// escapeSpecial does so with the special methods of instances in it: what operators and the containers
// of the standard library ask of what they hold.
func (e *escapes) escapeSpecial(v Value) {
	if len(v) > 0 && len(e.latent) > 0 {
		e.walk(&e.escapingSpecial, wakesSpecial).value(v, e.r.via)
	}
}

// escapeAll notes what any function may read of those that were seen: one of which nothing is known is called, and may
// be any of them.
func (e *escapes) escapeAll() { e.escape(e.met) }

// escapeNamed notes what the functions of this name may read: an attribute of this name is taken from an object of
// which nothing is known, and may be one of them, or a property.
func (e *escapes) escapeNamed(name string) { e.escape(e.byName[name]) }

// walk returns the walk for all escapes in the same state.
func (e *escapes) walk(walk **escapeWalk, does task) *escapeWalk {
	if w := *walk; w == nil || w.version != e.r.version || w.known != len(e.latent) {
		begin(walk, escapeWalk{r: e.r, does: does, version: e.r.version, known: len(e.latent)})
	}
	return *walk
}

// begin makes a walk anew, in the memory of the last one.
func begin(walk **escapeWalk, as escapeWalk) {
	if *walk == nil {
		*walk = &escapeWalk{}
	}
	if as.open = (*walk).open; as.open != nil {
		*as.open = escapeWalk{r: as.r, does: notes, within: true}
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
	notes        task = iota // notes what it may read
	carries                  // notes the function alone
	wakes                    // notes what it may read, if that was latent
	wakesSpecial             // the same, of special methods only
)

// escapeWalk goes through what values carry.
type escapeWalk struct {
	r       *runner
	does    task
	seen    objectSet
	version int
	known   int // latent functions
	visited int
	within  bool        // another walk, which counts towards the budget
	open    *escapeWalk // of what isn't latent
}

// openly returns the walk that notes what is read.
func (w *escapeWalk) openly() *escapeWalk {
	if w.open == nil {
		w.open = &escapeWalk{r: w.r, does: notes, within: true}
	}
	return w.open
}

// askedByOperators says that a method is a special one, but for those that make instances.
func askedByOperators(method string) bool {
	return strings.HasPrefix(method, "__") && method != "__init__" && method != "__new__"
}

// ofClassStatements are the methods that run when a class is made, and then only.
var ofClassStatements = map[string]bool{"__init_subclass__": true, "__set_name__": true, "__prepare__": true}

func (w *escapeWalk) value(v Value, via []string) {
	v.each(&w.seen, func(o *Object) bool {
		w.visited++
		if w.visited&3 == 0 && !w.within && (w.does == notes || w.does == carries) {
			w.r.steps++
		}
		if w.does == carries && foreign(o) {
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
func (w *escapeWalk) parts(o *Object, via []string) {
	for _, p := range o.members(func(p *Object) bool { return p.isGiven() || len(p.parts) > 0 }) {
		w.value(p.Alone(), via)
	}
}

// function notes what one function or class body may read.
func (w *escapeWalk) function(o *Object, via []string) {
	r := w.r
	switch w.does {
	case carries:
		if !r.latent[o] {
			r.latent[o] = true
			r.met = append(r.met, o)
			r.byName[o.fn.Name] = append(r.byName[o.fn.Name], o)
			r.noteFunction(o, o.qualname(), via)
		}
		return
	case wakes, wakesSpecial:
		if r.latent[o] && (w.does == wakes || askedByOperators(o.fn.Name)) {
			w.openly().function(o, via)
		}
		return
	}
	if r.noted[o] == r.version+1 || ofClassStatements[o.fn.Name] {
		return
	}
	r.noted[o] = r.version + 1
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
		w.value(r.taken(v.val, free.Path), via)
	}
}

// taken takes the attributes of a path from local modules. Other objects are taken whole.
func (r *runner) taken(v Value, path string) Value {
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
				found = found.Union(r.taken(Value{x}, rest))
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

// approximated notes that a call of a function isn't followed as it happens.
func (r *runner) approximated(o *Object) {
	if f := r.cell.functions[o]; f != nil {
		f.Approximated = true
	}
}
