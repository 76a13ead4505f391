package models

// itertools: iterators over the elements of others.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

var itertoolsModels = registry{functions: map[string]interp.Model{
	"itertools.chain.from_iterable": func(c *interp.Call) (interp.Value, bool) {
		it := c.NewIterator(0, "itertools.chain", false)
		it.Hold(interp.AnyItem, c.Elements(c.Elements(c.Args.All())))
		return it.Alone(), true
	},
	"itertools.groupby": groupBy,
	"itertools.tee": func(c *interp.Call) (interp.Value, bool) {
		both, each := c.New(0, "builtins.tuple"), c.NewIterator(1, "builtins.generator", true)
		each.Hold(interp.AnyItem, c.Elements(c.Args.All()))
		both.Hold(interp.AnyItem, each.Alone())
		return both.Alone(), true
	},
	"itertools.starmap": starMap,
}}

func groupBy(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) == 0 {
		return nil, false
	}
	elements := c.Elements(c.Args.Pos[0])
	keys := elements
	if by := c.Given(1, "key"); len(by) > 0 {
		keys = c.RunMaybe(by, interp.Arguments{Pos: []interp.Value{elements}})
	}
	groups, pair := c.NewIterator(0, "itertools.groupby", true), c.New(1, "builtins.tuple")
	group := c.NewIterator(2, "builtins.generator", true)
	group.Hold(interp.AnyItem, elements)
	pair.Hold(interp.Nth(0), keys)
	pair.Hold(interp.Nth(1), group.Alone())
	groups.Hold(interp.AnyItem, pair.Alone())
	return groups.Alone(), true
}

func starMap(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) < 2 {
		return nil, false
	}
	it := c.NewIterator(0, "itertools.starmap", false)
	for _, t := range c.Elements(c.Args.Pos[1]) {
		given := interp.Arguments{Pos: t.Prefix()}
		if given.Rest = t.Elem; len(given.Pos) == 0 || len(t.Elem) > 0 || t.Open {
			given.Rest, given.Star = given.Rest.Union(t.Contents()), true
		}
		it.Hold(interp.AnyItem, c.RunMaybe(c.Args.Pos[0], given))
	}
	return it.Alone(), true
}
