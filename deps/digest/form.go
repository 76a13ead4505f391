package digest

import (
	"strconv"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// writer writes forms of statements; expr.go has expressions, and atom.go what stands at the leaves.
// Fields are written in bytewise order of their names, so the calls below are in that order.
type writer struct {
	out      []byte
	where    place
	keepDocs bool
	err      error // the first
}

// place is where a node stands, which decides what becomes of docstrings and annotations.
type place uint8

const (
	code         place = iota // in a module or a function
	plainClass                // in the scope of a class
	specialClass              // in the scope of a decorated or derived class, or of a class in one
	bareArgs                  // in the arguments of an undecorated function
)

func (w *writer) open(name string) {
	w.out = append(append(w.out, '('), name...)
}

func (w *writer) close() { w.out = append(w.out, ')') }

func (w *writer) field(name string) {
	w.out = append(append(append(w.out, ' '), name...), ' ')
}

func (w *writer) integer(field string, v int) {
	w.field(field)
	w.out = strconv.AppendInt(append(w.out, 'z'), int64(v), 16)
}

func (w *writer) flag(field string, v bool) {
	if v {
		w.integer(field, 1)
	} else {
		w.integer(field, 0)
	}
}

// child writes a field that is a node, or nothing where there is none.
func (w *writer) child(field string, n pyast.Node) {
	if n != nil {
		w.field(field)
		w.node(n)
	}
}

// arg is child for the one optional part that is no interface.
func (w *writer) arg(field string, n *pyast.Arg) {
	if n != nil {
		w.child(field, n)
	}
}

// list writes a field that is a list of nodes, or nothing where it is empty.
func list[T pyast.Node](w *writer, field string, nodes []T) {
	if len(nodes) == 0 {
		return
	}
	w.field(field)
	for i, n := range nodes {
		w.separate(i)
		w.node(n)
	}
	w.out = append(w.out, ']')
}

func (w *writer) separate(i int) {
	if i == 0 {
		w.out = append(w.out, '[')
	} else {
		w.out = append(w.out, ' ')
	}
}

// inside writes a list of statements that stand in another place.
func (w *writer) inside(where place, body []pyast.Stmt) {
	outer := w.where
	w.where = where
	list(w, "body", body)
	w.where = outer
}

func (w *writer) node(n pyast.Node) {
	switch n := n.(type) {
	case nil:
		w.out = append(w.out, '-')
	case pyast.Stmt:
		w.stmt(n)
	case pyast.Expr:
		w.expr(n)
	case pyast.Pattern:
		w.pattern(n)
	default:
		w.part(n)
	}
}

func (w *writer) stmt(n pyast.Stmt) {
	switch n := n.(type) {
	case *pyast.FunctionDef:
		w.function(n)
		return
	case *pyast.ClassDef:
		w.class(n)
		return
	case *pyast.Return:
		w.open("Return")
		w.child("value", n.Value)
	case *pyast.Delete:
		w.open("Delete")
		list(w, "targets", n.Targets)
	case *pyast.Assign:
		w.open("Assign")
		list(w, "targets", n.Targets)
		w.child("value", n.Value)
	case *pyast.TypeAlias:
		w.open("TypeAlias")
		w.child("name", n.Name)
		list(w, "type_params", n.TypeParams)
		w.child("value", n.Value)
	case *pyast.AugAssign:
		w.open("AugAssign")
		w.operator("op", n.Op.String())
		w.child("target", n.Target)
		w.child("value", n.Value)
	case *pyast.AnnAssign:
		w.open("AnnAssign")
		if w.where != code {
			w.child("annotation", n.Annotation)
		}
		w.flag("simple", n.Simple)
		w.child("target", n.Target)
		w.child("value", n.Value)
	case *pyast.For:
		w.openAsync("For", n.Async)
		list(w, "body", n.Body)
		w.child("iter", n.Iter)
		list(w, "orelse", n.Orelse)
		w.child("target", n.Target)
	case *pyast.While:
		w.open("While")
		list(w, "body", n.Body)
		list(w, "orelse", n.Orelse)
		w.child("test", n.Test)
	case *pyast.If:
		w.open("If")
		list(w, "body", n.Body)
		list(w, "orelse", n.Orelse)
		w.child("test", n.Test)
	case *pyast.With:
		w.openAsync("With", n.Async)
		list(w, "body", n.Body)
		list(w, "items", n.Items)
	case *pyast.Match:
		w.open("Match")
		list(w, "cases", n.Cases)
		w.child("subject", n.Subject)
	case *pyast.Raise:
		w.open("Raise")
		w.child("cause", n.Cause)
		w.child("exc", n.Exc)
	case *pyast.Try:
		if n.Star {
			w.open("TryStar")
		} else {
			w.open("Try")
		}
		list(w, "body", n.Body)
		list(w, "finalbody", n.Finalbody)
		list(w, "handlers", n.Handlers)
		list(w, "orelse", n.Orelse)
	case *pyast.Assert:
		w.open("Assert")
		w.child("msg", n.Msg)
		w.child("test", n.Test)
	case *pyast.Import:
		w.open("Import")
		list(w, "names", n.Names)
	case *pyast.ImportFrom:
		w.open("ImportFrom")
		w.integer("level", n.Level)
		w.identifier("module", n.Module)
		list(w, "names", n.Names)
	case *pyast.Global:
		w.open("Global")
		w.identifiers("names", n.Names)
	case *pyast.Nonlocal:
		w.open("Nonlocal")
		w.identifiers("names", n.Names)
	case *pyast.ExprStmt:
		w.open("Expr")
		w.child("value", n.Value)
	case *pyast.Pass:
		w.open("Pass")
	case *pyast.Break:
		w.open("Break")
	case *pyast.Continue:
		w.open("Continue")
	default:
		w.refuse(n)
		return
	}
	w.close()
}

func (w *writer) openAsync(name string, async bool) {
	w.out = append(w.out, '(')
	if async {
		w.out = append(w.out, "Async"...)
	}
	w.out = append(w.out, name...)
}

// function leaves out what the rules docstring, method-docstring and annotation say.
func (w *writer) function(n *pyast.FunctionDef) {
	plain := len(n.DecoratorList) == 0
	body := n.Body
	if plain && w.where != specialClass && !w.keepDocs && len(body) > 0 && isDocstring(body[0]) {
		body = body[1:]
	}
	w.openAsync("FunctionDef", n.Async)
	outer := w.where
	if plain {
		w.where = bareArgs
	}
	w.child("args", n.Args)
	w.where = outer
	w.inside(code, body)
	list(w, "decorator_list", n.DecoratorList)
	w.identifier("name", n.Name)
	if !plain {
		w.child("returns", n.Returns)
	}
	list(w, "type_params", n.TypeParams)
	w.close()
}

func isDocstring(s pyast.Stmt) bool {
	e, ok := s.(*pyast.ExprStmt)
	if !ok {
		return false
	}
	c, ok := e.Value.(*pyast.Constant)
	return ok && c.Kind == pyast.Str
}

func (w *writer) class(n *pyast.ClassDef) {
	scope := plainClass
	if w.where == specialClass || Special(n) {
		scope = specialClass
	}
	w.open("ClassDef")
	list(w, "bases", n.Bases)
	w.inside(scope, n.Body)
	list(w, "decorator_list", n.DecoratorList)
	list(w, "keywords", n.Keywords)
	w.identifier("name", n.Name)
	list(w, "type_params", n.TypeParams)
	w.close()
}

// part writes a node that is no statement, expression or pattern.
func (w *writer) part(n pyast.Node) {
	switch n := n.(type) {
	case *pyast.Arguments:
		w.open("arguments")
		list(w, "args", n.Args)
		list(w, "defaults", n.Defaults)
		list(w, "kw_defaults", n.KwDefaults)
		w.arg("kwarg", n.Kwarg)
		list(w, "kwonlyargs", n.Kwonlyargs)
		list(w, "posonlyargs", n.Posonlyargs)
		w.arg("vararg", n.Vararg)
	case *pyast.Arg:
		w.open("arg")
		if w.where != bareArgs {
			w.child("annotation", n.Annotation)
		}
		w.identifier("arg", n.Name)
	case *pyast.Keyword:
		w.open("keyword")
		w.identifier("arg", n.Arg)
		w.child("value", n.Value)
	case *pyast.Alias:
		w.open("alias")
		w.identifier("asname", n.Asname)
		w.identifier("name", n.Name)
	case *pyast.WithItem:
		w.open("withitem")
		w.child("context_expr", n.ContextExpr)
		w.child("optional_vars", n.OptionalVars)
	case *pyast.Comprehension:
		w.open("comprehension")
		list(w, "ifs", n.Ifs)
		w.flag("is_async", n.Async)
		w.child("iter", n.Iter)
		w.child("target", n.Target)
	case *pyast.ExceptHandler:
		w.open("ExceptHandler")
		list(w, "body", n.Body)
		w.identifier("name", n.Name)
		w.child("type", n.Type)
	case *pyast.MatchCase:
		w.open("match_case")
		list(w, "body", n.Body)
		w.child("guard", n.Guard)
		w.child("pattern", n.Pattern)
	case *pyast.TypeVar:
		w.open("TypeVar")
		w.child("bound", n.Bound)
		w.child("default_value", n.DefaultValue)
		w.identifier("name", n.Name)
	case *pyast.ParamSpec:
		w.open("ParamSpec")
		w.child("default_value", n.DefaultValue)
		w.identifier("name", n.Name)
	case *pyast.TypeVarTuple:
		w.open("TypeVarTuple")
		w.child("default_value", n.DefaultValue)
		w.identifier("name", n.Name)
	default:
		w.refuse(n)
		return
	}
	w.close()
}

// refuse notes a node that has no form.
func (w *writer) refuse(n pyast.Node) {
	if w.err == nil {
		w.err = &Opaque{n.Pos(), "this is not Python"}
	}
}
