package models

// The language's own functions, and the methods of its mappings and lists.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

var builtinsModels = registry{
	functions: map[string]interp.Model{
		"builtins.getattr":            getattr,
		"builtins.setattr":            setattr,
		"builtins.delattr":            delattr,
		"builtins.super":              super,
		"builtins.type":               typeOf,
		"builtins.object.__setattr__": setattrPlainly,
		"builtins.vars":               vars,
		"builtins.globals":            globals,

		"builtins.property": descriptor, "builtins.staticmethod": descriptor, "builtins.classmethod": descriptor,

		"builtins.map": mapped, "builtins.filter": filtered, "builtins.zip": zipped, "builtins.enumerate": enumerated,
		"builtins.iter": iterOf, "builtins.next": next,

		"builtins.dict": dict, "builtins.dict.fromkeys": fromKeys, "builtins.sum": sum,

		"builtins.range": asIndex, "builtins.bin": asIndex, "builtins.hex": asIndex, "builtins.oct": asIndex, "builtins.chr": asIndex,

		"builtins.len": runs("__len__"), "builtins.bool": runs("__bool__", "__len__"), "builtins.abs": runs("__abs__"),
		"builtins.print": runs("__str__", "__repr__"), "builtins.str": runs("__str__", "__repr__"), "builtins.repr": runs("__repr__"),
		"builtins.format": runs("__format__", "__str__"), "builtins.hash": runs("__hash__"), "builtins.int": runs("__int__", "__index__"),
		"builtins.float": runs("__float__"), "builtins.reversed": runs("__reversed__"), "builtins.round": runs("__round__"),
	},
	methods: map[string]interp.Model{
		"items": items, "popitem": popItem, "values": values, "setdefault": setDefault,
		"sort": sortList,
		"__setattr__": func(c *interp.Call) (interp.Value, bool) { // super().__setattr__ of a notebook class
			own := *c
			own.Args = c.Args.Prepend(c.Recv.Alone())
			return setattrPlainly(&own)
		},
	},
}

// runs is the model of a builtin that runs special methods of an instance of a notebook class.
func runs(names ...string) interp.Model {
	return func(c *interp.Call) (interp.Value, bool) {
		v := c.Methods(c.Args.All(), names...)
		return v, len(v) > 0
	}
}

func getattr(c *interp.Call) (v interp.Value, done bool) {
	if len(c.Args.Pos) < 2 {
		return nil, false
	}
	if name, ok := c.Args.Text(1); ok {
		v = c.Attribute(c.Args.Pos[0], name)
	} else {
		v = c.SomeAttribute(c.Args.Pos[0])
	}
	if len(c.Args.Pos) > 2 {
		v = v.Union(c.Args.Pos[2])
	}
	return v, true
}

func setattr(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) < 3 {
		return nil, false
	}
	if name, ok := c.Args.Text(1); ok {
		c.SetAttribute(c.Args.Pos[0], name, c.Args.Pos[2])
		return nil, true
	}
	for _, x := range c.Args.Pos[0] {
		x.Hold(interp.AnyItem, c.Args.Pos[2])
		x.Open = true
		c.Mutate(x)
	}
	return nil, true
}

func delattr(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) < 2 {
		return nil, false
	}
	for _, x := range c.Args.Pos[0] {
		c.Mutate(x)
	}
	return nil, true
}

func super(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) == 0 {
		return nil, false
	}
	return c.Super(c.Args.Pos[len(c.Args.Pos)-1]), true
}

func typeOf(c *interp.Call) (v interp.Value, done bool) {
	switch len(c.Args.Pos) {
	case 3: // a class made of what a dict holds
		class := c.New(0, "")
		class.Maker = "types.new_class"
		class.Hold(interp.AnyItem, c.Args.Pos[1].Union(c.Under(c.Args.Pos[2])))
		return class.Alone(), true
	case 1:
		for _, x := range c.Args.Pos[0] {
			v = v.Union(x.Class)
		}
		return v, true
	}
	return nil, false
}

// setattrPlainly is object.__setattr__: it asks the class nothing.
func setattrPlainly(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) < 3 {
		return nil, false
	}
	field := interp.AnyItem
	if name, ok := c.Args.Text(1); ok {
		field = interp.Attr(name)
	}
	for _, x := range c.Args.Pos[0] {
		x.Hold(field, c.Args.Pos[2])
		x.Open = x.Open || field == interp.AnyItem
		c.Mutate(x)
	}
	return nil, true
}

func vars(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) != 1 {
		return nil, false
	}
	return c.Attribute(c.Args.Pos[0], "__dict__"), true
}

func globals(c *interp.Call) (interp.Value, bool) {
	if !c.InNotebook() {
		return nil, false
	}
	return c.Globals(), true
}

// descriptor is property and its like: functions that run when an attribute is taken or set.
func descriptor(c *interp.Call) (interp.Value, bool) {
	fns := c.Functions(c.Args.All())
	if len(fns) == 0 {
		return nil, false
	}
	w := c.Wrap(fns)
	if n, ok := c.Args.Get("fset"); ok {
		w.Hold(interp.Attr("setter"), n.Value)
	} else if c.Path == "builtins.property" && len(c.Args.Pos) > 1 {
		w.Runs = c.Args.Pos[0]
		w.Hold(interp.Attr("setter"), c.Args.Pos[1])
		if len(c.Args.Pos) > 2 {
			w.Hold(interp.Attr("deleter"), c.Args.Pos[2])
		}
	}
	if n, ok := c.Args.Get("fdel"); ok {
		w.Hold(interp.Attr("deleter"), n.Value)
	}
	return w.Alone(), true
}

func mapped(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) < 2 {
		return nil, false
	}
	given := interp.Arguments{}
	for _, a := range c.Args.Pos[1:] {
		given.Pos = append(given.Pos, c.Elements(a))
	}
	it := c.NewIterator(0, "builtins.map", false)
	it.Hold(interp.AnyItem, c.RunMaybe(c.Args.Pos[0], given))
	return it.Alone(), true
}

func filtered(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) != 2 {
		return nil, false
	}
	elements := c.Elements(c.Args.Pos[1])
	it := c.NewIterator(0, "builtins.filter", false)
	it.Hold(interp.AnyItem, elements)
	c.RunMaybe(c.Args.Pos[0], interp.Arguments{Pos: []interp.Value{elements}})
	return it.Alone(), true
}

func zipped(c *interp.Call) (interp.Value, bool) {
	it, tuple := c.NewIterator(0, "builtins.zip", false), c.New(1, "builtins.tuple")
	for n, a := range c.Args.Pos {
		tuple.Hold(interp.Nth(n), c.Elements(a))
	}
	tuple.Hold(interp.AnyItem, c.Elements(c.Args.Rest))
	it.Hold(interp.AnyItem, tuple.Alone())
	return it.Alone(), true
}

func enumerated(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) == 0 {
		return nil, false
	}
	it, pair := c.NewIterator(0, "builtins.enumerate", false), c.New(1, "builtins.tuple")
	pair.Hold(interp.Nth(0), c.Scalar("builtins.int"))
	pair.Hold(interp.Nth(1), c.Elements(c.Args.Pos[0]))
	it.Hold(interp.AnyItem, pair.Alone())
	return it.Alone(), true
}

func iterOf(c *interp.Call) (v interp.Value, done bool) {
	if len(c.Args.Pos) != 1 {
		return nil, false
	}
	for _, x := range c.Args.Pos[0] {
		if got, ok := c.Special(x, "__iter__"); ok {
			v = v.Union(got)
		} else if x.Iterator {
			v = v.With(x)
		} else {
			it := c.NewIterator(0, "builtins.list_iterator", false)
			it.Open = x.Open
			it.Hold(interp.AnyItem, c.Iterate(x))
			v = v.With(it)
		}
	}
	return v, true
}

func next(c *interp.Call) (v interp.Value, done bool) {
	if len(c.Args.Pos) == 0 {
		return nil, false
	}
	for _, x := range c.Args.Pos[0] {
		if got, ok := c.Special(x, "__next__"); ok {
			v = v.Union(got)
			continue
		}
		c.Mutate(x)
		v = v.Union(x.Contents())
	}
	for _, d := range c.Args.Pos[1:] {
		v = v.Union(d)
	}
	return v, true
}

func dict(c *interp.Call) (interp.Value, bool) {
	d := c.New(0, "builtins.dict")
	for _, n := range c.Args.Named {
		d.Hold(interp.TextKey(n.Name), n.Value)
	}
	src := c.Args.Rest
	if len(c.Args.Pos) > 0 {
		src = src.Union(c.Args.Pos[0])
	}
	for _, x := range src {
		if x.IsMapping() {
			d.Keys = d.Keys.Union(x.Keys)
			d.Hold(interp.AnyItem, x.Contents())
			d.Open = d.Open || x.Open
			continue
		}
		if len(x.Class) > 0 {
			d.Hold(interp.AnyItem, c.Under(x.Alone()))
		}
		for _, pair := range c.Elements(x.Alone()) {
			d.Keys = d.Keys.Union(pair.Contents())
			d.Hold(interp.AnyItem, pair.Contents())
		}
		d.Open = d.Open || x.Open
	}
	return d.Alone(), true
}

func fromKeys(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) == 0 {
		return nil, false
	}
	d := c.New(0, "builtins.dict")
	d.Keys = c.Elements(c.Args.Pos[0])
	for _, v := range c.Args.Pos[1:] {
		d.Hold(interp.AnyItem, v)
	}
	return d.Alone(), true
}

// sum adds instances up, and puts lists end to end: sum(rows, []).
func sum(c *interp.Call) (v interp.Value, done bool) {
	for _, x := range c.Elements(c.Args.All()) {
		for _, m := range [...]string{"__add__", "__radd__"} {
			if got, ok := c.Special(x, m, x.Alone()); ok {
				v, done = v.Union(got), true
			}
		}
		if x.Type == "builtins.list" || x.Type == "builtins.tuple" {
			all := c.New(0, x.Type)
			all.Hold(interp.AnyItem, c.Inside(x))
			v, done = v.With(all), true
		}
	}
	return v, done
}

// asIndex is the model of a builtin that takes an instance for a whole number.
func asIndex(c *interp.Call) (interp.Value, bool) {
	c.AsIndex(c.Args.All())
	return nil, false
}

// items are pairs of a mapping's keys and contents.
func items(c *interp.Call) (interp.Value, bool) {
	if !c.Recv.IsMapping() {
		return nil, false
	}
	view := c.New(0, "builtins.list")
	view.Hold(interp.AnyItem, c.PairOf(c.Recv, 1))
	return view.Alone(), true
}

func popItem(c *interp.Call) (interp.Value, bool) {
	if !c.Recv.IsMapping() {
		return nil, false
	}
	c.Mutate(c.Recv)
	return c.PairOf(c.Recv, 0), true
}

func values(c *interp.Call) (interp.Value, bool) {
	if !c.Recv.IsMapping() {
		return nil, false
	}
	view := c.New(0, "builtins.list")
	view.Hold(interp.AnyItem, c.Inside(c.Recv))
	return view.Alone(), true
}

func setDefault(c *interp.Call) (interp.Value, bool) {
	if !c.Recv.IsMapping() || len(c.Args.Pos) == 0 {
		return nil, false
	}
	if len(c.Args.Pos) > 1 {
		c.Recv.Hold(interp.AnyItem, c.Args.Pos[1])
	}
	c.Recv.Keys = c.Recv.Keys.Union(c.Args.Pos[0])
	c.Mutate(c.Recv)
	return c.Recv.Contents(), true
}

// sortList compares the elements; the facts say the rest.
func sortList(c *interp.Call) (interp.Value, bool) {
	if c.Recv.Type != "builtins.list" {
		return nil, false
	}
	for _, x := range c.Recv.Contents() {
		c.Special(x, "__lt__", x.Alone())
	}
	return nil, false
}
