package interp

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// scalar returns the object that stands for all immutable values of a type.
func (r *runner) scalar(typ string) *Object {
	o := r.g.scalars[typ]
	if o == nil {
		o = &Object{kind: scalarObject, Type: typ, unit: beforeAll}
		r.g.scalars[typ] = o
	}
	return o
}

// library returns the object behind a dotted path of an import from outside.
func (r *runner) library(path string) *Object {
	o := r.g.libraries[path]
	if o == nil {
		o = &Object{kind: libraryObject, Type: path, unit: beforeAll}
		r.g.libraries[path] = o
	}
	return o
}

// The objects that one instruction may make, apart from its result (part 0) and what typed
// puts into that (parts from 1 on).
const (
	partGenerator = -1 - iota
	partCoroutine
	partInstance
	partForward    // the result of a call that goes through a library to an instance's method
	partArgs       // *args
	partKeywords   // **kwargs
	partWrapper    // what a library made of functions
	partWrapped    // the result of calling it
	partElement    // what iterating a library's object gives
	partContainer  // a deep copy of a container of instances
	partUnknown    // an operator's result where nothing is known of the operand
	partSummarised // of a call that counts by a summary
)

// alloc returns the object that an instruction makes in the present context. part tells apart
// several that one instruction makes.
func (r *runner) alloc(at closure.Instr, part int, typ string) *Object {
	key := allocKey{at, r.ctx, part, typ}
	o := r.allocs[key]
	if o == nil {
		o = &Object{kind: dataObject, Type: typ, unit: r.unit, number: r.g.number()}
		r.allocs[key] = o
	}
	return o
}

// number returns the number of the next object.
func (g *Notebook) number() int {
	g.objects++
	return g.objects
}

// typed makes a fresh object of a known type, with what it is known to hold.
func (r *runner) typed(at closure.Instr, part int, t knowledge.Type) Value {
	if len(t.Or) > 0 { // the first is the usual one: what only the others are, it is taken not to be
		v := r.typed(at, part*8+1, t.Or[0])
		for i, x := range t.Or[1:] {
			for _, o := range r.typed(at, part*8+i+2, x) {
				if !o.Unstorable && !o.Iterator {
					v = v.With(o)
				}
			}
		}
		return v
	}
	if t.Name == "" {
		return r.alloc(at, part, "").Alone()
	}
	if f := r.g.opts.Knowledge.Lookup(t.Name); f != nil && f.Immutable && t.Name != "builtins.tuple" && t.Name != "builtins.frozenset" {
		return r.scalar(t.Name).Alone()
	}
	o := r.alloc(at, part, t.Name)
	if f := r.g.opts.Knowledge.Lookup(t.Name); f != nil {
		o.Unstorable = o.Unstorable || f.Opaque
		o.Iterator = o.Iterator || f.Iterator
	}
	o.Open = len(t.Args) == 0
	for i, a := range t.Args {
		v := r.typed(at, part*8+i+1, a)
		if t.Name == "builtins.tuple" && len(t.Args) > 1 {
			o.Hold(Nth(i), v)
		} else {
			o.Hold(AnyItem, v)
		}
	}
	return o.Alone()
}

// build makes a container display's object.
func (r *runner) build(i *closure.Build) Value {
	o := r.alloc(i, 0, i.Type)
	exact := i.Type == "builtins.list" || i.Type == "builtins.tuple"
	n := 0
	for _, e := range i.Elems {
		v := r.frame.regs[e.Reg]
		if e.Ref != closure.NoReg && e.Ref >= 0 {
			r.asIndex(r.frame.regs[e.Ref], i)
			o.Keys = o.Keys.Union(r.frame.regs[e.Ref])
		}
		switch {
		case e.Star:
			exact = false
			if i.Type == "builtins.dict" {
				for _, d := range v {
					o.Keys = o.Keys.Union(d.Keys)
				}
				o.Hold(AnyItem, r.contents(v, i))
			} else {
				o.Hold(AnyItem, r.elements(v, i))
			}
		case e.Key != "":
			o.Hold(Key(e.Key), v)
		case exact && len(i.Elems) <= 32 && !comprehension(i):
			o.Hold(Nth(n), v)
		default:
			o.Hold(AnyItem, v)
		}
		n++
	}
	if i.Type == "builtins.set" {
		r.asIndex(o.Elem, i)
	}
	if i.Type == "builtins.generator" {
		o.Unstorable, o.Iterator = true, true
		r.keepLazy(o, r.frame.begun(i.Lazy))
	}
	o.Open = i.Type == ""
	return o.Alone()
}

// comprehension says whether the display was made by a comprehension: one element for all.
func comprehension(i *closure.Build) bool {
	return len(i.Elems) == 1 && i.Elems[0].Merged
}

func (r *runner) makeFunc(i *closure.MakeFunc) Value {
	o := r.alloc(i, 0, "builtins.function")
	if o.fn == nil {
		o.kind, o.fn, o.env, o.module = functionObject, i.Func, r.frame.env, r.frame.mod
		for e := o.env; e != nil; e = e.outer {
			e.funcs = append(e.funcs, o)
			for _, c := range e.captured {
				for _, x := range c {
					if x.kind != scalarObject {
						x.holders = append(x.holders, o)
					}
				}
			}
		}
	}
	if o.defaults == nil {
		o.defaults = make([]Value, len(i.Defaults))
	}
	for n, d := range i.Defaults {
		if d != closure.NoReg {
			o.defaults[n] = o.defaults[n].Union(r.frame.regs[d])
			for _, x := range r.frame.regs[d] {
				if x.kind != scalarObject {
					x.holders = append(x.holders, o)
				}
			}
		}
	}
	return o.Alone()
}

// makeClass runs a class body and makes the class of what it binds.
func (r *runner) makeClass(i *closure.MakeClass) Value {
	o := r.alloc(i, 0, "builtins.type")
	o.kind, o.fn, o.module = classObject, i.Func, r.frame.mod
	for _, b := range i.Bases {
		o.bases = o.bases.Union(r.frame.regs[b])
	}
	for _, b := range o.bases {
		if b.kind == classObject {
			o.Class = b.Class
		}
	}
	for _, k := range i.Keywords {
		if k.Name == "metaclass" {
			o.Class = r.frame.regs[k.Reg]
		}
	}
	r.prepare(o, i)
	outer := r.frame
	ctx := r.ctx
	r.ctx = r.enter(i, i.Func)
	r.frame = r.newFrame(i.Func, outer.env, outer.mod)
	r.frame.class = o
	r.exec(i.Func.Body)
	for n, v := range r.frame.vars {
		o.Hold(Attr(i.Func.Slots[n].Name), v.val)
	}
	o.env = outer.env
	r.frame, r.ctx = outer, ctx
	if slices.ContainsFunc(outsideBases(o, map[*Object]bool{}), func(path string) bool { return strings.HasPrefix(path, "enum.") }) {
		r.makeMembers(o, i)
	}
	for _, name := range o.order {
		for _, x := range o.fields[name] {
			r.special(x, "__set_name__", i, o.Alone(), nil)
		}
	}
	for _, f := range r.lookup(o, "__init_subclass__", false) { // of a base
		r.call(f.Alone(), Arguments{Pos: []Value{{o}}}, i)
	}
	r.askMetaclass(o, i)
	return o.Alone()
}

// prepare runs what makes the namespace of a class body, and what that asks when the body binds names and looks them up.
func (r *runner) prepare(class *Object, i *closure.MakeClass) {
	for _, meta := range class.Class {
		for _, f := range r.lookup(meta, "__prepare__", true) {
			bases := r.alloc(i, 1, "builtins.tuple")
			bases.Hold(AnyItem, class.bases)
			given := []Value{r.scalar("builtins.str").Alone(), bases.Alone()}
			if f.kind == functionObject {
				given = append([]Value{meta.Alone()}, given...)
			}
			for _, space := range r.call(r.bindClass(f.Alone(), meta, i), Arguments{Pos: given}, i) {
				r.mayCall(space, []string{"__getitem__", "__missing__", "__setitem__"}, Arguments{}, i)
			}
		}
	}
}

// askMetaclass runs what makes a class. What the metaclass takes for the class holds it.
func (r *runner) askMetaclass(class *Object, i *closure.MakeClass) {
	bases, body := r.alloc(i, 1, "builtins.tuple"), r.alloc(i, 2, "builtins.dict")
	bases.Hold(AnyItem, class.bases)
	body.Hold(AnyItem, class.Contents())
	given := []Value{r.scalar("builtins.str").Alone(), bases.Alone(), body.Alone()}
	for _, meta := range class.Class {
		for _, f := range r.lookup(meta, "__new__", true) {
			for _, made := range r.call(f.Alone(), Arguments{Pos: append([]Value{meta.Alone()}, given...)}, i) {
				if made.kind == dataObject {
					made.Hold(AnyItem, class.Alone())
				}
			}
		}
		for _, f := range r.lookup(meta, "__init__", true) {
			r.call(f.Alone(), Arguments{Pos: append([]Value{class.Alone()}, given...)}, i)
		}
	}
}

// makeMembers makes the members of an enumeration: instances of its class, one object for all.
func (r *runner) makeMembers(class *Object, i *closure.MakeClass) {
	member := r.instance(class, i)
	member.Type, member.Open = "", false
	member.Hold(Attr("name"), r.scalar("builtins.str").Alone())
	for _, name := range class.order {
		v := class.fields[name]
		if strings.HasPrefix(name.name, "__") || slices.ContainsFunc(v, func(o *Object) bool { return o.kind != dataObject && o.kind != scalarObject }) {
			continue
		}
		member.Hold(Attr("value"), v)
		for _, init := range r.lookup(class, "__init__", true) {
			args := Arguments{Pos: []Value{v}}
			if len(v) == 1 && v[0].Type == "builtins.tuple" {
				args = Arguments{Rest: r.elements(v, i), Star: true}
			}
			r.call(r.methods(init.Alone(), member.Alone()), args, i)
		}
		class.fields[name] = member.Alone()
	}
	class.Hold(AnyItem, member.Alone())
}

// lookup finds an attribute along a class's bases, in the order of a depth-first search. The
// class's own attributes count when self is set.
func (r *runner) lookup(class *Object, name string, self bool) Value {
	return r.lookupIn(class, name, self, map[*Object]bool{})
}

func (r *runner) lookupIn(class *Object, name string, self bool, seen map[*Object]bool) Value {
	if seen[class] {
		return nil
	}
	seen[class] = true
	if self {
		if v := class.fields[Attr(name)]; len(v) > 0 {
			return v
		}
	}
	for _, b := range class.bases {
		if b.kind == classObject {
			if v := r.lookupIn(b, name, true, seen); len(v) > 0 {
				return v
			}
		}
	}
	return nil
}

// outsideBases returns the dotted paths of the library classes that a class derives from.
func outsideBases(class *Object, seen map[*Object]bool) []string {
	if seen[class] {
		return nil
	}
	seen[class] = true
	var paths []string
	for _, b := range class.bases {
		switch b.kind {
		case classObject:
			paths = append(paths, outsideBases(b, seen)...)
		case libraryObject:
			paths = append(paths, b.Type)
		}
	}
	return paths
}
