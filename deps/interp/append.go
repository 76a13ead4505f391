package interp

// Linking onto what is there. A kernel has no notebook, only runs of cells as they come: each is linked onto the state
// that those before it left, at the cost of that one cell. A cell that is run again, or edited and run again, is one run more.

import (
	"maps"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/imports"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

const (
	// forgetEvery is after how many runs it is looked which objects no name holds any more.
	forgetEvery = 64
	// manyRuns is after how many runs of the same text the later ones share their objects. A list that collects what
	// each run makes would else hold as many objects, and each run cost more than the one before.
	manyRuns = 32
)

// UnknownCall is a call into code that was not read: a library's of which nothing is known, or a method of a value whose
// type isn't.
type UnknownCall struct {
	Name string // as it is written, "client.fetch"; "" where what is called has no name
	Pos  pyast.Pos
	Via  []string
}

// Append runs a cell on the state that the ones before it left.
func (g *Notebook) Append(u Unit) *Cell {
	if n := len(g.Cells); n > 0 { // what later runs need of earlier ones is in the state
		g.Cells[n-1] = &Cell{Index: n - 1, Summary: g.Cells[n-1].Summary}
	} else {
		g.pool.begin()
	}
	c := g.add(u)
	g.last, g.appending = nil, true
	if c.Summary == nil {
		return c
	}
	g.pool.bound()
	g.Decided = map[*closure.Call]Decision{}
	g.last = g.run(c)
	if len(g.Cells)%forgetEvery == 0 {
		g.forget()
	}
	return c
}

// repeated is what the runs of one text share.
type repeated struct {
	runs   int
	root   *context
	allocs map[allocKey]*Object
	envs   map[envKey]*env
}

// repeat lets a run of a text that has run many times make the objects that the one before made.
func (g *Notebook) repeat(r *runner) {
	if g.repeated == nil {
		g.repeated = map[*closure.Summary]*repeated{}
	}
	p := g.repeated[r.cell.Summary]
	if p == nil {
		p = &repeated{}
		g.repeated[r.cell.Summary] = p
	}
	switch p.runs++; {
	case p.runs == manyRuns:
		r.root = &context{}
		p.root, p.allocs, p.envs = r.root, r.allocs, r.envs
	case p.runs > manyRuns:
		r.root, r.allocs, r.envs, r.repeats = p.root, p.allocs, p.envs, true
	}
}

// Known tells the types of values that globals hold, where they are known better than from text: dotted paths of libraries'
// types. A type that the analysis has found itself stays.
func (g *Notebook) Known(types map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(types)) {
		typ := types[name]
		if !g.opts.Knowledge.IsType(typ) {
			continue
		}
		v := g.main.vars[name]
		switch {
		case v == nil || len(v.defs) == 0: // the kernel has a name that no cell was seen to bind
			o := &Object{kind: dataObject, Type: typ, unit: beforeAll, Open: true}
			b := &Binding{Name: name, Unit: beforeAll, Kind: closure.BindUnknown, module: g.main}
			v = g.main.variable(name)
			*v = variable{val: o.Alone(), defs: []*Binding{b}}
			g.main.hold(g.main.positions[v], v.val)
		case len(v.val) == 1 && v.val[0].untyped() && len(v.val[0].holders) == 0:
			v.val[0].Type = typ
		}
	}
}

// untyped says that o is data of which nothing is known, for certain no instance of a class of the notebook.
func (o *Object) untyped() bool {
	return o.kind == dataObject && o.Type == "" && len(o.Class) == 0 && o.Open && o.owner == nil
}

// Failed says that the cell which was appended last did not run to its end: each name holds what it had before or
// after any step of it.
func (g *Notebook) Failed() {
	r := g.last
	if r == nil {
		return
	}
	g.last = nil
	ever := r.everSince(0)
	r.rollback(0)
	r.apply(ever)
	for _, x := range ever.changes {
		if at, ok := g.main.positions[x.v]; ok {
			g.main.hold(at, x.v.val)
		}
	}
}

// Find changes how local modules are found from here on. Those that are loaded stay as they are.
func (g *Notebook) Find(r *imports.Resolver) {
	g.opts.Imports = r
	for name, found := range g.modules {
		if found == nil { // it may be there now
			delete(g.modules, name)
		}
	}
}

// Loaded returns the local modules that were imported so far, in order of their names.
func (g *Notebook) Loaded() []*imports.Module {
	var loaded []*imports.Module
	for _, m := range g.modules {
		if m != nil {
			loaded = append(loaded, m.source)
		}
	}
	slices.SortFunc(loaded, func(a, b *imports.Module) int { return strings.Compare(a.Name, b.Name) })
	return loaded
}

// Edited says that a local module's file has another text now. A kernel may run either, depending on whether and how the module
// was loaded again: names of the module, and those that cells imported from it, hold what both texts give.
func (g *Notebook) Edited(source *imports.Module) {
	m := g.modules[source.Name]
	if m == nil {
		return
	}
	before := make(map[string]variable, len(m.vars))
	for name, v := range m.vars {
		before[name] = *v
	}
	m.source = source
	if m.loaded {
		m.loaded = false
		newRunner(g, &Cell{Index: beforeAll, Summary: source.Summary}, m, ofModule()).load(m)
	}
	for name, v := range before {
		m.vars[name].merge(v)
	}
	for at, name := range g.main.order {
		v := g.main.vars[name]
		for _, o := range v.val {
			if o.module == m && o.fn != nil && m.vars[o.fn.Qualname] != nil {
				v.val = v.val.Union(m.vars[o.fn.Qualname].val)
			}
		}
		g.main.hold(at, v.val)
	}
}

// hold notes that the global at a place in order may hold these objects.
func (m *module) hold(at int, v Value) {
	for _, o := range v {
		if o.kind != scalarObject && o.kind != libraryObject && !slices.Contains(m.holding[o], at) { // those don't change
			m.holding[o] = append(m.holding[o], at)
		}
	}
}

// forget drops the objects that no global holds any more from what a cell's end looks at.
func (g *Notebook) forget() {
	clear(g.main.holding)
	for at, name := range g.main.order {
		g.main.hold(at, g.main.vars[name].val)
	}
}

// noteUnknown notes a call into code that was not read.
func (r *runner) noteUnknown(at closure.Instr) {
	call, ok := at.(*closure.Call)
	if !ok || !r.g.appending || r.unit == beforeAll || call.Node == nil {
		return
	}
	name := r.frame.fn.Summary.File.Segment(call.Node.Func.Pos())
	if strings.ContainsAny(name, "([{ \n") {
		name = name[strings.LastIndexByte(name, '.')+1:]
		if strings.ContainsAny(name, "([{ \n") {
			name = ""
		}
	}
	if !slices.ContainsFunc(r.cell.Unknown, func(x UnknownCall) bool { return x.Name == name }) {
		r.cell.Unknown = append(r.cell.Unknown, UnknownCall{name, r.pos, slices.Clone(r.via)})
	}
}

// Local are the local modules that the value read may be.
func (r *Read) Local() []*imports.Module {
	var found []*imports.Module
	for _, o := range r.val {
		if o.kind == moduleObject {
			found = append(found, o.module.source)
		}
	}
	return found
}
