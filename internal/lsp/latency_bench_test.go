package lsp

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// steps are cells as people write them. N stands for the number of the round.
var steps = []string{
	"import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\nfrom sklearn.ensemble import RandomForestClassifier",
	"dfN = pd.read_csv(\"data_N.csv\", parse_dates=[\"date\"])\ndfN = dfN[dfN[\"value\"] > LIMITN]\ndfN.head()",
	"LIMITN = 3\nFEATURESN = [\"a\", \"b\", \"c\"]",
	"def cleanN(frame, limit=LIMITN):\n    \"\"\"Fill what is missing.\"\"\"\n    out = frame.copy()\n    for name in FEATURESN:\n        out[name] = out[name].fillna(out[name].mean())\n    return out[out[\"value\"] > limit]",
	"cleanedN = cleanN(dfN)\ncleanedN.describe()",
	"monthlyN = cleanedN.groupby(cleanedN[\"date\"].dt.month).agg({\"value\": [\"mean\", \"std\"]})\nmonthlyN.columns = [\"_\".join(c) for c in monthlyN.columns]",
	"fig, ax = plt.subplots(figsize=(8, 4))\nax.plot(monthlyN.index, monthlyN[\"value_mean\"])\nax.set_title(\"round N\")\nplt.show()",
	"class ScalerN:\n    def __init__(self, by):\n        self.by = by\n        self.seen = []\n    def fit(self, x):\n        self.seen.append(x.mean())\n        return self\n    def transform(self, x):\n        return (x - self.seen[-1]) / self.by",
	"scalerN = ScalerN(LIMITN)\nXN = scalerN.fit(cleanedN[FEATURESN]).transform(cleanedN[FEATURESN]).values\nyN = (cleanedN[\"value\"] > 10).astype(int).values",
	"%%xetmemo input=XN,yN output=modelN\nmodelN = RandomForestClassifier(n_estimators=200, random_state=0)\nmodelN.fit(XN, yN)",
	"scoresN = {name: modelN.score(XN[:, [i]], yN) for i, name in enumerate(FEATURESN)}\nprint(sorted(scoresN.items(), key=lambda s: -s[1]))",
	"for name, score in scoresN.items():\n    if score > .5:\n        print(f\"{name}: {score:.2f}\")",
}

// keystrokes types into random cells and returns how long each change took until the findings of
// its cell were there.
func keystrokes(b *testing.B, s *session, cells, edits int) []time.Duration {
	const uri = "file:///bench/nb.ipynb"
	rng := rand.New(rand.NewPCG(1, 2))
	took := make([]time.Duration, edits)
	for i := range took {
		c := fmt.Sprintf("%s#%d", uri, rng.IntN(cells))
		text := fmt.Sprintf(`"uri":%q,"version":%d`, c, i+2)
		change := func(range_, new string) string {
			return frame(fmt.Sprintf(`{"method":"notebookDocument/didChange","params":{"notebookDocument":{"uri":%q,"version":%d},"change":{"cells":{"textContent":[{"document":{%s},"changes":[{"range":%s,"text":%q}]}]}}}}`,
				uri, i, text, range_, new))
		}
		typed := fmt.Sprintf("print(typed_%d_)\n", i)
		start := time.Now()
		s.write(change(`{"start":{"line":99,"character":0},"end":{"line":99,"character":0}}`, "\n"+typed))
		for done := false; !done; {
			m := s.next()
			done = m.Method == "textDocument/publishDiagnostics" && strings.Contains(string(m.Params), fmt.Sprintf("typed_%d_", i))
		}
		took[i] = time.Since(start)
		s.write(change(`{"start":{"line":0,"character":0},"end":{"line":999,"character":0}}`, steps[rng.IntN(len(steps))]))
		for done := false; !done; {
			m := s.next()
			done = m.Method == "textDocument/publishDiagnostics" && strings.Contains(string(m.Params), c) && !strings.Contains(string(m.Params), fmt.Sprintf("typed_%d_", i))
		}
	}
	return took
}

func benchNotebook(b *testing.B, cells int) *session {
	debug.SetGCPercent(400) // as the program does
	s := start(b)
	if m := s.call("initialize", object{"capabilities": object{}}); m.Error != nil {
		b.Fatal(m.Error.Message)
	}
	texts := make([]string, cells)
	for i := range texts {
		texts[i] = strings.ReplaceAll(steps[i%len(steps)], "N", fmt.Sprint(i/len(steps)))
	}
	s.open("file:///bench/nb.ipynb", texts...)
	for range cells {
		s.next()
	}
	return s
}

// BenchmarkKeystroke measures from a keystroke to its findings, the client's side included.
func BenchmarkKeystroke(b *testing.B) {
	for _, cells := range []int{30, 300, 3000} {
		b.Run(fmt.Sprint(cells), func(b *testing.B) {
			s := benchNotebook(b, cells)
			defer s.to.Close()
			b.ResetTimer()
			took := keystrokes(b, s, cells, max(b.N, 20))
			slices.Sort(took)
			b.ReportMetric(took[len(took)/2].Seconds()*1000, "ms-median")
			b.ReportMetric(took[len(took)-1].Seconds()*1000, "ms-worst")
		})
	}
}

// BenchmarkHour measures the memory that an hour's worth of edits leaves: 10,000 times
// typing and replacing a cell of a notebook of 300.
func BenchmarkHour(b *testing.B) {
	const edits = 10000
	s := benchNotebook(b, 300)
	defer s.to.Close()
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	before := heap()
	keystrokes(b, s, 300, edits)
	b.ReportMetric(before, "MB-before")
	b.ReportMetric(heap(), "MB-after")
}
