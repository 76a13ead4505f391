package interp

import "github.com/xetmemo/xetmemo-lint/closure"

// Copies of instances of notebook classes: they have the class's methods again, and making them runs
// what the class defines for it (the copy and pickle modules' documentation). What a library
// writes into a file it takes apart in the same way.

var takenApart = []string{"__getstate__", "__reduce__", "__reduce_ex__", "__getnewargs__", "__getnewargs_ex__"}

func addCopies() {
	for _, path := range [...]string{"dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve"} {
		specialCalls[path] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) == 0 {
				return nil, false
			}
			var v Value
			for _, x := range args.Pos[0] {
				for _, c := range x.Class {
					made := r.copyOf(x, c, at)
					for _, n := range args.Named {
						made.Hold(Attr(n.Name), n.Value)
					}
					r.callNamed(made, "__init__", Arguments{Named: args.Named}, at)
					r.callNamed(made, "__post_init__", Arguments{}, at)
					r.callNamed(made, "__attrs_post_init__", Arguments{}, at)
					v = v.With(made)
				}
			}
			return v, len(v) > 0
		}
	}
	specialCalls["sklearn.base.clone"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		if len(args.Pos) == 0 {
			return nil, false
		}
		var v Value
		for n, x := range args.Pos[0] {
			if x.kind != scalarObject {
				v = v.Union(r.cloneOf(x, n, at))
			}
		}
		return v, len(v) > 0
	}
	for path, methods := range map[string][]string{
		"copy.copy":     append([]string{"__copy__"}, takenApart...),
		"copy.deepcopy": append([]string{"__deepcopy__"}, takenApart...),
	} {
		specialCalls[path] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) == 0 {
				return nil, false
			}
			copied := args.Pos[0]
			if path == "copy.deepcopy" {
				copied = r.deep(copied)
			}
			made := r.runMethods(copied, methods, at)
			for _, x := range args.Pos[0] {
				if x.kind == functionObject || x.kind == classObject || x.kind == wrapperObject { // itself
					made = made.With(x)
				}
				for _, c := range x.Class {
					if path == "copy.copy" {
						made = made.With(r.copyOf(x, c, at))
						continue
					}
					o := r.instance(c, at)
					o.Open = true
					for _, f := range x.order { // functions are not copied
						o.Hold(f, x.fields[f].Except(func(y *Object) bool { return y.kind == dataObject || y.kind == memberObject }))
					}
					made = made.With(o)
				}
				if path == "copy.deepcopy" && sequenceTypes[x.Type] {
					made = made.Union(r.copyContainer(x, at))
				}
			}
			return made, len(made) > 0
		}
	}
	for _, path := range [...]string{
		"pickle.dump", "pickle.dumps", "joblib.dump", "dill.dump", "dill.dumps", "cloudpickle.dump", "cloudpickle.dumps",
	} {
		specialCalls[path] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			r.runMethods(r.deep(args.All()), takenApart, at)
			return nil, false
		}
	}
}

// copyContainer returns a container of new instances of what is in the first; nil where there are none.
func (r *runner) copyContainer(x *Object, at closure.Instr) Value {
	n := r.alloc(at, partContainer, x.Type)
	for _, y := range r.deep(x.Contents()) {
		for _, c := range y.Class {
			inside := r.instance(c, at)
			inside.Open = true
			n.Hold(AnyItem, inside.Alone())
		}
	}
	if len(n.Elem) == 0 {
		return nil
	}
	n.Keys, n.Open = x.Keys, true
	return n.Alone()
}

// cloneOf returns what sklearn.base.clone makes: an estimator of the same kind, made anew of clones of what the
// first was made of.
func (r *runner) cloneOf(x *Object, part int, at closure.Instr) Value {
	inner := func(made *Object, of *Object) {
		made.Open = true
		for _, y := range r.carried(of.Contents()) {
			for _, c := range y.Class {
				y = r.instance(c, at)
				y.Open = true
			}
			made.Hold(AnyItem, y.Alone())
			made.from = made.from.With(y)
		}
	}
	var v Value
	for _, c := range x.Class {
		made := r.instance(c, at)
		inner(made, x)
		r.callNamed(made, "__init__", Arguments{Rest: made.Contents(), Star: true}, at)
		v = v.With(made)
	}
	if len(v) == 0 {
		made := r.alloc(at, part, x.Type)
		inner(made, x)
		v = made.Alone()
	}
	return v
}

// runMethods runs the methods of these names that the classes of instances have, and returns what they do.
func (r *runner) runMethods(v Value, names []string, at closure.Instr) Value {
	var out Value
	for _, x := range v {
		for _, n := range names {
			if got, ok := r.special(x, n, at, Value(nil)); ok {
				out = out.Union(got)
			}
		}
	}
	return out
}

// copyOf returns a new instance of a class with what another one holds.
func (r *runner) copyOf(x, class *Object, at closure.Instr) *Object {
	o := r.instance(class, at)
	for _, f := range x.order {
		o.Hold(f, x.fields[f])
	}
	o.Hold(AnyItem, x.Elem)
	return o
}
