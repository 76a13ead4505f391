package resident

// What of a cell a hit can simply do again: imports, and definitions whose making calls nothing.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

type again struct {
	imports, definitions []statement
	statements           map[string]string // the statement at the top level that alone binds a name
}

// makes says whether running the statements again binds the name as the cell did.
func (a *again) makes(name string) bool {
	has := func(s statement) bool { return slices.Contains(s.Names, name) }
	return slices.ContainsFunc(a.imports, has) || slices.ContainsFunc(a.definitions, has)
}

func findAgain(c *deps.Cell) *again {
	a := &again{statements: map[string]string{}}
	f := c.Summary.File
	times := map[string]int{} // how many places bind a name
	for _, b := range c.Summary.Uses().Binds {
		times[b.Name]++
	}
	for _, s := range f.Body {
		names, kind := boundBy(s)
		if kind == imports {
			names = append(names, starred(c, s)...)
		}
		if kind == binds && len(names) == 0 {
			continue
		}
		text := f.Segment(s.Pos())
		line, _ := f.Position(s.Pos().Start)
		if slices.ContainsFunc(names, func(n string) bool { return times[n] > 1 }) {
			continue
		}
		for _, n := range names {
			a.statements[n] = text
		}
		switch kind {
		case imports:
			if len(names) > 0 {
				a.imports = append(a.imports, statement{names, line, text})
			}
		case defines:
			if def, ok := s.(*pyast.FunctionDef); ok && len(def.DecoratorList) > 0 {
				text = f.Source[decorated(f, def.DecoratorList[0]):s.Pos().End]
			}
			if def, ok := s.(*pyast.ClassDef); ok && len(def.DecoratorList) > 0 {
				text = f.Source[decorated(f, def.DecoratorList[0]):s.Pos().End]
			}
			a.definitions = append(a.definitions, statement{names, line, text})
		}
	}
	return a
}

// starred are the names that a star import binds, as far as they are known.
func starred(c *deps.Cell, s pyast.Stmt) []string {
	from, ok := s.(*pyast.ImportFrom)
	if !ok || len(from.Names) != 1 || from.Names[0].Name.Name != "*" {
		return nil
	}
	var names []string
	for _, b := range c.Bound {
		if b.Kind == closure.BindImport && b.Must && b.Pos >= from.Start && b.Pos < from.End {
			names = append(names, b.Name)
		}
	}
	return names
}

// decorated is where a decorated definition starts: at the "@" before its first decorator.
func decorated(f *pyast.File, first pyast.Expr) pyast.Pos {
	return pyast.Pos(strings.LastIndexByte(f.Source[:first.Pos().Start], '@'))
}

// role is what a statement at a cell's top level is to a hit.
type role uint8

const (
	binds   role = iota // by an assignment, or not at all
	imports             // a library or module, which costs nothing the second time
	defines             // a function, class or lambda, calling nothing
)

// boundBy returns the names that a simple statement or a definition binds.
func boundBy(s pyast.Stmt) ([]string, role) {
	switch s := s.(type) {
	case *pyast.Import:
		var names []string
		for _, a := range s.Names {
			first, _, _ := strings.Cut(a.Name.Name, ".")
			if a.Asname.Name != "" {
				first = a.Asname.Name
			}
			names = append(names, first)
		}
		return names, imports
	case *pyast.ImportFrom:
		var names []string
		for _, a := range s.Names {
			switch {
			case a.Asname.Name != "":
				names = append(names, a.Asname.Name)
			case a.Name.Name != "*":
				names = append(names, a.Name.Name)
			}
		}
		return names, imports
	case *pyast.FunctionDef:
		return []string{s.Name.Name}, ifQuiet(s)
	case *pyast.ClassDef:
		return []string{s.Name.Name}, ifQuiet(s)
	case *pyast.Assign:
		if len(s.Targets) != 1 {
			return nil, binds
		}
		target, ok := s.Targets[0].(*pyast.Name)
		if !ok {
			return nil, binds
		}
		if f, ok := s.Value.(*pyast.Lambda); ok {
			return []string{target.ID}, ifQuiet(f)
		}
		return []string{target.ID}, binds
	}
	return nil, binds
}

// ifQuiet says whether making a function or class runs nothing but what makes it.
func ifQuiet(n pyast.Node) role {
	if quiet(n) {
		return defines
	}
	return binds
}

// quiet says that what of a definition runs at once calls nothing, waits for nothing, and changes nothing.
func quiet(n pyast.Node) bool {
	switch n := n.(type) {
	case *pyast.FunctionDef:
		return quietDecorators(n.DecoratorList) && quietParameters(n.Args) && (n.Returns == nil || quiet(n.Returns))
	case *pyast.Lambda:
		return quietParameters(n.Args)
	case *pyast.ClassDef:
		return quietDecorators(n.DecoratorList) && allQuiet(n.Bases) && allQuiet(n.Keywords) && all(n.Body, quietInClass)
	case *pyast.Call:
		return quietCalls[dotted(n.Func)] && allQuiet(n.Args) && allQuiet(n.Keywords)
	case *pyast.Await, *pyast.Yield, *pyast.YieldFrom, *pyast.NamedExpr, *pyast.Magic, *pyast.BadExpr:
		return false
	}
	is := true
	pyast.Children(n, func(c pyast.Node) { is = is && quiet(c) })
	return is
}

func quietParameters(a *pyast.Arguments) bool {
	is := true
	pyast.Children(a, func(c pyast.Node) { is = is && quiet(c) })
	return is
}

// quietInClass says it of a statement of a class's body.
func quietInClass(s pyast.Stmt) bool {
	switch s := s.(type) {
	case *pyast.FunctionDef, *pyast.ClassDef, *pyast.Pass:
		return quiet(s)
	case *pyast.ExprStmt:
		_, ok := s.Value.(*pyast.Constant)
		return ok
	case *pyast.AnnAssign:
		return quiet(s.Annotation) && (s.Value == nil || quiet(s.Value))
	case *pyast.Assign:
		return quiet(s.Value) && all(s.Targets, func(t pyast.Expr) bool { _, name := t.(*pyast.Name); return name })
	}
	return false
}

// quietDecorators says that decorators give a function or class of their argument, and keep nothing of it.
func quietDecorators(list []pyast.Expr) bool {
	return all(list, func(d pyast.Expr) bool {
		name := dotted(d)
		if call, ok := d.(*pyast.Call); ok {
			name = dotted(call.Func)
			if !allQuiet(call.Args) || !allQuiet(call.Keywords) {
				return false
			}
		}
		_, last, _ := strings.Cut(name, ".")
		return quietDecorator[name] || last == "setter" || last == "getter" || last == "deleter"
	})
}

var quietDecorator = map[string]bool{
	"property": true, "staticmethod": true, "classmethod": true, "dataclass": true, "dataclasses.dataclass": true, "abstractmethod": true,
	"abc.abstractmethod": true, "lru_cache": true, "functools.lru_cache": true, "cache": true, "functools.cache": true,
	"cached_property": true, "functools.cached_property": true, "total_ordering": true, "functools.total_ordering": true,
	"contextmanager": true, "contextlib.contextmanager": true, "wraps": true, "functools.wraps": true,
}

// quietCalls are the calls that fields of classes are made with.
var quietCalls = map[string]bool{"field": true, "dataclasses.field": true, "TypeVar": true, "typing.TypeVar": true, "auto": true, "enum.auto": true}

// dotted is the dotted name that an expression consists of, or "".
func dotted(e pyast.Expr) string {
	switch e := e.(type) {
	case *pyast.Name:
		return e.ID
	case *pyast.Attribute:
		if base := dotted(e.Value); base != "" {
			return base + "." + e.Attr.Name
		}
	}
	return ""
}

func allQuiet[N pyast.Node](nodes []N) bool { return all(nodes, func(n N) bool { return quiet(n) }) }

func all[T any](list []T, is func(T) bool) bool {
	return !slices.ContainsFunc(list, func(x T) bool { return !is(x) })
}
