package interp

import "github.com/xetmemo/xetmemo-lint/closure"

// Copies of instances of notebook classes: they have the class's methods again, and making them runs
// what the class defines for it (the copy and pickle modules' documentation). What a library
// writes into a file it takes apart in the same way.

var takenApart = []string{"__getstate__", "__reduce__", "__reduce_ex__", "__getnewargs__", "__getnewargs_ex__"}

func addCopies() {
	for _, path := range [...]string{"dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve"} {
		specialCalls[path] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) == 0 {
				return nil, false
			}
			var v value
			for _, x := range args.pos[0] {
				for _, c := range x.class {
					made := r.copyOf(x, c, at)
					for _, n := range args.named {
						made.hold(attr(n.name), n.val)
					}
					r.callNamed(made, "__init__", arguments{named: args.named}, at)
					r.callNamed(made, "__post_init__", arguments{}, at)
					r.callNamed(made, "__attrs_post_init__", arguments{}, at)
					v = v.with(made)
				}
			}
			return v, len(v) > 0
		}
	}
	specialCalls["sklearn.base.clone"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		if len(args.pos) == 0 {
			return nil, false
		}
		var v value
		for n, x := range args.pos[0] {
			if x.kind != scalarObject {
				v = v.union(r.cloneOf(x, n, at))
			}
		}
		return v, len(v) > 0
	}
	for path, methods := range map[string][]string{
		"copy.copy":     append([]string{"__copy__"}, takenApart...),
		"copy.deepcopy": append([]string{"__deepcopy__"}, takenApart...),
	} {
		specialCalls[path] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) == 0 {
				return nil, false
			}
			copied := args.pos[0]
			if path == "copy.deepcopy" {
				copied = r.deep(copied)
			}
			made := r.runMethods(copied, methods, at)
			for _, x := range args.pos[0] {
				if x.kind == functionObject || x.kind == classObject || x.kind == wrapperObject { // itself
					made = made.with(x)
				}
				for _, c := range x.class {
					if path == "copy.copy" {
						made = made.with(r.copyOf(x, c, at))
						continue
					}
					o := r.instance(c, at)
					o.open = true
					for _, f := range x.order { // functions are not copied
						o.hold(f, x.fields[f].except(func(y *object) bool { return y.kind == dataObject || y.kind == memberObject }))
					}
					made = made.with(o)
				}
				if path == "copy.deepcopy" && sequenceTypes[x.typ] {
					made = made.union(r.copyContainer(x, at))
				}
			}
			return made, len(made) > 0
		}
	}
	for _, path := range [...]string{
		"pickle.dump", "pickle.dumps", "joblib.dump", "dill.dump", "dill.dumps", "cloudpickle.dump", "cloudpickle.dumps",
	} {
		specialCalls[path] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			r.runMethods(r.deep(args.all()), takenApart, at)
			return nil, false
		}
	}
}

// copyContainer returns a container of new instances of what is in the first; nil where there are none.
func (r *runner) copyContainer(x *object, at closure.Instr) value {
	n := r.alloc(at, partContainer, x.typ)
	for _, y := range r.deep(x.contents()) {
		for _, c := range y.class {
			inside := r.instance(c, at)
			inside.open = true
			n.hold(anyItem, inside.alone())
		}
	}
	if len(n.elem) == 0 {
		return nil
	}
	n.keys, n.open = x.keys, true
	return n.alone()
}

// cloneOf returns what sklearn.base.clone makes: an estimator of the same kind, made anew of clones of what the
// first was made of.
func (r *runner) cloneOf(x *object, part int, at closure.Instr) value {
	inner := func(made *object, of *object) {
		made.open = true
		for _, y := range r.carried(of.contents()) {
			for _, c := range y.class {
				y = r.instance(c, at)
				y.open = true
			}
			made.hold(anyItem, y.alone())
			made.from = made.from.with(y)
		}
	}
	var v value
	for _, c := range x.class {
		made := r.instance(c, at)
		inner(made, x)
		r.callNamed(made, "__init__", arguments{rest: made.contents(), star: true}, at)
		v = v.with(made)
	}
	if len(v) == 0 {
		made := r.alloc(at, part, x.typ)
		inner(made, x)
		v = made.alone()
	}
	return v
}

// runMethods runs the methods of these names that the classes of instances have, and returns what they do.
func (r *runner) runMethods(v value, names []string, at closure.Instr) value {
	var out value
	for _, x := range v {
		for _, n := range names {
			if got, ok := r.special(x, n, at, value(nil)); ok {
				out = out.union(got)
			}
		}
	}
	return out
}

// copyOf returns a new instance of a class with what another one holds.
func (r *runner) copyOf(x, class *object, at closure.Instr) *object {
	o := r.instance(class, at)
	for _, f := range x.order {
		o.hold(f, x.fields[f])
	}
	o.hold(anyItem, x.elem)
	return o
}
