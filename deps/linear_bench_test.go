package deps_test

import (
	"cmp"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
	"time"
)

// BenchmarkAnalyze analyses every published notebook of the corpus and reports the time per KB
// of code: the median notebook's, and the slowest one's as a multiple of it. Notebooks with
// less than 1 KB of code count as 1 KB.
func BenchmarkAnalyze(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program does
	notebooks := publishedNotebooks(b)
	least := make([]time.Duration, len(notebooks)) // of all rounds: the machine's noise only adds
	for b.Loop() {
		for i, nb := range notebooks {
			start := time.Now()
			nb.link()
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
	bytes := 0
	for i, nb := range notebooks {
		size := 0
		for _, c := range nb.cells {
			size += len(c)
		}
		bytes += size
		rates = append(rates, rate{float64(least[i].Microseconds()) / max(1, float64(size)/1024), nb.path})
	}
	slices.SortFunc(rates, func(x, y rate) int { return cmp.Compare(x.perKB, y.perKB) })
	median := rates[len(rates)/2].perKB
	b.SetBytes(int64(bytes))
	b.ReportMetric(median, "µs/KB-median")
	b.ReportMetric(rates[len(rates)-1].perKB/median, "x-slowest")
	for _, r := range rates[max(0, len(rates)-5):] {
		b.Logf("%.1f x median: %s", r.perKB/median, filepath.Base(r.path))
	}
}
