package scope_test

import (
	"os"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/internal/needs"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestTypeParameterScopes holds the scopes of type parameters (PEP 695, 696) against what
// symtable of CPython 3.13 said of testdata/type_params.py, which stands beside it in
// type_params.symtable. With XETMEMO_PYTHON a Python 3.13, the expectation itself is checked.
func TestTypeParameterScopes(t *testing.T) {
	source, err := os.ReadFile("testdata/type_params.py")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/type_params.symtable")
	if err != nil {
		t.Fatal(err)
	}
	f := pyast.Parse(string(source), pyast.Options{Version: 13})
	if len(f.Errors) > 0 {
		t.Fatal(f.Errors)
	}
	var lines []string
	dumpScopes(f, scope.Resolve(f).Module, 0, &lines)
	compareLines(t, "ours", lines, strings.Split(strings.TrimSpace(string(want)), "\n"))
	t.Run("symtable", func(t *testing.T) {
		python := needs.Python(t, "CPython 3.13", "import _symtable, sys; assert sys.version_info[:2] == (3, 13)")
		dump, ok := startSymtable(t, python).dump(t, string(source))
		if !ok {
			t.Fatal("CPython rejects the source")
		}
		compareLines(t, "symtable", strings.Split(dump, "\n"), strings.Split(strings.TrimSpace(string(want)), "\n"))
	})
}

func compareLines(t *testing.T, who string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		a, b := "", ""
		if i < len(want) {
			a = strings.TrimSpace(want[i])
		}
		if i < len(got) {
			b = strings.TrimSpace(got[i])
		}
		if a != b {
			t.Errorf("line %d\nexpected %s\n%8s %s", i+1, a, who, b)
		}
	}
}
