package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestReadme holds the transcript in README.md against what the program prints.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const command = "$ xetmemo-lint annotate --diff testdata/notebooks/demo.ipynb\n"
	_, want, ok := strings.Cut(string(text), command)
	if !ok {
		t.Fatalf("README.md has no %q", command)
	}
	want, _, _ = strings.Cut(want, "$ ")
	var stdout, stderr bytes.Buffer
	run([]string{"annotate", "--diff", "testdata/notebooks/demo.ipynb"}, nil, &stdout, &stderr)
	if stdout.String() != want {
		t.Errorf("README.md shows\n%s\nthe program prints\n%s%s", want, &stdout, &stderr)
	}
}
