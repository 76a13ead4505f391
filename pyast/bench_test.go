package pyast

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkCells parses the code cells of the corpus's notebooks, each as it comes.
func BenchmarkCells(b *testing.B) {
	var cells []string
	bytes := 0
	corpusCells(b, "dev", func(_, source string) {
		cells = append(cells, source)
		bytes += len(source)
	})
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range cells {
			Parse(c, Options{Notebook: true})
		}
	}
}

// BenchmarkLibrary parses the standard library of the interpreter without its tests.
func BenchmarkLibrary(b *testing.B) {
	out, err := exec.Command(python(b, "import sysconfig"), "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		b.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "*.py"))
	if err != nil {
		b.Fatal(err)
	}
	var modules []string
	bytes := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if text, err := Decode(data); err == nil {
			modules = append(modules, text)
			bytes += len(text)
		}
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range modules {
			Parse(m, Options{})
		}
	}
}
