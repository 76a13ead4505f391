package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
)

// BenchmarkCheck checks our own notebooks, and with XETMEMO_CORPUS all that are published there, as
// the command does: start, reading and reporting included.
func BenchmarkCheck(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	sets := map[string]string{"own": filepath.Join("..", "..", "testdata", "notebooks")}
	if corpus := os.Getenv("XETMEMO_CORPUS"); corpus != "" {
		sets["raw"], sets["dev"] = filepath.Join(corpus, "raw"), filepath.Join(corpus, "dev")
	}
	for name, folder := range sets {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if code := run([]string{"check", folder}, nil, io.Discard, io.Discard); code > exitInput {
					b.Fatal("exit code ", code)
				}
			}
		})
	}
}
