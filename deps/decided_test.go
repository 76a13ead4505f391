package deps_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestDecided counts, over the published notebooks of the corpus, what decides the effect of
// calls into libraries. It fails when the knowledge falls out of use.
func TestDecided(t *testing.T) {
	corpus := os.Getenv("XETMEMO_CORPUS")
	if corpus == "" {
		corpus = "../../shared/corpus"
	}
	root := filepath.Join(corpus, "raw")
	if _, err := os.Stat(root); err != nil {
		t.Skip("SKIPPED: no corpus; set XETMEMO_CORPUS")
	}
	var methods, functions [4]int
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".ipynb") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		nb, err := ipynb.Parse(data)
		if err != nil || nb.Language != "python" {
			return nil
		}
		var units []deps.Unit
		for _, c := range nb.Cells {
			if c.Kind == ipynb.Code {
				units = append(units, deps.Unit{Summary: closure.Summarize(pyast.Parse(c.Source, pyast.Options{Notebook: true, Version: 12}))})
			}
		}
		for call, by := range deps.Link(units, deps.Options{}).Decided {
			if call.Node == nil {
				continue
			}
			if _, ok := call.Node.Func.(*pyast.Attribute); ok {
				methods[by]++
			} else {
				functions[by]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string][4]int{"a.b(…)": methods, "f(…)": functions} {
		total := float64(n[0] + n[1] + n[2] + n[3])
		t.Logf("%-7s %5.0f calls: %.1f%% by type, %.1f%% by knowledge of the path, %.1f%% by shape, %.1f%% by nothing", name, total,
			100*float64(n[deps.ByType])/total, 100*float64(n[deps.ByKnowledge])/total, 100*float64(n[deps.ByShape])/total, 100*float64(n[deps.ByNothing])/total)
		if known := float64(n[deps.ByType] + n[deps.ByKnowledge]); known < total/2 {
			t.Errorf("%s: only %.0f of %.0f calls are decided by knowledge", name, known, total)
		}
	}
}
