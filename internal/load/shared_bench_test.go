package load_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
)

// BenchmarkSharedPackage loads 200 notebooks that share one package, and digests what their cells
// reach: of 1 module, and of 300 that all are reached.
func BenchmarkSharedPackage(b *testing.B) {
	for _, modules := range []int{1, 300} {
		b.Run(fmt.Sprint(modules), func(b *testing.B) {
			dir := b.TempDir()
			writePackage(b, filepath.Join(dir, "pkg"), modules)
			last := modules - 1
			src := notebook(b,
				fmt.Sprintf("import numpy as np\nfrom pkg.m%d import f%d, C%d", last, last, last),
				"xs = np.arange(10)", fmt.Sprintf("y = f%d(xs)", last), fmt.Sprintf("m = C%d(3)\nz = m.run(xs)", last), "print(y, z)")
			b.ReportAllocs()
			for b.Loop() {
				var l load.Loader
				for n := range 200 {
					nb, err := l.Load(filepath.Join(dir, fmt.Sprintf("n%d.ipynb", n)), src, config.Default)
					if err != nil {
						b.Fatal(err)
					}
					for i := range nb.Code {
						nb.Graph.Digest(i)
					}
					if got := len(nb.Graph.Digest(2).All); got < 2*modules {
						b.Fatalf("only %d definitions are reached", got)
					}
				}
			}
		})
	}
}

// writePackage writes modules of some fifty lines; each uses the one before it.
func writePackage(b *testing.B, dir string, modules int) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	write("__init__.py", "")
	for i := range modules {
		var s strings.Builder
		before := "x"
		fmt.Fprintf(&s, "\"\"\"Module %d.\"\"\"\nimport numpy as np\n", i)
		if i > 0 {
			fmt.Fprintf(&s, "from .m%d import f%d\n", i-1, i-1)
			before = fmt.Sprintf("f%d(x)", i-1)
		}
		fmt.Fprintf(&s, "\nSCALE = %d\n\ndef f%d(x, k=2):\n    \"\"\"Work.\"\"\"\n    return %s + np.sum(x) * SCALE + k\n\n", i, i, before)
		for j := range 6 {
			fmt.Fprintf(&s, "def g%d_%d(x):\n    total = 0\n    for v in x:\n        if v > %d:\n            total += f%d(v)\n        else:\n            total -= v\n    return total\n\n", i, j, j, i)
		}
		fmt.Fprintf(&s, "class C%d:\n    def __init__(self, n):\n        self.n = n\n\n    def run(self, xs):\n        return [f%d(x) + self.n for x in xs]\n", i, i)
		write(fmt.Sprintf("m%d.py", i), s.String())
	}
}

func notebook(b *testing.B, cells ...string) []byte {
	var list []any
	for _, c := range cells {
		list = append(list, map[string]any{"cell_type": "code", "metadata": map[string]any{}, "execution_count": nil, "outputs": []any{}, "source": c})
	}
	data, err := json.Marshal(map[string]any{"cells": list, "nbformat": 4, "nbformat_minor": 4, "metadata": map[string]any{}})
	if err != nil {
		b.Fatal(err)
	}
	return data
}
