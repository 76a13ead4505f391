package interp

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
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
type object struct {
	kind kind
	typ  string   // dotted type of data, scalars; dotted path of library objects
	step selector // of a member: what it is of its owner
	unit int      // the cell that made it; beforeAll for what was there from the start
	// number tells which of two objects was made first; those that are there from the start have none.
	number int

	fields  map[selector]value // what was stored under a constant attribute or key
	order   []selector         // of fields, as they came, so that a run always gives the same result
	elem    value              // what was stored under any other index
	keys    value              // keys of a dict
	holders []*object          // objects that hold this one
	shares  []*object          // objects that share content with this one: views

	owner  *object // of a member: the object it belongs to
	parts  map[selector]*object
	depth  int8   // of a chain of parts
	bound  int8   // of a partial: how many positional arguments it has already
	note   string // what the model that made it keeps: the method of a methodcaller
	maker  string // the library function that made it
	open   bool   // may hold more than fields and elem say
	opaque bool   // can't be hashed or pickled
	iter   bool   // is used up by iterating
	// unseeded is what draws random numbers when it is used: an estimator without random_state.
	unseeded bool
	lazy     *lazyPart

	fn       *closure.Func // of functions and classes
	env      *env
	module   *module
	defaults []value
	bases    value // of a class
	class    value // of an instance
	self     value // of a bound method and super()
	made     value // of a wrapper: the functions inside
	from     value // of a library's result: functions among the arguments, called when it is

	// array is what a frame was made on: stores into the frame's parts are stores into it, new columns aren't.
	array value

	one [1]*object // itself: see alone
}

// alone returns the value that may hold this object only. All such values share their memory, which
// is why a value is never changed in place.
func (o *object) alone() value {
	o.one[0] = o
	return o.one[:]
}

const beforeAll = -1

// value is a set of objects that a name or register may hold. Nil is a value of which nothing
// is known but that it shares nothing.
type value []*object

func (v value) has(o *object) bool {
	for _, x := range v {
		if x == o {
			return true
		}
	}
	return false
}

// with returns v and o; v itself is not changed.
func (v value) with(o *object) value {
	if o == nil || v.has(o) {
		return v
	}
	if len(v) == 0 {
		return o.alone()
	}
	return append(v[:len(v):len(v)], o)
}

// union returns v and w; neither is changed.
func (v value) union(w value) value {
	if len(v) == 0 {
		return w
	}
	known := v.has
	if len(v)*len(w) >= 256 {
		in := make(map[*object]bool, len(v))
		for _, o := range v {
			in[o] = true
		}
		known = func(o *object) bool { return in[o] }
	}
	both := v[:len(v):len(v)] // the first append copies
	for _, o := range w {
		if !known(o) {
			both = append(both, o)
		}
	}
	return both
}

// except returns v without the objects that drop says yes to; v itself is not changed.
func (v value) except(drop func(*object) bool) value {
	if !slices.ContainsFunc(v, drop) {
		return v
	}
	return slices.DeleteFunc(slices.Clone(v), drop)
}

func (v value) equal(w value) bool {
	if len(v) != len(w) {
		return false
	}
	for _, o := range w {
		if !v.has(o) {
			return false
		}
	}
	return true
}

// env holds the variables of one call that inner functions use; they live as long as those.
type env struct {
	fn       *closure.Func
	outer    *env
	captured []value   // by slot; nil where inner functions use none
	made     []*object // the functions that were made in it
}

// hold makes o hold what v has, under a field or, with anyItem, anywhere. It says whether
// that is new.
func (o *object) hold(field selector, v value) bool {
	if o.kind == scalarObject || len(v) == 0 {
		return false
	}
	old := o.elem
	if field != anyItem {
		old = o.fields[field]
	}
	merged := old.union(v)
	if len(merged) == len(old) {
		return false
	}
	for _, x := range merged[len(old):] {
		if x.kind != scalarObject && x != o {
			x.holders = append(x.holders, o)
		}
	}
	if field == anyItem {
		o.elem = merged
		return true
	}
	if o.fields == nil {
		o.fields = map[selector]value{}
	}
	if old == nil {
		o.order = append(o.order, field)
	}
	o.fields[field] = merged
	return true
}

// share makes two objects views of each other's content.
func (o *object) share(p *object) {
	if o == p || o.kind == scalarObject || p.kind == scalarObject {
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

const maxParts = 4

// part returns the object that stands for an attribute or element of o of which only its place
// is known: its changes are o's changes.
func (o *object) part(step selector, typ string, unit int) *object {
	if o.depth >= maxParts {
		return o
	}
	if p := o.parts[step]; p != nil {
		return p
	}
	p := &object{kind: memberObject, step: step, typ: typ, unit: unit, owner: o, depth: o.depth + 1, open: true}
	if o.parts == nil {
		o.parts = map[selector]*object{}
	}
	o.parts[step] = p
	return p
}

// members returns those of o's parts of which only the place is known, in order.
func (o *object) members(which func(*object) bool) []*object {
	var found []*object
	for _, p := range o.parts {
		if p.kind == memberObject && which(p) {
			found = append(found, p)
		}
	}
	if len(found) > 1 {
		slices.SortFunc(found, func(a, b *object) int { return a.step.compare(b.step) })
	}
	return found
}

// isGiven says that something was stored in a part.
func (o *object) isGiven() bool { return len(o.elem) > 0 || len(o.order) > 0 }

// contents returns everything that the object is known to hold.
func (o *object) contents() value {
	v := o.elem
	for _, f := range o.order {
		v = v.union(o.fields[f])
	}
	return v
}

// each calls visit for o and all that is reached from it, until visit returns false for a branch.
func (v value) each(seen *objectSet, visit func(*object) bool) {
	for _, o := range v {
		if !seen.add(o) || !visit(o) {
			continue
		}
		for _, f := range o.order {
			o.fields[f].each(seen, visit)
		}
		for _, next := range [...]value{o.elem, o.keys, o.class, o.self, o.made, o.bases} {
			next.each(seen, visit)
		}
		if o.owner != nil {
			o.owner.alone().each(seen, visit)
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
