// Package deps links the summaries of a notebook's cells and of the local modules they import,
// and answers what each cell reads, binds, mutates and leaves behind, and why.
//
// What the cells do is found by running them in the abstract (deps/interp), and what they reach
// by following the text (deps/reach). This package holds the answers that take the notebook as a
// whole: a cell's inputs and outputs, which of them are live, whether it can be memoized.
package deps

import (
	"github.com/xetmemo/xetmemo-lint/deps/imports"
	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/deps/interp/models"
	"github.com/xetmemo/xetmemo-lint/deps/reach"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// What the packages below say of cells and of local modules.
type (
	Unit     = interp.Unit
	Cell     = interp.Cell
	Read     = interp.Read
	Bound    = interp.Bound
	Binding  = interp.Binding
	Mutation = interp.Mutation
	Function = interp.Function
	Effect   = interp.Effect

	Module  = imports.Module
	Modules = imports.Modules

	Digest  = reach.Digest
	Reached = reach.Reached
	Sources = reach.Sources
)

// ReachedData is the kind of a name that a local module assigns, as against its functions and classes.
const ReachedData = reach.ReachedData

// Options are what Link needs besides the cells.
type Options struct {
	Knowledge *knowledge.Base          // nil: what comes with the program
	Modules   Modules                  // nil: there are none
	Sources   *Sources                 // of modules, shared by the notebooks of a run; nil: this notebook's own
	Major     func(library string) int // see interp.Options
	NoAwait   bool                     // the runtime can't keep cells that await at their top level
}

// Graph is a linked notebook.
type Graph struct {
	Cells []*Cell

	opts    Options
	imports *imports.Resolver
	run     *interp.Notebook
	reach   *reach.Notebook // made when it is first asked for
}

// Link links the cells of a notebook, in document order.
func Link(units []Unit, opts Options) *Graph {
	g := begin(opts)
	g.run = interp.Run(units, interp.Options{Knowledge: g.opts.Knowledge, Imports: g.imports, Library: models.Library, Major: g.opts.Major})
	g.Cells = g.run.Cells
	g.findLive()
	return g
}

// begin returns a graph that has run nothing.
func begin(opts Options) *Graph {
	if opts.Knowledge == nil {
		opts.Knowledge = knowledge.Default()
	}
	return &Graph{opts: opts, imports: imports.NewResolver(opts.Modules)}
}

// Digest returns what cell i reaches.
func (g *Graph) Digest(i int) *Digest {
	if g.reach == nil {
		g.reach = reach.New(seen{g.run, g.opts.Knowledge}, g.imports, g.opts.Sources)
	}
	return g.reach.Digest(i)
}

// Builtin says whether a name that nothing binds is a builtin, or one that IPython provides.
func (g *Graph) Builtin(name string) bool { return g.run.Builtin(name) }
