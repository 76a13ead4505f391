// Package imports says what an import statement takes: which local module, and which name of
// it. It is the one place that knows how relative imports count, which modules are local and
// what a star import takes; the interpreter, the digest of what cells reach and the editor all
// ask it.
package imports

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
)

// Module is the source of a local module.
type Module struct {
	Name    string // dotted, from its import root
	Path    string
	Package bool // an __init__.py, or a folder without one
	Summary *closure.Summary
}

// Exports says whether a star import of the module takes a name that it binds.
func (m *Module) Exports(name string) bool {
	if names, ok := m.Summary.All(); ok {
		return slices.Contains(names, name)
	}
	return !strings.HasPrefix(name, "_")
}

// Modules finds local modules. It may be asked by several goroutines at once.
type Modules interface {
	// Find returns the module of that dotted name, or nil when it isn't local.
	Find(name string) *Module
	// Script returns the script or notebook that %run names, or nil.
	Script(path string) *Module
}

// Resolver resolves the imports of one notebook and of its local modules.
type Resolver struct {
	modules Modules
	found   map[string]*Module
}

// NewResolver returns a resolver that finds local modules among these; nil means that there are none.
func NewResolver(modules Modules) *Resolver {
	return &Resolver{modules: modules, found: map[string]*Module{}}
}

// Local returns the local module of that dotted name, or nil.
func (r *Resolver) Local(name string) *Module {
	m, known := r.found[name]
	if !known && r.modules != nil {
		m = r.modules.Find(name)
		r.found[name] = m
	}
	return m
}

// Renew says that a local module has another text now.
func (r *Resolver) Renew(m *Module) { r.found[m.Name] = m }

// Submodule returns the module of that name in a package, or nil. An attribute of the package
// that its own text binds comes before it.
func (r *Resolver) Submodule(pkg *Module, name string) *Module { return r.Local(pkg.Name + "." + name) }

// Script returns the script or notebook that %run names, or nil.
func (r *Resolver) Script(path string) *Module {
	if r.modules == nil {
		return nil
	}
	return r.modules.Script(path)
}

// Target is what one clause of an import statement takes.
type Target struct {
	// Path is the dotted name behind what is bound: "numpy" for import numpy.linalg, which binds
	// the package, "numpy.linalg" where it is imported as something.
	Path string
	// Module is the local module that is bound, or that Name is taken from; nil for one from outside.
	Module *Module
	// Name is what is taken from the module: "" for the module itself.
	Name string
	// Loads is the local module that the clause runs whatever is asked of it later: a.b for
	// import a.b, which binds a.
	Loads *Module
}

// Resolve resolves a clause of an import statement that stands in a module, or, with nil, in the notebook.
func (r *Resolver) Resolve(i *closure.Import, in *Module) Target {
	name := Absolute(i.Module, i.Level, in)
	switch {
	case i.Name != "":
		return Target{Path: name + "." + i.Name, Module: r.Local(name), Name: i.Name}
	case i.Whole:
		m := r.Local(name)
		return Target{Path: name, Module: m, Loads: m}
	}
	top, _, _ := strings.Cut(name, ".")
	t := Target{Path: top, Module: r.Local(top)}
	if t.Module != nil {
		t.Loads = r.Local(name)
	}
	return t
}

// Absolute makes the module name of an import absolute: level counts the dots in front of it,
// in is the module that it stands in, nil for the notebook.
func Absolute(name string, level int, in *Module) string {
	if level == 0 {
		return name
	}
	var parts []string
	if in != nil {
		parts = strings.Split(in.Name, ".")
		if !in.Package {
			parts = parts[:len(parts)-1]
		}
	}
	if drop := level - 1; drop <= len(parts) {
		parts = parts[:len(parts)-drop]
	}
	if name != "" {
		parts = append(parts, name)
	}
	return strings.Join(parts, ".")
}
