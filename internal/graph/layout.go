package graph

// Layered layout (Sugiyama, Tagawa, Toda 1981), with three changes for notebooks:
//
//   - a layer holds a bounded number of boxes, so that a table that thirty cells read doesn't make
//     a picture thirty cells wide; what doesn't fit goes further down;
//   - a variable that several cells read leaves its cell as one trunk, which branches only where
//     the readers stand, instead of one line a reader;
//   - positions are found layer by layer as the least squares distance to where the neighbours
//     would have an item, with given least distances. With the distances taken off, that is an
//     isotonic regression, which merging neighbours that are out of order solves exactly (PAVA).

import (
	"cmp"
	"math"
	"slices"
)

// item is what has a place in a layer: a box, or the trunk of a variable passing by.
type item struct {
	box   *box // nil for a trunk
	layer int
	x     float64 // of the centre
	width float64
	order float64 // while layers are being sorted
	up    []*segment
	down  []*segment
}

// segment joins items of neighbouring layers.
type segment struct {
	from, to  *item
	line      *line
	fromShift float64 // from the item's centre to where the segment leaves it
	toShift   float64
	last      bool // ends in a box
}

// line is all segments of one variable from one node.
type line struct {
	from *box
	name string
	kind EdgeKind
}

// box is a node with its size and place.
type box struct {
	*item
	node      *Node
	title     string
	ins, outs []port
	y, height float64
}

// port is a variable's name at the upper or lower edge of a box.
type port struct {
	name string
	text string
	x, y float64 // of the text's centre and base line, from the box's upper centre
}

type layout struct {
	boxes         []*box
	layers        [][]*item
	segments      []*segment
	back          []*Edge // drawn apart: they close a cycle
	loose         []*box  // without edges
	byNode        map[*Node]*box
	width, height float64
	left          float64 // the smallest x
}

const (
	layerBoxes = 6   // in one layer at most
	boxGap     = 26  // between boxes of a layer, in pixels as all below
	trunkGap   = 9   // between trunks
	layerGap   = 44  // between layers at least
	margin     = 24  // around the picture
	sweeps     = 24  // of each kind
	maxRow     = 250 // width of a row of ports
)

func newLayout(g *Graph) *layout {
	l := &layout{byNode: map[*Node]*box{}}
	for _, n := range g.Nodes {
		b := &box{node: n, title: n.text(), item: &item{}}
		b.item.box = b
		l.byNode[n] = b
		l.boxes = append(l.boxes, b)
	}
	l.ports(g)
	l.rank(g)
	l.route(g)
	l.sort()
	l.place()
	return l
}

func forward(e *Edge) bool { return !e.Cycle }

// ports gives each box the names of the variables that enter and leave it, and its size.
func (l *layout) ports(g *Graph) {
	add := func(list []port, name string) []port {
		if slices.ContainsFunc(list, func(p port) bool { return p.name == name }) {
			return list
		}
		text := []rune(name)
		if len(text) > 26 {
			text = append(text[:25:25], '…')
		}
		return append(list, port{name: name, text: string(text)})
	}
	for _, e := range g.Edges {
		from, to := l.byNode[e.From], l.byNode[e.To]
		for _, n := range e.Names {
			from.outs, to.ins = add(from.outs, n), add(to.ins, n)
		}
	}
	for _, b := range l.boxes {
		b.width = max(40, charWidth*float64(len([]rune(b.title)))+18)
		if b.node.Stale {
			b.width += 40
		}
		b.width = max(b.width, rowsWidth(b.ins, b.width), rowsWidth(b.outs, b.width))
		y := 4.0
		y = arrange(b.ins, b.width, y)
		b.height = y + 18
		b.height = arrange(b.outs, b.width, b.height) + 4
	}
}

func portWidth(p port) float64 { return portChar*float64(len([]rune(p.text))) + 10 }

// rowsWidth is the width that ports need in rows of the given width or, if that is more, of maxRow.
func rowsWidth(ports []port, width float64) float64 {
	total, widest := 0.0, 0.0
	for _, p := range ports {
		total += portWidth(p)
		widest = max(widest, portWidth(p))
	}
	return max(widest, min(total, max(width, maxRow)))
}

// arrange puts ports into rows below y and returns where they end.
func arrange(ports []port, width, y float64) float64 {
	for i := 0; i < len(ports); {
		row, n := 0.0, i
		for n < len(ports) && (n == i || row+portWidth(ports[n]) <= width) {
			row += portWidth(ports[n])
			n++
		}
		x := -row / 2
		for ; i < n; i++ {
			w := portWidth(ports[i])
			ports[i].x, ports[i].y = x+w/2, y+10
			x += w
		}
		y += 13
	}
	return y
}

// rank gives each box its layer: below all it uses.
func (l *layout) rank(g *Graph) {
	in, out := map[*box][]*box{}, map[*box][]*box{}
	touched := map[*box]bool{}
	for _, e := range g.Edges {
		from, to := l.byNode[e.From], l.byNode[e.To]
		touched[from], touched[to] = true, true
		if forward(e) {
			out[from], in[to] = append(out[from], to), append(in[to], from)
		} else {
			l.back = append(l.back, e)
		}
	}
	var order []*box
	seen := map[*box]bool{}
	var visit func(b *box)
	visit = func(b *box) {
		if seen[b] {
			return
		}
		seen[b] = true
		for _, p := range in[b] {
			visit(p)
		}
		order = append(order, b)
	}
	for _, b := range l.boxes {
		if touched[b] {
			visit(b)
		} else {
			l.loose = append(l.loose, b)
		}
	}
	var filled []int
	room := func(layer int) bool {
		for len(filled) <= layer {
			filled = append(filled, 0)
		}
		return filled[layer] < layerBoxes
	}
	for _, b := range order {
		for _, p := range in[b] {
			b.layer = max(b.layer, p.layer+1)
		}
		for !room(b.layer) {
			b.layer++
		}
		filled[b.layer]++
	}
	for _, b := range slices.Backward(order) { // what uses nothing stands right above its first user
		if len(in[b]) > 0 && b.node.Kind == Cell || len(out[b]) == 0 {
			continue
		}
		first := math.MaxInt
		for _, u := range out[b] {
			first = min(first, u.layer)
		}
		for layer := first - 1; layer > b.layer; layer-- {
			if room(layer) {
				filled[b.layer]--
				filled[layer]++
				b.layer = layer
				break
			}
		}
	}
}

// route makes the trunks and segments.
func (l *layout) route(g *Graph) {
	depth := 0
	for _, b := range l.boxes {
		depth = max(depth, b.layer+1)
	}
	l.layers = make([][]*item, depth)
	for _, b := range l.boxes {
		if !slices.Contains(l.loose, b) {
			l.layers[b.layer] = append(l.layers[b.layer], b.item)
		}
	}
	type key struct {
		from  *box
		name  string
		later bool
	}
	lines := map[key]*line{}
	trunks := map[*line]map[int]*item{}
	join := func(from, to *item, ln *line, fromShift, toShift float64, last bool) {
		s := &segment{from, to, ln, fromShift, toShift, last}
		from.down, to.up = append(from.down, s), append(to.up, s)
		l.segments = append(l.segments, s)
	}
	for _, e := range g.Edges {
		if !forward(e) {
			continue
		}
		names := e.Names
		if len(names) == 0 {
			names = []string{""}
		}
		from, to := l.byNode[e.From], l.byNode[e.To]
		for _, name := range names {
			k := key{from, name, e.Kind == LaterEdge}
			ln := lines[k]
			if ln == nil {
				ln = &line{from, name, e.Kind}
				lines[k] = ln
				trunks[ln] = map[int]*item{}
			}
			at, shift := from.item, from.shift(from.outs, name)
			for layer := from.layer + 1; layer < to.layer; layer++ {
				t := trunks[ln][layer]
				if t == nil {
					t = &item{layer: layer, width: 2}
					trunks[ln][layer] = t
					l.layers[layer] = append(l.layers[layer], t)
					join(at, t, ln, shift, 0, false)
				}
				at, shift = t, 0
			}
			join(at, to.item, ln, shift, to.shift(to.ins, name), true)
		}
	}
}

// shift is how far from the box's centre a variable's port is.
func (b *box) shift(ports []port, name string) float64 {
	for _, p := range ports {
		if p.name == name {
			return p.x
		}
	}
	return 0
}

// sort orders the items of each layer by the barycentres of their neighbours, to and fro, and
// keeps the order with the fewest crossings.
func (l *layout) sort() {
	number := func() {
		for _, layer := range l.layers {
			for i, it := range layer {
				it.order = float64(i)
			}
		}
	}
	number()
	best, fewest := l.orders(), l.crossings()
	for sweep := range sweeps {
		for i := range l.layers {
			layer := l.layers[i]
			if sweep%2 == 1 {
				layer = l.layers[len(l.layers)-1-i]
			}
			mean := func(it *item) float64 {
				list := it.up
				if sweep%2 == 1 {
					list = it.down
				}
				if len(list) == 0 {
					return it.order
				}
				sum := 0.0
				for _, s := range list {
					if sweep%2 == 0 {
						sum += s.from.order + s.fromShift/1000
					} else {
						sum += s.to.order + s.toShift/1000
					}
				}
				return sum / float64(len(list))
			}
			means := map[*item]float64{}
			for _, it := range layer {
				means[it] = mean(it)
			}
			slices.SortStableFunc(layer, func(a, b *item) int { return cmp.Compare(means[a], means[b]) })
			for i, it := range layer {
				it.order = float64(i)
			}
		}
		if n := l.crossings(); n < fewest {
			best, fewest = l.orders(), n
		}
	}
	l.layers = best
	number()
}

func (l *layout) orders() [][]*item {
	copied := make([][]*item, len(l.layers))
	for i, layer := range l.layers {
		copied[i] = slices.Clone(layer)
	}
	return copied
}

// crossings counts the pairs of segments that cross.
func (l *layout) crossings() int {
	n := 0
	for _, layer := range l.layers {
		var list []*segment
		for _, it := range layer {
			list = append(list, it.down...)
		}
		for i, a := range list {
			for _, b := range list[:i] {
				if (a.from.order-b.from.order)*(a.to.order-b.to.order) < 0 {
					n++
				}
			}
		}
	}
	return n
}

// place finds the coordinates.
func (l *layout) place() {
	for _, layer := range l.layers {
		x := 0.0
		for i, it := range layer {
			if i > 0 {
				x += distance(layer[i-1], it)
			}
			it.x = x
		}
		for _, it := range layer {
			it.x -= x / 2
		}
	}
	for sweep := range sweeps {
		for i := range l.layers {
			layer, down := l.layers[i], sweep%2 == 0
			if !down {
				layer = l.layers[len(l.layers)-1-i]
			}
			settle(layer, func(it *item) (want, weight float64) {
				weight = 0.1
				sum := 0.1 * it.x
				add := func(x, w float64) { sum += w * x; weight += w }
				for _, s := range it.up {
					add(s.from.x+s.fromShift-s.toShift, s.weight(down))
				}
				for _, s := range it.down {
					add(s.to.x+s.toShift-s.fromShift, s.weight(!down))
				}
				return sum / weight, weight
			})
		}
	}
	y := float64(margin)
	l.left = math.Inf(1)
	right := math.Inf(-1)
	for _, layer := range l.layers {
		height, joins := 0.0, 0
		for _, it := range layer {
			if it.box != nil {
				height = max(height, it.box.height)
			}
			l.left, right = min(l.left, it.x-it.width/2), max(right, it.x+it.width/2)
			joins += len(it.down)
		}
		for _, it := range layer {
			if it.box != nil {
				it.box.y = y
			}
		}
		y += height + layerGap + min(60, 2*float64(joins))
	}
	if len(l.layers) == 0 {
		l.left, right = 0, 0
	}
	if len(l.loose) == 0 {
		y -= layerGap
	}
	right = max(right, l.left+4*maxRow)
	x, tallest := l.left, 0.0
	for _, b := range l.loose {
		if x > l.left && x+b.width > right {
			x, y, tallest = l.left, y+tallest+10, 0
		}
		b.x, b.y = x+b.width/2, y
		x += b.width + boxGap
		tallest = max(tallest, b.height)
	}
	l.width, l.height = right-l.left+2*margin, y+tallest+margin
}

// weight is how much a segment pulls: trunks hold straight, and a sweep looks first at the layer
// it comes from.
func (s *segment) weight(ahead bool) float64 {
	w := 1.0
	if s.from.box == nil && s.to.box == nil {
		w = 6
	}
	if !ahead {
		w /= 4
	}
	return w
}

func distance(a, b *item) float64 {
	gap := float64(boxGap)
	if a.box == nil && b.box == nil {
		gap = trunkGap
	} else if a.box == nil || b.box == nil {
		gap = 14
	}
	return a.width/2 + gap + b.width/2
}

// settle moves the items of a layer as near to where they are wanted as the distances between
// them allow.
func settle(layer []*item, wanted func(*item) (want, weight float64)) {
	type block struct {
		sum, weight float64
		n           int
	}
	var blocks []block
	offset := make([]float64, len(layer))
	for i, it := range layer {
		if i > 0 {
			offset[i] = offset[i-1] + distance(layer[i-1], it)
		}
		want, weight := wanted(it)
		b := block{(want - offset[i]) * weight, weight, 1}
		for len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			if last.sum/last.weight <= b.sum/b.weight {
				break
			}
			b = block{b.sum + last.sum, b.weight + last.weight, b.n + last.n}
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	i := 0
	for _, b := range blocks {
		for range b.n {
			layer[i].x = b.sum/b.weight + offset[i]
			i++
		}
	}
}
