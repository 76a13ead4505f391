package files

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "nb.ipynb")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("old")
	if err := Replace(path, []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	check := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("the file holds %q (%v), want %q", got, err, want)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Errorf("the folder holds %v (%v), want the file alone", entries, err)
		}
	}
	check("new")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v), want 0600", info.Mode(), err)
	}

	write("changed by someone else")
	if err := Replace(path, []byte("new"), []byte("newer")); !errors.Is(err, ErrChanged) {
		t.Errorf("replacing a file that changed: %v, want ErrChanged", err)
	}
	check("changed by someone else")

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := Replace(path, []byte("new"), []byte("newer")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("replacing a file that is gone: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file came back")
	}
}

func TestReplaceFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("target", link); err != nil {
		needs.Skip(t, "symbolic links", err.Error())
	}
	if err := Replace(link, []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(target); string(got) != "new" {
		t.Errorf("the target holds %q", got)
	}
	if to, err := os.Readlink(link); err != nil || to != "target" {
		t.Errorf("the link leads to %q (%v)", to, err)
	}
}
