package models

// matplotlib: pyplot keeps figures until they are closed.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

var matplotlibModels = registry{functions: map[string]interp.Model{
	// close changes the figures that are open
	"matplotlib.pyplot.close": func(c *interp.Call) (interp.Value, bool) {
		figures, open := c.Args.All(), c.KeptOpen()
		if name, _ := c.Args.Text(0); name == "all" {
			figures = open
			c.KeepOpen(nil)
		} else if n := len(open); len(c.Args.Pos) == 0 && n > 0 {
			figures = open[n-1:]
			c.KeepOpen(open[:n-1])
		}
		for _, f := range figures {
			c.Mutate(f)
		}
		return nil, true
	},
}}
