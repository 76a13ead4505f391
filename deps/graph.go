// Package deps links the summaries of a notebook's cells and of the local modules they import,
// and answers what each cell reads, binds, mutates and leaves behind, and why.
//
// The cells are run in document order by an abstract interpreter (run.go). A name holds a set
// of abstract objects, which stand for all objects that one place in the code makes; names
// with a common object are aliases. Names are followed along the paths of the flow and
// rebound exactly; what objects hold only grows. A call of a function of the notebook runs its
// body with the arguments' objects, so that what the function reads, binds and mutates is found
// where it is called, in the state it is called in. Functions that are loaded but not called
// count by what their bodies may read (reach.go). A call into a library goes by what is known of
// it (library.go), and by its shape where nothing is.
package deps

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Unit is a cell to be linked.
type Unit struct {
	Summary *closure.Summary // nil for a cell that is not Python
}

// Module is the source of a local module.
type Module struct {
	Name    string // dotted, from its import root
	Path    string
	Package bool // an __init__.py, or a folder without one
	Summary *closure.Summary
}

// Modules finds local modules. It may be asked by several goroutines at once.
type Modules interface {
	// Find returns the module of that dotted name, or nil when it isn't local.
	Find(name string) *Module
	// Script returns the script or notebook that %run names, or nil.
	Script(path string) *Module
}

// Options are what Link needs besides the cells.
type Options struct {
	Knowledge *knowledge.Base // nil: what comes with the program
	Modules   Modules         // nil: there are none
	Sources   *Sources        // of modules, shared by the notebooks of a run; nil: this notebook's own
	NoAwait   bool            // the runtime can't keep cells that await at their top level
}

// Graph is a linked notebook.
type Graph struct {
	Cells []*Cell

	opts Options
	// Decided says of each call of a library's function or method what decided its effect.
	Decided map[*closure.Call]Decision

	main      *module
	modules   map[string]*module
	binders   map[string][]int // units that visibly bind a name
	wild      []int            // units that may bind any name
	figures   value            // pyplot's, in order of making
	pool      int              // steps left to be run with calling contexts told apart
	walks     int              // steps left for walks over objects
	objects   int              // made so far
	scalars   map[string]*object
	libraries map[string]*object
	namespace *object // see namespace.go
	appending bool
	last      *runner // of the cell that was appended last

	// of digests
	functions map[place]bool               // bindings that make their name a function or class
	scripts   map[*closure.Summary]*Module // what %run ran
	units     map[*closure.Summary]int
	sources   Sources
	digests   []*Digest
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
	Reasons   []Reason // why the cell can't be memoized, as far as its own run tells
	// Unknown are the calls of which nothing is known but their shape. They are noted of appended cells only.
	Unknown []UnknownCall

	reads     map[string]*Read
	functions map[*object]*Function
	undefined map[string]bool
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
	// Imported says that the value is a module or comes from outside: it is no input.
	Imported bool

	val value
}

// Types are the types of the values that are read, as far as they are known: dotted paths of
// libraries' types, names of the notebook's classes.
func (r *Read) Types() []string {
	var names []string
	for _, o := range r.val {
		name := strings.TrimPrefix(o.typ, "builtins.")
		switch {
		case len(o.class) > 0:
			name = o.class[0].qualname()
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
	Live      bool
}

// Function is a function or class that a cell reaches.
type Function struct {
	Name   string // "clean", "utils.norm"
	Module *Module
	Func   *closure.Func
	Via    []string
}

// Effect is something that a cell does besides computing.
type Effect struct {
	Kind   string
	Pos    pyast.Pos
	Detail string
	Via    []string
}

// Reason is why a cell can't be memoized: a stable code, and the name it is about.
type Reason struct {
	Code string
	Pos  pyast.Pos
	Name string
	Text string
}

// Link links the cells of a notebook, in document order.
func Link(units []Unit, opts Options) *Graph {
	g := Begin(opts)
	for _, u := range units {
		g.add(u)
	}
	for _, c := range g.Cells {
		if c.Summary != nil {
			g.run(c)
		}
	}
	g.findLive()
	return g
}

// Begin returns a graph without cells.
func Begin(opts Options) *Graph {
	if opts.Knowledge == nil {
		opts.Knowledge = knowledge.Default()
	}
	g := &Graph{
		opts: opts, Decided: map[*closure.Call]Decision{}, modules: map[string]*module{}, binders: map[string][]int{},
		scalars: map[string]*object{}, libraries: map[string]*object{},
		functions: map[place]bool{}, scripts: map[*closure.Summary]*Module{},
	}
	g.main = &module{name: "__main__", vars: map[string]*variable{}, loaded: true, positions: map[*variable]int{}, holding: map[*object][]int{}}
	return g
}

// add takes a cell into the graph, and notes what its text alone tells.
func (g *Graph) add(u Unit) *Cell {
	i := len(g.Cells)
	c := &Cell{Index: i, Summary: u.Summary}
	g.Cells = append(g.Cells, c)
	if u.Summary == nil {
		return c
	}
	for name := range u.Summary.Binds {
		g.binders[name] = append(g.binders[name], i)
	}
	g.pool += exactPerStep * u.Summary.Size
	g.walks += walksPerStep * u.Summary.Size
	if u.Summary.BindsUnknown {
		g.wild = append(g.wild, i)
	}
	return c
}
