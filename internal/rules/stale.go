package rules

// Ways to know that code has changed since a cell was memoized.

import (
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Stale says why a memoized cell is stale: code that it reaches changed since its pin was written
// or its memo was made.
type Stale func(nb *load.Notebook, unit int) []Staleness

// Staleness is one reason.
type Staleness struct {
	Message   string
	Functions []string      // that changed, where that is known
	At        pyast.Span    // the pin's place in the cell; empty: the header
	Fix       *ipynb.Change // of the cell's source that renews the pin; nil when it isn't about the pin
	// Harmless says that nothing is wrong: the cell will run again, which takes about Seconds.
	Harmless bool
	Seconds  float64
}

// Stales asks each of several, and puts their reasons together.
func Stales(several ...Stale) Stale {
	return func(nb *load.Notebook, unit int) (all []Staleness) {
		for _, stale := range several {
			all = append(all, stale(nb, unit)...)
		}
		return all
	}
}
