package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
	"github.com/xetmemo/xetmemo-lint/ipynb"
)

// TestAnnotatedIsClean annotates every memoizable cell of our own notebooks, and checks them: nothing is said of a header that annotate
// has just written.
func TestAnnotatedIsClean(t *testing.T) {
	testAnnotated(t, filepath.Join("..", "..", "testdata", "notebooks"))
}

// TestAnnotatedCorpusIsClean does so with published notebooks.
func TestAnnotatedCorpusIsClean(t *testing.T) {
	testAnnotated(t, needs.Corpus(t, "dev"))
}

func testAnnotated(t *testing.T, from string) {
	dir := t.TempDir()
	copyTree(t, dir, from)
	before := withHeaders(t, dir)
	var stderr bytes.Buffer
	if code := run([]string{"annotate", "--cells", "all", dir}, nil, new(bytes.Buffer), &stderr); code == exitInternal {
		t.Fatal(stderr.String())
	}
	written := withHeaders(t, dir)
	for c := range before {
		delete(written, c)
	}
	if len(written) < 10 {
		t.Fatalf("only %d headers were written", len(written))
	}
	for _, f := range checkJSON(t, dir).Findings {
		if f.Cell != nil && written[cellOf{f.Path, f.Cell.Index}] && !strings.HasPrefix(f.Code, "XM4") {
			t.Errorf("%s cell %d line %d: %s %s", f.Path, f.Cell.Index, f.Line, f.Code, f.Names)
		}
	}
}

type cellOf struct {
	path  string
	index int
}

// withHeaders are the cells below a folder that have a header.
func withHeaders(t *testing.T, dir string) map[cellOf]bool {
	found := map[cellOf]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".ipynb" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		nb, err := ipynb.Parse(src)
		if err != nil {
			return nil // check says so
		}
		for _, c := range nb.Cells {
			if strings.HasPrefix(strings.TrimSpace(c.Source), "%%xetmemo") {
				found[cellOf{path, c.Index}] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
