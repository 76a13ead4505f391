package models

// contextlib: context managers that are kept until a stack is left.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

var contextlibModels = registry{methods: map[string]interp.Model{
	// the manager is entered here, and left when the stack is
	"enter_context": func(c *interp.Call) (interp.Value, bool) {
		if len(c.Args.Pos) == 0 || c.Recv.Type != "contextlib.ExitStack" {
			return nil, false
		}
		c.Recv.Hold(interp.AnyItem, c.Args.Pos[0])
		c.Mutate(c.Recv)
		v := c.Enter(c.Args.Pos[0])
		c.Exit(c.Args.Pos[0])
		return v, true
	},
}}
