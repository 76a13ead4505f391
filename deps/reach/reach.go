// Package reach finds what a cell reaches, by the text: docs/fdigest.md, "Reach".
//
// The abstract interpreter says which functions a cell may run, through whatever carries them (Run).
// From these, and from the names in the cell, this goes on by name: through all that the text of
// a reached definition names, whether or not a path leads there. In a local module a name stands
// for all its bindings in the file, in the notebook for those that the interpreter saw arrive:
// names in bodies mean what they mean to the cell that runs them, names in decorators, defaults
// and bases what they meant where these stand. So one file has one meaning for all notebooks
// that use it, and what is found out about its text (source.go) is kept for all of them.
package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/deps/digest"
	"github.com/xetmemo/xetmemo-lint/deps/imports"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Digest is what a cell reaches, and the digest of its source.
type Digest struct {
	// Sum is the digest, 64 hex digits: "" when the cell reaches nothing, or Opaque says why
	// there is none.
	Sum    string
	Roots  []*Reached // what the cell's own text names, or its values carry
	All    []*Reached // in order of first reach
	Opaque []Unseen
}

// Short is the digest as it is shown, "" where there is none.
func (d *Digest) Short() string {
	if d.Sum == "" {
		return ""
	}
	return d.Sum[:digest.Shown]
}

// Reached is a function, a class, or a name that a local module assigns.
type Reached struct {
	Name   string // "clean", "utils.norm"
	Kind   ReachedKind
	Module *imports.Module // nil for the notebook
	Unit   int             // the cell, -1 in a module
	Pos    pyast.Pos       // of the first binding
	Uses   []*Reached      // what its text names, in order

	main  bool // in the notebook's namespace, scripts run there included
	src   *source
	parts []*part
}

// ReachedKind tells what is reached.
type ReachedKind string

const (
	ReachedFunction ReachedKind = "function"
	ReachedClass    ReachedKind = "class"
	ReachedData     ReachedKind = "data"
)

// Unseen is a place where code is run, or a name taken, that can't be followed.
type Unseen struct {
	In   *Reached
	Line int
	Text string
}

// String says it in a sentence: "utils.f, line 3, runs code that is not in the text".
func (u Unseen) String() string {
	if u.In == nil {
		return fmt.Sprintf("line %d %s", u.Line, u.Text)
	}
	return fmt.Sprintf("%s, line %d, %s", u.In.Name, u.Line, u.Text)
}

// Run is what was seen when the notebook was run.
type Run interface {
	// Cells are the notebook's, nil for one that isn't Python.
	Cells() []*closure.Summary
	// Read returns the bindings that may have made what a cell reads under a name.
	Read(cell int, name string) []Binding
	// Functions are those that a cell may run, whatever carries them.
	Functions(cell int) []Function
	// BindsFunction says whether a binding of the notebook made its name a function or class.
	BindsFunction(file *closure.Summary, pos pyast.Pos) bool
	// HoldsFunction says whether a global of a local module was seen to hold one.
	HoldsFunction(m *imports.Module, name string) bool
	// Script returns the script that %run ran, nil for a file that isn't one.
	Script(file *closure.Summary) *imports.Module
	// Builtin says whether a name that nothing binds has a value all the same.
	Builtin(name string) bool
	// StarNames are what a star import of a module from outside binds, nil where that isn't known.
	StarNames(module string) []string
}

// Binding is one place that binds a global of the notebook.
type Binding struct {
	Name     string
	Unit     int // the cell, -1 in a module
	Kind     closure.BindKind
	Function bool             // the value is a function or class, or was made of some
	Star     *imports.Module  // the local module that a star import takes the name from
	File     *closure.Summary // that the statement stands in; nil where no statement binds the name itself
	Pos      pyast.Pos        // of the statement
}

// Function is a function or class of the notebook or of a local module.
type Function struct {
	Func   *closure.Func
	Module *imports.Module // nil for the notebook
}

// Notebook finds what the cells of one notebook reach.
type Notebook struct {
	run     Run
	imports *imports.Resolver
	cells   []*closure.Summary
	units   map[*closure.Summary]int
	shared  *Sources // of modules
	own     Sources  // of cells
	digests []*Digest
}

// New returns what finds the reach of a notebook's cells. The sources of modules may be shared
// with other notebooks; nil means that they aren't.
func New(run Run, resolver *imports.Resolver, shared *Sources) *Notebook {
	n := &Notebook{run: run, imports: resolver, cells: run.Cells(), shared: shared}
	if n.shared == nil {
		n.shared = &n.own
	}
	return n
}

// Digest returns what cell i reaches.
func (n *Notebook) Digest(i int) *Digest {
	if n.digests == nil {
		n.digests = make([]*Digest, len(n.cells))
		n.units = map[*closure.Summary]int{}
		for u, s := range n.cells {
			if s != nil {
				n.units[s] = u
			}
		}
	}
	if n.digests[i] == nil {
		n.digests[i] = n.digest(i)
	}
	return n.digests[i]
}

func (n *Notebook) digest(i int) *Digest {
	d := &Digest{}
	if n.cells[i] == nil {
		return d
	}
	w := &walk{n: n, cell: i, out: d, names: map[nameKey]*found{}, nodes: map[pyast.Node]*Reached{}, links: map[string]string{}}
	own := n.source(n.cells[i])
	for _, m := range own.names {
		d.Roots = add(d.Roots, w.mainMention(m, i, nil)...)
	}
	for _, m := range own.dynamic {
		if f := w.mainFound(m, i, nil); m.Name != "" && len(f.modules) > 0 {
			w.unseen(nil, own, m.Pos, "takes an attribute of module "+m.Name+" by a computed name")
		}
	}
	for _, f := range n.run.Functions(i) { // what values carry
		known := len(d.All)
		for _, r := range w.function(f) {
			if !slices.Contains(d.All[:known], r) {
				d.Roots = add(d.Roots, r)
			}
		}
	}
	if len(d.All) > 0 && len(d.Opaque) == 0 {
		w.sum()
	}
	return d
}

// source returns the index of a file. Those of modules are shared.
func (n *Notebook) source(s *closure.Summary) *source {
	if _, isCell := n.units[s]; isCell {
		return n.own.of(s)
	}
	return n.shared.of(s)
}

func add(list []*Reached, more ...*Reached) []*Reached {
	for _, r := range more {
		if !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	return list
}

type nameKey struct {
	module *imports.Module
	name   string
}

// found is what a name stands for.
type found struct {
	nodes   []*Reached
	modules []*imports.Module
}

func (f *found) add(x *found) {
	f.nodes = add(f.nodes, x.nodes...)
	for _, m := range x.modules {
		if !slices.Contains(f.modules, m) {
			f.modules = append(f.modules, m)
		}
	}
}

type walk struct {
	n     *Notebook
	cell  int
	out   *Digest
	names map[nameKey]*found      // of local modules
	nodes map[pyast.Node]*Reached // of the notebook, and of what no name stands for
	links map[string]string       // names that imports bind in reached code → what they stand for
}

// enter makes a node.
func (w *walk) enter(r *Reached) *Reached {
	w.out.All = append(w.out.All, r)
	return r
}

func (w *walk) unseen(in *Reached, src *source, pos pyast.Pos, text string) {
	line, _ := src.summary.File.Position(pos)
	u := Unseen{in, line, text}
	if !slices.Contains(w.out.Opaque, u) {
		w.out.Opaque = append(w.out.Opaque, u)
	}
}

// moduleName is what a global of a local module stands for.
func (w *walk) moduleName(m *imports.Module, name string) *found {
	key := nameKey{m, name}
	if f := w.names[key]; f != nil {
		return f
	}
	f := &found{}
	w.names[key] = f
	src := w.n.source(m.Summary)
	var node *Reached
	for _, b := range src.binds[name] {
		if b.Import != nil {
			w.links[m.Name+"."+name] = w.path(b.Import, m)
			f.add(w.importTarget(b.Import, m))
			continue
		}
		if node == nil {
			node = w.enter(&Reached{Name: m.Name + "." + name, Kind: kindOf(b.Kind), Module: m, Unit: -1, Pos: b.part.start, src: src})
			f.nodes = add(f.nodes, node)
		}
		node.addPart(b.part)
	}
	if node != nil {
		if node.Kind == ReachedData && w.n.run.HoldsFunction(m, name) {
			node.Kind = ReachedFunction
		}
		for _, p := range src.changes[name] {
			node.addPart(p)
		}
		w.follow(node, func(x closure.Mention) *found { return w.mention(m, x) })
		return f
	}
	if len(f.nodes)+len(f.modules) > 0 || len(src.binds[name]) > 0 {
		return f
	}
	for _, star := range src.stars {
		if from := w.n.imports.Local(imports.Absolute(star.Module, star.Level, m)); from != nil && from.Exports(name) {
			f.add(w.moduleName(from, name))
		}
	}
	if f.empty() && name != "__getattr__" && len(src.binds["__getattr__"]) > 0 {
		f.add(w.moduleName(m, "__getattr__"))
	}
	return f
}

func (f *found) empty() bool { return len(f.nodes)+len(f.modules) == 0 }

func (r *Reached) addPart(p *part) {
	if !slices.Contains(r.parts, p) {
		r.parts = append(r.parts, p)
	}
}

func kindOf(k closure.BindKind) ReachedKind {
	switch k {
	case closure.BindDef, closure.BindLambda:
		return ReachedFunction
	case closure.BindClass:
		return ReachedClass
	}
	return ReachedData
}

// mention is what a name in the text of a local module stands for.
func (w *walk) mention(m *imports.Module, x closure.Mention) *found {
	if x.Import != nil {
		return w.attributes(w.importTarget(x.Import, m), x.Path)
	}
	return w.attributes(w.moduleName(m, x.Name), x.Path)
}

// attributes takes the attributes of local modules; of anything else they belong to it.
func (w *walk) attributes(f *found, path string) *found {
	for path != "" && len(f.modules) > 0 {
		var first string
		first, path, _ = strings.Cut(path, ".")
		next := &found{nodes: f.nodes}
		for _, m := range f.modules {
			next.add(w.attribute(m, first))
		}
		f = next
	}
	return f
}

// attribute is a global of a module, or a module in a package.
func (w *walk) attribute(m *imports.Module, name string) *found {
	f := w.moduleName(m, name)
	if f.empty() {
		if sub := w.n.imports.Submodule(m, name); sub != nil {
			return &found{modules: []*imports.Module{sub}}
		}
	}
	return f
}

// importTarget is what an import in a module binds, as far as that is local.
func (w *walk) importTarget(i *closure.Import, m *imports.Module) *found {
	t := w.n.imports.Resolve(i, m)
	switch {
	case t.Module == nil:
		return &found{}
	case t.Name != "":
		return w.attribute(t.Module, t.Name)
	}
	return &found{modules: []*imports.Module{t.Module}}
}

// path is the dotted name behind an import in a module.
func (w *walk) path(i *closure.Import, m *imports.Module) string {
	return w.n.imports.Resolve(i, m).Path
}

// follow goes on with everything that a node's text names.
func (w *walk) follow(r *Reached, resolve func(closure.Mention) *found) {
	src := r.src
	var headers []*part
	for _, p := range r.parts {
		for h := p.under; h != nil && !slices.Contains(headers, h); h = h.under {
			headers = append(headers, h)
		}
	}
	for _, h := range headers {
		if !slices.Contains(r.parts, h) {
			r.parts = append(r.parts, h)
		}
	}
	slices.SortFunc(r.parts, func(a, b *part) int { return cmp.Compare(a.start, b.start) })
	for _, p := range r.parts {
		for _, x := range p.mentions(src.names) {
			f := resolve(x)
			for _, n := range f.nodes {
				if n != r {
					r.Uses = add(r.Uses, n)
				}
			}
			if f.empty() && x.Path == "" && x.Import == nil {
				w.checkStars(r, src, x)
			}
		}
		for _, x := range p.mentions(src.dynamic) {
			if x.Name == "" {
				w.unseen(r, src, x.Pos, "runs code that is not in the text")
			} else if len(resolve(x).modules) > 0 {
				w.unseen(r, src, x.Pos, "takes an attribute of module "+x.Name+" by a computed name")
			}
		}
	}
}

// checkStars says of a name that the file doesn't bind whether a star import that can't be
// resolved may.
func (w *walk) checkStars(r *Reached, src *source, x closure.Mention) {
	if r.Module == nil || len(src.stars) == 0 || len(src.binds[x.Name]) > 0 || w.n.run.Builtin(x.Name) {
		return
	}
	for _, star := range src.stars {
		from := imports.Absolute(star.Module, star.Level, r.Module)
		if w.n.imports.Local(from) != nil {
			continue
		}
		names := w.n.run.StarNames(from)
		switch {
		case names == nil:
			w.unseen(r, src, x.Pos, "takes "+x.Name+", perhaps from "+from+" by a star import that can't be resolved")
		case slices.Contains(names, x.Name):
			w.links[r.namespace()+"."+x.Name] = from + "." + x.Name
		}
	}
}

// mainMention is what a name in the notebook stands for, in the text of cell u (u is the cell
// itself for its own text; in is nil then).
func (w *walk) mainMention(x closure.Mention, u int, in *Reached) []*Reached {
	return w.mainFound(x, u, in).nodes
}

func (w *walk) mainFound(x closure.Mention, u int, in *Reached) *found {
	if x.Import != nil {
		return w.attributes(w.importTarget(x.Import, nil), x.Path)
	}
	at := u
	if x.Latent {
		at = w.cell
	}
	f, known := w.mainName(x, at, in)
	if !known && at != u {
		f, _ = w.mainName(x, u, in)
	}
	return w.attributes(f, x.Path)
}

// mainName is what a name stands for as the code of cell at sees it.
func (w *walk) mainName(x closure.Mention, at int, in *Reached) (f *found, known bool) {
	f = &found{}
	if at < 0 { // code of a script that %run put into the notebook's globals
		at = w.cell
	}
	if at < 0 {
		return f, false
	}
	for _, b := range w.n.run.Read(at, x.Name) {
		known = true
		f.add(w.binding(b, x, in))
	}
	cell := w.n.cells[at]
	if cell == nil {
		return f, known
	}
	src := w.n.source(cell)
	for _, b := range src.binds[x.Name] {
		known = true
		switch {
		case b.Import != nil:
			f.add(w.importTarget(b.Import, nil))
			w.link(x.Name, w.path(b.Import, nil), in)
		case at != w.cell && len(b.part.nodes) > 0 && w.n.run.BindsFunction(cell, b.Pos):
			f.nodes = add(f.nodes, w.mainNode(b.part, x.Name, b.Kind, at))
		}
	}
	return f, known
}

// link notes what an import binds where reached code takes it.
func (w *walk) link(name, path string, in *Reached) {
	if in != nil {
		w.links["__main__."+name] = path
	}
}

// binding is what one binding of the notebook stands for.
func (w *walk) binding(b Binding, x closure.Mention, in *Reached) *found {
	f := &found{}
	switch {
	case b.Star != nil:
		f.add(w.moduleName(b.Star, b.Name))
	case b.File == nil:
		if b.Kind == closure.BindUnknown && in != nil {
			w.unseen(in, in.src, x.Pos, "takes "+x.Name+" from code that can't be seen into")
		}
	default:
		src := w.n.source(b.File)
		for _, c := range src.binds[b.Name] {
			if c.Pos != b.Pos || len(c.part.nodes) == 0 {
				continue
			}
			if c.Import != nil {
				w.link(b.Name, w.path(c.Import, nil), in)
				f.add(w.importTarget(c.Import, nil))
			} else if b.Function && b.Unit != w.cell {
				f.nodes = add(f.nodes, w.mainNode(c.part, b.Name, b.Kind, b.Unit))
			}
		}
	}
	return f
}

// mainNode is the node of a function or class that a part of the notebook binds.
func (w *walk) mainNode(p *part, name string, kind closure.BindKind, unit int) *Reached {
	if r := w.nodes[p.nodes[0]]; r != nil {
		return r
	}
	r := &Reached{Name: name, Kind: ReachedFunction, Unit: unit, Pos: p.start, src: p.src, parts: []*part{p}}
	if kind == closure.BindClass {
		r.Kind = ReachedClass
	}
	return w.mainFollow(r, p.nodes[0])
}

func (w *walk) mainFollow(r *Reached, n pyast.Node) *Reached {
	r.main, r.Module = true, w.n.run.Script(r.src.summary)
	w.nodes[n] = w.enter(r)
	w.follow(r, func(x closure.Mention) *found { return w.mainFound(x, r.Unit, r) })
	return r
}

// function is what a function that the interpreter saw belongs to: the definition at module
// level that holds it, or it alone where it is a lambda in data of the notebook.
func (w *walk) function(f Function) []*Reached {
	top := f.Func
	for top.Outer != nil && top.Outer.Kind != scope.Module {
		top = top.Outer
	}
	if top.Node == nil || top.Outer == nil {
		return nil
	}
	src := w.n.source(top.Summary)
	p := src.at(top.Node.Pos().Start)
	if p == nil || len(p.nodes) == 0 {
		return nil
	}
	unit, isCell := w.n.units[top.Summary]
	if !isCell {
		unit = -1
	}
	if f.Module != nil {
		m := f.Module
		for _, b := range p.binds {
			if b.Import == nil {
				return w.moduleName(m, b.Name).nodes
			}
		}
		if r := w.nodes[p.nodes[0]]; r != nil {
			return []*Reached{r}
		}
		r := w.enter(&Reached{Name: m.Name + "." + top.Qualname, Kind: ReachedFunction, Module: m, Unit: -1, Pos: p.start, src: src, parts: []*part{p}})
		w.nodes[p.nodes[0]] = r
		w.follow(r, func(x closure.Mention) *found { return w.mention(m, x) })
		return []*Reached{r}
	}
	if isCell && unit == w.cell {
		return nil
	}
	for _, b := range p.binds {
		if w.n.run.BindsFunction(top.Summary, b.Pos) {
			return []*Reached{w.mainNode(p, b.Name, b.Kind, unit)}
		}
	}
	if r := w.nodes[top.Node]; r != nil {
		return []*Reached{r}
	}
	span := top.Node.Pos()
	alone := &part{src: src, start: span.Start, end: span.End, nodes: []pyast.Node{top.Node}}
	return []*Reached{w.mainFollow(&Reached{Name: top.Qualname, Kind: ReachedFunction, Unit: unit, Pos: span.Start, src: src, parts: []*part{alone}}, top.Node)}
}

// Line is the line of the first binding, in its cell or module.
func (r *Reached) Line() int {
	line, _ := r.src.summary.File.Position(r.Pos)
	return line
}

// namespace is the name of the module whose globals its text names.
func (r *Reached) namespace() string {
	if r.main {
		return "__main__"
	}
	return r.Module.Name
}

// FullName is the name by which the digest counts it: "__main__.clean", "utils.norm".
func (r *Reached) FullName() string {
	if r.main {
		return "__main__." + r.Name
	}
	return r.Name
}

// Forms are the forms of its statements, in order, with or without docstrings. The error says why
// one has none.
func (r *Reached) Forms(namesDoc bool) ([][]byte, error) {
	forms := make([][]byte, 0, len(r.parts))
	for _, p := range r.parts {
		form, err := p.form(namesDoc)
		if err != nil {
			return nil, err
		}
		forms = append(forms, form)
	}
	return forms, nil
}

// sum makes the digest.
func (w *walk) sum() {
	all := slices.Clone(w.out.All)
	slices.SortStableFunc(all, func(a, b *Reached) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Pos, b.Pos))
	})
	pairs, ok := w.pairs(all, false)
	if ok && slices.ContainsFunc(pairs, func(p digest.Pair) bool { return digest.NamesDoc(p.Form) }) {
		pairs, ok = w.pairs(all, true)
	}
	if !ok {
		return
	}
	for name, path := range w.links {
		form := "(import i" + strconv.Itoa(len(path)) + ":" + path + ")"
		pairs = append(pairs, digest.Pair{Name: name, Form: []byte(form)})
	}
	w.out.Sum = digest.Sum(pairs)
}

func (w *walk) pairs(all []*Reached, namesDoc bool) (pairs []digest.Pair, ok bool) {
	ok = true
	for _, r := range all {
		name := r.FullName()
		for _, p := range r.parts {
			form, err := p.form(namesDoc)
			if err != nil {
				w.unseen(r, r.src, p.start, err.Error())
				ok = false
				continue
			}
			pairs = append(pairs, digest.Pair{Name: name, Form: form})
		}
	}
	return pairs, ok
}
