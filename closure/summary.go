// Package closure says what one cell, or one module, does with names and objects, and knows
// nothing of any other cell: which scope a name belongs to, in what order names are read and
// bound and on which paths, what is called with what. What a global name means is left open;
// package deps links the summaries of a notebook and runs them.
package closure

import (
	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Summary is what a cell or module does, in flow form.
type Summary struct {
	File *pyast.File
	Body *Func
	// Funcs are the functions, lambdas and class bodies in source order, nested ones included.
	Funcs []*Func
	// Binds are the globals that the code visibly binds, functions' global statements
	// included, each with its first place.
	Binds map[string]pyast.Pos
	// Deletes are the globals that a del statement names.
	Deletes map[string]pyast.Pos
	// BindsUnknown is set where code we can't see may bind any name.
	BindsUnknown bool
	// Tokens are the identifiers of code that we can't parse or see into.
	Tokens []Token
	// Loads are the globals that the code names anywhere, latent code included.
	Loads map[string]pyast.Pos
	// Embedded are the names in the text of strings that a query or formula may take for variables.
	Embedded []string
	// ImportsStar is set where a star import, or %pylab, binds what its module has.
	ImportsStar bool
	// RunsFiles is set where %run runs another file.
	RunsFiles bool
	// Written are the files that %%writefile makes, in order: later imports may read them.
	Written []WrittenFile
	// Paths are the folders that the code adds to sys.path by a constant, as it writes them.
	Paths []string
	// Size is the number of instructions.
	Size int
	// Scopes are the file's scopes, for checks against CPython's symtable and for renaming.
	Scopes *scope.Scopes
}

// WrittenFile is a file that a cell makes of its text.
type WrittenFile struct {
	Path, Text string
	Append     bool // the text is added to what the file holds
}

// Summarize puts a file into flow form. It never fails: what is no Python becomes Opaque steps.
func Summarize(f *pyast.File) *Summary {
	s := &Summary{
		File: f, Binds: map[string]pyast.Pos{}, Deletes: map[string]pyast.Pos{}, Loads: map[string]pyast.Pos{},
		Scopes: scope.Resolve(f),
	}
	l := &lowering{sum: s, file: f, scopes: s.Scopes, slots: map[slotKey]int{}, frames: map[*scope.Scope]*Func{}}
	l.cell()
	return s
}

// All returns the names of a module's __all__, where it is a display of constant strings.
func (s *Summary) All() (names []string, ok bool) {
	for _, stmt := range s.File.Body {
		a, isAssign := stmt.(*pyast.Assign)
		if !isAssign || len(a.Targets) != 1 {
			continue
		}
		if n, isName := a.Targets[0].(*pyast.Name); !isName || n.ID != "__all__" {
			continue
		}
		names, ok = nil, true
		for _, e := range elements(a.Value) {
			c, isConst := e.(*pyast.Constant)
			if !isConst || c.Kind != pyast.Str {
				return nil, false
			}
			names = append(names, c.Str)
		}
	}
	return names, ok
}

// Changes says whether running the body may change an object at all: it stores into one, or
// calls anything.
func (f *Func) Changes() bool {
	changes := false
	Each(f.Body, func(i Instr) {
		switch i.(type) {
		case *SetAttr, *SetItem, *InPlace, *Call:
			changes = true
		}
	})
	return changes
}

// Each visits every instruction of a body, nested blocks included.
func Each(code []Instr, visit func(Instr)) {
	for _, i := range code {
		visit(i)
		switch i := i.(type) {
		case *If:
			Each(i.Then, visit)
			Each(i.Else, visit)
		case *Loop:
			Each(i.Body, visit)
			Each(i.Else, visit)
		case *Block:
			Each(i.Body, visit)
		case *Try:
			Each(i.Body, visit)
			for _, h := range i.Handlers {
				Each(h, visit)
			}
			Each(i.Else, visit)
			Each(i.Final, visit)
		case *With:
			Each(i.Enter, visit)
			Each(i.Body, visit)
		case *IfBuiltin:
			Each(i.Then, visit)
			Each(i.Else, visit)
		case *IfBound:
			Each(i.Then, visit)
		}
	}
}
