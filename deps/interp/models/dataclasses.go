package models

// dataclasses, attrs and pydantic: what field() makes stands in the class; an instance has the
// argument, the default, or what the factory makes in its place.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps/interp"
)

var dataclassesModels = registry{functions: both(
	named(field("default_factory"), "dataclasses.field", "pydantic.Field", "pydantic.fields.Field"),
	named(field("factory"), "attr.ib", "attr.attrib", "attr.field", "attrs.field", "attr.Factory", "attrs.Factory"),
	named(replace, "dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve"),
)}

// field is the model of what makes a field, with the keyword under which it takes a factory.
func field(keyword string) interp.Model {
	return func(c *interp.Call) (interp.Value, bool) {
		var factory, defaults, asked interp.Value
		for _, n := range c.Args.Named {
			switch n.Name {
			case keyword:
				factory = factory.Union(n.Value)
			case "default":
				defaults = defaults.Union(n.Value)
			case "validator", "converter":
				asked = asked.Union(c.Functions(n.Value))
			}
		}
		if len(c.Args.Pos) > 0 && strings.HasSuffix(c.Path, ".Factory") {
			factory = factory.Union(c.Args.Pos[0])
		} else if len(c.Args.Pos) > 0 {
			defaults = defaults.Union(c.Args.Pos[0])
		}
		for _, inner := range defaults { // default=Factory(list)
			factory = factory.Union(inner.FieldFactory())
		}
		f := c.New(0, "")
		f.Maker = c.Path
		c.DeclareField(f, factory, defaults, asked)
		return f.Alone(), true
	}
}

// replace makes an instance anew, with some fields given.
func replace(c *interp.Call) (v interp.Value, done bool) {
	if len(c.Args.Pos) == 0 {
		return nil, false
	}
	for _, x := range c.Args.Pos[0] {
		for _, class := range x.Class {
			made := c.Copy(x, class)
			for _, n := range c.Args.Named {
				made.Hold(interp.Attr(n.Name), n.Value)
			}
			c.RunMethod(made, "__init__", interp.Arguments{Named: c.Args.Named})
			c.RunMethod(made, "__post_init__", interp.Arguments{})
			c.RunMethod(made, "__attrs_post_init__", interp.Arguments{})
			v = v.With(made)
		}
	}
	return v, len(v) > 0
}
