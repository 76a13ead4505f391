package knowledge

import (
	"slices"
	"strings"
	"testing"
)

var pathTable = []struct {
	key  string
	want string // the paths, or the error after "!"
}{
	{"f", "lib.f"},
	{".", "lib"},
	{"a.b.*", "lib.a.b.*"},
	{"*", "lib.*"},
	{"{a,b}.{c, d}", "lib.a.c lib.a.d lib.b.c lib.b.d"},
	{"a{b,c}", "lib.ab lib.ac"},
	{"__init__.é", "lib.__init__.é"},
	{"", "!is no dotted path"},
	{"{a", "!a brace is not closed"},
	{"a}", "!is no dotted path"},
	{"{}", "!is no dotted path"},
	{"a..b", "!is no dotted path"},
	{"*.a", "!is no dotted path"},
	{"1a", "!is no dotted path"},
	{strings.Repeat("{a,b}", 13), "!more than 4096 paths"},
}

func TestPaths(t *testing.T) {
	for _, test := range pathTable {
		paths, err := Paths("lib", test.key)
		if fault, ok := strings.CutPrefix(test.want, "!"); ok {
			if err == nil || !strings.Contains(err.Error(), fault) {
				t.Errorf("%q: error %v, want %q", test.key, err, fault)
			}
		} else if err != nil || !slices.Equal(paths, strings.Fields(test.want)) {
			t.Errorf("%q: %v, error %v, want %s", test.key, paths, err, test.want)
		}
	}
}

func FuzzPaths(f *testing.F) {
	for _, test := range pathTable {
		f.Add(test.key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		paths, err := Paths("lib", key)
		if err == nil && (len(paths) == 0 || len(paths) > maxExpansion) {
			t.Errorf("%d paths", len(paths))
		}
		for _, p := range paths {
			if p != "lib" && !strings.HasPrefix(p, "lib.") {
				t.Errorf("%q is not below the library", p)
			}
		}
	})
}
