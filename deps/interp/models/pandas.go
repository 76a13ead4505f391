package models

// pandas: a frame or series lies on the memory of the array that it is made of; of a list or dict it is a copy.

import (
	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

var pandasModels = registry{functions: named(onArray, "pandas.DataFrame", "pandas.Series")}

func onArray(c *interp.Call) (interp.Value, bool) {
	given := c.Args.Rest
	if len(c.Args.Pos) > 0 {
		given = given.Union(c.Args.Pos[0])
	}
	if n, ok := c.Args.Get("data"); ok {
		given = given.Union(n.Value)
	}
	if n, ok := c.Args.Get("copy"); ok && n.IsTrue() {
		given = nil
	}
	v := c.Fact()
	c.HoldCarried(v)
	for _, x := range given {
		if x.Type == "builtins.dict" && len(given) == 1 && len(v) == 1 {
			v[0].HasColumnsOf(x)
		}
		if !knowledge.Has(x.Type, knowledge.ViewParts) {
			continue
		}
		for _, frame := range v {
			frame.MadeOn(x)
		}
	}
	return v, true
}
