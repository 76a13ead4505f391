package interp_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/imports"
	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/deps/interp/models"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestHeap runs the notebooks of deps/testdata and looks at the heap that each leaves.
func TestHeap(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if !strings.HasSuffix(f.Name, ".nb") {
				continue
			}
			var units []interp.Unit
			for _, cell := range strings.Split(string(f.Data), "\n---\n") {
				units = append(units, interp.Unit{Summary: closure.Summarize(pyast.Parse(cell, pyast.Options{Version: 12, Notebook: true}))})
			}
			g := interp.Run(units, interp.Options{
				Knowledge: knowledge.Default(), Imports: imports.NewResolver(nil), Library: models.Library,
			})
			for _, fault := range interp.HeapFaults(g) {
				t.Errorf("%s, %s: %s", filepath.Base(file), f.Name, fault)
			}
		}
	}
}
