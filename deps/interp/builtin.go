package interp

import (
	"maps"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// specialCalls are library functions whose meaning no fact can say: they look attributes up,
// make descriptors, bind arguments. done is false where the ordinary way is to be taken.
var specialCalls map[string]func(r *runner, o *Object, args Arguments, at closure.Instr) (v Value, done bool)

var specialMethods map[string]func(r *runner, recv *Object, args Arguments, at closure.Instr) (v Value, done bool)

func init() {
	type call = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool)
	descriptor := func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		fns := r.functionsIn(args.All())
		if len(fns) == 0 {
			return nil, false
		}
		w := r.wrapper(o, fns, at)
		if n, ok := args.Get("fset"); ok {
			w.Hold(Attr("setter"), n.Value)
		} else if o.Type == propertyPath && len(args.Pos) > 1 {
			w.Runs = args.Pos[0]
			w.Hold(Attr("setter"), args.Pos[1])
			if len(args.Pos) > 2 {
				w.Hold(Attr("deleter"), args.Pos[2])
			}
		}
		if n, ok := args.Get("fdel"); ok {
			w.Hold(Attr("deleter"), n.Value)
		}
		return w.Alone(), true
	}
	// methods run by a builtin on an instance of a notebook class
	runs := func(names ...string) call {
		return func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			v := r.runMethods(args.All(), names, at)
			return v, len(v) > 0
		}
	}
	specialCalls = map[string]call{
		"builtins.getattr": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			name, ok := args.Text(1)
			if len(args.Pos) < 2 {
				return nil, false
			}
			var v Value
			if ok {
				v = r.attribute(args.Pos[0], name, at)
			} else {
				v = r.anyAttribute(args.Pos[0], at)
			}
			if len(args.Pos) > 2 {
				v = v.Union(args.Pos[2])
			}
			return v, true
		},
		"builtins.setattr": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) < 3 {
				return nil, false
			}
			if name, ok := args.Text(1); ok {
				r.setAttribute(args.Pos[0], name, args.Pos[2], at)
				return nil, true
			}
			for _, x := range args.Pos[0] {
				x.Hold(AnyItem, args.Pos[2])
				x.Open = true
				r.mutate(x, at)
			}
			return nil, true
		},
		"builtins.delattr": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) < 2 {
				return nil, false
			}
			for _, x := range args.Pos[0] {
				r.mutate(x, at)
			}
			return nil, true
		},
		"builtins.super": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) == 0 {
				return nil, false
			}
			return Value{&Object{kind: superObject, unit: r.unit, self: args.Pos[len(args.Pos)-1]}}, true
		},
		"builtins.type": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) == 3 { // a class made of what a dict holds
				c := r.alloc(at, 0, "")
				c.Maker = "types.new_class"
				c.Hold(AnyItem, args.Pos[1].Union(r.contents(args.Pos[2], at)))
				return c.Alone(), true
			}
			if len(args.Pos) != 1 {
				return nil, false
			}
			var v Value
			for _, x := range args.Pos[0] {
				v = v.Union(x.Class)
			}
			return v, true
		},
		"builtins.object.__setattr__": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) < 3 {
				return nil, false
			}
			field := AnyItem
			if name, ok := args.Text(1); ok {
				field = Attr(name)
			}
			for _, x := range args.Pos[0] {
				x.Hold(field, args.Pos[2])
				x.Open = x.Open || field == AnyItem
				r.mutate(x, at)
			}
			return nil, true
		},
		"builtins.vars": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) != 1 {
				return nil, false
			}
			return r.attribute(args.Pos[0], "__dict__", at), true
		},
		"builtins.property": descriptor, "builtins.staticmethod": descriptor, "builtins.classmethod": descriptor,
		"functools.cached_property": descriptor,
		"functools.partial": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) == 0 {
				return nil, false
			}
			w := r.wrapper(o, args.Pos[0], at)
			w.Bound = int8(min(len(args.Pos)-1, 100))
			for n, a := range args.Pos[1:] {
				w.Hold(Nth(n), a)
			}
			for _, n := range args.Named {
				w.Hold(AnyItem, n.Value)
			}
			return w.Alone(), true
		},
		"functools.wraps": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			return r.library("functools.wraps()").Alone(), true
		},
		"functools.wraps()": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) == 0 {
				return nil, false
			}
			return args.Pos[0], true
		},
		"functools.reduce": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) < 2 {
				return nil, false
			}
			elems := r.elements(args.Pos[1], at)
			acc := elems
			if len(args.Pos) > 2 {
				acc = acc.Union(args.Pos[2])
			}
			for range 2 {
				r.branchCall(func() { acc = acc.Union(r.call(args.Pos[0], Arguments{Pos: []Value{acc, elems}}, at)) })
			}
			return acc, true
		},
		"builtins.map": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) < 2 {
				return nil, false
			}
			given := Arguments{}
			for _, a := range args.Pos[1:] {
				given.Pos = append(given.Pos, r.elements(a, at))
			}
			it := r.alloc(at, 0, "builtins.map")
			it.Unstorable, it.Iterator = false, true
			r.branchCall(func() { it.Hold(AnyItem, r.call(args.Pos[0], given, at)) })
			return it.Alone(), true
		},
		"builtins.filter": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) != 2 {
				return nil, false
			}
			elems := r.elements(args.Pos[1], at)
			it := r.alloc(at, 0, "builtins.filter")
			it.Iterator = true
			it.Hold(AnyItem, elems)
			r.branchCall(func() { r.call(args.Pos[0], Arguments{Pos: []Value{elems}}, at) })
			return it.Alone(), true
		},
		"builtins.zip": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			it, t := r.alloc(at, 0, "builtins.zip"), r.alloc(at, 1, "builtins.tuple")
			it.Iterator = true
			for n, a := range args.Pos {
				t.Hold(Nth(n), r.elements(a, at))
			}
			t.Hold(AnyItem, r.elements(args.Rest, at))
			it.Hold(AnyItem, t.Alone())
			return it.Alone(), true
		},
		"builtins.enumerate": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) == 0 {
				return nil, false
			}
			it, t := r.alloc(at, 0, "builtins.enumerate"), r.alloc(at, 1, "builtins.tuple")
			it.Iterator = true
			t.Hold(Nth(0), r.scalar("builtins.int").Alone())
			t.Hold(Nth(1), r.elements(args.Pos[0], at))
			it.Hold(AnyItem, t.Alone())
			return it.Alone(), true
		},
		"builtins.iter": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) != 1 {
				return nil, false
			}
			var v Value
			for _, x := range args.Pos[0] {
				if got, ok := r.special(x, "__iter__", at); ok {
					v = v.Union(got)
				} else if x.Iterator {
					v = v.With(x)
				} else {
					it := r.alloc(at, 0, "builtins.list_iterator")
					it.Iterator, it.Open = true, x.Open
					it.Hold(AnyItem, r.iterateObject(x, at))
					v = v.With(it)
				}
			}
			return v, true
		},
		"builtins.next": func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) == 0 {
				return nil, false
			}
			var v Value
			for _, x := range args.Pos[0] {
				if got, ok := r.special(x, "__next__", at); ok {
					v = v.Union(got)
					continue
				}
				r.mutate(x, at)
				v = v.Union(x.Contents())
			}
			for _, d := range args.Pos[1:] {
				v = v.Union(d)
			}
			return v, true
		},
		"builtins.len": runs("__len__"), "builtins.bool": runs("__bool__", "__len__"), "builtins.abs": runs("__abs__"),
		"builtins.print": runs("__str__", "__repr__"), "builtins.str": runs("__str__", "__repr__"), "builtins.repr": runs("__repr__"),
		"builtins.format": runs("__format__", "__str__"), "builtins.hash": runs("__hash__"), "builtins.int": runs("__int__", "__index__"),
		"builtins.float": runs("__float__"), "builtins.reversed": runs("__reversed__"), "builtins.round": runs("__round__"),
	}
	specialCalls["builtins.dict"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		d := r.alloc(at, 0, "builtins.dict")
		for _, n := range args.Named {
			d.Hold(TextKey(n.Name), n.Value)
		}
		src := args.Rest
		if len(args.Pos) > 0 {
			src = src.Union(args.Pos[0])
		}
		for _, x := range src {
			if mappings[x.Type] {
				d.Keys = d.Keys.Union(x.Keys)
				d.Hold(AnyItem, x.Contents())
				d.Open = d.Open || x.Open
				continue
			}
			if len(x.Class) > 0 {
				d.Hold(AnyItem, r.contents(x.Alone(), at))
			}
			pairs := r.elements(x.Alone(), at)
			for _, p := range pairs {
				d.Keys = d.Keys.Union(p.Contents())
				d.Hold(AnyItem, p.Contents())
			}
			d.Open = d.Open || x.Open
		}
		return d.Alone(), true
	}
	specialCalls["builtins.dict.fromkeys"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		if len(args.Pos) == 0 {
			return nil, false
		}
		d := r.alloc(at, 0, "builtins.dict")
		d.Keys = r.elements(args.Pos[0], at)
		for _, v := range args.Pos[1:] {
			d.Hold(AnyItem, v)
		}
		return d.Alone(), true
	}
	specialCalls["collections.defaultdict"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		d := r.alloc(at, 0, "collections.defaultdict")
		if len(args.Pos) > 0 {
			d.Runs = args.Pos[0]
		}
		for _, v := range args.Pos[min(1, len(args.Pos)):] {
			for _, x := range v {
				d.Keys = d.Keys.Union(x.Keys)
				d.Hold(AnyItem, x.Contents())
			}
		}
		return d.Alone(), true
	}
	specialCalls["operator.methodcaller"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		name, ok := args.Text(0)
		if !ok {
			return nil, false
		}
		c := r.alloc(at, 0, "")
		c.Maker, c.Note = o.Type, name
		for _, a := range args.Pos[1:] {
			c.Hold(AnyItem, a)
		}
		return c.Alone(), true
	}
	specialCalls["operator.attrgetter"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		var paths []string
		for n := range args.Pos {
			path, ok := args.Text(n)
			if !ok {
				return nil, false
			}
			paths = append(paths, path)
		}
		c := r.alloc(at, 0, "")
		c.Maker, c.Note = o.Type, strings.Join(paths, " ")
		return c.Alone(), true
	}
	specialCalls["builtins.globals"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		if r.frame.mod != r.g.main {
			return nil, false
		}
		return r.namespace().Alone(), true
	}
	// close changes the figures that are open
	specialCalls["matplotlib.pyplot.close"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		figures := args.All()
		if name, _ := args.Text(0); name == "all" {
			figures, r.g.figures = r.g.figures, nil
		} else if n := len(r.g.figures); len(args.Pos) == 0 && n > 0 {
			figures, r.g.figures = r.g.figures[n-1:], r.g.figures[:n-1]
		}
		for _, f := range figures {
			r.mutate(f, at)
		}
		return nil, true
	}
	for _, path := range [...]string{"IPython.display.display", "builtins.display"} { // a widget knows where it is shown
		specialCalls[path] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			for _, x := range args.All() {
				if strings.HasPrefix(x.Type, "ipywidgets.") {
					r.mutate(x, at)
				}
			}
			return nil, false
		}
	}
	for _, path := range [...]string{"collections.namedtuple", "typing.NamedTuple", "dataclasses.make_dataclass", "types.new_class"} {
		specialCalls[path] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			c := r.alloc(at, 0, "")
			c.Maker = o.Type
			return c.Alone(), true
		}
	}
	specialCalls["itertools.chain.from_iterable"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		it := r.alloc(at, 0, "itertools.chain")
		it.Iterator = true
		it.Hold(AnyItem, r.elements(r.elements(args.All(), at), at))
		return it.Alone(), true
	}
	specialCalls["itertools.groupby"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		if len(args.Pos) == 0 {
			return nil, false
		}
		elements := r.elements(args.Pos[0], at)
		keys := elements
		by := Value(nil)
		if len(args.Pos) > 1 {
			by = args.Pos[1]
		} else if n, ok := args.Get("key"); ok {
			by = n.Value
		}
		if len(by) > 0 {
			r.branchCall(func() { keys = r.call(by, Arguments{Pos: []Value{elements}}, at) })
		}
		groups, pair, group := r.alloc(at, 0, "itertools.groupby"), r.alloc(at, 1, "builtins.tuple"), r.alloc(at, 2, "builtins.generator")
		groups.Iterator, group.Iterator, groups.Unstorable, group.Unstorable = true, true, true, true
		group.Hold(AnyItem, elements)
		pair.Hold(Nth(0), keys)
		pair.Hold(Nth(1), group.Alone())
		groups.Hold(AnyItem, pair.Alone())
		return groups.Alone(), true
	}
	specialCalls["itertools.tee"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		both, each := r.alloc(at, 0, "builtins.tuple"), r.alloc(at, 1, "builtins.generator")
		each.Iterator, each.Unstorable = true, true
		each.Hold(AnyItem, r.elements(args.All(), at))
		both.Hold(AnyItem, each.Alone())
		return both.Alone(), true
	}
	specialCalls["itertools.starmap"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		if len(args.Pos) < 2 {
			return nil, false
		}
		it := r.alloc(at, 0, "itertools.starmap")
		it.Iterator = true
		for _, t := range r.elements(args.Pos[1], at) {
			given := Arguments{}
			for n := 0; len(t.fields[Nth(n)]) > 0; n++ {
				given.Pos = append(given.Pos, t.fields[Nth(n)])
			}
			if given.Rest = t.Elem; len(given.Pos) == 0 || len(t.Elem) > 0 || t.Open {
				given.Rest, given.Star = given.Rest.Union(t.Contents()), true
			}
			r.branchCall(func() { it.Hold(AnyItem, r.call(args.Pos[0], given, at)) })
		}
		return it.Alone(), true
	}
	for _, path := range [...]string{"pandas.DataFrame", "pandas.Series"} { // of an array: on its memory; of a list or dict: a copy
		specialCalls[path] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			given := args.Rest
			if len(args.Pos) > 0 {
				given = given.Union(args.Pos[0])
			}
			if n, ok := args.Get("data"); ok {
				given = given.Union(n.Value)
			}
			if n, ok := args.Get("copy"); ok && n.Const != nil && n.Const.Kind == pyast.True {
				given = nil
			}
			v := r.applyFact(r.g.opts.Knowledge.Lookup(path), nil, path, args, at)
			r.holdCarried(v, args)
			for _, x := range given {
				if x.Type == "builtins.dict" && len(given) == 1 && len(v) == 1 {
					v[0].columns = x.order
				}
				if sharing[x.Type] {
					for _, frame := range v {
						frame.array = frame.array.With(x)
						x.holders = append(x.holders, frame)
					}
				}
			}
			return v, true
		}
	}
	for _, path := range [...]string{"numpy.array", "numpy.asarray"} {
		specialCalls[path] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			v := r.applyFact(r.g.opts.Knowledge.Lookup(path), nil, path, args, at)
			r.holdCarried(v, args)
			return v, true
		}
	}
	for path := range compared {
		specialCalls[path] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			if strings.HasPrefix(path, "builtins.") {
				r.compare(r.elements(args.All(), at), at)
			} else { // with an item that isn't in it yet
				r.compare(r.deep(args.All()), at)
			}
			return nil, false
		}
	}
	for _, n := range [...]string{"range", "bin", "hex", "oct", "chr"} {
		specialCalls["builtins."+n] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			r.asIndex(args.All(), at)
			return nil, false
		}
	}
	specialCalls["builtins.sum"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		var v Value
		found := false
		for _, x := range r.elements(args.All(), at) {
			for _, m := range [...]string{"__add__", "__radd__"} {
				if got, ok := r.special(x, m, at, x.Alone()); ok {
					v, found = v.Union(got), true
				}
			}
			if x.Type == "builtins.list" || x.Type == "builtins.tuple" { // sum(rows, [])
				all := r.alloc(at, 0, x.Type)
				all.Hold(AnyItem, x.inside(r.unit))
				v, found = v.With(all), true
			}
		}
		return v, found
	}
	specialMethods = map[string]func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool){
		// a mapping's items are pairs of its keys and contents
		"items": func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool) {
			if !mappings[recv.Type] {
				return nil, false
			}
			view := r.alloc(at, 0, "builtins.list")
			view.Hold(AnyItem, r.pairOf(recv, 1, at))
			return view.Alone(), true
		},
		"popitem": func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool) {
			if !mappings[recv.Type] {
				return nil, false
			}
			r.mutate(recv, at)
			return r.pairOf(recv, 0, at), true
		},
		"values": func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool) {
			if !mappings[recv.Type] {
				return nil, false
			}
			view := r.alloc(at, 0, "builtins.list")
			view.Hold(AnyItem, recv.inside(r.unit))
			return view.Alone(), true
		},
		// super().__setattr__ of a notebook class
		"__setattr__": func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool) {
			args.Pos = append([]Value{recv.Alone()}, args.Pos...)
			args.Consts = append([]*pyast.Constant{nil}, args.Consts...)
			return specialCalls["builtins.object.__setattr__"](r, nil, args, at)
		},
		// the manager is entered here, and left when the stack is
		"enter_context": func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool) {
			if len(args.Pos) == 0 || recv.Type != "contextlib.ExitStack" {
				return nil, false
			}
			recv.Hold(AnyItem, args.Pos[0])
			r.mutate(recv, at)
			v := r.enterContext(args.Pos[0], at)
			r.exitContext(args.Pos[0], at)
			return v, true
		},
		"setdefault": func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool) {
			if !mappings[recv.Type] || len(args.Pos) == 0 {
				return nil, false
			}
			if len(args.Pos) > 1 {
				recv.Hold(AnyItem, args.Pos[1])
			}
			recv.Keys = recv.Keys.Union(args.Pos[0])
			r.mutate(recv, at)
			return recv.Contents(), true
		},
		"sort": func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool) {
			if recv.Type != "builtins.list" {
				return nil, false
			}
			for _, x := range recv.Contents() {
				r.special(x, "__lt__", at, x.Alone())
			}
			return nil, false
		},
	}
	addAsyncio()
	addCopies()
	addFields()
}

// pairOf is a pair of a key and what a mapping has under it.
func (r *runner) pairOf(mapping *Object, part int, at closure.Instr) Value {
	pair := r.alloc(at, part, "builtins.tuple")
	pair.Hold(Nth(0), mapping.Keys)
	pair.Hold(Nth(1), mapping.inside(r.unit))
	return pair.Alone()
}

// compared are the functions that compare the elements of what they get, or what their key function gives.
var compared = map[string]bool{
	"builtins.sorted": true, "builtins.min": true, "builtins.max": true, "builtins.list.sort": true, "heapq.heappush": true,
	"heapq.heappop": true, "heapq.heapify": true, "heapq.heappushpop": true, "heapq.heapreplace": true, "heapq.nsmallest": true,
	"heapq.nlargest": true, "bisect.insort": true, "bisect.bisect": true, "bisect.bisect_left": true,
}

// compare runs the comparisons that order values.
func (r *runner) compare(v Value, at closure.Instr) {
	for _, x := range v {
		r.special(x, "__lt__", at, x.Alone())
		r.special(x, "__gt__", at, x.Alone())
	}
}

// fillContainer puts what list(xs), dict(pairs) and the like get into an instance of a class derived from them.
func (r *runner) fillContainer(o *Object, args Arguments, at closure.Instr) {
	for _, x := range args.All() {
		o.Keys = o.Keys.Union(x.Keys)
		if mappings[x.Type] {
			o.Hold(AnyItem, x.Contents())
		}
	}
	for _, x := range r.elements(args.All(), at) {
		o.Hold(AnyItem, x.Alone())
		if mappings[o.Type] {
			o.Hold(AnyItem, x.Contents())
		}
	}
}

// holdCarried puts the functions and instances of notebook classes among the arguments into an array or frame
// of objects.
func (r *runner) holdCarried(v Value, args Arguments) {
	if found := r.carried(args.All()); len(found) > 0 {
		for _, o := range v {
			o.Hold(AnyItem, found)
		}
	}
}

// callGetter calls what operator.itemgetter, attrgetter and methodcaller made, and classes made
// by collections.namedtuple and the like.
func (r *runner) callGetter(o *Object, args Arguments, at closure.Instr) (Value, bool) {
	switch o.Maker {
	case "operator.attrgetter":
		if o.Note == "" {
			return r.anyAttribute(args.All(), at), true
		}
		var got []Value
		for _, path := range strings.Fields(o.Note) {
			v := args.All()
			for _, name := range strings.Split(path, ".") {
				v = r.attribute(v, name, at)
			}
			got = append(got, v)
		}
		if len(got) == 1 {
			return got[0], true
		}
		tuple := r.alloc(at, 0, "builtins.tuple")
		for n, v := range got {
			tuple.Hold(Nth(n), v)
		}
		return tuple.Alone(), true
	case "operator.itemgetter":
		var v Value
		for _, x := range args.All() {
			v = v.Union(x.inside(r.unit))
			for _, y := range x.Contents() { // of several
				v = v.Union(y.Contents())
			}
		}
		return v, true
	case "collections.namedtuple", "typing.NamedTuple", "dataclasses.make_dataclass", "types.new_class":
		made := r.alloc(at, 0, "")
		made.Hold(AnyItem, args.All())
		made.Hold(AnyItem, o.Contents())
		for n, a := range args.Pos {
			made.Hold(Nth(n), a)
		}
		made.Open = true
		return made.Alone(), true
	case "operator.methodcaller":
		return r.call(r.attribute(args.All(), o.Note, at), Arguments{Rest: o.Elem, Star: len(o.Elem) > 0}, at), true
	}
	return nil, false
}

// inside returns what an object holds, and a part that stands for what it may hold besides.
func (o *Object) inside(unit int) Value {
	v := o.Contents()
	if o.Open || o.kind == dataObject && len(v) == 0 && !sequenceTypes[o.Type] {
		v = v.With(o.part(AnyItem, "", unit))
	}
	return v
}

var mappings = map[string]bool{
	"builtins.dict": true, "collections.defaultdict": true, "collections.OrderedDict": true, "collections.Counter": true,
}

// anyAttribute is a getattr by a computed name: any attribute that the object may have.
func (r *runner) anyAttribute(base Value, at closure.Instr) Value {
	var v Value
	for _, o := range base {
		switch o.kind {
		case moduleObject:
			r.load(o.module)
			for _, n := range slices.Sorted(maps.Keys(o.module.vars)) {
				if !strings.HasPrefix(n, "__") {
					v = v.Union(o.module.vars[n].val)
				}
			}
			r.effect("dynamic-code", "getattr")
		case libraryObject:
			v = v.With(r.library(o.Type + ".?"))
		case dataObject:
			v = v.Union(o.Contents())
			for _, c := range o.Class {
				for _, f := range c.order {
					for _, x := range c.fields[f] {
						if x.kind == functionObject {
							v = v.With(r.method(x, o.Alone()))
						}
					}
				}
			}
			v = v.With(o.part(AnyAttr, "", r.unit))
		default:
			v = v.Union(o.Contents())
		}
	}
	return v
}
