package deps

import (
	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/deps/reach"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// seen tells the reach what the interpreter saw: the only thing that the two analyses share.
type seen struct {
	*interp.Notebook
	knowledge *knowledge.Base
}

func (s seen) Cells() []*closure.Summary {
	cells := make([]*closure.Summary, len(s.Notebook.Cells))
	for i, c := range s.Notebook.Cells {
		cells[i] = c.Summary
	}
	return cells
}

func (s seen) Read(cell int, name string) []reach.Binding {
	read := s.Notebook.Cells[cell].Read(name)
	if read == nil {
		return nil
	}
	defs := make([]reach.Binding, len(read.Defs))
	for i, b := range read.Defs {
		defs[i] = reach.Binding{Name: b.Name, Unit: b.Unit, Kind: b.Kind, Function: b.Function, Star: b.Star()}
		defs[i].File, defs[i].Pos = b.Statement()
	}
	return defs
}

func (s seen) Functions(cell int) []reach.Function {
	var functions []reach.Function
	for _, f := range s.Notebook.Cells[cell].Functions {
		functions = append(functions, reach.Function{Func: f.Func, Module: f.Module})
	}
	return functions
}

func (s seen) StarNames(module string) []string { return s.knowledge.Names(module) }
