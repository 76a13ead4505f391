package interp

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// What libraries call: the functions that a call is given, those that an object was given before, and
// the methods of notebook classes that a library gets instances of, or that inherit from its own.

// callBack calls the function arguments with what they get.
func (k *factCall) callBack(fns Value) Value {
	given, known := k.passed()
	if !known {
		given = k.mayGet(fns)
	}
	var v Value
	for _, fn := range fns {
		if len(fn.Class) > 0 && len(k.lookup(fn.Class[0], "__call__", true)) == 0 {
			continue
		}
		k.branchCall(func() { v = v.Union(k.callObject(fn, given, k.at)) })
	}
	return v
}

// mayGet returns what functions may get of which that is not known: any of the other arguments, and what these hold.
func (k *factCall) mayGet(fns Value) Arguments {
	given := Arguments{Star: true}
	others := k.args.All()
	if k.recv != nil {
		others = others.With(k.recv)
	}
	for _, o := range others {
		if fns.Has(o) || o.Unstorable {
			continue
		}
		if o.kind == dataObject || o.kind == memberObject {
			given.Rest = given.Rest.Union(k.elements(o.Alone(), k.at))
		}
		given.Rest = given.Rest.With(o)
	}
	given.Rest = k.deep(given.Rest)
	return given
}

// callUnnamed counts with functions among the arguments of which the fact says nothing: the library
// may call them. Builtins are known well enough to call none, and what is kept is called later.
func (k *factCall) callUnnamed(path string) {
	if k.f.Carries {
		return
	}
	var given Value
	for _, arg := range append(slices.Clone(k.args.Pos), k.args.Rest) {
		given = given.Union(callbacks(arg, 0))
	}
	for _, n := range k.args.Named {
		given = given.Union(callbacks(n.Value, 0))
	}
	fns := k.functionsIn(given)
	f := k.f
	for _, refs := range [...][]knowledge.Ref{f.Calls, f.Asks, f.Keeps, f.KeepsElems, f.Same, f.Elem, f.Elems, f.View} {
		named := k.values(refs)
		fns = fns.Except(named.Union(k.functionsIn(named)).Has)
	}
	k.mayRead(fns)
	if strings.HasPrefix(path, "builtins.") {
		return
	}
	if f.Class {
		fns = fns.Except(k.values(f.Holds).Has)
	}
	k.callMethodsOf(k.args, k.at)
	k.callInside(fns, k.args, k.at)
}

// callbacks returns an argument that is there to be called: all that it may be are functions,
// instances with methods, or lists and the like of these.
func callbacks(arg Value, within int) Value {
	for _, o := range arg {
		switch o.kind {
		case memberObject:
			return nil
		case dataObject:
			if len(o.Class) > 0 {
				continue
			}
			if o.Type != "builtins.list" && o.Type != "builtins.tuple" && o.Type != "builtins.dict" || within > 2 || callbacks(o.Contents(), within+1) == nil {
				return nil
			}
		}
	}
	return arg
}

// callHeld calls what an object of a library was given to call: its functions, and of instances of notebook
// classes the method of the same name. Where the call may change what the object holds, it calls all
// methods that both have, as a pipeline fits and transforms with its steps; where nothing is known of the
// call, any method.
func (r *runner) callHeld(owner *Object, name string, args Arguments, at closure.Instr) {
	f := r.g.opts.Knowledge.Method(owner.Type, name)
	if f != nil && f.Attr {
		return
	}
	for _, o := range owner.from {
		if o.kind == classObject {
			r.callAny(r.instance(o, at), "", args, at)
			continue
		}
		if len(o.Class) == 0 {
			r.callInside(o.Alone(), args, at)
			continue
		}
		if f == nil || callsSelf(f) {
			r.callAny(o, "", args, at)
			continue
		}
		for _, m := range o.methodNames() {
			if m == name || !strings.HasPrefix(m, "__") && len(f.MutatesHeld) > 0 && r.g.opts.Knowledge.Method(owner.Type, m) != nil {
				r.branchCall(func() { r.callNamed(o, m, args, at) })
			}
		}
	}
}

// callOwn calls what a method that a notebook class inherits from a library may call: the methods of
// the class's own. So threading.Thread.start runs run.
func (r *runner) callOwn(o *Object, name string, args Arguments, at closure.Instr) {
	if strings.HasPrefix(o.Type, "collections.") { // the mixin methods of containers are made of these
		r.mayCall(o, []string{"__getitem__", "__setitem__", "__delitem__", "__iter__", "__len__", "__contains__", "__missing__"}, args, at)
	}
	if f := r.g.opts.Knowledge.Method(o.Type, name); f != nil && !callsSelf(f) {
		return
	}
	r.callAny(o, name, args, at)
}

// callMethodsOf counts with instances of the notebook classes that a keyword gives to a library: it
// may make some, and call their methods (json.dumps(x, cls=Encoder)).
func (r *runner) callMethodsOf(args Arguments, at closure.Instr) {
	for _, n := range args.Named {
		for _, c := range n.Value {
			if c.kind == classObject {
				r.callAny(r.instance(c, at), "", args, at)
			}
		}
	}
}

// callAny may call any method of an instance's class but the special ones, and one.
func (r *runner) callAny(o *Object, but string, args Arguments, at closure.Instr) {
	names := slices.DeleteFunc(o.methodNames(), func(m string) bool { return strings.HasPrefix(m, "__") || m == but })
	r.mayCall(o, names, args, at)
}

// mayCall may call each of these methods, with anything in the arguments.
func (r *runner) mayCall(o *Object, names []string, args Arguments, at closure.Instr) {
	given := Arguments{Rest: r.deep(args.All()), Star: true}
	for _, m := range names {
		r.possibly(func() { r.branchCall(func() { r.callNamed(o, m, given, at) }) })
	}
}

func callsSelf(f *knowledge.Fact) bool {
	return slices.ContainsFunc(f.Calls, func(ref knowledge.Ref) bool { return ref.Self })
}

// functionsIn returns the functions among values: directly, or as instances that can be called.
func (r *runner) functionsIn(v Value) Value {
	var fns Value
	var seen objectSet
	for _, o := range v {
		switch o.kind {
		case functionObject, boundObject, wrapperObject:
			fns = fns.With(o)
		case libraryObject: // a method taken from its class
			if i := strings.LastIndexByte(o.Type, '.'); i > 0 && r.g.opts.Knowledge.IsType(o.Type[:i]) {
				if f := r.g.opts.Knowledge.Lookup(o.Type); f != nil && len(f.Mutates) > 0 {
					fns = fns.With(o)
				}
			}
		case memberObject: // a method of a library's object
			if o.owner == nil || !o.step.isAttr() {
				continue
			}
			if f := r.g.opts.Knowledge.Method(o.owner.Type, o.step.name); o.owner.Type != "" && f != nil && !f.Attr && len(f.Mutates) > 0 || f == nil && verb(o.step.name) {
				fns = fns.With(o)
			}
		case dataObject:
			if len(o.Class) > 0 || len(o.from) > 0 || o.Note != "" || o.Maker == "operator.attrgetter" {
				fns = fns.With(o)
				continue
			}
			fns = r.functionsWithin(o, fns, &seen, 0)
		}
	}
	return fns
}

// functionsWithin adds the functions that a container holds, in the lists and dicts in it as well:
// agg({"a": ["mean", f]}).
func (r *runner) functionsWithin(o *Object, fns Value, seen *objectSet, depth int) Value {
	if !seen.add(o) {
		return fns
	}
	look := func(v Value) {
		for _, x := range v {
			switch {
			case x.isFunction():
				fns = fns.With(x)
			case x.kind == dataObject && len(x.Class) == 0 && depth < 2 && inLanguage(x.Type):
				r.steps++
				fns = r.functionsWithin(x, fns, seen, depth+1)
			}
		}
	}
	look(o.Elem)
	for _, f := range o.order {
		look(o.fields[f])
	}
	return fns
}

// carried returns what a library's object may call when it holds v: the functions and the instances
// of notebook classes in it.
func (r *runner) carried(v Value) Value {
	var found Value
	for _, o := range r.deep(v) {
		switch {
		case o.isFunction(), o.kind == dataObject && len(o.Class) > 0:
			found = found.With(o)
		case o.kind == dataObject:
			found = found.Union(o.from)
		}
	}
	return found
}

// inParts returns what the parts of an object of which little is known were given.
func (o *Object) inParts() Value {
	var v Value
	for _, p := range o.members((*Object).isGiven) {
		v = v.Union(p.Contents())
	}
	return v
}

// classes returns the classes of the notebook among values.
func (v Value) classes() Value {
	return v.Except(func(o *Object) bool { return o.kind != classObject })
}

// isFunction says that an object is a function, a method, or what a library made of some.
func (o *Object) isFunction() bool {
	return o.kind == functionObject || o.kind == boundObject || o.kind == wrapperObject
}

// methodNames returns the names of an instance's methods, in order.
func (o *Object) methodNames() []string {
	var names []string
	for _, c := range o.Class {
		for _, f := range c.order {
			if f.isAttr() && slices.ContainsFunc(c.fields[f], func(x *Object) bool { return x.kind == functionObject }) {
				names = append(names, f.name)
			}
		}
	}
	return names
}
