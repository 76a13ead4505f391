package models

// IPython: what display does to what it shows.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps/interp"
)

var ipythonModels = registry{functions: named(func(c *interp.Call) (interp.Value, bool) {
	for _, x := range c.Args.All() {
		if strings.HasPrefix(x.Type, "ipywidgets.") { // a widget knows where it is shown
			c.Mutate(x)
		}
	}
	return nil, false
}, "IPython.display.display", "builtins.display")}
