package pyast

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// BenchmarkCells parses the code cells of the corpus's notebooks, each as it comes; then CPython's
// ast.parse does, without what IPython does before.
func BenchmarkCells(b *testing.B) {
	var cells []string
	corpusCells(b, "dev", func(_, source string) { cells = append(cells, source) })
	benchmark(b, cells, Options{Notebook: true})
}

// BenchmarkLibrary parses the standard library of the interpreter without its packages; then CPython's
// ast.parse does.
func BenchmarkLibrary(b *testing.B) {
	out, err := exec.Command(needs.Python(b, "a Python", "import sysconfig"), "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		b.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "*.py"))
	if err != nil {
		b.Fatal(err)
	}
	var modules []string
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if text, err := Decode(data); err == nil {
			modules = append(modules, text)
		}
	}
	benchmark(b, modules, Options{})
}

func benchmark(b *testing.B, sources []string, opt Options) {
	size := 0
	for _, s := range sources {
		size += len(s)
	}
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(size))
		b.ReportAllocs()
		for b.Loop() {
			for _, s := range sources {
				Parse(s, opt)
			}
		}
		b.ReportMetric(float64(b.N)*float64(len(sources))/b.Elapsed().Seconds(), "sources/s")
	})
	b.Run("walk", func(b *testing.B) {
		var files []*File
		for _, s := range sources {
			files = append(files, Parse(s, opt))
		}
		b.SetBytes(int64(size))
		b.ReportAllocs()
		nodes := 0
		visit := func(Node) bool { nodes++; return true }
		for b.Loop() {
			for _, f := range files {
				for _, s := range f.Body {
					Walk(s, visit)
				}
			}
		}
	})
	b.Run("cpython", func(b *testing.B) {
		data, err := json.Marshal(sources)
		if err != nil {
			b.Fatal(err)
		}
		cmd := exec.Command(needs.Python(b, "a Python", "import ast"), "testdata/cpython_speed.py")
		cmd.Stdin = bytes.NewReader(data)
		out, err := cmd.Output()
		if err != nil {
			b.Fatal(err)
		}
		seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
		}
		b.ReportMetric(float64(size)/seconds/1e6, "MB/s")
		b.ReportMetric(0, "ns/op")
	})
}
