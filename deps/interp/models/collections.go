package models

// collections, and classes that are made of the names of their fields.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

// classMakers make classes of the names of their fields.
var classMakers = [...]string{"collections.namedtuple", "typing.NamedTuple", "dataclasses.make_dataclass", "types.new_class"}

var collectionsModels = registry{
	functions: both(
		map[string]interp.Model{"collections.defaultdict": defaultdict},
		named(func(c *interp.Call) (interp.Value, bool) {
			class := c.New(0, "")
			class.Maker = c.Path
			return class.Alone(), true
		}, classMakers[:]...),
	),
	instances: named(func(c *interp.Call) (interp.Value, bool) {
		made := c.New(0, "")
		made.Hold(interp.AnyItem, c.Args.All())
		made.Hold(interp.AnyItem, c.Recv.Contents())
		for n, a := range c.Args.Pos {
			made.Hold(interp.Nth(n), a)
		}
		made.Open = true
		return made.Alone(), true
	}, classMakers[:]...),
}

func defaultdict(c *interp.Call) (interp.Value, bool) {
	d := c.New(0, "collections.defaultdict")
	if len(c.Args.Pos) > 0 {
		d.Runs = c.Args.Pos[0]
	}
	for _, v := range c.Args.Pos[min(1, len(c.Args.Pos)):] {
		for _, x := range v {
			d.Keys = d.Keys.Union(x.Keys)
			d.Hold(interp.AnyItem, x.Contents())
		}
	}
	return d.Alone(), true
}
