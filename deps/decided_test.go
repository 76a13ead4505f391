package deps_test

import (
	"testing"

	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestDecided counts, over the published notebooks of the corpus, what decides the effect of
// calls into libraries. It fails when the knowledge falls out of use.
func TestDecided(t *testing.T) {
	var methods, functions [4]int
	for _, nb := range publishedNotebooks(t) {
		for call, by := range nb.link().Decided() {
			if call.Node == nil {
				continue
			}
			if _, ok := call.Node.Func.(*pyast.Attribute); ok {
				methods[by]++
			} else {
				functions[by]++
			}
		}
	}
	for name, n := range map[string][4]int{"a.b(…)": methods, "f(…)": functions} {
		total := float64(n[0] + n[1] + n[2] + n[3])
		t.Logf("%-7s %5.0f calls: %.1f%% by type, %.1f%% by knowledge of the path, %.1f%% by shape, %.1f%% by nothing", name, total,
			100*float64(n[interp.ByType])/total, 100*float64(n[interp.ByKnowledge])/total, 100*float64(n[interp.ByShape])/total, 100*float64(n[interp.ByNothing])/total)
		if known := float64(n[interp.ByType] + n[interp.ByKnowledge]); known < total/2 {
			t.Errorf("%s: only %.0f of %.0f calls are decided by knowledge", name, known, total)
		}
	}
}
