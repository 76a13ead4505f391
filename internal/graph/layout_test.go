package graph

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"testing"
)

// random makes a graph of n cells, some functions, and edges of all kinds.
func random(seed int64, n int) *Graph {
	r := rand.New(rand.NewSource(seed))
	g := &Graph{Path: "random.ipynb"}
	for i := range n {
		kind := Cell
		if r.Intn(5) == 0 {
			kind = []Kind{Function, Class, Data, File}[r.Intn(4)]
		}
		g.Nodes = append(g.Nodes, &Node{
			ID: fmt.Sprint(i), Kind: kind, Label: "x = f(<&>)"[:r.Intn(11)], Index: i,
			Memoized: r.Intn(3) == 0, Stale: r.Intn(5) == 0,
		})
	}
	for i := range n {
		for range r.Intn(4) {
			e := &Edge{From: g.Nodes[r.Intn(i+1)], To: g.Nodes[i], Kind: DataEdge}
			if r.Intn(12) == 0 {
				e.From, e.To, e.Kind = e.To, e.From, LaterEdge
			} else if r.Intn(6) == 0 {
				e.Kind = UsesEdge
			}
			for range r.Intn(3) {
				e.Names = append(e.Names, fmt.Sprint("name_", r.Intn(9)))
			}
			if e.From != e.To {
				g.Edges = append(g.Edges, e)
			}
		}
	}
	g.markCycles()
	return g
}

// TestLayout holds that boxes never overlap, that edges lead downwards, and that everything is inside
// of the picture.
func TestLayout(t *testing.T) {
	for seed := range int64(60) {
		l := newLayout(random(seed, 2+int(seed)*2))
		for i, a := range l.boxes {
			if a.x-a.width/2 < l.left-0.01 || a.x+a.width/2 > l.left+l.width || a.y < 0 || a.y+a.height > l.height {
				t.Errorf("seed %d: box %s is outside of the picture", seed, a.node.ID)
			}
			for _, b := range l.boxes[:i] {
				if a.x-a.width/2 < b.x+b.width/2 && b.x-b.width/2 < a.x+a.width/2 && a.y < b.y+b.height && b.y < a.y+a.height {
					t.Errorf("seed %d: boxes %s and %s overlap", seed, a.node.ID, b.node.ID)
				}
			}
		}
		for _, s := range l.segments {
			if s.to.layer != s.from.layer+1 {
				t.Errorf("seed %d: a segment leads from layer %d to %d", seed, s.from.layer, s.to.layer)
			}
		}
	}
}

// TestSVG holds that pictures are well-formed.
func TestSVG(t *testing.T) {
	for seed := range int64(20) {
		d := xml.NewDecoder(bytes.NewReader(random(seed, int(seed)*3).SVG()))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	for _, n := range []int{10, 100, 400} {
		g := random(1, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				g.SVG()
			}
		})
	}
}
