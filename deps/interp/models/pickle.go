package models

// pickle and its like take instances apart with the methods that their classes have for it.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

// takenApart are the methods that the pickle module's documentation names.
var takenApart = [...]string{"__getstate__", "__reduce__", "__reduce_ex__", "__getnewargs__", "__getnewargs_ex__"}

var pickleModels = registry{functions: named(func(c *interp.Call) (interp.Value, bool) {
	c.Methods(c.Deep(c.Args.All()), takenApart[:]...)
	return nil, false
}, "pickle.dump", "pickle.dumps", "joblib.dump", "dill.dump", "dill.dumps", "cloudpickle.dump", "cloudpickle.dumps")}
