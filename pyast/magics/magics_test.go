package magics

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

var update = flag.Bool("update", false, "write the runtime's table")

// TestRows holds that a row stands once, and says something.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range All() {
		if seen[m.Name] {
			t.Errorf("%s has two rows", m.Name)
		}
		seen[m.Name] = true
		if m.Line == NoLine && m.Body == NoBody {
			t.Errorf("%s is neither a line magic nor a cell magic", m.Name)
		}
		if m.Type != "" && len(m.Binds) == 0 {
			t.Errorf("%s has a type, but binds nothing", m.Name)
		}
	}
}

// TestEveryMagicOfIPython holds that each magic that IPython registers has its row, so that none is forgotten when
// IPython gets a new one.
func TestEveryMagicOfIPython(t *testing.T) {
	python := needs.Python(t, "a Python with IPython", "import IPython")
	out, err := exec.Command(python, "-c", `
import json
from IPython.core.interactiveshell import InteractiveShell
registered = InteractiveShell.instance(history_manager=None).magics_manager.lsmagic()
print(json.dumps({kind: sorted(names) for kind, names in registered.items()}))`).Output()
	if err != nil {
		t.Fatal(err)
	}
	var registered struct{ Line, Cell []string }
	if err := json.Unmarshal(out, &registered); err != nil {
		t.Fatal(err)
	}
	if len(registered.Line) < 80 || len(registered.Cell) < 20 {
		t.Fatalf("IPython registers only %v", registered)
	}
	for _, name := range registered.Line {
		if !Of(name).IsAutomagic() {
			t.Errorf("%%%s has no row that says what its line is, or is taken for an extension's", name)
		}
	}
	for _, name := range registered.Cell {
		if Of(name).Body == NoBody {
			t.Errorf("%%%%%s has no row that says what its body is", name)
		}
	}
}

// TestRuntimeTable holds that the runtime's table is what this one says. With -update it is written.
func TestRuntimeTable(t *testing.T) {
	path := needs.Tree(t, "runtime-py/xetcache/source/magics.py")
	want := runtimeTable()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the table says: go generate ./pyast/magics", path)
	}
}

// runtimeTable is the part of the table that the runtime reads, as Python.
func runtimeTable() string {
	var b strings.Builder
	b.WriteString(`"""What the linter's table of magics (pyast/magics/table.go) says that the runtime needs.

Written by go generate ./pyast/magics, which a test holds to the table: change it there.
"""

# Cell magics whose body is Python of the notebook that is read as a cell (docs/fdigest.md, rule cell-magics).
CELLS = frozenset(
    {
`)
	for _, name := range cells() {
		fmt.Fprintf(&b, "        %q,\n", name)
	}
	b.WriteString("    }\n)\n")
	return b.String()
}

func cells() []string {
	var names []string
	for _, m := range All() {
		if m.Body.IsCell() {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	return names
}

// TestCellsOfTheDigest holds the magics whose body is read as a cell to the definition of the digest: they can't
// change without a new version of it.
func TestCellsOfTheDigest(t *testing.T) {
	page, err := os.ReadFile(needs.Tree(t, "docs/fdigest.md"))
	if err != nil {
		t.Fatal(err)
	}
	rule := regexp.MustCompile("(?m)^\\| `cell-magics` \\|.*$").Find(page)
	var names []string
	for _, m := range regexp.MustCompile("`%%(\\w+)`").FindAllSubmatch(rule, -1) {
		names = append(names, string(m[1]))
	}
	slices.Sort(names)
	if want := cells(); !slices.Equal(names, want) {
		t.Errorf("the page names %v, the table %v", names, want)
	}
}
