package models

// What compares the elements of what it gets, wherever it lives: sorted, heapq, bisect.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

var orderModels = registry{functions: both(
	named(func(c *interp.Call) (interp.Value, bool) {
		c.Compare(c.Elements(c.Args.All()))
		return nil, false
	}, "builtins.sorted", "builtins.min", "builtins.max", "builtins.list.sort"),
	named(func(c *interp.Call) (interp.Value, bool) {
		c.Compare(c.Deep(c.Args.All())) // with an item that isn't in it yet
		return nil, false
	}, "heapq.heappush", "heapq.heappop", "heapq.heapify", "heapq.heappushpop", "heapq.heapreplace", "heapq.nsmallest", "heapq.nlargest",
		"bisect.insort", "bisect.bisect", "bisect.bisect_left"),
)}
