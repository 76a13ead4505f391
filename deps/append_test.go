package deps_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

func summarize(text string) *closure.Summary {
	return closure.Summarize(pyast.Parse(text, pyast.Options{Version: 12, Notebook: true}))
}

// TestAppendEarly: a session's first cells are looked into as far as a notebook's are, though nothing has come after them.
func TestAppendEarly(t *testing.T) {
	ask := "def ask(rows, x, y):\n    text = [" + strings.Repeat("{'role': x, 'content': y}, ", 12) + "]\n    return str(text) + str(len(rows))"
	cells := []string{
		"rows = [[1, 2], [3]]", ask, "def both(rows, x):\n    a = ask(rows, x, 1)\n    b = ask(rows, x, a)\n    return a, b",
		"found = []\nfor row in rows:\n    try:\n        found.append(both(rows, row))\n    except KeyError:\n        found.append(both(rows, row))",
	}
	g := deps.Begin(deps.Options{})
	var last *deps.Cell
	for _, text := range cells {
		last = g.Append(deps.Unit{Summary: summarize(text)})
	}
	for _, m := range last.Mutates {
		t.Errorf("changes %s", m.Name)
	}
}

// TestAppendIsLink runs the notebooks in testdata cell by cell: as long as no cell reads what only a later one binds, each
// reads and changes what it does in the notebook as a whole.
func TestAppendIsLink(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	compared := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a := txtar.Parse(data)
		if slices.ContainsFunc(a.Files, func(f txtar.File) bool { return strings.HasSuffix(f.Name, ".py") }) {
			continue
		}
		for _, f := range a.Files {
			var units []deps.Unit
			for _, cell := range strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n---\n") {
				units = append(units, deps.Unit{Summary: summarize(cell)})
			}
			whole := deps.Link(units, deps.Options{})
			if slices.ContainsFunc(whole.Cells, func(c *deps.Cell) bool {
				return slices.ContainsFunc(c.Reads, func(r *deps.Read) bool { return r.Later })
			}) {
				continue
			}
			compared++
			g := deps.Begin(deps.Options{})
			for i, u := range units {
				c := g.Append(u)
				if d := cmp.Diff(names(whole.Cells[i]), names(c)); d != "" {
					t.Errorf("%s, %s, cell %d (-linked +appended):\n%s%s", file, f.Name, i, d, c.Summary.File.Source)
				}
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d notebooks compared", compared)
	}
}

// names are those that a cell reads, binds, changes and deletes.
func names(c *deps.Cell) map[string][]string {
	all := map[string][]string{}
	for _, r := range c.Reads {
		all["reads"] = append(all["reads"], r.Name)
	}
	for _, b := range c.Bound {
		all["binds"] = append(all["binds"], fmt.Sprint(b.Name, b.Must, b.Aliases))
	}
	for _, m := range c.Mutates {
		all["mutates"] = append(all["mutates"], m.Name)
	}
	all["deletes"] = c.Deletes
	for _, names := range all {
		slices.Sort(names)
	}
	maps.DeleteFunc(all, func(_ string, names []string) bool { return len(names) == 0 })
	return all
}

// BenchmarkAppend is the time that the next cell takes with so many behind it, and what all of them take in memory. The cells are
// of the kinds that notebooks have: a function, a frame, a fit, a loop that collects.
func BenchmarkAppend(b *testing.B) {
	for _, behind := range []int{30, 300, 3000} {
		b.Run(fmt.Sprint(behind), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			g := deps.Begin(deps.Options{})
			for i := range behind {
				g.Append(deps.Unit{Summary: summarize(benchCell(i))})
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			var worst time.Duration
			i := behind
			for b.Loop() {
				since := time.Now()
				g.Append(deps.Unit{Summary: summarize(benchCell(i))})
				worst = max(worst, time.Since(since))
				i++
			}
			b.ReportMetric(float64(worst.Microseconds()), "µs-worst")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
			runtime.KeepAlive(g)
		})
	}
}

func benchCell(i int) string {
	cells := []string{
		"import pandas as pd\nfrom sklearn.linear_model import LinearRegression\nresults = []\nLIMIT = %[1]d\n",
		"def clean_%[1]d(df, by=LIMIT):\n    out = df[df.a > by].dropna()\n    out['b'] = out.a * LIMIT\n    return out\n",
		"df_%[1]d = pd.read_csv('data.csv')\ndf_%[1]d['c'] = df_%[1]d.a.map(lambda x: x + LIMIT)\ndf_%[1]d.describe()\n",
		"model = LinearRegression()\nmodel.fit(df_%[2]d[['a']], df_%[2]d.b)\nscore = model.score(df_%[2]d[['a']], df_%[2]d.b)\n",
		"for k in range(10):\n    part = clean_%[3]d(df_%[2]d, k)\n    results.append((k, len(part)))\nprint(results[-1])\n",
	}
	base := i - i%len(cells)
	return fmt.Sprintf(cells[i%len(cells)]+"# %[1]d %[2]d %[3]d\n", i, base+2, base+1)
}
