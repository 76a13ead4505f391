package modules

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestParsedOnce links 200 notebooks that share a package of 300 modules, several at a time, and holds that
// all of them got the same summary of each module: one that was made once.
func TestParsedOnce(t *testing.T) {
	const modules, notebooks = 300, 200
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "pkg"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range modules {
		text := "def f0(x):\n    return x\n"
		if i > 0 {
			text = fmt.Sprintf("from .m%d import f%d\ndef f%d(x):\n    return f%d(x)\n", i-1, i-1, i, i-1)
		}
		if err := os.WriteFile(filepath.Join(dir, "pkg", fmt.Sprintf("m%d.py", i)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var cache Cache
	var sources deps.Sources
	finders := make([]*Finder, notebooks)
	var wg sync.WaitGroup
	for n := range finders {
		wg.Go(func() {
			finders[n] = cache.For(Options{Folder: dir, Version: 12})
			cell := fmt.Sprintf("from pkg.m%d import f%d\ny = f%d(1)", modules-1, modules-1, modules-1)
			s := closure.Summarize(pyast.Parse(cell, pyast.Options{Version: 12, Notebook: true}))
			g := deps.Link([]deps.Unit{{Summary: s}}, deps.Options{Modules: finders[n], Sources: &sources})
			if got := len(g.Digest(0).All); got != modules {
				t.Errorf("notebook %d reaches %d functions, want %d", n, got, modules)
			}
		})
	}
	wg.Wait()
	summaries := map[*closure.Summary]bool{}
	for _, f := range finders {
		for i := range modules {
			summaries[f.Find(fmt.Sprintf("pkg.m%d", i)).Summary] = true
		}
	}
	if len(summaries) != modules {
		t.Errorf("%d summaries were made of %d modules", len(summaries), modules)
	}
}
