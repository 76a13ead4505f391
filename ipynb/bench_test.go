package ipynb

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// BenchmarkParse measures finding and decoding the cells. Corpus is published
// notebooks with their outputs, Sources the small ones without, Image one
// notebook with a 32 MB picture.
func BenchmarkParse(b *testing.B) {
	benchmarkParts(b, func(src []byte) error {
		_, err := Parse(src)
		return err
	})
}

// BenchmarkEncodingJSON decodes the same files into Go values.
func BenchmarkEncodingJSON(b *testing.B) {
	benchmarkParts(b, func(src []byte) error {
		var doc any
		return json.Unmarshal(src, &doc)
	})
}

// BenchmarkValid only checks the same files with encoding/json.
func BenchmarkValid(b *testing.B) {
	benchmarkParts(b, func(src []byte) error {
		json.Valid(src)
		return nil
	})
}

func benchmarkParts(b *testing.B, do func([]byte) error) {
	run := func(name string, files func() [][]byte) {
		b.Run(name, func(b *testing.B) {
			list := files()
			size := 0
			for _, src := range list {
				size += len(src)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, src := range list {
					if err := do(src); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	for _, part := range [...]struct{ name, dir string }{{"Corpus", "raw"}, {"Sources", "dev"}} {
		run(part.name, func() [][]byte {
			var list [][]byte
			for _, src := range corpusFiles(b, part.dir) {
				// NaN and notebooks that are none stop encoding/json or Parse.
				if _, err := Parse(src); err == nil && json.Valid(src) {
					list = append(list, src)
				}
			}
			return list
		})
	}
	run("Image", func() [][]byte { return [][]byte{imageNotebook(32 << 20)} })
}

// imageNotebook is a notebook whose one output is a picture of size bytes.
func imageNotebook(size int) []byte {
	noise := make([]byte, size*3/4)
	rand.NewChaCha8([32]byte{}).Read(noise)
	var b bytes.Buffer
	b.WriteString(`{"cells":[{"cell_type":"code","source":["plot()\n"],"metadata":{},"execution_count":1,` +
		`"outputs":[{"data":{"image/png":"`)
	b.WriteString(base64.StdEncoding.EncodeToString(noise))
	b.WriteString(`"},"output_type":"display_data","metadata":{}}]}],"metadata":{},"nbformat":4,"nbformat_minor":4}`)
	return b.Bytes()
}

// BenchmarkRead reads the corpus from disk: Cat only reads it, as cat does, and
// Parse parses it too. Both use one buffer for all files.
func BenchmarkRead(b *testing.B) {
	for _, bench := range [...]struct {
		name  string
		parse bool
	}{{"Cat", false}, {"Parse", true}} {
		b.Run(bench.name, func(b *testing.B) {
			root := needs.Corpus(b, "raw")
			sizes := map[string]int{}
			total := 0
			for path, src := range corpusFiles(b, "raw") {
				sizes[path] = len(src)
				total += len(src)
			}
			paths := slices.Sorted(maps.Keys(sizes))
			buf := make([]byte, slices.Max(slices.Collect(maps.Values(sizes))))
			b.SetBytes(int64(total))
			for b.Loop() {
				for _, path := range paths {
					f, err := os.Open(filepath.Join(root, path))
					if err != nil {
						b.Fatal(err)
					}
					src := buf[:sizes[path]]
					if _, err := io.ReadFull(f, src); err != nil {
						b.Fatal(err)
					}
					f.Close()
					if bench.parse {
						if nb, err := Parse(src); nb == nil && err == nil {
							b.Fatal("neither a notebook nor an error")
						}
					}
				}
			}
		})
	}
}

// BenchmarkReplace puts a line on top of every code cell of the corpus.
func BenchmarkReplace(b *testing.B) {
	var notebooks []*Notebook
	cells := 0
	for _, src := range corpusFiles(b, "raw") {
		if nb, err := Parse(src); err == nil {
			notebooks = append(notebooks, nb)
			cells += len(nb.Cells)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, nb := range notebooks {
			for i := range nb.Cells {
				nb.maps[i].Store(nil)
				if nb.Cells[i].Kind != Code {
					continue
				}
				if _, err := nb.Replace(i, 0, 0, "%%xetmemo input=a output=b\n"); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(cells), "ns/cell")
}
