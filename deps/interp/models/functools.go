package models

// functools: functions made of functions.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

var functoolsModels = registry{functions: map[string]interp.Model{
	"functools.cached_property": descriptor,
	"functools.partial":         partial,
	"functools.wraps": func(c *interp.Call) (interp.Value, bool) {
		return c.Named("functools.wraps()"), true
	},
	"functools.wraps()": func(c *interp.Call) (interp.Value, bool) { // the decorator that wraps gave
		if len(c.Args.Pos) == 0 {
			return nil, false
		}
		return c.Args.Pos[0], true
	},
	"functools.reduce": reduce,
}}

func partial(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) == 0 {
		return nil, false
	}
	w := c.Wrap(c.Args.Pos[0])
	w.Bound = int8(min(len(c.Args.Pos)-1, 100))
	for n, a := range c.Args.Pos[1:] {
		w.Hold(interp.Nth(n), a)
	}
	for _, n := range c.Args.Named {
		w.Hold(interp.AnyItem, n.Value)
	}
	return w.Alone(), true
}

// reduce runs the function twice: what it returns is its own argument then.
func reduce(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) < 2 {
		return nil, false
	}
	elements := c.Elements(c.Args.Pos[1])
	acc := elements
	if len(c.Args.Pos) > 2 {
		acc = acc.Union(c.Args.Pos[2])
	}
	for range 2 {
		acc = acc.Union(c.RunMaybe(c.Args.Pos[0], interp.Arguments{Pos: []interp.Value{acc, elements}}))
	}
	return acc, true
}
