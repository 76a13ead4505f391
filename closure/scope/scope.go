// Package scope says which block of the source each name of a file belongs to.
//
// Scopes are resolved as CPython's compiler does it (Python/symtable.c, PEP 227, 572, 695), in
// two passes, because a name's scope depends on text that comes after its use: a block's
// bindings decide what its own earlier lines mean, and a `global` or `nonlocal` below a
// nested function decides what the function's free variable is.
//
// The first pass walks the tree once and notes, block by block, how each name is used. The
// second asks each block, outermost first, what its names are: a binding makes a local (or,
// when an inner block uses it, a cell), a declaration overrides that, and a name that is only
// used is looked for outwards. Class blocks are passed over on that way, except by the
// annotation scopes directly inside them, which see class names by PEP 695.
package scope

import "github.com/xetmemo/xetmemo-lint/pyast"

// Kind tells what kind of block a scope belongs to.
type Kind uint8

const (
	Module Kind = iota
	Class
	Function
	Lambda
	Comprehension
	Generator  // a generator expression: a comprehension that runs later
	TypeParams // the scope that holds a definition's type parameters (PEP 695)
	TypeAlias  // the value of a type alias
	TypeVar    // a type parameter's bound or default
)

// Scope is a block of source that has names of its own.
type Scope struct {
	Kind     Kind
	Name     string // "top", the name of a function or class, or CPython's "lambda", "listcomp", …
	Node     pyast.Node
	Parent   *Scope
	Children []*Scope
	Symbols  map[string]*Symbol // by mangled name

	private string // name of the class that mangles private names here
	order   []*Symbol
}

// Resolution says where a name lives, in CPython's five ways.
type Resolution uint8

const (
	GlobalImplicit Resolution = iota
	GlobalExplicit
	Local
	Cell // a local that an inner block uses
	Free
)

// Use is a set of the ways in which a block uses a name.
type Use uint16

const (
	Referenced Use = 1 << iota
	Assigned
	Parameter
	Imported
	Annotated
	DeclaredGlobal
	DeclaredNonlocal
	IsTypeParam
	boundByWalrus // out of a comprehension: declared there, bound further out

	binds = Assigned | Parameter | Imported | IsTypeParam
)

// Symbol is one name in one scope.
type Symbol struct {
	Name     string
	Use      Use
	Resolved Resolution
	// Owner is the scope that holds the variable: the scope itself for locals, the one
	// outside that binds it for Free, the module for globals.
	Owner *Scope
}

// Scopes is the result of Resolve.
type Scopes struct {
	Module *Scope
	ByNode map[pyast.Node]*Scope // of def, class, lambda and comprehension nodes
	// TypeParams are the scopes of type parameters, by the node that they belong to.
	TypeParams map[pyast.Node]*Scope
	// EagerAnnotations says that annotations are evaluated where they stand.
	EagerAnnotations bool
}

// Resolve gives every block of the file its scope and every name in it its resolution.
func Resolve(f *pyast.File) *Scopes { return resolve(f, nil) }

// Lookup returns the symbol of a name as the source writes it, or nil where the block does
// not use it.
func (s *Scope) Lookup(name string) *Symbol { return s.Symbols[s.Mangle(name)] }

// Mangle applies the private name rule (Language Reference 6.2.1): `__x` in class A is `_A__x`.
func (s *Scope) Mangle(name string) string { return mangled(s.private, name) }

// mangled is a name as the body of a class has it.
func mangled(class, name string) string {
	if class == "" || len(name) < 3 || name[0] != '_' || name[1] != '_' {
		return name
	}
	if name[len(name)-1] == '_' && name[len(name)-2] == '_' {
		return name
	}
	for i := range len(name) {
		if name[i] == '.' {
			return name
		}
	}
	for class != "" && class[0] == '_' {
		class = class[1:]
	}
	if class == "" {
		return name
	}
	return "_" + class + name
}

// functionLike says that names bound in the scope are visible to the blocks inside it.
func (s *Scope) functionLike() bool { return s.Kind != Module && s.Kind != Class }

// annotationLike says that the scope sees the names of a class right around it.
func (s *Scope) annotationLike() bool {
	return s.Kind == TypeParams || s.Kind == TypeAlias || s.Kind == TypeVar
}

func (s *Scope) comprehension() bool {
	return s.Kind == Comprehension || s.Kind == Generator
}

func (s *Scope) note(name string, use Use) *Symbol {
	y := s.Symbols[name]
	if y == nil {
		y = &Symbol{Name: name}
		s.Symbols[name] = y
		s.order = append(s.order, y)
	}
	y.Use |= use
	return y
}

// class returns the class whose names an annotation scope sees: the one right around it.
func (s *Scope) class() *Scope {
	p := s.Parent
	for p != nil && p.annotationLike() {
		p = p.Parent
	}
	if p != nil && p.Kind == Class && s.annotationLike() {
		return p
	}
	return nil
}
