package files

import (
	"path/filepath"
	"testing"
)

// TestIgnored holds patterns against paths as gitignore(5) describes them.
func TestIgnored(t *testing.T) {
	cases := []struct {
		patterns string
		path     string
		dir      bool
		want     bool
	}{
		{"", "a.ipynb", false, false},
		{"# a.ipynb", "a.ipynb", false, false},
		{"a.ipynb", "a.ipynb", false, true},
		{"a.ipynb", "deep/er/a.ipynb", false, true},
		{"/a.ipynb", "a.ipynb", false, true},
		{"/a.ipynb", "deep/a.ipynb", false, false},
		{"deep/a.ipynb", "deep/a.ipynb", false, true},
		{"deep/a.ipynb", "x/deep/a.ipynb", false, false},
		{"*.ipynb\n!a.ipynb", "a.ipynb", false, false},
		{"!a.ipynb\n*.ipynb", "a.ipynb", false, true},
		{"out/", "out", true, true},
		{"out/", "out", false, false},
		{"out/", "deep/out", true, true},
		{"**/out", "deep/er/out", true, true},
		{"a/**/b", "a/b", false, true},
		{"a/**/b", "a/x/y/b", false, true},
		{"a?c", "abc", false, true},
		{"a?c", "a/c", false, false},
		{"*.i", "deep/x.i", false, true},
		{"a/*", "a/b/c", false, false},
		{"[ab].ipynb", "b.ipynb", false, true},
		{"[!ab].ipynb", "b.ipynb", false, false},
		{"{a,b}.ipynb", "a.ipynb", false, false},
		{"{a,b}.ipynb", "{a,b}.ipynb", false, true},
		{`\#a`, "#a", false, true},
		{`\!a`, "!a", false, true},
		{"a.ipynb  ", "a.ipynb", false, true},
		{"a.ipynb\r", "a.ipynb", false, true},
	}
	for _, c := range cases {
		dir := t.TempDir()
		f := parseIgnore(c.patterns, dir)
		if got := ignored([]*ignoreFile{f}, filepath.Join(dir, filepath.FromSlash(c.path)), c.dir); got != c.want {
			t.Errorf("%q ignores %q: %v, want %v", c.patterns, c.path, got, c.want)
		}
	}
}
