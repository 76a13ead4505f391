package deps_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/deps/digest"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestReach runs testdata/reach/*.txtar. A file named NAME.nb is a notebook, cells parted by
// lines of "---"; the MODULE.py files in front of it are its local modules. What cell 2 reaches
// stands in a comment at its top:
//
//	# R: clean(utils.norm(utils.LIMIT)) utils.Model
//
// names with what they use in parentheses, written out at the first place only. "!" says that
// there is no digest.
func TestReach(t *testing.T) {
	files, err := filepath.Glob("testdata/reach/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		modules := testModules{}
		for _, f := range a.Files {
			name, ok := strings.CutSuffix(f.Name, ".nb")
			if !ok {
				if strings.HasSuffix(f.Name, ".py") {
					modules.add(f.Name, string(f.Data))
				}
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+name, func(t *testing.T) {
				cells := strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n---\n")
				g := link(cells, modules)
				for i, c := range cells {
					first, _, _ := strings.Cut(c, "\n")
					want, ok := strings.CutPrefix(first, "# R:")
					if !ok {
						continue
					}
					if got := reachText(g.Digest(i)); got != strings.TrimSpace(want) {
						t.Errorf("cell %d:\ngot  %s\nwant %s\n%s", i, got, strings.TrimSpace(want), unseen(g.Digest(i)))
					}
				}
			})
		}
	}
}

func (m testModules) add(path, src string) {
	name := strings.TrimSuffix(strings.ReplaceAll(strings.TrimSuffix(path, ".py"), "/", "."), ".__init__")
	m[name] = &deps.Module{
		Name: name, Path: path, Package: strings.HasSuffix(path, "__init__.py"),
		Summary: closure.Summarize(pyast.Parse(src, pyast.Options{Version: 12})),
	}
}

func link(cells []string, modules testModules) *deps.Graph {
	var units []deps.Unit
	for _, c := range cells {
		units = append(units, deps.Unit{Summary: closure.Summarize(pyast.Parse(c, pyast.Options{Version: 12, Notebook: true}))})
	}
	return deps.Link(units, deps.Options{Modules: modules})
}

func reachText(d *deps.Digest) string {
	var words []string
	seen := map[*deps.Reached]bool{}
	var text func(r *deps.Reached) string
	text = func(r *deps.Reached) string {
		if seen[r] || len(r.Uses) == 0 {
			return r.Name
		}
		seen[r] = true
		var uses []string
		for _, u := range r.Uses {
			uses = append(uses, text(u))
		}
		return r.Name + "(" + strings.Join(uses, " ") + ")"
	}
	for _, r := range d.Roots {
		words = append(words, text(r))
	}
	if len(d.Opaque) > 0 {
		words = append(words, "!")
	}
	return strings.Join(words, " ")
}

func unseen(d *deps.Digest) string {
	var b strings.Builder
	for _, u := range d.Opaque {
		fmt.Fprintf(&b, "opaque: line %d: %s\n", u.Line, u.Text)
	}
	return b.String()
}

// TestDigestValue holds a digest to the definition: SHA-256 over the names and forms of what is reached.
func TestDigestValue(t *testing.T) {
	const module = "import numpy as np\nLIMIT = 1\ndef f(x):\n    return np.abs(x) < LIMIT\n"
	modules := testModules{}
	modules.add("utils.py", module)
	g := link([]string{"import utils", "def g(x): return utils.f(x)", "g(1)", "y = 1"}, modules)
	file := modules["utils"].Summary.File
	var pairs []digest.Pair
	for _, p := range []struct {
		name string
		file *pyast.File
		at   int
	}{{"utils.LIMIT", file, 1}, {"utils.f", file, 2}, {"__main__.g", g.Cells[1].Summary.File, 0}} {
		form, err := digest.Form(p.file, p.file.Body[p.at], digest.Context{})
		if err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, digest.Pair{Name: p.name, Form: form})
	}
	for name, path := range map[string]string{"utils.np": "i5:numpy", "__main__.utils": "i5:utils"} {
		pairs = append(pairs, digest.Pair{Name: name, Form: []byte("(import " + path + ")")})
	}
	for i, want := range []string{"", "", digest.Sum(pairs), ""} {
		if got := g.Digest(i).Sum; got != want {
			t.Errorf("cell %d: digest %q, want %q", i, got, want)
		}
	}
}

// TestSame holds that the same text always gives the same result, in the same order.
func TestSame(t *testing.T) {
	cells := []string{
		"def a(): return 1\ndef b(): return 2\ndef c(): return 3\ndef d(): return 4\ndef e(): return 5\ndef f(): return 6",
		"table = {'a': a, 'b': b, 'c': c, 'd': d, 'e': e, 'f': f}",
		"for g in table.values(): g()",
		"table",
	}
	first := ""
	for range 30 {
		g := link(cells, nil)
		text := reachText(g.Digest(2)) + "; " + reachText(g.Digest(3)) + "; " + strings.Join(g.Inputs(2), " ")
		if first == "" {
			first = text
		}
		if text != first {
			t.Fatalf("once %q, then %q", first, text)
		}
	}
}
