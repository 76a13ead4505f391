package closure

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

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// ScopeKind tells what kind of block a scope belongs to.
type ScopeKind uint8

const (
	ModuleScope ScopeKind = iota
	ClassScope
	FunctionScope
	LambdaScope
	ComprehensionScope
	GeneratorScope  // a generator expression: a comprehension that runs later
	TypeParamsScope // the scope that holds a definition's type parameters (PEP 695)
	TypeAliasScope  // the value of a type alias
	TypeVarScope    // a type parameter's bound or default
)

// Scope is a block of source that has names of its own.
type Scope struct {
	Kind     ScopeKind
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
	params map[pyast.Node]*Scope // type parameter scopes, by the node they belong to
}

// Resolve gives every block of the file its scope and every name in it its resolution.
func Resolve(f *pyast.File) *Scopes { return resolve(f, nil) }

func resolve(f *pyast.File, places *[]Occurrence) *Scopes {
	r := &resolver{version: f.Version, out: &Scopes{ByNode: map[pyast.Node]*Scope{}, params: map[pyast.Node]*Scope{}}, places: places}
	r.lazyAnnotations = f.Version == 0 || f.Version >= 14
	r.skipAnnotations = futureAnnotations(f.Body)
	m := r.enter(ModuleScope, "top", nil)
	r.out.Module = m
	r.stmts(f.Body)
	analyze(m)
	return r.out
}

// Lookup returns the symbol of a name as the source writes it, or nil where the block does
// not use it.
func (s *Scope) Lookup(name string) *Symbol { return s.Symbols[Mangle(s.private, name)] }

// Mangle applies the private name rule (Language Reference 6.2.1): `__x` in class A is `_A__x`.
func Mangle(class, name string) string {
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

func futureAnnotations(body []pyast.Stmt) bool {
	for _, s := range body {
		switch s := s.(type) {
		case *pyast.ImportFrom:
			if s.Module.Name == "__future__" && s.Level == 0 {
				for _, a := range s.Names {
					if a.Name.Name == "annotations" {
						return true
					}
				}
			}
		case *pyast.ExprStmt:
			if c, ok := s.Value.(*pyast.Constant); !ok || c.Kind != pyast.Str {
				return false
			}
		default:
			return false
		}
	}
	return false
}

// functionLike says that names bound in the scope are visible to the blocks inside it.
func (s *Scope) functionLike() bool { return s.Kind != ModuleScope && s.Kind != ClassScope }

// annotationLike says that the scope sees the names of a class right around it.
func (s *Scope) annotationLike() bool {
	return s.Kind == TypeParamsScope || s.Kind == TypeAliasScope || s.Kind == TypeVarScope
}

func (s *Scope) comprehension() bool {
	return s.Kind == ComprehensionScope || s.Kind == GeneratorScope
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

// analyze resolves the scope's own names, then those of the blocks inside it: an inner block
// that finds its name here turns a Local into a Cell.
func analyze(s *Scope) {
	module := s
	for module.Parent != nil {
		module = module.Parent
	}
	for i := 0; i < len(s.order); i++ {
		y := s.order[i]
		switch {
		case s.Kind == ModuleScope:
			y.Owner = s
			y.Resolved = GlobalImplicit
			if y.Use&DeclaredGlobal != 0 {
				y.Resolved = GlobalExplicit
			} else if y.Use&(binds|Annotated) != 0 {
				y.Resolved = Local
			}
		case y.Use&DeclaredGlobal != 0:
			y.Resolved, y.Owner = GlobalExplicit, module
		case y.Use&(binds|Annotated) != 0 && y.Use&DeclaredNonlocal == 0:
			if y.Resolved != Cell {
				y.Resolved = Local
			}
			y.Owner = s
		default:
			y.Resolved, y.Owner = GlobalImplicit, module
			if c := s.class(); c != nil && c.binds(y.Name) { // looked up in the class at run time
				break
			}
			if owner := outward(s, y.Name); owner != nil {
				y.Resolved, y.Owner = Free, owner
			}
		}
	}
	for _, c := range s.Children {
		analyze(c)
	}
}

// outward finds the function-like scope around s that binds the name, makes the name a cell
// there and free on the way, as the compiler does to pass it inwards.
func outward(s *Scope, name string) *Scope {
	for p := s.Parent; p != nil; p = p.Parent {
		if p.Kind == ModuleScope {
			return nil
		}
		y := p.Symbols[name]
		if p.Kind == ClassScope {
			if name == "__class__" || name == "__classdict__" {
				return markFree(s, p, name)
			}
			continue
		}
		if y == nil {
			continue
		}
		switch {
		case y.Use&DeclaredGlobal != 0:
			return nil
		case y.Use&DeclaredNonlocal != 0:
			continue
		case y.Use&(binds|Annotated) != 0:
			y.Resolved = Cell
			return markFree(s, p, name)
		}
	}
	return nil
}

func (s *Scope) binds(name string) bool {
	y := s.Symbols[name]
	return y != nil && y.Use&(binds|Annotated) != 0
}

func markFree(s, owner *Scope, name string) *Scope {
	for p := s.Parent; p != owner; p = p.Parent {
		y := p.Symbols[name]
		if y == nil {
			y = p.note(name, 0)
			y.Resolved, y.Owner = Free, owner
		} else if p.Kind != ClassScope && y.Use&binds == 0 {
			y.Resolved, y.Owner = Free, owner
		}
	}
	return owner
}

// resolver is the first pass: the block it is in, and what the version says of annotations.
type resolver struct {
	out             *Scopes
	scope           *Scope
	version         pyast.Version
	lazyAnnotations bool
	skipAnnotations bool
	places          *[]Occurrence // nil: places are not kept
}

func (r *resolver) enter(kind ScopeKind, name string, n pyast.Node) *Scope {
	s := &Scope{Kind: kind, Name: name, Node: n, Parent: r.scope, Symbols: map[string]*Symbol{}}
	if s.Parent != nil {
		s.private = s.Parent.private
		s.Parent.Children = append(s.Parent.Children, s)
	}
	r.scope = s
	return s
}

func (r *resolver) leave() { r.scope = r.scope.Parent }

// noteAt notes the use of a name at its place in the text.
func (r *resolver) noteAt(id pyast.Identifier, use Use) {
	r.note(id.Name, use)
	r.record(id, use)
}

func (r *resolver) note(name string, use Use) {
	r.scope.note(Mangle(r.scope.private, name), use)
}

func (r *resolver) stmts(list []pyast.Stmt) {
	for _, s := range list {
		r.stmt(s)
	}
}

func (r *resolver) stmt(s pyast.Stmt) {
	switch s := s.(type) {
	case *pyast.FunctionDef:
		r.defaults(s.Args) // before the decorators, in symtable.c's order
		r.exprs(s.DecoratorList)
		r.noteAt(s.Name, Assigned)
		leave := r.typeParams(s, s.Name.Name, s.TypeParams)
		r.annotations(s.Args, s.Returns)
		r.function(FunctionScope, s.Name.Name, s, s.Args, func() { r.stmts(s.Body) })
		leave()
	case *pyast.ClassDef:
		r.exprs(s.DecoratorList)
		r.noteAt(s.Name, Assigned)
		leave := r.typeParams(s, s.Name.Name, s.TypeParams)
		r.exprs(s.Bases)
		r.keywords(s.Keywords)
		c := r.enter(ClassScope, s.Name.Name, s)
		c.private = s.Name.Name
		r.out.ByNode[s] = c
		if len(s.TypeParams) > 0 {
			c.note("__type_params__", Assigned)
			c.note(".type_params", Referenced)
		}
		r.stmts(s.Body)
		r.leave()
		leave()
	case *pyast.Return:
		r.expr(s.Value)
	case *pyast.Delete:
		for _, t := range s.Targets {
			r.target(t)
		}
	case *pyast.Assign:
		r.expr(s.Value)
		for _, t := range s.Targets {
			r.target(t)
		}
	case *pyast.TypeAlias:
		r.noteAt(identifier(s.Name), Assigned)
		leave := r.typeParams(s, s.Name.ID, s.TypeParams)
		r.enter(TypeAliasScope, s.Name.ID, s)
		r.out.ByNode[s] = r.scope
		r.seeClass()
		r.expr(s.Value)
		r.leave()
		leave()
	case *pyast.AugAssign:
		r.expr(s.Value)
		r.target(s.Target)
	case *pyast.AnnAssign:
		r.annotation(s.Annotation)
		if n, ok := s.Target.(*pyast.Name); ok {
			use := Annotated
			if s.Value != nil {
				use |= Assigned
			}
			if !s.Simple {
				use &^= Annotated
			}
			r.noteAt(identifier(n), use)
		} else {
			r.target(s.Target)
		}
		r.expr(s.Value)
	case *pyast.For:
		r.expr(s.Iter)
		r.target(s.Target)
		r.stmts(s.Body)
		r.stmts(s.Orelse)
	case *pyast.While:
		r.expr(s.Test)
		r.stmts(s.Body)
		r.stmts(s.Orelse)
	case *pyast.If:
		r.expr(s.Test)
		r.stmts(s.Body)
		r.stmts(s.Orelse)
	case *pyast.With:
		for _, w := range s.Items {
			r.expr(w.ContextExpr)
			r.target(w.OptionalVars)
		}
		r.stmts(s.Body)
	case *pyast.Match:
		r.expr(s.Subject)
		for _, c := range s.Cases {
			r.pattern(c.Pattern)
			r.expr(c.Guard)
			r.stmts(c.Body)
		}
	case *pyast.Raise:
		r.expr(s.Exc)
		r.expr(s.Cause)
	case *pyast.Try:
		r.stmts(s.Body)
		r.stmts(s.Orelse) // in symtable.c's order
		for _, h := range s.Handlers {
			r.expr(h.Type)
			if h.Name.Name != "" {
				r.noteAt(h.Name, Assigned)
			}
			r.stmts(h.Body)
		}
		r.stmts(s.Finalbody)
	case *pyast.Assert:
		r.expr(s.Test)
		r.expr(s.Msg)
	case *pyast.Import:
		for _, a := range s.Names {
			r.noteAt(importBinding(a), Imported)
		}
	case *pyast.ImportFrom:
		for _, a := range s.Names {
			if a.Name.Name != "*" {
				r.noteAt(importBinding(a), Imported)
			}
		}
	case *pyast.Global:
		for _, n := range s.Names {
			r.noteAt(n, DeclaredGlobal)
			r.out.Module.note(Mangle(r.scope.private, n.Name), DeclaredGlobal)
		}
	case *pyast.Nonlocal:
		for _, n := range s.Names {
			r.noteAt(n, DeclaredNonlocal)
		}
	case *pyast.ExprStmt:
		r.expr(s.Value)
	}
}

// importBinding is the name that an import clause binds: `a.b` binds `a`.
func importBinding(a *pyast.Alias) pyast.Identifier {
	if a.Asname.Name != "" {
		return a.Asname
	}
	first := a.Name
	if i := strings.IndexByte(first.Name, '.'); i >= 0 {
		first.Name = first.Name[:i]
		first.End = first.Start + pyast.Pos(i)
	}
	return first
}

// function opens the scope of a def or lambda. Defaults and annotations were visited outside.
func (r *resolver) function(kind ScopeKind, name string, n pyast.Node, args *pyast.Arguments, body func()) {
	r.enter(kind, name, n)
	r.out.ByNode[n] = r.scope
	for p := range params(args) {
		r.noteAt(p.Name, Parameter)
	}
	body()
	r.leave()
}

// params ranges over the parameters in the order in which a frame holds them.
func params(a *pyast.Arguments) func(yield func(*pyast.Arg) bool) {
	return func(yield func(*pyast.Arg) bool) {
		if a == nil {
			return
		}
		for _, list := range [3][]*pyast.Arg{a.Posonlyargs, a.Args, a.Kwonlyargs} {
			for _, p := range list {
				if !yield(p) {
					return
				}
			}
		}
		for _, p := range [2]*pyast.Arg{a.Vararg, a.Kwarg} {
			if p != nil && !yield(p) {
				return
			}
		}
	}
}

func (r *resolver) defaults(a *pyast.Arguments) {
	if a != nil {
		r.exprs(a.Defaults)
		r.exprs(a.KwDefaults)
	}
}

// annotations visits those of a def where the version evaluates them with the def.
func (r *resolver) annotations(a *pyast.Arguments, returns pyast.Expr) {
	for p := range params(a) {
		r.annotation(p.Annotation)
	}
	r.annotation(returns)
}

func (r *resolver) annotation(e pyast.Expr) {
	if r.places != nil || !r.lazyAnnotations && !r.skipAnnotations {
		r.expr(e)
	}
}

// typeParams opens the scope of a definition's type parameters, if it has any.
func (r *resolver) typeParams(n pyast.Node, name string, list []pyast.TypeParam) (leave func()) {
	if len(list) == 0 {
		return func() {}
	}
	r.enter(TypeParamsScope, name, n)
	r.out.params[n] = r.scope
	r.seeClass()
	if _, ok := n.(*pyast.ClassDef); ok {
		r.scope.private = name
		r.note(".type_params", Assigned|Referenced)
		r.note(".generic_base", Assigned|Referenced)
	}
	if f, ok := n.(*pyast.FunctionDef); ok && f.Args != nil {
		r.scope.note(".defaults", Parameter)
		for _, d := range f.Args.KwDefaults {
			if d != nil {
				r.scope.note(".kwdefaults", Parameter)
				break
			}
		}
	}
	for _, p := range list {
		switch p := p.(type) {
		case *pyast.TypeVar:
			r.typeParam(p, p.Name, p.Bound, p.DefaultValue)
		case *pyast.ParamSpec:
			r.typeParam(p, p.Name, nil, p.DefaultValue)
		case *pyast.TypeVarTuple:
			r.typeParam(p, p.Name, nil, p.DefaultValue)
		}
	}
	return r.leave
}

func (r *resolver) typeParam(n pyast.Node, id pyast.Identifier, parts ...pyast.Expr) {
	r.noteAt(id, IsTypeParam|Assigned)
	name := id.Name
	for _, e := range parts {
		if e == nil {
			continue
		}
		r.enter(TypeVarScope, name, e)
		r.out.ByNode[e] = r.scope
		r.seeClass()
		r.expr(e)
		r.leave()
	}
}

// seeClass notes the implicit use of the class namespace that annotation scopes make.
func (r *resolver) seeClass() {
	if r.scope.class() != nil {
		r.scope.note("__classdict__", Referenced)
	}
}

// class returns the class whose names an annotation scope sees: the one right around it.
func (s *Scope) class() *Scope {
	p := s.Parent
	for p != nil && p.annotationLike() {
		p = p.Parent
	}
	if p != nil && p.Kind == ClassScope && s.annotationLike() {
		return p
	}
	return nil
}

func (r *resolver) exprs(list []pyast.Expr) {
	for _, e := range list {
		r.expr(e)
	}
}

func (r *resolver) keywords(list []*pyast.Keyword) {
	for _, k := range list {
		r.expr(k.Value)
	}
}

func (r *resolver) expr(e pyast.Expr) {
	switch e := e.(type) {
	case nil:
	case *pyast.Name:
		r.noteAt(identifier(e), Referenced)
		if e.ID == "super" && r.scope.functionLike() {
			r.note("__class__", Referenced)
		}
	case *pyast.Lambda:
		r.defaults(e.Args)
		r.function(LambdaScope, "lambda", e, e.Args, func() { r.expr(e.Body) })
	case *pyast.ListComp:
		r.comprehension(ComprehensionScope, "listcomp", e, e.Generators, e.Elt, nil)
	case *pyast.SetComp:
		r.comprehension(ComprehensionScope, "setcomp", e, e.Generators, e.Elt, nil)
	case *pyast.DictComp:
		r.comprehension(ComprehensionScope, "dictcomp", e, e.Generators, e.Key, e.Value)
	case *pyast.GeneratorExp:
		r.comprehension(GeneratorScope, "genexpr", e, e.Generators, e.Elt, nil)
	case *pyast.NamedExpr:
		r.walrus(identifier(e.Target))
		r.expr(e.Value)
	default:
		pyast.Children(e, func(n pyast.Node) {
			switch n := n.(type) {
			case pyast.Expr:
				r.expr(n)
			case *pyast.Keyword:
				r.expr(n.Value)
			}
		})
	}
}

// comprehension visits the first iterable outside and the rest inside (Language Reference 6.2.4).
func (r *resolver) comprehension(kind ScopeKind, name string, n pyast.Node, gens []*pyast.Comprehension, elt, value pyast.Expr) {
	r.expr(gens[0].Iter)
	r.enter(kind, name, n)
	r.out.ByNode[n] = r.scope
	r.scope.note(".0", Parameter)
	for i, g := range gens {
		r.target(g.Target)
		if i > 0 {
			r.expr(g.Iter)
		}
		r.exprs(g.Ifs)
	}
	if value != nil {
		r.expr(value)
	}
	r.expr(elt)
	r.leave()
}

// walrus binds out of comprehensions, into the nearest other scope (PEP 572).
func (r *resolver) walrus(id pyast.Identifier) {
	if !r.scope.comprehension() {
		r.noteAt(id, Assigned)
		return
	}
	r.record(id, Assigned)
	name := id.Name
	home := r.scope
	for home.comprehension() {
		home = home.Parent
	}
	mangled := Mangle(r.scope.private, name)
	global := home.Kind == ModuleScope
	if y := home.Symbols[mangled]; y != nil && y.Use&DeclaredGlobal != 0 {
		global = true
	}
	if global {
		r.scope.note(mangled, DeclaredGlobal|Assigned|boundByWalrus)
		home.note(mangled, DeclaredGlobal|Assigned|boundByWalrus)
		return
	}
	r.scope.note(mangled, DeclaredNonlocal|Assigned|boundByWalrus)
	home.note(mangled, Assigned)
}

// target visits an assignment or deletion target.
func (r *resolver) target(e pyast.Expr) {
	switch e := e.(type) {
	case nil:
	case *pyast.Name:
		r.noteAt(identifier(e), Assigned)
	case *pyast.Tuple:
		for _, x := range e.Elts {
			r.target(x)
		}
	case *pyast.List:
		for _, x := range e.Elts {
			r.target(x)
		}
	case *pyast.Starred:
		r.target(e.Value)
	default:
		r.expr(e)
	}
}

func (r *resolver) pattern(p pyast.Pattern) {
	if p == nil {
		return
	}
	switch p := p.(type) {
	case *pyast.MatchStar:
		if p.Name.Name != "" {
			r.noteAt(p.Name, Assigned)
		}
	case *pyast.MatchAs:
		r.pattern(p.Pattern)
		if p.Name.Name != "" {
			r.noteAt(p.Name, Assigned)
		}
	case *pyast.MatchMapping:
		r.exprs(p.Keys)
		for _, x := range p.Patterns {
			r.pattern(x)
		}
		if p.Rest.Name != "" {
			r.noteAt(p.Rest, Assigned)
		}
	case *pyast.MatchValue:
		r.expr(p.Value)
	case *pyast.MatchClass:
		r.expr(p.Cls)
		for _, x := range p.Patterns {
			r.pattern(x)
		}
		for _, x := range p.KwdPatterns {
			r.pattern(x)
		}
	case *pyast.MatchSequence:
		for _, x := range p.Patterns {
			r.pattern(x)
		}
	case *pyast.MatchOr:
		for _, x := range p.Patterns {
			r.pattern(x)
		}
	}
}
