package graph

// The graph as a picture.

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"html"
	"strconv"
	"strings"
)

// Widths of a character of the monospace fonts used, in pixels.
const (
	charWidth = 6.7 // 11 px
	portChar  = 6.1 // 10 px
)

// SVG draws the graph.
func (g *Graph) SVG() []byte {
	l := newLayout(g)
	d := drawing{l: l, dx: margin - l.left}
	d.legend()
	for _, s := range l.segments {
		d.segment(s)
	}
	for _, e := range l.back {
		d.backEdge(e)
	}
	for _, b := range l.boxes {
		d.drawBox(b)
	}
	var out bytes.Buffer
	width, height := l.width+d.right, l.height+legendHeight
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="11">
<title>%s</title>
<rect width="100%%" height="100%%" fill="#ffffff"/>
`, width, height, width, height, html.EscapeString(g.Path))
	out.Write(d.out.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

const legendHeight = 34

type drawing struct {
	l     *layout
	out   bytes.Buffer
	dx    float64
	right float64 // room used by edges at the right of the boxes
}

func (d *drawing) x(x float64) string { return num(x + d.dx) }

func num(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func y(v float64) string { return num(v + legendHeight) }

// style is how a kind of box looks.
type style struct{ fill, stroke, text, dash string }

func (n *Node) style() style {
	s := map[Kind]style{
		Cell:     {"#ffffff", "#57606a", "#1f2328", ""},
		Function: {"#ddf4ff", "#54aeff", "#0a3069", ""},
		Class:    {"#fbefff", "#c297ff", "#3e1f79", ""},
		Data:     {"#fff8c5", "#d4a72c", "#4d2d00", ""},
		File:     {"#dafbe1", "#4ac26b", "#044f1e", ""},
	}[n.Kind]
	if n.Kind == Cell && len(n.WhyNot) > 0 {
		s.stroke, s.text, s.dash = "#8c959f", "#6e7781", ` stroke-dasharray="4 3"`
	}
	if n.Memoized {
		s.stroke = "#0969da"
	}
	if n.Stale {
		s.fill, s.stroke, s.dash = "#ffebe9", "#cf222e", ""
	}
	return s
}

func (d *drawing) legend() {
	at := float64(margin)
	for _, x := range []struct {
		node *Node
		text string
	}{
		{&Node{Kind: Cell}, "cell"},
		{&Node{Kind: Cell, Memoized: true}, "with a header"},
		{&Node{Kind: Cell, Memoized: true, Stale: true}, "stale"},
		{&Node{Kind: Cell, WhyNot: []string{""}}, "can't be memoized"},
		{&Node{Kind: Function}, "function"}, {&Node{Kind: Class}, "class"},
		{&Node{Kind: Data}, "module constant"}, {&Node{Kind: File}, "file"},
	} {
		s := x.node.style()
		fmt.Fprintf(&d.out, `<rect x="%s" y="12" width="16" height="11" rx="%d" fill="%s" stroke="%s"%s/><text x="%s" y="21.5" fill="#57606a">%s</text>`+"\n",
			num(at), radius(x.node.Kind), s.fill, s.stroke, s.dash, num(at+21), x.text)
		at += 36 + charWidth*float64(len(x.text))
	}
	fmt.Fprintf(&d.out, `<path d="M %s 17.5 h 22" stroke="#cf222e" stroke-dasharray="5 3"/><text x="%s" y="21.5" fill="#57606a">out of order, or a cycle</text>`+"\n", num(at), num(at+27))
	d.l.width = max(d.l.width, at+220)
}

func radius(k Kind) int {
	switch k {
	case Function, Class:
		return 8
	case Data:
		return 3
	}
	return 1
}

func (d *drawing) drawBox(b *box) {
	n, s := b.node, b.node.style()
	left, width := b.x-b.width/2, b.width
	stroke := 1.0
	if n.Memoized || n.Stale {
		stroke = 2
	}
	tip := n.Label
	if len(n.WhyNot) > 0 {
		tip += "\ncan't be memoized: " + strings.Join(n.WhyNot, "; ")
	}
	fmt.Fprintf(&d.out, `<g><title>%s</title><rect x="%s" y="%s" width="%s" height="%s" rx="%d" fill="%s" stroke="%s" stroke-width="%s"%s/>`,
		html.EscapeString(tip), d.x(left), y(b.y), num(width), num(b.height), radius(n.Kind), s.fill, s.stroke, num(stroke), s.dash)
	middle := b.y + 4 + 13
	if len(b.ins) > 0 {
		middle = b.ins[len(b.ins)-1].y + 3 + b.y + 13
	}
	title := b.x
	if n.Stale {
		title -= 20
		fmt.Fprintf(&d.out, `<text x="%s" y="%s" text-anchor="end" fill="#cf222e" font-weight="bold">stale</text>`, d.x(left+width-6), y(middle))
	}
	fmt.Fprintf(&d.out, `<text x="%s" y="%s" text-anchor="middle" fill="%s"%s xml:space="preserve">%s</text>`, d.x(title), y(middle), s.text, weight(n), html.EscapeString(b.title))
	for _, ports := range [][]port{b.ins, b.outs} {
		for _, p := range ports {
			fmt.Fprintf(&d.out, `<text x="%s" y="%s" text-anchor="middle" font-size="10" fill="%s">%s</text>`, d.x(b.x+p.x), y(b.y+p.y), color(p.name), html.EscapeString(p.text))
		}
	}
	d.out.WriteString("</g>\n")
}

func weight(n *Node) string {
	if n.Kind == File {
		return ` font-weight="bold"`
	}
	return ""
}

// colors are dark enough for small text on white.
var colors = []string{"#0550ae", "#953800", "#116329", "#6639ba", "#99286e", "#1b7c83", "#7d4e00", "#24663b", "#4a4fb0", "#a0411d"}

func color(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	return colors[h.Sum32()%uint32(len(colors))]
}

func (d *drawing) segment(s *segment) {
	x0, x1 := s.from.x+s.fromShift, s.to.x+s.toShift
	y0, y1 := d.top(s.from), d.top(s.to)
	if s.from.box != nil {
		y0 += s.from.box.height
	}
	stroke, width := "#8c959f", 1.0
	if s.line.name != "" {
		stroke, width = color(s.line.name), 1.2
	}
	dash := ""
	if s.line.kind == LaterEdge {
		stroke, dash = againstColor, againstDash
	}
	layerEnd := y0
	if s.from.box == nil {
		layerEnd += d.layerHeight(s.from.layer)
	} else {
		layerEnd = d.top(s.from) + d.layerHeight(s.from.layer)
	}
	end := y1
	if s.last {
		end -= 5
	}
	bend := (end - layerEnd) / 2
	tip := s.line.from.node.text()
	if s.line.name != "" {
		tip = s.line.name + " from " + tip
	}
	fmt.Fprintf(&d.out, `<path d="M %s %s V %s C %s %s %s %s %s %s" fill="none" stroke="%s" stroke-width="%s"%s opacity="0.75"><title>%s</title></path>`,
		d.x(x0), y(y0), y(layerEnd), d.x(x0), y(layerEnd+bend), d.x(x1), y(end-bend), d.x(x1), y(end), stroke, num(width), dash, html.EscapeString(tip))
	if s.last {
		fmt.Fprintf(&d.out, `<path d="M %s %s l -3 -6 h 6 z" fill="%s"/>`, d.x(x1), y(y1), stroke)
	}
	d.out.WriteByte('\n')
}

// top is the upper edge of an item's layer.
func (d *drawing) top(it *item) float64 {
	for _, other := range d.l.layers[it.layer] {
		if other.box != nil {
			return other.box.y
		}
	}
	return 0
}

func (d *drawing) layerHeight(layer int) float64 {
	h := 0.0
	for _, it := range d.l.layers[layer] {
		if it.box != nil {
			h = max(h, it.box.height)
		}
	}
	return h
}

// What uses something against the order of the cells, or closes a cycle, is drawn in this way.
const (
	againstColor = "#cf222e"
	againstDash  = ` stroke-dasharray="5 3"`
)

// backEdge draws an edge that leads upwards: around the right side.
func (d *drawing) backEdge(e *Edge) {
	from, to := d.l.byNode[e.From], d.l.byNode[e.To]
	x0, y0 := from.x+from.width/2, from.y+from.height/2
	x1, y1 := to.x+to.width/2, to.y+to.height/2
	out := max(x0, x1) + 30 + min(120, max(y0, y1)-min(y0, y1))/4
	d.right = max(d.right, out+d.dx+margin-d.l.width)
	fmt.Fprintf(&d.out, `<path d="M %s %s C %s %s %s %s %s %s" fill="none" stroke="%s" stroke-width="1.3"%s/>`,
		d.x(x0), y(y0), d.x(out), y(y0), d.x(out), y(y1), d.x(x1+6), y(y1), againstColor, againstDash)
	fmt.Fprintf(&d.out, `<path d="M %s %s l 6 -3 v 6 z" fill="#cf222e"/>`, d.x(x1), y(y1))
	if len(e.Names) > 0 {
		text := strings.Join(e.Names, ", ")
		mid := (x0+x1)/8 + out*3/4
		d.right = max(d.right, mid+d.dx+8+portChar*float64(len(text))+margin-d.l.width)
		fmt.Fprintf(&d.out, `<text x="%s" y="%s" font-size="10" fill="#cf222e">%s</text>`, d.x(mid+4), y((y0+y1)/2), html.EscapeString(text))
	}
	d.out.WriteByte('\n')
}
