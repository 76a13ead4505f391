package interp

import (
	"testing"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestManyRuns holds that a list which collects what each run of one text makes doesn't grow with the runs.
func TestManyRuns(t *testing.T) {
	g := Begin(Options{})
	run := func(text string) Unit {
		u := Unit{Summary: closure.Summarize(pyast.Parse(text, pyast.Options{Version: 12, Notebook: true}))}
		g.Append(u)
		return u
	}
	run("results = []")
	u := run("x = [1]\nresults.append(x)")
	for range 10 * manyRuns {
		g.Append(u)
	}
	if n := len(g.main.vars["results"].val[0].Contents()); n > 2*manyRuns {
		t.Errorf("results may hold %d objects", n)
	}
}
