package interp

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// kind says what an abstract object stands for.
type kind uint8

const (
	dataObject     kind = iota // anything with content: a list, a frame, an instance
	scalarObject               // an immutable value of a known type; one object a type
	functionObject             // a function or lambda of the notebook or a local module
	classObject                // a class of the notebook or a local module
	boundObject                // a method taken from an instance
	superObject                // super() in a method
	moduleObject               // a local module
	libraryObject              // anything reached by a dotted path from an import from outside
	memberObject               // an attribute of a data object: a method when it is called, else a part
	wrapperObject              // what a library made of functions: a decorated function, a partial
)

// Object is an abstract object: all objects that one place in the code makes in one calling
// context. Objects are shared by reference, so that two names with the same object are aliases.
type Object struct {
	kind kind
	Type string // dotted type of data, scalars; dotted path of library objects
	unit int    // the cell that made it; beforeAll for what was there from the start
	// number tells which of two objects was made first; those that are there from the start have none.
	number int

	Open       bool // may hold more than fields and elem say
	Unstorable bool // can't be hashed or pickled
	Iterator   bool // is used up by iterating
	field      bool // stands in a class for a field of its instances

	content
	location
	definition
	origin

	one [1]*Object // itself: see Alone
}

// content is what an object holds, and what holds it.
type content struct {
	fields  map[Selector]Value // what was stored under a constant attribute or key
	order   []Selector         // of fields, as they came, so that a run always gives the same result
	Elem    Value              // what was stored under any other index
	Keys    Value              // keys of a dict
	parts   map[Selector]*Object
	holders []*Object // objects that hold this one
	shares  []*Object // objects that share content with this one: views
	lazy    *lazyPart // what reading it does
	// array is what a frame was made on: stores into the frame's parts are stores into it, new columns aren't.
	array Value
	// columns are those that a frame certainly has: it was made of a dict.
	columns []Selector
}

// location is where a part of an object is.
type location struct {
	owner *Object
	step  Selector // what it is of its owner
	level int8     // how many steps it is away from an object that is no part
}

// definition is what a function, class or module is, and what an instance, a bound method or a
// wrapper has of one.
type definition struct {
	fn       *closure.Func // of functions and classes
	env      *env
	module   *module
	defaults []Value
	bases    Value // of a class
	Class    Value // of an instance
	self     Value // of a bound method and super()
	Runs     Value // of a wrapper, a partial, a task: the functions inside
	Bound    int8  // of a partial: how many positional arguments it has already
}

// origin is how a library made an object.
type origin struct {
	Maker string  // the library's function
	Note  string  // what the model that made it keeps: the method of a methodcaller
	from  Value   // functions among the arguments, called when it is
	by    *Object // the library's object whose method gave this one: app of app.get("/")
	// unseeded is what draws random numbers when it is used: an estimator without random_state.
	unseeded bool
}

// Alone returns the value that may hold this object only. All such values share their memory, which
// is why a value is never changed in place.
func (o *Object) Alone() Value {
	o.one[0] = o
	return o.one[:]
}

const beforeAll = -1

// Value is a set of objects that a name or register may hold. Nil is a value of which nothing
// is known but that it shares nothing.
type Value []*Object

func (v Value) Has(o *Object) bool {
	for _, x := range v {
		if x == o {
			return true
		}
	}
	return false
}

// With returns v and o; v itself is not changed.
func (v Value) With(o *Object) Value {
	if o == nil || v.Has(o) {
		return v
	}
	if len(v) == 0 {
		return o.Alone()
	}
	return append(v[:len(v):len(v)], o)
}

// Union returns v and w; neither is changed.
func (v Value) Union(w Value) Value {
	if len(v) == 0 {
		return w
	}
	known := v.Has
	if len(v)*len(w) >= 256 {
		in := make(map[*Object]bool, len(v))
		for _, o := range v {
			in[o] = true
		}
		known = func(o *Object) bool { return in[o] }
	}
	both := v[:len(v):len(v)] // the first append copies
	for _, o := range w {
		if !known(o) {
			both = append(both, o)
		}
	}
	return both
}

// Except returns v without the objects that drop says yes to; v itself is not changed.
func (v Value) Except(drop func(*Object) bool) Value {
	if !slices.ContainsFunc(v, drop) {
		return v
	}
	return slices.DeleteFunc(slices.Clone(v), drop)
}

func (v Value) equal(w Value) bool {
	if len(v) != len(w) {
		return false
	}
	for _, o := range w {
		if !v.Has(o) {
			return false
		}
	}
	return true
}

// env holds the variables of one call that inner functions use; they live as long as those.
type env struct {
	fn       *closure.Func
	outer    *env
	captured []Value   // by slot; nil where inner functions use none
	funcs    []*Object // the functions that were made in it
}

// Hold makes o hold what v has, under a field or, with AnyItem, anywhere. It says whether
// that is new.
func (o *Object) Hold(field Selector, v Value) bool {
	if o.kind == scalarObject || o.kind == libraryObject || o.kind == functionObject && field == AnyItem || len(v) == 0 {
		return false
	}
	old := o.Elem
	if field != AnyItem {
		old = o.fields[field]
	}
	merged := old.Union(v)
	if len(merged) == len(old) {
		return false
	}
	for _, x := range merged[len(old):] {
		if x.kind != scalarObject && x != o {
			x.holders = append(x.holders, o)
		}
	}
	if field == AnyItem {
		o.Elem = merged
		return true
	}
	if o.fields == nil {
		o.fields = map[Selector]Value{}
	}
	if old == nil {
		o.order = append(o.order, field)
	}
	o.fields[field] = merged
	return true
}

// share makes two objects views of each other's content.
func (o *Object) share(p *Object) {
	if o == p || !o.hasContent() || !p.hasContent() {
		return
	}
	for _, x := range o.shares {
		if x == p {
			return
		}
	}
	o.shares = append(o.shares, p)
	p.shares = append(p.shares, o)
}

// hasContent says that an object can change: an immutable value can't, and what a library keeps under its own name is its own.
func (o *Object) hasContent() bool { return o.kind != scalarObject && o.kind != libraryObject }

const maxParts = 4

// part returns the object that stands for an attribute or element of o of which only its place
// is known: its changes are o's changes.
func (o *Object) part(step Selector, typ string, unit int) *Object {
	if o.level >= maxParts {
		return o
	}
	if p := o.parts[step]; p != nil {
		return p
	}
	p := &Object{kind: memberObject, Type: typ, unit: unit, location: location{o, step, o.level + 1}, Open: true}
	if o.parts == nil {
		o.parts = map[Selector]*Object{}
	}
	o.parts[step] = p
	return p
}

// members returns those of o's parts of which only the place is known, in order.
func (o *Object) members(which func(*Object) bool) []*Object {
	var found []*Object
	for _, p := range o.parts {
		if p.kind == memberObject && which(p) {
			found = append(found, p)
		}
	}
	if len(found) > 1 {
		slices.SortFunc(found, func(a, b *Object) int { return a.step.compare(b.step) })
	}
	return found
}

// isGiven says that something was stored in a part.
func (o *Object) isGiven() bool { return len(o.Elem) > 0 || len(o.order) > 0 }

// Contents returns everything that the object is known to hold.
func (o *Object) Contents() Value {
	v := o.Elem
	for _, f := range o.order {
		v = v.Union(o.fields[f])
	}
	return v
}

// inside returns what an object holds, and a part that stands for what it may hold besides.
func (o *Object) inside(unit int) Value {
	v := o.Contents()
	if o.Open || o.kind == dataObject && len(v) == 0 && !knowledge.Has(o.Type, knowledge.Container) {
		v = v.With(o.part(AnyItem, "", unit))
	}
	return v
}

// each calls visit for o and all that is reached from it, until visit returns false for a branch.
func (v Value) each(seen *objectSet, visit func(*Object) bool) {
	for _, o := range v {
		if !seen.add(o) || !visit(o) {
			continue
		}
		for _, f := range o.order {
			o.fields[f].each(seen, visit)
		}
		for _, next := range [...]Value{o.Elem, o.Keys, o.Class, o.self, o.Runs, o.bases} {
			next.each(seen, visit)
		}
		if o.owner != nil {
			o.owner.Alone().each(seen, visit)
		}
		if o.env != nil {
			for e := o.env; e != nil; e = e.outer {
				for _, c := range e.captured {
					c.each(seen, visit)
				}
			}
		}
		for _, d := range o.defaults {
			d.each(seen, visit)
		}
	}
}
