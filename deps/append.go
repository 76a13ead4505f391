package deps

import (
	"github.com/xetmemo/xetmemo-lint/deps/imports"
	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/deps/interp/models"
)

// Linking onto what is there, run by run as a kernel has them (deps/interp/append.go). Of later
// runs nothing is known, so whatever a cell binds or changes is taken for live.

// UnknownCall is a call into code that was not read.
type UnknownCall = interp.UnknownCall

// Begin returns a graph without cells.
func Begin(opts Options) *Graph {
	g := begin(opts)
	g.run = interp.Begin(interp.Options{Knowledge: g.opts.Knowledge, Imports: g.imports, Library: models.Library, Major: g.opts.Major})
	return g
}

// Append runs a cell on the state that the ones before it left.
func (g *Graph) Append(u Unit) *Cell {
	c := g.run.Append(u)
	g.Cells, g.reach = g.run.Cells, nil
	for _, b := range c.Bound {
		b.Live = true
	}
	for _, m := range c.Mutates {
		m.Live = true
	}
	return c
}

// Known tells the types of values that globals hold, where they are known better than from text: dotted paths of libraries'
// types. A type that the analysis has found itself stays.
func (g *Graph) Known(types map[string]string) { g.run.Known(types) }

// Failed says that the cell which was appended last did not run to its end: each name holds what it had before or
// after any step of it.
func (g *Graph) Failed() { g.run.Failed() }

// Find changes how local modules are found from here on. Those that are loaded stay as they are.
func (g *Graph) Find(m Modules) {
	g.imports = imports.NewResolver(m)
	g.run.Find(g.imports)
}

// Loaded returns the local modules that were imported so far, in order of their names.
func (g *Graph) Loaded() []*Module { return g.run.Loaded() }

// Edited says that a local module's file has another text now. A kernel may run either, depending on whether and how the module
// was loaded again: names of the module, and those that cells imported from it, hold what both texts give.
func (g *Graph) Edited(source *Module) {
	g.imports.Renew(source)
	g.run.Edited(source)
}
