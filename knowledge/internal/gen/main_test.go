package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUpToDate holds that the embedded files are what the YAML files compile to.
func TestUpToDate(t *testing.T) {
	dir := filepath.Join("..", "..")
	texts, err := Compile(dir)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range texts {
		got, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is out of date: run \"go generate ./knowledge\"", file)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"entries: {f: pure}", `lacks "library"`},
		{"library: a\nentres: {f: pure}", "field entres not found"},
		{"library: a\nentries: {'f{': pure}", "f{: a brace is not closed"},
		{"library: a\nentries: {'{f,g}': pure, g: class}", "a.g: has two entries"},
		{"library: a\ntraits: {greenish: f}", `"greenish" is no trait`},
		{"library: a\nentries: {f: pure}\n---\nlibrary: a\nentries: {f: pure}", "a.f: has two entries"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Compile(dir)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "a.yaml: ") {
			t.Errorf("%q: error %v, want %q", test.text, err, test.want)
		}
	}
}
