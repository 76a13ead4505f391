package interp

// The notebook as it is run: its cells, and what is found out about each.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/imports"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Unit is a cell to be linked.
type Unit struct {
	Summary *closure.Summary // nil for a cell that is not Python
}

// Options are what a run needs besides the cells.
type Options struct {
	Knowledge *knowledge.Base
	Imports   *imports.Resolver
	Library   Library                  // nil: nothing but facts is known of libraries
	Major     func(library string) int // the major version of a library that the notebook runs with, 0 if unknown; nil: all are
}

// Notebook is a notebook that was run.
type Notebook struct {
	Cells []*Cell

	opts Options
	// Decided says of each call of a library's function or method what decided its effect.
	Decided map[*closure.Call]Decision

	main         *module
	modules      map[string]*module
	binders      map[string][]int // units that visibly bind a name
	bindsUnknown []int            // units that may bind any name
	keptOpen     Value            // what libraries keep until it is closed, in order of making
	pool         pool
	objects      int // made so far
	scalars      map[string]*Object
	libraries    map[string]*Object
	namespace    *Object      // see namespace.go
	mods         modSummaries // see changes.go
	appending    bool
	repeated     map[*closure.Summary]*repeated // of appended cells
	last         *runner                        // of the cell that was appended last

	functions map[place]bool                       // bindings that make their name a function or class
	scripts   map[*closure.Summary]*imports.Module // what %run ran
}

// place is a position in a file.
type place struct {
	file *closure.Summary
	pos  pyast.Pos
}

// Decision is what decided the effect of a call into a library.
type Decision uint8

const (
	ByType      Decision = iota // a method, known for the receiver's type
	ByKnowledge                 // a function or class, known by its dotted path
	ByShape                     // a method that is not known: its name and whether its result is used
	ByNothing                   // taken to change nothing
)

// Cell is what is known of one cell.
type Cell struct {
	Index   int
	Summary *closure.Summary

	// Reads are the globals whose value from before the cell may be used, in order of first read.
	Reads []*Read
	// Bound are the globals that the cell may bind, Must says of each whether on every path.
	Bound   []*Bound
	Deletes []string // bound before, and deleted on some path
	Mutates []*Mutation
	// Functions are those of the notebook and of local modules that the cell reaches.
	Functions []*Function
	Modules   []string // names read that hold modules or imports from outside
	Undefined []*Read  // names read that no cell binds
	Effects   []Effect
	// Unknown are the calls of which nothing is known but their shape. They are noted of appended cells only.
	Unknown []UnknownCall

	reads     map[string]*Read
	functions map[*Object]*Function
	undefined map[string]*Read
	gone      map[string]bool // those of Deletes that are deleted on every normal path
}

// Read is one global that a cell reads.
type Read struct {
	Name string
	Pos  pyast.Pos
	// Via are the functions through which the read happens, outermost first.
	Via []string
	// Defs are the bindings that may have made the value.
	Defs   []*Binding
	Opaque bool
	// Function says that the value is bound by def, class, a lambda, a partial or a decorated call.
	Function bool
	// Later says that only this or later cells bind the name.
	Later bool
	// Seen says that the run came to the read. Else it is only possible: a function may read the
	// name that code out of sight may call.
	Seen bool
	// Imported says that the value is a module or comes from outside: it is no input.
	Imported bool

	val Value
}

// Types are the types of the values that are read, as far as they are known: dotted paths of
// libraries' types, names of the notebook's classes.
func (r *Read) Types() []string {
	var names []string
	for _, o := range r.val {
		name := strings.TrimPrefix(o.Type, "builtins.")
		switch {
		case len(o.Class) > 0:
			name = o.Class[0].qualname()
		case o.kind == functionObject:
			name = "function"
		case o.kind == classObject:
			name = "class"
		case o.kind != dataObject && o.kind != scalarObject:
			continue
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Bound is one global that a cell binds.
type Bound struct {
	Name   string
	Must   bool
	Kind   closure.BindKind
	Pos    pyast.Pos
	Opaque bool
	Import bool // only imports bind it here
	Node   pyast.Node
	Live   bool // a later cell may read it
	// Small says that the value is a text, a number, a path or None, or a few of these.
	Small bool
	// Drawing says that the value is a figure, or parts of figures.
	Drawing bool
	// Aliases are the names from before the cell that hold the same object: y = x.
	Aliases []string
}

// Mutation is a name whose object the cell may change.
type Mutation struct {
	Name   string
	Pos    pyast.Pos
	Via    []string
	Opaque bool
	// Reference says that the object is a class, function or module, which pickle by reference.
	Reference bool
	Drawing   bool // the object is a figure, or a part of one
	Live      bool
}

// Function is a function or class that a cell reaches.
type Function struct {
	Name   string // "clean", "utils.norm"
	Module *imports.Module
	Func   *closure.Func
	Via    []string
	// Approximated says that a call of it was not run, but counts by its summary, or for all that it might do.
	Approximated bool
}

// Run runs the cells of a notebook, in document order.
func Run(units []Unit, opts Options) *Notebook {
	g := Begin(opts)
	for _, u := range units {
		g.add(u)
	}
	for _, c := range g.Cells {
		if c.Summary != nil {
			g.run(c)
		}
	}
	return g
}

// Begin returns a notebook without cells.
func Begin(opts Options) *Notebook {
	if opts.Library == nil {
		opts.Library = noLibrary{}
	}
	g := &Notebook{
		opts: opts, Decided: map[*closure.Call]Decision{}, modules: map[string]*module{}, binders: map[string][]int{},
		scalars: map[string]*Object{}, libraries: map[string]*Object{},
		functions: map[place]bool{}, scripts: map[*closure.Summary]*imports.Module{},
	}
	g.main = &module{name: "__main__", vars: map[string]*variable{}, loaded: true, positions: map[*variable]int{}, holding: map[*Object][]int{}}
	return g
}

// add takes a cell into the notebook, and notes what its text alone tells.
func (g *Notebook) add(u Unit) *Cell {
	i := len(g.Cells)
	c := &Cell{Index: i, Summary: u.Summary}
	g.Cells = append(g.Cells, c)
	if u.Summary == nil {
		return c
	}
	for name := range u.Summary.Binds {
		g.binders[name] = append(g.binders[name], i)
	}
	g.pool.add(u.Summary.Size)
	if u.Summary.BindsUnknown {
		g.bindsUnknown = append(g.bindsUnknown, i)
	}
	return c
}

// Binders returns the cells that may bind a global, in order of first binding.
func (g *Notebook) Binders(name string) []int { return g.binders[name] }

// Script returns the script that %run ran, nil for a file that isn't one.
func (g *Notebook) Script(file *closure.Summary) *imports.Module { return g.scripts[file] }

// BindsFunction says whether a binding of the notebook made its name a function or class.
func (g *Notebook) BindsFunction(file *closure.Summary, pos pyast.Pos) bool {
	return g.functions[place{file, pos}]
}

// HoldsFunction says whether a global of a local module was seen to hold a function or class.
func (g *Notebook) HoldsFunction(m *imports.Module, name string) bool {
	if run := g.modules[m.Name]; run != nil {
		if v := run.vars[name]; v != nil {
			return slices.ContainsFunc(v.defs, func(b *Binding) bool { return b.Function })
		}
	}
	return false
}

// Builtin says whether a name that nothing binds is a builtin, or one that IPython provides.
func (g *Notebook) Builtin(name string) bool {
	return builtinNames[name] || provided[name] || g.opts.Knowledge.Lookup("builtins."+name) != nil
}

// Read returns the cell's read of a global, or nil.
func (c *Cell) Read(name string) *Read { return c.reads[name] }

// Loses says that the cell deletes a global from before it on every normal path.
func (c *Cell) Loses(name string) bool { return c.gone[name] }

// ReadsAny says whether the cell may read any global, by a name that can't be known: globals()[name], eval(text).
func (c *Cell) ReadsAny() bool {
	return slices.ContainsFunc(c.Effects, func(e Effect) bool { return e.ReadsAny })
}
