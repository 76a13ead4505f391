package models

// sklearn: clone makes an estimator of the same kind, made anew of clones of what the first was made of.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

var sklearnModels = registry{functions: map[string]interp.Model{
	"sklearn.base.clone": func(c *interp.Call) (v interp.Value, done bool) {
		if len(c.Args.Pos) == 0 {
			return nil, false
		}
		for n, x := range c.Args.Pos[0] {
			if !x.IsScalar() {
				v = v.Union(clone(c, x, n))
			}
		}
		return v, len(v) > 0
	},
}}

func clone(c *interp.Call, x *interp.Object, part int) (v interp.Value) {
	for _, class := range x.Class {
		made := c.Instance(class)
		cloneInside(c, made, x)
		c.RunMethod(made, "__init__", interp.Arguments{Rest: made.Contents(), Star: true})
		v = v.With(made)
	}
	if len(v) == 0 {
		made := c.New(part, x.Type)
		cloneInside(c, made, x)
		v = made.Alone()
	}
	return v
}

// cloneInside makes a clone hold clones of what the first one holds.
func cloneInside(c *interp.Call, made, of *interp.Object) {
	made.Open = true
	for _, x := range c.Carried(of.Contents()) {
		for _, class := range x.Class {
			x = c.Instance(class)
			x.Open = true
		}
		made.Hold(interp.AnyItem, x.Alone())
		made.Carry(x)
	}
}
