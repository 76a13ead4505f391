package interp

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/imports"
)

// module is the notebook itself or a local module, with its globals.
type module struct {
	name         string
	source       *imports.Module
	vars         map[string]*variable
	order        []string // names, in order of first sight
	loaded       bool
	object       *Object
	bindsUnknown bool // globals may have been bound that we don't see

	// Of the notebook itself: where each global stands in order, and which may hold an object
	// when a cell ends. So a cell's end looks at what it touched, not at all there is.
	positions map[*variable]int
	holding   map[*Object][]int
}

func (m *module) variable(name string) *variable {
	v := m.vars[name]
	if v == nil {
		v = &variable{unbound: true}
		m.vars[name] = v
		if m.positions != nil {
			m.positions[v] = len(m.order)
		}
		m.order = append(m.order, name)
	}
	return v
}

// local returns the local module of that dotted name, not yet run, or nil.
func (g *Notebook) local(name string) *module {
	if m, ok := g.modules[name]; ok {
		return m
	}
	var m *module
	if src := g.opts.Imports.Local(name); src != nil {
		m = &module{name: name, source: src, vars: map[string]*variable{}}
		m.object = &Object{kind: moduleObject, Type: name, unit: beforeAll, definition: definition{module: m}}
	}
	g.modules[name] = m
	return m
}

// load runs the module's body, once, when something of it is first asked for.
func (r *runner) load(m *module) {
	if m.loaded {
		return
	}
	m.loaded = true
	sub := newRunner(r.g, &Cell{Index: beforeAll, Summary: m.source.Summary}, m, ofModule())
	sub.depth = r.depth + 1
	if sub.depth < maxDepth {
		sub.module(m.source.Summary.Body)
	}
	m.bindsUnknown = m.source.Summary.BindsUnknown
}

// attribute returns a global of a local module, or a submodule of a package.
func (r *runner) moduleAttribute(m *module, name string) Value {
	r.load(m)
	if v := m.vars[name]; v != nil && (len(v.defs) > 0 || len(v.val) > 0) {
		return r.held(v)
	}
	if sub := r.g.local(m.name + "." + name); sub != nil {
		return Value{sub.object}
	}
	return nil
}

// importModule evaluates one clause of an import statement.
func (r *runner) importModule(i *closure.Import) Value {
	return r.imported(i, r.frame.mod)
}

// imported returns what an import in the code of a module gives.
func (r *runner) imported(i *closure.Import, in *module) Value {
	t := r.g.opts.Imports.Resolve(i, in.source)
	switch {
	case i.Name != "" && t.Path == "__main__."+i.Name:
		return r.g.main.variable(i.Name).val
	case t.Module == nil:
		return r.library(t.Path).Alone()
	case t.Name != "":
		return r.moduleAttribute(r.g.local(t.Module.Name), t.Name)
	case t.Loads != nil:
		r.load(r.g.local(t.Loads.Name))
	}
	return Value{r.g.local(t.Module.Name).object}
}

// importStar binds what a star import binds, as far as it can be known.
func (r *runner) importStar(i *closure.ImportStar) {
	name := imports.Absolute(i.Module, i.Level, r.mod.source)
	if m := r.g.local(name); m != nil {
		r.load(m)
		for _, n := range m.public() {
			v := m.vars[n]
			imported := len(v.defs) > 0
			for _, d := range v.defs {
				imported = imported && d.Imported
			}
			r.bind(n, r.held(v), &Binding{Name: n, Unit: r.unit, Pos: i.At(), Kind: closure.BindImport, Imported: imported, module: r.mod, star: m})
		}
		if m.bindsUnknown {
			r.importUnknown(i)
		}
		return
	}
	if names := r.g.opts.Knowledge.Names(name); names != nil {
		r.bindLibrary(name, names, i)
		return
	}
	r.importUnknown(i)
}

// bindLibrary binds the names of a star import of a library: up to a thousand, so what they
// need is made in one piece, and the objects behind them only for names that are loaded (held).
func (r *runner) bindLibrary(module string, names []string, i *closure.ImportStar) {
	bindings, all, here := make([]Binding, len(names)), make([]*Binding, len(names)), []int{r.unit}
	for n, name := range names {
		b := &bindings[n]
		*b = Binding{Name: name, Unit: r.unit, Pos: i.At(), Kind: closure.BindImport, Imported: true, module: r.mod, library: module}
		if r.mod != r.g.main || r.unit == beforeAll {
			r.bind(name, nil, b)
			continue
		}
		if r.g.binders[name] == nil {
			r.g.binders[name] = here
		}
		all[n] = b
		r.set(r.g.main.variable(name), variable{defs: all[n : n+1 : n+1]})
	}
}

// held is what a global may hold, with the objects behind the names that star imports of
// libraries bound.
func (r *runner) held(v *variable) Value {
	for _, d := range v.defs {
		if d.library != "" {
			v.val = v.val.With(r.library(d.library + "." + d.Name))
		}
	}
	return v.val
}

// importUnknown notes that the star import may have bound any name.
func (r *runner) importUnknown(i *closure.ImportStar) {
	if r.mod != r.g.main {
		r.mod.bindsUnknown = true
		return
	}
	if !slices.Contains(r.g.bindsUnknown, r.unit) {
		r.g.bindsUnknown = append(r.g.bindsUnknown, r.unit)
		r.noteEffect(Effect{Kind: UnresolvedStarImport, Pos: i.At(), Detail: i.Module})
	}
}

// bindsAny notes that a call may have bound any name.
func (r *runner) bindsAny(what string) {
	if r.frame.mod != r.g.main {
		r.frame.mod.bindsUnknown = true
		return
	}
	if r.unit != beforeAll && !slices.Contains(r.g.bindsUnknown, r.unit) {
		r.g.bindsUnknown = append(r.g.bindsUnknown, r.unit)
	}
	r.effect(RunsCode, what)
}

// public returns the names that a star import takes: __all__ where it is a constant list, else
// those without a leading underscore.
func (m *module) public() []string {
	var names []string
	if all, ok := m.source.Summary.All(); ok {
		for _, n := range all {
			if m.vars[n] != nil {
				names = append(names, n)
			}
		}
		return names
	}
	for n, v := range m.vars {
		if !strings.HasPrefix(n, "_") && len(v.defs) > 0 {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}
