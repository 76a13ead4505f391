package graph

// The graph as text: dot, mermaid, JSON.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Writer returns what writes a graph in a format: dot, mermaid, json or svg.
func Writer(format string) (func(*Graph) []byte, error) {
	switch format {
	case "dot":
		return (*Graph).Dot, nil
	case "mermaid":
		return (*Graph).Mermaid, nil
	case "json":
		return (*Graph).JSON, nil
	case "svg":
		return (*Graph).SVG, nil
	}
	return nil, fmt.Errorf("%q is none of dot, mermaid, json, svg", format)
}

// JSON writes the graph as JSON.
func (g *Graph) JSON() []byte {
	type node struct {
		ID       string   `json:"id"`
		Kind     Kind     `json:"kind"`
		Label    string   `json:"label"`
		Index    *int     `json:"index"`
		Memoized bool     `json:"memoized"`
		Stale    bool     `json:"stale"`
		WhyNot   []string `json:"why_not"`
	}
	type edge struct {
		From  string   `json:"from"`
		To    string   `json:"to"`
		Kind  EdgeKind `json:"kind"`
		Names []string `json:"names"`
		Cycle bool     `json:"cycle"`
	}
	out := struct {
		Version int    `json:"version"`
		Path    string `json:"path"`
		Nodes   []node `json:"nodes"`
		Edges   []edge `json:"edges"`
	}{1, g.Path, []node{}, []edge{}}
	for _, n := range g.Nodes {
		x := node{n.ID, n.Kind, n.Label, nil, n.Memoized, n.Stale, append([]string{}, n.WhyNot...)}
		if n.Index >= 0 {
			x.Index = &n.Index
		}
		out.Nodes = append(out.Nodes, x)
	}
	for _, e := range g.Edges {
		out.Edges = append(out.Edges, edge{e.From.ID, e.To.ID, e.Kind, append([]string{}, e.Names...), e.Cycle})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(out); err != nil {
		panic(err) // of plain structs: can't fail
	}
	return b.Bytes()
}

// maxLabel is the length in characters to which the text of a cell is cut.
const maxLabel = 32

// text is what a node shows.
func (n *Node) text() string {
	label := []rune(n.Label)
	if len(label) > maxLabel {
		label = append(label[:maxLabel-1:maxLabel-1], '…')
	}
	if n.Kind != Cell {
		return string(label)
	}
	return strings.TrimSpace("[" + strconv.Itoa(n.Index) + "] " + string(label))
}

// Dot writes the graph in Graphviz's language.
func (g *Graph) Dot() []byte {
	var b bytes.Buffer
	b.WriteString("digraph notebook {\n  node [fontname=\"monospace\", fontsize=10];\n  edge [fontname=\"monospace\", fontsize=9];\n")
	for _, n := range g.Nodes {
		attrs := map[Kind]string{
			Cell: "shape=box", Function: "shape=box, style=rounded", Class: "shape=box, style=rounded, peripheries=2",
			Data: "shape=ellipse", File: "shape=folder",
		}[n.Kind]
		switch {
		case n.Stale:
			attrs += ", color=red, penwidth=2"
		case n.Kind == Cell && len(n.WhyNot) > 0:
			attrs += ", style=dashed, color=gray40, fontcolor=gray40"
		case n.Memoized:
			attrs += ", color=blue, penwidth=2"
		}
		label := n.text()
		if n.Stale {
			label += "\nstale"
		}
		fmt.Fprintf(&b, "  %s [label=%s, %s];\n", dotString(n.ID), dotString(label), attrs)
	}
	for _, e := range g.Edges {
		attrs := "label=" + dotString(strings.Join(e.Names, ", "))
		switch {
		case e.Kind == LaterEdge:
			attrs += ", color=red, style=dashed, constraint=false"
		case e.Cycle:
			attrs += ", color=red"
		case e.Kind != DataEdge:
			attrs += ", color=gray50"
		}
		fmt.Fprintf(&b, "  %s -> %s [%s];\n", dotString(e.From.ID), dotString(e.To.ID), attrs)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// dotString quotes a string; "\" is an escape in labels.
func dotString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// Mermaid writes the graph as a Mermaid flowchart.
func (g *Graph) Mermaid() []byte {
	var b bytes.Buffer
	b.WriteString("flowchart TD\n")
	shapes := map[Kind][2]string{
		Cell: {"[", "]"}, Function: {"(", ")"}, Class: {"([", "])"}, Data: {"{{", "}}"}, File: {"[/", "/]"},
	}
	id := func(n *Node) string { return "n" + strconv.Itoa(slices.Index(g.Nodes, n)) }
	for _, n := range g.Nodes {
		class := ""
		switch {
		case n.Stale:
			class = ":::stale"
		case n.Kind == Cell && len(n.WhyNot) > 0:
			class = ":::never"
		case n.Memoized:
			class = ":::memoized"
		}
		label := n.text()
		if n.Stale {
			label += " (stale)"
		}
		s := shapes[n.Kind]
		fmt.Fprintf(&b, "  %s%s%s%s%s\n", id(n), s[0], mermaidString(label), s[1], class)
	}
	for _, e := range g.Edges {
		arrow := "-->"
		if e.Kind == LaterEdge || e.Cycle {
			arrow = "-.->"
		}
		if len(e.Names) > 0 {
			arrow += "|" + mermaidString(strings.Join(e.Names, ", ")) + "|"
		}
		fmt.Fprintf(&b, "  %s %s %s\n", id(e.From), arrow, id(e.To))
	}
	b.WriteString("  classDef memoized stroke:#1f6feb,stroke-width:2px\n  classDef stale stroke:#d1242f,stroke-width:2px\n  classDef never stroke-dasharray:4 3,color:#6e7781\n")
	return b.Bytes()
}

// mermaidString quotes a string with Mermaid's entity codes.
func mermaidString(s string) string {
	return `"` + strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "`", "#96;", "\n", " ").Replace(s) + `"`
}
