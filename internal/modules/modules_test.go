package modules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// TestFind runs testdata/*.txtar: files of a project, and in the comment above them lines "module
// → file" of what imports from notebooks/nb.ipynb find, "-" for none. "run FILE" is a %run.
func TestFind(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, archive := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(archive), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(archive)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			for _, f := range a.Files {
				path := filepath.Join(root, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if target, ok := strings.CutPrefix(string(f.Data), "-> "); ok {
					if err := os.Symlink(strings.TrimSpace(target), path); err != nil {
						needs.Skip(t, "symbolic links", err.Error())
					}
				} else if err := os.WriteFile(path, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var cache Cache
			finder := cache.For(Options{
				Folder: filepath.Join(root, "notebooks"), Paths: []string{filepath.Join(root, "added")},
				Library: func(name string) bool { return name == "numpy" || name == "random" },
				Written: map[string]string{"written.py": "x = 1\n"},
			})
			for line := range strings.Lines(string(a.Comment)) {
				name, want, ok := strings.Cut(strings.TrimSpace(line), " → ")
				if !ok {
					continue
				}
				found := finder.Find(name)
				if path, ok := strings.CutPrefix(name, "run "); ok {
					found = finder.Script(path)
				}
				got := "-"
				if found != nil {
					rel, err := filepath.Rel(root, found.Path)
					if err != nil {
						t.Fatal(err)
					}
					got = filepath.ToSlash(rel)
					if found.Summary == nil {
						t.Errorf("%s has no summary", name)
					}
				}
				if got != want {
					t.Errorf("%s → %s, want %s", name, got, want)
				}
			}
		})
	}
}

func TestLargeFilesAreNoModules(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "big.py"), []byte("x = '"+strings.Repeat("a", MaxSize)+"'\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var cache Cache
	if m := cache.For(Options{Folder: dir}).Find("big"); m != nil {
		t.Errorf("found %s", m.Path)
	}
}

func TestFilesAreReadOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "m.py"), []byte("x = 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var cache Cache
	a, b := cache.For(Options{Folder: dir}).Find("m"), cache.For(Options{Folder: dir}).Find("m")
	if a == nil || b == nil || a.Summary != b.Summary {
		t.Error("two notebooks don't share the summary of a module")
	}
}
