package models

// numpy: arrays of objects hold the functions and instances that they are made of.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

var numpyModels = registry{functions: named(func(c *interp.Call) (interp.Value, bool) {
	v := c.Fact()
	c.HoldCarried(v)
	return v, true
}, "numpy.array", "numpy.asarray")}
