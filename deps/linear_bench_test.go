package deps_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// BenchmarkAnalyze analyses every published notebook of the corpus and reports the time per KB
// of code: the median notebook's, and the slowest one's as a multiple of it. Notebooks with
// less than 1 KB of code count as 1 KB.
func BenchmarkAnalyze(b *testing.B) {
	corpus := os.Getenv("XETMEMO_CORPUS")
	if corpus == "" {
		corpus = "../../shared/corpus"
	}
	var notebooks [][]string
	var paths []string
	err := filepath.WalkDir(filepath.Join(corpus, "raw"), func(path string, d fs.DirEntry, err error) error {
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
		var cells []string
		for _, c := range nb.Cells {
			if c.Kind == ipynb.Code {
				cells = append(cells, c.Source)
			}
		}
		notebooks, paths = append(notebooks, cells), append(paths, path)
		return nil
	})
	if err != nil {
		b.Skip("SKIPPED: no corpus; set XETMEMO_CORPUS:", err)
	}
	least := make([]time.Duration, len(notebooks)) // of all rounds: the machine's noise only adds
	bytes := 0
	for b.Loop() {
		bytes = 0
		for i, cells := range notebooks {
			start := time.Now()
			var units []deps.Unit
			for _, c := range cells {
				bytes += len(c)
				units = append(units, deps.Unit{Summary: closure.Summarize(pyast.Parse(c, pyast.Options{Notebook: true, Version: 12}))})
			}
			deps.Link(units, deps.Options{})
			if d := time.Since(start); least[i] == 0 || d < least[i] {
				least[i] = d
			}
		}
	}
	type rate struct {
		perKB float64 // µs
		path  string
	}
	var rates []rate
	for i, cells := range notebooks {
		size := 0
		for _, c := range cells {
			size += len(c)
		}
		rates = append(rates, rate{float64(least[i].Microseconds()) / max(1, float64(size)/1024), paths[i]})
	}
	slices.SortFunc(rates, func(x, y rate) int {
		if x.perKB < y.perKB {
			return -1
		}
		return 1
	})
	median := rates[len(rates)/2].perKB
	b.SetBytes(int64(bytes))
	b.ReportMetric(median, "µs/KB-median")
	b.ReportMetric(rates[len(rates)-1].perKB/median, "x-slowest")
	for _, r := range rates[max(0, len(rates)-5):] {
		b.Logf("%.1f x median: %s", r.perKB/median, filepath.Base(r.path))
	}
}
