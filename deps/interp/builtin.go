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
var specialCalls map[string]func(r *runner, o *object, args arguments, at closure.Instr) (v value, done bool)

var specialMethods map[string]func(r *runner, recv *object, args arguments, at closure.Instr) (v value, done bool)

func init() {
	type call = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool)
	descriptor := func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		fns := r.functionsIn(args.all())
		if len(fns) == 0 {
			return nil, false
		}
		w := r.wrapper(o, fns, at)
		if n, ok := args.get("fset"); ok {
			w.hold(attr("setter"), n.val)
		} else if o.typ == propertyPath && len(args.pos) > 1 {
			w.made = args.pos[0]
			w.hold(attr("setter"), args.pos[1])
			if len(args.pos) > 2 {
				w.hold(attr("deleter"), args.pos[2])
			}
		}
		if n, ok := args.get("fdel"); ok {
			w.hold(attr("deleter"), n.val)
		}
		return w.alone(), true
	}
	// methods run by a builtin on an instance of a notebook class
	runs := func(names ...string) call {
		return func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			v := r.runMethods(args.all(), names, at)
			return v, len(v) > 0
		}
	}
	specialCalls = map[string]call{
		"builtins.getattr": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			name, ok := args.str(1)
			if len(args.pos) < 2 {
				return nil, false
			}
			var v value
			if ok {
				v = r.attribute(args.pos[0], name, at)
			} else {
				v = r.anyAttribute(args.pos[0], at)
			}
			if len(args.pos) > 2 {
				v = v.union(args.pos[2])
			}
			return v, true
		},
		"builtins.setattr": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) < 3 {
				return nil, false
			}
			if name, ok := args.str(1); ok {
				r.setAttribute(args.pos[0], name, args.pos[2], at)
				return nil, true
			}
			for _, x := range args.pos[0] {
				x.hold(anyItem, args.pos[2])
				x.open = true
				r.mutate(x, at)
			}
			return nil, true
		},
		"builtins.delattr": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) < 2 {
				return nil, false
			}
			for _, x := range args.pos[0] {
				r.mutate(x, at)
			}
			return nil, true
		},
		"builtins.super": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) == 0 {
				return nil, false
			}
			return value{&object{kind: superObject, unit: r.unit, self: args.pos[len(args.pos)-1]}}, true
		},
		"builtins.type": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) == 3 { // a class made of what a dict holds
				c := r.alloc(at, 0, "")
				c.maker = "types.new_class"
				c.hold(anyItem, args.pos[1].union(r.contents(args.pos[2], at)))
				return c.alone(), true
			}
			if len(args.pos) != 1 {
				return nil, false
			}
			var v value
			for _, x := range args.pos[0] {
				v = v.union(x.class)
			}
			return v, true
		},
		"builtins.object.__setattr__": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) < 3 {
				return nil, false
			}
			field := anyItem
			if name, ok := args.str(1); ok {
				field = attr(name)
			}
			for _, x := range args.pos[0] {
				x.hold(field, args.pos[2])
				x.open = x.open || field == anyItem
				r.mutate(x, at)
			}
			return nil, true
		},
		"builtins.vars": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) != 1 {
				return nil, false
			}
			return r.attribute(args.pos[0], "__dict__", at), true
		},
		"builtins.property": descriptor, "builtins.staticmethod": descriptor, "builtins.classmethod": descriptor,
		"functools.cached_property": descriptor,
		"functools.partial": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) == 0 {
				return nil, false
			}
			w := r.wrapper(o, args.pos[0], at)
			w.bound = int8(min(len(args.pos)-1, 100))
			for n, a := range args.pos[1:] {
				w.hold(nth(n), a)
			}
			for _, n := range args.named {
				w.hold(anyItem, n.val)
			}
			return w.alone(), true
		},
		"functools.wraps": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			return r.library("functools.wraps()").alone(), true
		},
		"functools.wraps()": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) == 0 {
				return nil, false
			}
			return args.pos[0], true
		},
		"functools.reduce": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) < 2 {
				return nil, false
			}
			elems := r.elements(args.pos[1], at)
			acc := elems
			if len(args.pos) > 2 {
				acc = acc.union(args.pos[2])
			}
			for range 2 {
				r.branchCall(func() { acc = acc.union(r.call(args.pos[0], arguments{pos: []value{acc, elems}}, at)) })
			}
			return acc, true
		},
		"builtins.map": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) < 2 {
				return nil, false
			}
			given := arguments{}
			for _, a := range args.pos[1:] {
				given.pos = append(given.pos, r.elements(a, at))
			}
			it := r.alloc(at, 0, "builtins.map")
			it.opaque, it.iter = false, true
			r.branchCall(func() { it.hold(anyItem, r.call(args.pos[0], given, at)) })
			return it.alone(), true
		},
		"builtins.filter": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) != 2 {
				return nil, false
			}
			elems := r.elements(args.pos[1], at)
			it := r.alloc(at, 0, "builtins.filter")
			it.iter = true
			it.hold(anyItem, elems)
			r.branchCall(func() { r.call(args.pos[0], arguments{pos: []value{elems}}, at) })
			return it.alone(), true
		},
		"builtins.zip": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			it, t := r.alloc(at, 0, "builtins.zip"), r.alloc(at, 1, "builtins.tuple")
			it.iter = true
			for n, a := range args.pos {
				t.hold(nth(n), r.elements(a, at))
			}
			t.hold(anyItem, r.elements(args.rest, at))
			it.hold(anyItem, t.alone())
			return it.alone(), true
		},
		"builtins.enumerate": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) == 0 {
				return nil, false
			}
			it, t := r.alloc(at, 0, "builtins.enumerate"), r.alloc(at, 1, "builtins.tuple")
			it.iter = true
			t.hold(nth(0), r.scalar("builtins.int").alone())
			t.hold(nth(1), r.elements(args.pos[0], at))
			it.hold(anyItem, t.alone())
			return it.alone(), true
		},
		"builtins.iter": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) != 1 {
				return nil, false
			}
			var v value
			for _, x := range args.pos[0] {
				if got, ok := r.special(x, "__iter__", at); ok {
					v = v.union(got)
				} else if x.iter {
					v = v.with(x)
				} else {
					it := r.alloc(at, 0, "builtins.list_iterator")
					it.iter, it.open = true, x.open
					it.hold(anyItem, r.iterateObject(x, at))
					v = v.with(it)
				}
			}
			return v, true
		},
		"builtins.next": func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) == 0 {
				return nil, false
			}
			var v value
			for _, x := range args.pos[0] {
				if got, ok := r.special(x, "__next__", at); ok {
					v = v.union(got)
					continue
				}
				r.mutate(x, at)
				v = v.union(x.contents())
			}
			for _, d := range args.pos[1:] {
				v = v.union(d)
			}
			return v, true
		},
		"builtins.len": runs("__len__"), "builtins.bool": runs("__bool__", "__len__"), "builtins.abs": runs("__abs__"),
		"builtins.print": runs("__str__", "__repr__"), "builtins.str": runs("__str__", "__repr__"), "builtins.repr": runs("__repr__"),
		"builtins.format": runs("__format__", "__str__"), "builtins.hash": runs("__hash__"), "builtins.int": runs("__int__", "__index__"),
		"builtins.float": runs("__float__"), "builtins.reversed": runs("__reversed__"), "builtins.round": runs("__round__"),
	}
	specialCalls["builtins.dict"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		d := r.alloc(at, 0, "builtins.dict")
		for _, n := range args.named {
			d.hold(textKey(n.name), n.val)
		}
		src := args.rest
		if len(args.pos) > 0 {
			src = src.union(args.pos[0])
		}
		for _, x := range src {
			if mappings[x.typ] {
				d.keys = d.keys.union(x.keys)
				d.hold(anyItem, x.contents())
				d.open = d.open || x.open
				continue
			}
			if len(x.class) > 0 {
				d.hold(anyItem, r.contents(x.alone(), at))
			}
			pairs := r.elements(x.alone(), at)
			for _, p := range pairs {
				d.keys = d.keys.union(p.contents())
				d.hold(anyItem, p.contents())
			}
			d.open = d.open || x.open
		}
		return d.alone(), true
	}
	specialCalls["builtins.dict.fromkeys"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		if len(args.pos) == 0 {
			return nil, false
		}
		d := r.alloc(at, 0, "builtins.dict")
		d.keys = r.elements(args.pos[0], at)
		for _, v := range args.pos[1:] {
			d.hold(anyItem, v)
		}
		return d.alone(), true
	}
	specialCalls["collections.defaultdict"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		d := r.alloc(at, 0, "collections.defaultdict")
		if len(args.pos) > 0 {
			d.made = args.pos[0]
		}
		for _, v := range args.pos[min(1, len(args.pos)):] {
			for _, x := range v {
				d.keys = d.keys.union(x.keys)
				d.hold(anyItem, x.contents())
			}
		}
		return d.alone(), true
	}
	specialCalls["operator.methodcaller"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		name, ok := args.str(0)
		if !ok {
			return nil, false
		}
		c := r.alloc(at, 0, "")
		c.maker, c.note = o.typ, name
		for _, a := range args.pos[1:] {
			c.hold(anyItem, a)
		}
		return c.alone(), true
	}
	specialCalls["operator.attrgetter"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		var paths []string
		for n := range args.pos {
			path, ok := args.str(n)
			if !ok {
				return nil, false
			}
			paths = append(paths, path)
		}
		c := r.alloc(at, 0, "")
		c.maker, c.note = o.typ, strings.Join(paths, " ")
		return c.alone(), true
	}
	specialCalls["builtins.globals"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		if r.frame.mod != r.g.main {
			return nil, false
		}
		return r.namespace().alone(), true
	}
	// sympy.var("x y") binds x and y in the caller's globals
	specialCalls["sympy.var"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		names, ok := args.str(0)
		if !ok || r.frame.mod != r.g.main {
			return nil, false
		}
		for _, n := range strings.FieldsFunc(names, func(c rune) bool { return c == ' ' || c == ',' }) {
			r.bind(n, r.scalar("sympy.Symbol").alone(), &Binding{Name: n, Unit: r.unit, Pos: r.pos, Kind: closure.BindAssign, module: r.g.main})
		}
		return r.scalar("sympy.Symbol").alone(), true
	}
	// close changes the figures that are open
	specialCalls["matplotlib.pyplot.close"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		figures := args.all()
		if name, _ := args.str(0); name == "all" {
			figures, r.g.figures = r.g.figures, nil
		} else if n := len(r.g.figures); len(args.pos) == 0 && n > 0 {
			figures, r.g.figures = r.g.figures[n-1:], r.g.figures[:n-1]
		}
		for _, f := range figures {
			r.mutate(f, at)
		}
		return nil, true
	}
	for _, path := range [...]string{"IPython.display.display", "builtins.display"} { // a widget knows where it is shown
		specialCalls[path] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			for _, x := range args.all() {
				if strings.HasPrefix(x.typ, "ipywidgets.") {
					r.mutate(x, at)
				}
			}
			return nil, false
		}
	}
	for _, path := range [...]string{"collections.namedtuple", "typing.NamedTuple", "dataclasses.make_dataclass", "types.new_class"} {
		specialCalls[path] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			c := r.alloc(at, 0, "")
			c.maker = o.typ
			return c.alone(), true
		}
	}
	specialCalls["itertools.chain.from_iterable"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		it := r.alloc(at, 0, "itertools.chain")
		it.iter = true
		it.hold(anyItem, r.elements(r.elements(args.all(), at), at))
		return it.alone(), true
	}
	specialCalls["itertools.groupby"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		if len(args.pos) == 0 {
			return nil, false
		}
		elements := r.elements(args.pos[0], at)
		keys := elements
		by := value(nil)
		if len(args.pos) > 1 {
			by = args.pos[1]
		} else if n, ok := args.get("key"); ok {
			by = n.val
		}
		if len(by) > 0 {
			r.branchCall(func() { keys = r.call(by, arguments{pos: []value{elements}}, at) })
		}
		groups, pair, group := r.alloc(at, 0, "itertools.groupby"), r.alloc(at, 1, "builtins.tuple"), r.alloc(at, 2, "builtins.generator")
		groups.iter, group.iter, groups.opaque, group.opaque = true, true, true, true
		group.hold(anyItem, elements)
		pair.hold(nth(0), keys)
		pair.hold(nth(1), group.alone())
		groups.hold(anyItem, pair.alone())
		return groups.alone(), true
	}
	specialCalls["itertools.tee"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		both, each := r.alloc(at, 0, "builtins.tuple"), r.alloc(at, 1, "builtins.generator")
		each.iter, each.opaque = true, true
		each.hold(anyItem, r.elements(args.all(), at))
		both.hold(anyItem, each.alone())
		return both.alone(), true
	}
	specialCalls["itertools.starmap"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		if len(args.pos) < 2 {
			return nil, false
		}
		it := r.alloc(at, 0, "itertools.starmap")
		it.iter = true
		for _, t := range r.elements(args.pos[1], at) {
			given := arguments{}
			for n := 0; len(t.fields[nth(n)]) > 0; n++ {
				given.pos = append(given.pos, t.fields[nth(n)])
			}
			if given.rest = t.elem; len(given.pos) == 0 || len(t.elem) > 0 || t.open {
				given.rest, given.star = given.rest.union(t.contents()), true
			}
			r.branchCall(func() { it.hold(anyItem, r.call(args.pos[0], given, at)) })
		}
		return it.alone(), true
	}
	for _, path := range [...]string{"pandas.DataFrame", "pandas.Series"} { // of an array: on its memory; of a list or dict: a copy
		specialCalls[path] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			given := args.rest
			if len(args.pos) > 0 {
				given = given.union(args.pos[0])
			}
			if n, ok := args.get("data"); ok {
				given = given.union(n.val)
			}
			if n, ok := args.get("copy"); ok && n.constant != nil && n.constant.Kind == pyast.True {
				given = nil
			}
			v := r.applyFact(r.g.opts.Knowledge.Lookup(path), nil, path, args, at)
			r.holdCarried(v, args)
			for _, x := range given {
				if sharing[x.typ] {
					for _, frame := range v {
						frame.array = frame.array.with(x)
						x.holders = append(x.holders, frame)
					}
				}
			}
			return v, true
		}
	}
	for _, path := range [...]string{"numpy.array", "numpy.asarray"} {
		specialCalls[path] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			v := r.applyFact(r.g.opts.Knowledge.Lookup(path), nil, path, args, at)
			r.holdCarried(v, args)
			return v, true
		}
	}
	for path := range compared {
		specialCalls[path] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			if strings.HasPrefix(path, "builtins.") {
				r.compare(r.elements(args.all(), at), at)
			} else { // with an item that isn't in it yet
				r.compare(r.deep(args.all()), at)
			}
			return nil, false
		}
	}
	for _, n := range [...]string{"range", "bin", "hex", "oct", "chr"} {
		specialCalls["builtins."+n] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			r.asIndex(args.all(), at)
			return nil, false
		}
	}
	specialCalls["builtins.sum"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		var v value
		found := false
		for _, x := range r.elements(args.all(), at) {
			for _, m := range [...]string{"__add__", "__radd__"} {
				if got, ok := r.special(x, m, at, x.alone()); ok {
					v, found = v.union(got), true
				}
			}
			if x.typ == "builtins.list" || x.typ == "builtins.tuple" { // sum(rows, [])
				all := r.alloc(at, 0, x.typ)
				all.hold(anyItem, x.inside(r.unit))
				v, found = v.with(all), true
			}
		}
		return v, found
	}
	specialMethods = map[string]func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool){
		// a mapping's items are pairs of its keys and contents
		"items": func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool) {
			if !mappings[recv.typ] {
				return nil, false
			}
			view := r.alloc(at, 0, "builtins.list")
			view.hold(anyItem, r.pairOf(recv, 1, at))
			return view.alone(), true
		},
		"popitem": func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool) {
			if !mappings[recv.typ] {
				return nil, false
			}
			r.mutate(recv, at)
			return r.pairOf(recv, 0, at), true
		},
		"values": func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool) {
			if !mappings[recv.typ] {
				return nil, false
			}
			view := r.alloc(at, 0, "builtins.list")
			view.hold(anyItem, recv.inside(r.unit))
			return view.alone(), true
		},
		// super().__setattr__ of a notebook class
		"__setattr__": func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool) {
			args.pos = append([]value{recv.alone()}, args.pos...)
			args.consts = append([]*pyast.Constant{nil}, args.consts...)
			return specialCalls["builtins.object.__setattr__"](r, nil, args, at)
		},
		// the manager is entered here, and left when the stack is
		"enter_context": func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool) {
			if len(args.pos) == 0 || recv.typ != "contextlib.ExitStack" {
				return nil, false
			}
			recv.hold(anyItem, args.pos[0])
			r.mutate(recv, at)
			v := r.enterContext(args.pos[0], at)
			r.exitContext(args.pos[0], at)
			return v, true
		},
		"setdefault": func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool) {
			if !mappings[recv.typ] || len(args.pos) == 0 {
				return nil, false
			}
			if len(args.pos) > 1 {
				recv.hold(anyItem, args.pos[1])
			}
			recv.keys = recv.keys.union(args.pos[0])
			r.mutate(recv, at)
			return recv.contents(), true
		},
		"sort": func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool) {
			if recv.typ != "builtins.list" {
				return nil, false
			}
			for _, x := range recv.contents() {
				r.special(x, "__lt__", at, x.alone())
			}
			return nil, false
		},
	}
	addAsyncio()
	addCopies()
	addFields()
}

// pairOf is a pair of a key and what a mapping has under it.
func (r *runner) pairOf(mapping *object, part int, at closure.Instr) value {
	pair := r.alloc(at, part, "builtins.tuple")
	pair.hold(nth(0), mapping.keys)
	pair.hold(nth(1), mapping.inside(r.unit))
	return pair.alone()
}

// compared are the functions that compare the elements of what they get, or what their key function gives.
var compared = map[string]bool{
	"builtins.sorted": true, "builtins.min": true, "builtins.max": true, "builtins.list.sort": true, "heapq.heappush": true,
	"heapq.heappop": true, "heapq.heapify": true, "heapq.heappushpop": true, "heapq.heapreplace": true, "heapq.nsmallest": true,
	"heapq.nlargest": true, "bisect.insort": true, "bisect.bisect": true, "bisect.bisect_left": true,
}

// compare runs the comparisons that order values.
func (r *runner) compare(v value, at closure.Instr) {
	for _, x := range v {
		r.special(x, "__lt__", at, x.alone())
		r.special(x, "__gt__", at, x.alone())
	}
}

// fillContainer puts what list(xs), dict(pairs) and the like get into an instance of a class derived from them.
func (r *runner) fillContainer(o *object, args arguments, at closure.Instr) {
	for _, x := range args.all() {
		o.keys = o.keys.union(x.keys)
		if mappings[x.typ] {
			o.hold(anyItem, x.contents())
		}
	}
	for _, x := range r.elements(args.all(), at) {
		o.hold(anyItem, x.alone())
		if mappings[o.typ] {
			o.hold(anyItem, x.contents())
		}
	}
}

// holdCarried puts the functions and instances of notebook classes among the arguments into an array or frame
// of objects.
func (r *runner) holdCarried(v value, args arguments) {
	if found := r.carried(args.all()); len(found) > 0 {
		for _, o := range v {
			o.hold(anyItem, found)
		}
	}
}

// callGetter calls what operator.itemgetter, attrgetter and methodcaller made, and classes made
// by collections.namedtuple and the like.
func (r *runner) callGetter(o *object, args arguments, at closure.Instr) (value, bool) {
	switch o.maker {
	case "operator.attrgetter":
		if o.note == "" {
			return r.anyAttribute(args.all(), at), true
		}
		var got []value
		for _, path := range strings.Fields(o.note) {
			v := args.all()
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
			tuple.hold(nth(n), v)
		}
		return tuple.alone(), true
	case "operator.itemgetter":
		var v value
		for _, x := range args.all() {
			v = v.union(x.inside(r.unit))
			for _, y := range x.contents() { // of several
				v = v.union(y.contents())
			}
		}
		return v, true
	case "collections.namedtuple", "typing.NamedTuple", "dataclasses.make_dataclass", "types.new_class":
		made := r.alloc(at, 0, "")
		made.hold(anyItem, args.all())
		made.hold(anyItem, o.contents())
		for n, a := range args.pos {
			made.hold(nth(n), a)
		}
		made.open = true
		return made.alone(), true
	case "operator.methodcaller":
		return r.call(r.attribute(args.all(), o.note, at), arguments{rest: o.elem, star: len(o.elem) > 0}, at), true
	}
	return nil, false
}

// inside returns what an object holds, and a part that stands for what it may hold besides.
func (o *object) inside(unit int) value {
	v := o.contents()
	if o.open || o.kind == dataObject && len(v) == 0 && !sequenceTypes[o.typ] {
		v = v.with(o.part(anyItem, "", unit))
	}
	return v
}

var mappings = map[string]bool{
	"builtins.dict": true, "collections.defaultdict": true, "collections.OrderedDict": true, "collections.Counter": true,
}

// anyAttribute is a getattr by a computed name: any attribute that the object may have.
func (r *runner) anyAttribute(base value, at closure.Instr) value {
	var v value
	for _, o := range base {
		switch o.kind {
		case moduleObject:
			r.load(o.module)
			for _, n := range slices.Sorted(maps.Keys(o.module.vars)) {
				if !strings.HasPrefix(n, "__") {
					v = v.union(o.module.vars[n].val)
				}
			}
			r.effect("dynamic-code", "getattr")
		case libraryObject:
			v = v.with(r.library(o.typ + ".?"))
		case dataObject:
			v = v.union(o.contents())
			for _, c := range o.class {
				for _, f := range c.order {
					for _, x := range c.fields[f] {
						if x.kind == functionObject {
							v = v.with(r.method(x, o.alone()))
						}
					}
				}
			}
			v = v.with(o.part(anyAttr, "", r.unit))
		default:
			v = v.union(o.contents())
		}
	}
	return v
}
