package scope

// The first pass: how each block uses each name.

import "github.com/xetmemo/xetmemo-lint/pyast"

func resolve(f *pyast.File, places *[]Occurrence) *Scopes {
	r := &resolver{out: &Scopes{ByNode: map[pyast.Node]*Scope{}, TypeParams: map[pyast.Node]*Scope{}}, places: places}
	r.out.EagerAnnotations = f.Version != 0 && f.Version < 14 && !futureAnnotations(f.Body)
	m := r.enter(Module, "top", nil)
	r.out.Module = m
	r.stmts(f.Body)
	analyze(m)
	return r.out
}

// resolver is the first pass: what it has found, and the block it is in.
type resolver struct {
	out    *Scopes
	scope  *Scope
	places *[]Occurrence // nil: places are not kept
}

func (r *resolver) enter(kind Kind, name string, n pyast.Node) *Scope {
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
	r.scope.note(r.scope.Mangle(name), use)
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
		r.function(Function, s.Name.Name, s, s.Args, func() { r.stmts(s.Body) })
		leave()
	case *pyast.ClassDef:
		r.exprs(s.DecoratorList)
		r.noteAt(s.Name, Assigned)
		leave := r.typeParams(s, s.Name.Name, s.TypeParams)
		r.exprs(s.Bases)
		r.keywords(s.Keywords)
		c := r.enter(Class, s.Name.Name, s)
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
		r.enter(TypeAlias, s.Name.ID, s)
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
			r.noteAt(a.Binding(), Imported)
		}
	case *pyast.ImportFrom:
		for _, a := range s.Names {
			if a.Name.Name != "*" {
				r.noteAt(a.Binding(), Imported)
			}
		}
	case *pyast.Global:
		for _, n := range s.Names {
			r.noteAt(n, DeclaredGlobal)
			r.out.Module.note(r.scope.Mangle(n.Name), DeclaredGlobal)
		}
	case *pyast.Nonlocal:
		for _, n := range s.Names {
			r.noteAt(n, DeclaredNonlocal)
		}
	case *pyast.ExprStmt:
		r.expr(s.Value)
	}
}

// function opens the scope of a def or lambda. Defaults and annotations were visited outside.
func (r *resolver) function(kind Kind, name string, n pyast.Node, args *pyast.Arguments, body func()) {
	r.enter(kind, name, n)
	r.out.ByNode[n] = r.scope
	for p := range args.All() {
		r.noteAt(p.Name, Parameter)
	}
	body()
	r.leave()
}

func (r *resolver) defaults(a *pyast.Arguments) {
	if a != nil {
		r.exprs(a.Defaults)
		r.exprs(a.KwDefaults)
	}
}

// annotations visits those of a def where the version evaluates them with the def.
func (r *resolver) annotations(a *pyast.Arguments, returns pyast.Expr) {
	for p := range a.All() {
		r.annotation(p.Annotation)
	}
	r.annotation(returns)
}

func (r *resolver) annotation(e pyast.Expr) {
	if r.places != nil || r.out.EagerAnnotations {
		r.expr(e)
	}
}

// typeParams opens the scope of a definition's type parameters, if it has any.
func (r *resolver) typeParams(n pyast.Node, name string, list []pyast.TypeParam) (leave func()) {
	if len(list) == 0 {
		return func() {}
	}
	r.enter(TypeParams, name, n)
	r.out.TypeParams[n] = r.scope
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
		r.enter(TypeVar, name, e)
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
		r.function(Lambda, "lambda", e, e.Args, func() { r.expr(e.Body) })
	case *pyast.ListComp:
		r.comprehension(Comprehension, "listcomp", e, e.Generators, e.Elt, nil)
	case *pyast.SetComp:
		r.comprehension(Comprehension, "setcomp", e, e.Generators, e.Elt, nil)
	case *pyast.DictComp:
		r.comprehension(Comprehension, "dictcomp", e, e.Generators, e.Key, e.Value)
	case *pyast.GeneratorExp:
		r.comprehension(Generator, "genexpr", e, e.Generators, e.Elt, nil)
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
func (r *resolver) comprehension(kind Kind, name string, n pyast.Node, gens []*pyast.Comprehension, elt, value pyast.Expr) {
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
	mangled := r.scope.Mangle(name)
	global := home.Kind == Module
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

// futureAnnotations says whether a body asks for annotations not to be evaluated (PEP 563).
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
