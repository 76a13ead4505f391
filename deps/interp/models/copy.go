package models

// copy: instances of notebook classes have their class's methods again, and making them runs what
// the class defines for it.

import (
	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

var copyModels = registry{functions: map[string]interp.Model{
	"copy.copy":     shallow,
	"copy.deepcopy": deep,
}}

func shallow(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) == 0 {
		return nil, false
	}
	made := c.Methods(c.Args.Pos[0], append([]string{"__copy__"}, takenApart[:]...)...)
	for _, x := range c.Args.Pos[0] {
		if x.IsDefinition() {
			made = made.With(x)
		}
		for _, class := range x.Class {
			made = made.With(c.Copy(x, class))
		}
	}
	return made, len(made) > 0
}

func deep(c *interp.Call) (interp.Value, bool) {
	if len(c.Args.Pos) == 0 {
		return nil, false
	}
	made := c.Methods(c.Deep(c.Args.Pos[0]), append([]string{"__deepcopy__"}, takenApart[:]...)...)
	for _, x := range c.Args.Pos[0] {
		if x.IsDefinition() {
			made = made.With(x)
		}
		for _, class := range x.Class {
			made = made.With(c.CopyDeep(x, class))
		}
		if knowledge.Has(x.Type, knowledge.Container) {
			made = made.Union(deepContainer(c, x))
		}
	}
	return made, len(made) > 0
}

// deepContainer is a container of new instances of what is in the first; nil where there are none.
func deepContainer(c *interp.Call, x *interp.Object) interp.Value {
	n := c.NewContainer(x.Type)
	for _, y := range c.Deep(x.Contents()) {
		for _, class := range y.Class {
			inside := c.Instance(class)
			inside.Open = true
			n.Hold(interp.AnyItem, inside.Alone())
		}
	}
	if len(n.Elem) == 0 {
		return nil
	}
	n.Keys, n.Open = x.Keys, true
	return n.Alone()
}
