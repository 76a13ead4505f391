package rules

// Code that changed since the memo in the store was made.

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/memo"
)

// StaleMemo finds cells that have memos, all of which were made with other source of what the cell
// reaches. A cell that was edited since, or never stored, has none and is not reported. That is harmless, as the cell
// will run again, unless the notebook is committed with what the old code showed; committed says which cells are.
func StaleMemo(stores *memo.Cache, committed func(nb *load.Notebook, index int) bool) Stale {
	return func(nb *load.Notebook, unit int) []Staleness {
		store := stores.Of(filepath.Join(filepath.Dir(nb.Path), memo.Folder))
		if len(store.Manifests) == 0 {
			return nil
		}
		cell := memo.CellDigest(nb.Body(unit), nb.Graph.Cells[unit].Summary.File.Version)
		memos := store.Of(cell, nb.Find(unit).Header.Key)
		var newest []*deps.Reached
		for i, m := range memos {
			changed := m.Changed(nb.Graph.Digest(unit))
			if len(changed) == 0 {
				return nil
			}
			if i == 0 {
				newest = changed
			}
		}
		if len(newest) == 0 {
			return nil
		}
		var s Staleness
		var places []string
		for _, r := range newest {
			s.Functions = append(s.Functions, r.Name)
			if place := PlaceOf(nb, r); !slices.Contains(places, place) {
				places = append(places, place)
			}
		}
		s.Message = fmt.Sprintf("the memo made %s used another %s (%s changed): the cell will run again",
			memos[0].Created.Format("2006-01-02"), strings.Join(s.Functions, ", "), strings.Join(places, ", "))
		s.Harmless, s.Seconds = !committed(nb, nb.Code[unit]), memos[0].Seconds
		if !s.Harmless {
			s.Message += "; until then its committed output is of the old code"
		}
		return []Staleness{s}
	}
}

// PlaceOf is where something reached stands: a file from the notebook's folder, or a cell.
func PlaceOf(nb *load.Notebook, r *deps.Reached) string {
	if r.Module == nil && r.Unit >= 0 {
		return fmt.Sprintf("cell %d", nb.Code[r.Unit])
	}
	if r.Module == nil {
		return "a script"
	}
	return nb.ModuleFile(r.Module)
}
