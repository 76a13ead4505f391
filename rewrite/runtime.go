package rewrite

// The import of the runtime: without it IPython knows no %%xetmemo.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

const runtimeImport = "import xetcache"

// LoadsRuntime says whether a unit imports the runtime, or loads it as an extension. That of 2023 has the same name.
func (b *Book) LoadsRuntime(unit int) bool {
	s := b.Graph.Cells[unit].Summary
	return s != nil && slices.ContainsFunc(s.File.Body, loadsRuntime)
}

func loadsRuntime(s pyast.Stmt) bool {
	found := false
	pyast.Walk(s, func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.Import:
			found = found || slices.ContainsFunc(n.Names, func(a *pyast.Alias) bool { return isRuntime(a.Name.Name) })
		case *pyast.ImportFrom:
			found = found || n.Level == 0 && isRuntime(n.Module.Name)
		case *pyast.Magic:
			found = found || n.Name == "load_ext" && isRuntime(strings.TrimSpace(n.Text))
		}
		return !found
	})
	return found
}

func isRuntime(module string) bool {
	return module == "xetcache" || strings.HasPrefix(module, "xetcache.")
}

// MissingRuntime returns the first unit with a header before which nothing loads the runtime, -1 if there is none: code
// that can't be seen into, or that another file holds, may load it. Units counts as having headers besides those that do.
func (b *Book) MissingRuntime(units ...int) int {
	for unit := range b.Code {
		if b.LoadsRuntime(unit) || b.mayLoadRuntime(unit) {
			return -1
		}
		if slices.Contains(units, unit) || b.Find(unit).Header != nil {
			return unit
		}
	}
	return -1
}

// mayLoadRuntime says whether a unit runs code that may load the runtime unseen.
func (b *Book) mayLoadRuntime(unit int) bool {
	s := b.Graph.Cells[unit].Summary
	return s != nil && (s.BindsUnknown || s.ImportsStar || s.RunsFiles)
}

// ImportRuntime plans the import of the runtime in a cell above a unit: among the first imports there, else on top
// of the first cell. It is nil where no cell above can take it.
func (b *Book) ImportRuntime(above int) *Edit {
	first := -1
	for unit := range above {
		if !b.takesImport(unit) {
			continue
		}
		if firstImport(b.Graph.Cells[unit].Summary.File) >= 0 {
			return b.importInto(unit)
		}
		if first < 0 {
			first = unit
		}
	}
	if first < 0 {
		return nil
	}
	return b.importInto(first)
}

// importInto plans the import in a unit that takes it.
func (b *Book) importInto(unit int) *Edit {
	f := b.Graph.Cells[unit].Summary.File
	at := firstImport(f)
	if at < 0 {
		at = lineStart(f.Source, int(f.Body[0].Pos().Start))
	}
	return &Edit{Unit: unit, Cell: b.Code[unit], Import: true, Changes: []ipynb.Change{{Start: at, End: at, Text: runtimeImport + "\n"}}}
}

// takesImport says whether an import may be put into a unit.
func (b *Book) takesImport(unit int) bool {
	s := b.Graph.Cells[unit].Summary
	return s != nil && len(s.File.Errors) == 0 && len(s.File.CellMagics) == 0 && len(s.File.Body) > 0 &&
		!b.Find(unit).Directives.Skip && !slices.ContainsFunc(b.WhyNot(unit), func(r deps.Reason) bool { return r.Code == deps.ReasonParameters })
}

// firstImport is the start of the line of the first import at the top level that is none of __future__, -1 for none.
func firstImport(f *pyast.File) int {
	for _, s := range f.Body {
		switch s := s.(type) {
		case *pyast.Import:
			return lineStart(f.Source, int(s.Start))
		case *pyast.ImportFrom:
			if s.Module.Name != "__future__" {
				return lineStart(f.Source, int(s.Start))
			}
		}
	}
	return -1
}

func lineStart(source string, at int) int { return strings.LastIndexAny(source[:at], "\r\n") + 1 }

// WithImport returns edits of headers, with that which imports the runtime where they need it. Where no cell above the
// first new header can take the import, that cell does, and gets no header.
func (b *Book) WithImport(edits []Edit) []Edit {
	var units []int
	for _, e := range edits {
		units = append(units, e.Unit)
	}
	unit := b.MissingRuntime(units...)
	if unit < 0 {
		return edits
	}
	e := b.ImportRuntime(unit)
	if e == nil && b.Find(unit).Header == nil && b.takesImport(unit) {
		e = b.importInto(unit)
		edits = slices.DeleteFunc(slices.Clone(edits), func(other Edit) bool { return other.Unit == unit })
	}
	if e == nil || len(edits) == 0 && b.MissingRuntime() < 0 {
		return edits
	}
	return append([]Edit{*e}, edits...)
}
