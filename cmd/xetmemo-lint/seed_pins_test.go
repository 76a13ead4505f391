package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// TestSeedPins holds the tree of the benchmark notebook's functions, and that an edit of one in
// its module makes exactly the pinned cells stale that reach it.
func TestSeedPins(t *testing.T) {
	src := needs.Corpus(t, "seed")
	dir := t.TempDir()
	copyTree(t, dir, src)
	found, err := filepath.Glob(filepath.Join(dir, "*.ipynb"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	nb := found[0]

	var stdout, stderr bytes.Buffer
	if code := run([]string{"deps", nb}, nil, &stdout, &stderr); code != exitDone {
		t.Fatalf("deps: exit %d: %s", code, &stderr)
	}
	_, tree, _ := strings.Cut(stdout.String(), " cell 54 (")
	_, tree, _ = strings.Cut(tree, "\n")
	tree, _, _ = strings.Cut(strings.TrimSuffix(tree, "\n"), "\n\n")
	want := strings.Join([]string{
		"  └─ bm25_helpers.get_bm25_top_k_batch  bm25_helpers.py line 13",
		"     └─ bm25_helpers.get_bm25_top_k  bm25_helpers.py line 10",
		"        └─ bm25_helpers.tokenize  bm25_helpers.py line 6",
		"           └─ bm25_helpers.nlp  bm25_helpers.py line 4, a module constant",
	}, "\n")
	if diff := cmp.Diff(want, tree); diff != "" {
		t.Error("cell 54 (-want +got):\n" + diff)
	}

	if code := run([]string{"annotate", "--pins", nb}, nil, io.Discard, &stderr); code != exitDone {
		t.Fatalf("annotate: exit %d: %s", code, &stderr)
	}
	module := filepath.Join(dir, "bm25_helpers.py")
	text, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		old, new string
		stale    []int
	}{
		{"token.text", "token.lemma_", []int{52, 54}},       // in tokenize
		{"en_core_web_sm", "en_core_web_lg", []int{52, 54}}, // in nlp
		{"[:k].copy()", "[:k]", []int{54}},                  // in get_bm25_top_k
		{"tok + augment", "augment + tok", nil},             // not reached
		{"words = nlp(sentence)", "words = nlp(sentence)  # as words\n", nil},
	} {
		edited := strings.Replace(string(text), c.old, c.new, 1)
		if edited == string(text) {
			t.Fatalf("%q is not in the module", c.old)
		}
		if err := os.WriteFile(module, []byte(edited), 0o644); err != nil {
			t.Fatal(err)
		}
		var a app
		book, err := a.open(files.File{Path: nb})
		if err != nil {
			t.Fatal(err)
		}
		var stale []int
		for unit, cell := range book.Code {
			if book.Pin(unit).Stale() {
				stale = append(stale, cell)
			}
		}
		if !slices.Equal(stale, c.stale) {
			t.Errorf("%q became %q: cells %v are stale, want %v", c.old, c.new, stale, c.stale)
		}
	}
}
