// Package graph shows a notebook as a graph: its cells, the functions and local modules they
// reach, and which variable goes from where to where.
package graph

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/ipynb"
)

// Graph is a notebook's cells and what they use. An edge leads from what is used to what uses it.
type Graph struct {
	Path  string
	Nodes []*Node // cells in order, then functions in order of first use, then files
	Edges []*Edge
}

// Kind tells what a node is.
type Kind string

// The kinds of nodes.
const (
	Cell     Kind = "cell"
	Function Kind = "function"
	Class    Kind = "class"
	Data     Kind = "data" // a constant of a local module
	File     Kind = "file"
)

// Node is a cell, a function or class, a constant of a local module, or a local module's file.
type Node struct {
	ID    string // "cell5", "function:utils.norm"
	Kind  Kind
	Label string // the cell's first line of code, the name, the file
	Index int    // of a cell, over all cells; else -1
	// Memoized says that the cell has a header, Stale that its pin no longer holds.
	Memoized bool
	Stale    bool
	WhyNot   []string // why the cell can't be memoized
}

// EdgeKind tells how one thing uses another.
type EdgeKind string

// The kinds of edges.
const (
	DataEdge    EdgeKind = "data"    // a cell reads what another cell bound or changed
	LaterEdge   EdgeKind = "later"   // … which stands below it: out of order
	DefinesEdge EdgeKind = "defines" // a cell or file defines a function
	UsesEdge    EdgeKind = "uses"    // a cell or function uses a function or constant
)

// Edge leads from what is used to what uses it.
type Edge struct {
	From, To *Node
	Kind     EdgeKind
	Names    []string // the variables
	// Cycle says that the edge closes a cycle.
	Cycle bool
}

// Build makes the graph of a notebook.
func Build(nb *load.Notebook) *Graph {
	b := builder{nb: nb, g: &Graph{Path: nb.Path}, reached: map[string]*Node{}, files: map[string]*Node{}}
	for unit := range nb.Code {
		b.cells = append(b.cells, b.cell(unit))
	}
	for unit := range nb.Code {
		b.functions(unit)
	}
	for unit := range nb.Code {
		b.reads(unit)
	}
	b.g.Nodes = append(b.g.Nodes, b.order...)
	b.g.markCycles()
	return b.g
}

type builder struct {
	nb      *load.Notebook
	g       *Graph
	cells   []*Node // by unit
	reached map[string]*Node
	files   map[string]*Node
	order   []*Node // functions and files
	edges   map[[2]*Node]*Edge
}

func (b *builder) cell(unit int) *Node {
	c := &b.nb.Cells[b.nb.Code[unit]]
	n := &Node{ID: fmt.Sprintf("cell%d", c.Index), Kind: Cell, Index: c.Index, Label: title(c)}
	n.Memoized = b.nb.Find(unit).Header != nil
	n.Stale = b.nb.Pin(unit).Stale()
	for _, r := range b.nb.WhyNot(unit) {
		n.WhyNot = append(n.WhyNot, r.Text)
	}
	b.g.Nodes = append(b.g.Nodes, n)
	return n
}

// title is the first line that says what a cell does: code before imports before comments before
// magics.
func title(c *ipynb.Cell) string {
	best, rank := "", 4
	for line := range strings.Lines(c.Source) {
		line = strings.TrimSpace(line)
		r := 0
		switch {
		case line == "":
			continue
		case strings.HasPrefix(line, "%%"):
			r = 3
		case strings.HasPrefix(line, "#"):
			r = 2
		case strings.HasPrefix(line, "import "), strings.HasPrefix(line, "from "):
			r = 1
		}
		if r < rank {
			best, rank = line, r
		}
		if r == 0 {
			break
		}
	}
	return best
}

// functions adds what a cell reaches.
func (b *builder) functions(unit int) {
	d := b.nb.Graph.Digest(unit)
	for _, r := range d.All {
		b.node(r)
	}
	for _, r := range d.All {
		for _, u := range r.Uses {
			b.edge(b.node(u), b.node(r), UsesEdge)
		}
	}
	for _, r := range d.Roots {
		b.edge(b.node(r), b.cells[unit], UsesEdge)
	}
}

func (b *builder) node(r *deps.Reached) *Node {
	id := string(r.Kind) + ":" + r.Name
	if r.Unit >= 0 {
		id += fmt.Sprintf("@%d:%d", b.nb.Code[r.Unit], r.Line())
	}
	if n := b.reached[id]; n != nil {
		return n
	}
	n := &Node{ID: id, Kind: Kind(r.Kind), Label: r.Name, Index: -1}
	b.reached[id] = n
	b.order = append(b.order, n)
	switch {
	case r.Module != nil:
		n.Label = strings.TrimPrefix(n.Label, r.Module.Name+".")
		b.edge(b.file(r.Module), n, DefinesEdge)
	case r.Unit >= 0:
		b.edge(b.cells[r.Unit], n, DefinesEdge)
	}
	return n
}

func (b *builder) file(m *deps.Module) *Node {
	if n := b.files[m.Path]; n != nil {
		return n
	}
	label := filepath.Base(m.Path)
	if strings.HasPrefix(label, "__init__.") {
		label = filepath.Base(filepath.Dir(m.Path)) + "/" + label
	}
	n := &Node{ID: "file:" + m.Name, Kind: File, Label: label, Index: -1}
	b.files[m.Path] = n
	b.order = append(b.order, n)
	return n
}

// reads adds where a cell's variables come from: the last cell before it that changed the value
// in place, else the cells that bound it.
func (b *builder) reads(unit int) {
	g := b.nb.Graph
	for _, r := range g.Cells[unit].Reads {
		if r.Imported {
			continue
		}
		if r.Later {
			for u := range g.Cells {
				if u != unit && bindsName(g.Cells[u], r.Name) {
					b.edge(b.cells[u], b.cells[unit], LaterEdge, r.Name)
				}
			}
			continue
		}
		last := -1
		for _, d := range r.Defs {
			last = max(last, d.Unit)
		}
		for u := unit - 1; u > last; u-- {
			if slices.ContainsFunc(g.Cells[u].Mutates, func(m *deps.Mutation) bool { return m.Name == r.Name }) {
				b.edge(b.cells[u], b.cells[unit], DataEdge, r.Name)
				last = -2
				break
			}
		}
		if last == -2 {
			continue
		}
		for _, d := range r.Defs {
			if d.Unit >= 0 && !(r.Function && b.throughFunction(d.Unit, unit, r.Name)) {
				b.edge(b.cells[d.Unit], b.cells[unit], DataEdge, r.Name)
			}
		}
	}
}

func bindsName(c *deps.Cell, name string) bool {
	return slices.ContainsFunc(c.Bound, func(b *deps.Bound) bool { return b.Name == name })
}

// throughFunction says whether a function's node already stands between two cells.
func (b *builder) throughFunction(from, to int, name string) bool {
	return slices.ContainsFunc(b.nb.Graph.Digest(to).All, func(r *deps.Reached) bool {
		return r.Name == name && r.Unit == from
	})
}

func (b *builder) edge(from, to *Node, kind EdgeKind, names ...string) {
	if from == to {
		return
	}
	if b.edges == nil {
		b.edges = map[[2]*Node]*Edge{}
	}
	e := b.edges[[2]*Node{from, to}]
	if e == nil {
		e = &Edge{From: from, To: to, Kind: kind}
		b.edges[[2]*Node{from, to}] = e
		b.g.Edges = append(b.g.Edges, e)
	}
	if kind == LaterEdge {
		e.Kind = kind
	}
	for _, n := range names {
		if !slices.Contains(e.Names, n) {
			e.Names = append(e.Names, n)
		}
	}
}

// markCycles marks the edges that close a cycle in a walk along the edges, in order of the nodes.
func (g *Graph) markCycles() {
	out := map[*Node][]*Edge{}
	for _, e := range g.Edges {
		out[e.From] = append(out[e.From], e)
	}
	const open, done = 1, 2
	state := map[*Node]int{}
	var visit func(n *Node)
	visit = func(n *Node) {
		state[n] = open
		for _, e := range out[n] {
			switch state[e.To] {
			case open:
				e.Cycle = true
			case 0:
				visit(e.To)
			}
		}
		state[n] = done
	}
	for _, n := range g.Nodes {
		if state[n] == 0 {
			visit(n)
		}
	}
}
