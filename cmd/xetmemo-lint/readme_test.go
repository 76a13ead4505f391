package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadme runs the transcript in README.md on a copy of the notebook that it is about.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const name = "testdata/notebooks/demo.ipynb"
	notebook, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, notebook, 0o666); err != nil {
		t.Fatal(err)
	}
	_, transcript, _ := strings.Cut(string(text), "```console\n")
	transcript, _, _ = strings.Cut(transcript, "```")
	commands := strings.Split(transcript, "$ xetmemo-lint ")[1:]
	if len(commands) < 2 {
		t.Fatal("README.md has no transcript")
	}
	for _, c := range commands {
		command, want, _ := strings.Cut(c, "\n")
		var stdout, stderr bytes.Buffer
		run(strings.Fields(command), nil, &stdout, &stderr)
		if got := stdout.String() + stderr.String(); got != want {
			t.Errorf("after %q README.md shows\n%s\nthe program prints\n%s", command, want, got)
		}
	}
}
