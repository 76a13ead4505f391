package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestOwnCorpus scores what analyze says of the notebooks in testdata/corpus against what running them showed. Nothing
// that was seen may be missed. Names too many cost a run more: the floors are what a change must not fall below.
func TestOwnCorpus(t *testing.T) {
	const folder = "../../testdata/corpus"
	var stdout, stderr bytes.Buffer
	if code := run([]string{"analyze", folder}, nil, &stdout, &stderr); code != exitDone {
		t.Fatalf("analyze: exit %d: %s", code, &stderr)
	}
	var analysis struct {
		Notebooks []struct {
			Path  string
			Cells []analyzedCell
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &analysis); err != nil {
		t.Fatal(err)
	}
	inputs, outputs := comparison{kind: "inputs"}, comparison{kind: "outputs"}
	cells := 0
	for _, nb := range analysis.Notebooks {
		var truth seenNotebook
		decodeFile(t, strings.TrimSuffix(nb.Path, ".ipynb")+".truth.json", &truth)
		if len(truth.Cells) != len(nb.Cells) {
			t.Fatalf("%s has %d code cells, its truth %d: make it anew", nb.Path, len(nb.Cells), len(truth.Cells))
		}
		for i, c := range nb.Cells {
			seen := truth.Cells[i]
			leftOut := slices.Concat(truth.LeftOut, seen.LeftOut)
			place := fmt.Sprintf("%s cell %d", nb.Path, c.Index)
			inputs.add(t, place, seen.Reads, slices.Concat(c.Inputs, c.Opaque), leftOut)
			outputs.add(t, place, slices.Concat(seen.Binds, seen.Mutates, seen.Deletes), slices.Concat(c.Outputs.All, c.Deletes), leftOut)
			cells++
		}
	}
	t.Logf("%d notebooks, %d cells", len(analysis.Notebooks), cells)
	if len(analysis.Notebooks) < 15 {
		t.Error("notebooks are missing")
	}
	inputs.atLeast(t, 1, .945)
	outputs.atLeast(t, 1, .935)
}

type analyzedCell struct {
	Index                   int
	Inputs, Opaque, Deletes []string
	Outputs                 struct{ All []string }
}

// seenNotebook is what running a notebook showed (testdata/corpus/make_truth.py).
type seenNotebook struct {
	LeftOut []string `json:"left_out"`
	Cells   []struct {
		Reads, Binds, Mutates, Deletes []string
		LeftOut                        []string `json:"left_out"`
	}
}

// comparison counts the names that were seen and found, those missed, and those too many.
type comparison struct {
	kind                  string
	hit, missed, spurious int
}

func (c *comparison) add(t *testing.T, place string, seen, found, leftOut []string) {
	found = slices.DeleteFunc(found, func(n string) bool { return slices.Contains(leftOut, n) })
	seen, found = set(seen), set(found)
	for _, n := range seen {
		if slices.Contains(found, n) {
			c.hit++
			continue
		}
		c.missed++
		t.Errorf("%s: %s lack %s", place, c.kind, n)
	}
	for _, n := range found {
		if !slices.Contains(seen, n) {
			c.spurious++
			t.Logf("%s: %s have %s, which was not seen", place, c.kind, n)
		}
	}
}

func set(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

func (c *comparison) atLeast(t *testing.T, recall, precision float64) {
	gotRecall := float64(c.hit) / float64(c.hit+c.missed)
	gotPrecision := float64(c.hit) / float64(c.hit+c.spurious)
	t.Logf("%s: recall %.4f (%d missed of %d), precision %.4f (%d too many of %d)", c.kind,
		gotRecall, c.missed, c.hit+c.missed, gotPrecision, c.spurious, c.hit+c.spurious)
	if gotRecall < recall || gotPrecision < precision {
		t.Errorf("%s: recall %.4f and precision %.4f, should be at least %v and %v", c.kind, gotRecall, gotPrecision, recall, precision)
	}
}
