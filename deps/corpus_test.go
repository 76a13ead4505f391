package deps_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/needs"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// published is a notebook of the corpus: the sources of its code cells.
type published struct {
	path  string
	cells []string
}

// publishedNotebooks returns the Python notebooks of the corpus's raw part.
func publishedNotebooks(t testing.TB) []published {
	var found []published
	err := filepath.WalkDir(needs.Corpus(t, "raw"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".ipynb") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		nb, err := ipynb.Parse(data)
		if err != nil || nb.Language != "python" {
			return nil // the corpus has files that are none, on purpose
		}
		p := published{path: path}
		for _, c := range nb.Cells {
			if c.Kind == ipynb.Code {
				p.cells = append(p.cells, c.Source)
			}
		}
		found = append(found, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (p published) link() *deps.Graph {
	var units []deps.Unit
	for _, c := range p.cells {
		units = append(units, deps.Unit{Summary: closure.Summarize(pyast.Parse(c, pyast.Options{Notebook: true, Version: 12}))})
	}
	return deps.Link(units, deps.Options{})
}
