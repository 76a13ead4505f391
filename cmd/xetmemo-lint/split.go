package main

// The option --split of annotate and the like: imports and definitions to cells of their own.

import (
	"fmt"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

// splitCells moves the imports and definitions of the given units to cells of their own, where
// that makes them memoizable. It returns the notebook after that, and for each of its cells the
// number it had before, -1 for a new one.
func (a *app) splitCells(nb *load.Notebook, units []int) (after *load.Notebook, origin []int, err error) {
	var splits []*rewrite.Split
	for _, unit := range units {
		if nb.Find(unit).Directives.Skip {
			continue
		}
		if s := nb.Split(unit); s != nil {
			splits = append(splits, s)
		}
	}
	above := map[int]bool{}
	for _, s := range splits {
		above[s.Cell] = true
	}
	for i := range nb.Cells {
		if above[i] {
			origin = append(origin, -1)
		}
		origin = append(origin, i)
	}
	if len(splits) == 0 {
		return nb, origin, nil
	}
	content, err := nb.ApplySplits(splits)
	if err != nil {
		panic(fmt.Sprintf("%s: planned splits don't apply: %v", nb.Path, err))
	}
	after, err = a.load(nb.Path, content)
	return after, origin, err
}
