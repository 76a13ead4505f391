package models

// sklearn: clone makes an estimator of the same kind, made anew of clones of what the first was made of; a split
// gives two copies of the kind of each thing that is split.

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
	"sklearn.model_selection.train_test_split": func(c *interp.Call) (interp.Value, bool) {
		whole, known := c.Args.Get("shuffle")
		if c.Args.Star || known && !whole.IsTrue() { // then the parts may be views
			return nil, false
		}
		c.Fact() // for its effects
		list := c.New(splitParts, "builtins.list")
		for n, given := range c.Args.Pos {
			for side := range 2 {
				list.Hold(interp.Nth(2*n+side), picked(c, given, splitParts+2*n+side+1))
			}
		}
		return list.Alone(), true
	},
}}

// splitParts is from where on the parts of a split are numbered: behind what the facts make.
const splitParts = 1000

// picked is what a selection of the rows of something makes.
func picked(c *interp.Call, given interp.Value, part int) (v interp.Value) {
	for _, x := range given {
		if x.IsScalar() {
			continue
		}
		made := c.New(part, x.Type)
		made.Open = x.Open || x.Type == ""
		made.Hold(interp.AnyItem, x.Contents())
		v = v.With(made)
	}
	if len(v) == 0 {
		made := c.New(part, "")
		made.Open = true
		v = made.Alone()
	}
	return v
}

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
