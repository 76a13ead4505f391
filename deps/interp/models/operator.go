package models

// operator: functions that take attributes, items and methods by their names.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps/interp"
)

var operatorModels = registry{
	functions: map[string]interp.Model{
		"operator.methodcaller": func(c *interp.Call) (interp.Value, bool) {
			name, ok := c.Args.Text(0)
			if !ok {
				return nil, false
			}
			caller := c.New(0, "")
			caller.Maker, caller.Note = c.Path, name
			for _, a := range c.Args.Pos[1:] {
				caller.Hold(interp.AnyItem, a)
			}
			return caller.Alone(), true
		},
		"operator.attrgetter": func(c *interp.Call) (interp.Value, bool) {
			var paths []string
			for n := range c.Args.Pos {
				path, ok := c.Args.Text(n)
				if !ok {
					return nil, false
				}
				paths = append(paths, path)
			}
			getter := c.New(0, "")
			getter.Maker, getter.Note = c.Path, strings.Join(paths, " ")
			return getter.Alone(), true
		},
	},
	instances: map[string]interp.Model{
		"operator.methodcaller": func(c *interp.Call) (interp.Value, bool) {
			given := interp.Arguments{Rest: c.Recv.Elem, Star: len(c.Recv.Elem) > 0}
			return c.Run(c.Attribute(c.Args.All(), c.Recv.Note), given), true
		},
		"operator.attrgetter": getAttributes,
		"operator.itemgetter": func(c *interp.Call) (v interp.Value, done bool) {
			for _, x := range c.Args.All() {
				v = v.Union(c.Inside(x))
				for _, y := range x.Contents() { // of several
					v = v.Union(y.Contents())
				}
			}
			return v, true
		},
	},
}

func getAttributes(c *interp.Call) (interp.Value, bool) {
	if c.Recv.Note == "" {
		return c.SomeAttribute(c.Args.All()), true
	}
	var got []interp.Value
	for _, path := range strings.Fields(c.Recv.Note) {
		v := c.Args.All()
		for _, name := range strings.Split(path, ".") {
			v = c.Attribute(v, name)
		}
		got = append(got, v)
	}
	if len(got) == 1 {
		return got[0], true
	}
	tuple := c.New(0, "builtins.tuple")
	for n, v := range got {
		tuple.Hold(interp.Nth(n), v)
	}
	return tuple.Alone(), true
}
