package models

// featuretools: the features that deep feature synthesis gives refer to the entity set; the matrix is computed.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

var featuretoolsModels = registry{functions: named(synthesized, "featuretools.dfs", "featuretools.synthesis.dfs")}

func synthesized(c *interp.Call) (interp.Value, bool) {
	features := c.New(1, "builtins.list")
	features.Hold(interp.AnyItem, c.Given(0, "dataframes").Union(c.Given(2, "entityset")))
	if only, ok := c.Args.Get("features_only"); ok && only.IsTrue() {
		return features.Alone(), true
	}
	both := c.New(2, "builtins.tuple")
	both.Hold(interp.Nth(0), c.New(3, "pandas.DataFrame").Alone())
	both.Hold(interp.Nth(1), features.Alone())
	return both.Alone(), true
}
