package models

// How a library's models are written down.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

// registry is what one library has of models.
type registry struct {
	functions map[string]interp.Model // by dotted path
	methods   map[string]interp.Model // by name
	instances map[string]interp.Model // of calling what the function at a path made
}

// named gives several paths one model.
func named(m interp.Model, paths ...string) map[string]interp.Model {
	all := map[string]interp.Model{}
	for _, p := range paths {
		all[p] = m
	}
	return all
}

// both joins tables of models.
func both(tables ...map[string]interp.Model) map[string]interp.Model {
	all := map[string]interp.Model{}
	for _, t := range tables {
		for path, m := range t {
			all[path] = m
		}
	}
	return all
}
