package interp_test

import (
	"testing"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/imports"
	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/deps/interp/models"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestManyRuns holds that a list which collects what each run of one text makes doesn't grow with the runs.
func TestManyRuns(t *testing.T) {
	const runs = 500
	g := interp.Begin(interp.Options{Knowledge: knowledge.Default(), Imports: imports.NewResolver(nil), Library: models.Library})
	unit := func(text string) interp.Unit {
		return interp.Unit{Summary: closure.Summarize(pyast.Parse(text, pyast.Options{Version: 12, Notebook: true}))}
	}
	g.Append(unit("results = []"))
	again := unit("x = [1]\nresults.append(x)")
	for range runs {
		g.Append(again)
	}
	if n := interp.Held(g, "results"); n == 0 || n > runs/5 {
		t.Errorf("results may hold %d objects", n)
	}
	if faults := interp.HeapFaults(g); len(faults) > 0 {
		t.Error(faults)
	}
}
