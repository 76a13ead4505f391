package report

// What cells reach, as a tree and as JSON.

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/rules"
)

// DepsVersion is the version of the deps format. Fields are only ever added.
const DepsVersion = 1

// DepsTree shows what each cell of a notebook reaches, as trees. Cells that reach nothing are left
// out.
func DepsTree(nb *load.Notebook) string {
	t := depsTree{nb: nb}
	for unit, index := range nb.Code {
		d := nb.Graph.Digest(unit)
		if len(d.Roots)+len(d.Opaque) == 0 {
			continue
		}
		if t.out.Len() > 0 {
			t.out.WriteByte('\n')
		}
		fmt.Fprintf(&t.out, "%s%s\n", CellName(nb, index), depsState(nb, unit))
		t.shown = map[*deps.Reached]bool{}
		t.list(d.Roots, "")
		for _, u := range d.Opaque {
			fmt.Fprintf(&t.out, "  no digest: %s\n", u)
		}
	}
	if t.out.Len() == 0 {
		return nb.Path + ": no cell reaches a function or local module\n"
	}
	return t.out.String()
}

// CellName is how a cell is named: "nb.ipynb cell 5 (id)".
func CellName(nb *load.Notebook, index int) string {
	return nb.Path + " " + rules.Ref(&nb.Cells[index]).String()
}

func depsState(nb *load.Notebook, unit int) string {
	pin := nb.Pin(unit)
	switch {
	case pin.Stale() && pin.New != "":
		return "  " + pin.New + ", stale: pinned as " + pin.Old
	case pin.Stale():
		return "  stale: pinned as " + pin.Old
	case pin.Old != "":
		return "  " + pin.New + ", as pinned"
	case pin.New != "":
		return "  " + pin.New
	}
	return ""
}

type depsTree struct {
	out   strings.Builder
	nb    *load.Notebook
	shown map[*deps.Reached]bool
}

func (t *depsTree) list(nodes []*deps.Reached, indent string) {
	for i, r := range nodes {
		branch, below := "├─ ", "│  "
		if i == len(nodes)-1 {
			branch, below = "└─ ", "   "
		}
		again := t.shown[r] && len(r.Uses) > 0
		t.shown[r] = true
		text := "  " + indent + branch + r.Name
		text += "  " + Place(t.nb, r)
		if r.Kind == deps.ReachedData {
			text += ", a module constant"
		}
		if again {
			fmt.Fprintln(&t.out, text+", see above")
			continue
		}
		fmt.Fprintln(&t.out, text)
		t.list(r.Uses, indent+below)
	}
}

// Place is where something is defined: "utils.py line 3", "cell 2 line 1".
func Place(nb *load.Notebook, r *deps.Reached) string {
	switch {
	case r.Module != nil:
		return fmt.Sprintf("%s line %d", nb.ModuleFile(r.Module), r.Line())
	case r.Unit >= 0:
		return fmt.Sprintf("cell %d line %d", nb.Code[r.Unit], r.Line())
	}
	return fmt.Sprintf("line %d", r.Line())
}

type depsJSON struct {
	Path  string         `json:"path"`
	Cells []depsCellJSON `json:"cells"`
}

type depsCellJSON struct {
	Index   int           `json:"index"`
	ID      *string       `json:"id"`
	Deps    *string       `json:"deps"`
	Pin     *string       `json:"pin"`
	Stale   bool          `json:"stale"`
	Opaque  []string      `json:"opaque"`
	Roots   []int         `json:"roots"` // indexes in Reached
	Reached []reachedJSON `json:"reached"`
}

type reachedJSON struct {
	Name string  `json:"name"`
	Kind string  `json:"kind"`
	File *string `json:"file"`
	Cell *int    `json:"cell"`
	Line int     `json:"line"`
	Uses []int   `json:"uses"`
}

// Deps is the JSON object of one notebook: what each cell reaches.
func Deps(nb *load.Notebook) []byte {
	out := depsJSON{Path: nb.Path, Cells: []depsCellJSON{}}
	for unit, index := range nb.Code {
		d := nb.Graph.Digest(unit)
		pin := nb.Pin(unit)
		c := depsCellJSON{Index: index, Stale: pin.Stale(), Opaque: []string{}, Roots: []int{}, Reached: []reachedJSON{}}
		if nb.Cells[index].HasID {
			c.ID = &nb.Cells[index].ID
		}
		if pin.New != "" {
			c.Deps = &pin.New
		}
		if pin.Old != "" {
			c.Pin = &pin.Old
		}
		for _, u := range d.Opaque {
			c.Opaque = append(c.Opaque, u.String())
		}
		number := map[*deps.Reached]int{}
		for i, r := range d.All {
			number[r] = i
		}
		for _, r := range d.Roots {
			c.Roots = append(c.Roots, number[r])
		}
		for _, r := range d.All {
			x := reachedJSON{Name: r.Name, Kind: string(r.Kind), Line: r.Line(), Uses: []int{}}
			if r.Module != nil {
				file := nb.ModuleFile(r.Module)
				x.File = &file
			} else if r.Unit >= 0 {
				x.Cell = &nb.Code[r.Unit]
			}
			for _, u := range r.Uses {
				x.Uses = append(x.Uses, number[u])
			}
			c.Reached = append(c.Reached, x)
		}
		out.Cells = append(out.Cells, c)
	}
	return marshal(out)
}

// Reverse lists the cells of a notebook that reach something of a file, an absolute path without
// links, one line each: what a change of the file may make stale.
func Reverse(nb *load.Notebook, file string) []string {
	var lines []string
	for unit, index := range nb.Code {
		var names []string
		for _, r := range nb.Graph.Digest(unit).All {
			if r.Module == nil || slices.Contains(names, r.Name) {
				continue
			}
			if real, err := filepath.EvalSymlinks(r.Module.Path); err == nil && real == file {
				names = append(names, r.Name)
			}
		}
		if len(names) > 0 {
			lines = append(lines, CellName(nb, index)+": "+strings.Join(names, ", "))
		}
	}
	return lines
}
