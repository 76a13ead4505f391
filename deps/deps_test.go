package deps_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestCells runs the notebooks in testdata/*.txtar, whose first lines say which rule of
// docs/semantics.md they hold. A file named NAME.nb is a notebook, cells
// parted by lines of "---"; MODULE.py files beside it are its local modules. What the
// analysis says of a cell stands at its top, in comments of these forms; a form that is left
// out is not checked:
//
//	# I: a, b      inputs, in any order
//	# O: a, b      outputs, all of them
//	# live: a      outputs that a header would list
//	# L: a         globals that the functions made here may read
//	# F: f, m.g    functions reached
//	# opaque: c    names read that can't be hashed
//	# D: a         names deleted
//	# U: a         undefined names
//	# E: random    kinds of effects
//	# seen: a      reads and effects that the run came to; the others are only possible
//	# pandas: 3    the major version of pandas (in any cell, for all of them)
//	# py: 14       the notebook's Python version (in any cell, for all of them)
func TestCells(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a := txtar.Parse(data)
		if !citesRule.Match(a.Comment) && notebooks(a) {
			t.Errorf("%s doesn't say at its top which rule it holds", file)
		}
		modules := testModules{}
		for _, f := range a.Files {
			if name, ok := strings.CutSuffix(f.Name, ".py"); ok {
				name = strings.TrimSuffix(strings.ReplaceAll(name, "/", "."), ".__init__")
				src := string(f.Data)
				modules[name] = &deps.Module{
					Name: name, Path: f.Name, Package: strings.HasSuffix(f.Name, "__init__.py"),
					Summary: closure.Summarize(pyast.Parse(src, pyast.Options{Version: 12})),
				}
			}
		}
		for _, f := range a.Files {
			if name, ok := strings.CutSuffix(f.Name, ".nb"); ok {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+name, func(t *testing.T) {
					testNotebook(t, string(f.Data), modules)
				})
			}
		}
	}
}

var citesRule = regexp.MustCompile(`docs/semantics\.md,\s+sections?\s+\d`)

// notebooks says whether a table has notebooks.
func notebooks(a *txtar.Archive) bool {
	return slices.ContainsFunc(a.Files, func(f txtar.File) bool { return strings.HasSuffix(f.Name, ".nb") })
}

type testModules map[string]*deps.Module

func (m testModules) Find(name string) *deps.Module   { return m[name] }
func (m testModules) Script(path string) *deps.Module { return m[strings.TrimSuffix(path, ".py")] }

func testNotebook(t *testing.T, text string, modules testModules) {
	cells := strings.Split(strings.TrimSuffix(text, "\n"), "\n---\n")
	version := pyast.Version(12)
	pandas := 0
	want := make([]map[string][]string, len(cells))
	var units []deps.Unit
	for i, c := range cells {
		want[i] = map[string][]string{}
		for strings.HasPrefix(c, "# ") {
			line, rest, _ := strings.Cut(c, "\n")
			form, names, ok := strings.Cut(line[2:], ":")
			if !ok {
				break
			}
			c = rest
			list := strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' })
			if form == "pandas" {
				pandas = int(list[0][0] - '0')
				continue
			}
			if form == "py" {
				version = 0
				for _, d := range list[0] {
					version = version*10 + pyast.Version(d-'0')
				}
				continue
			}
			want[i][form] = list
		}
		cells[i] = c
	}
	for _, c := range cells {
		units = append(units, deps.Unit{Summary: closure.Summarize(pyast.Parse(c, pyast.Options{Version: version, Notebook: true}))})
	}
	g := deps.Link(units, deps.Options{Modules: modules, Major: func(library string) int { return map[string]int{"pandas": pandas}[library] }})
	for i := range cells {
		c := g.Cells[i]
		got := map[string][]string{"I": g.Inputs(i), "O": g.Outputs(i).All, "live": g.Outputs(i).Live, "opaque": g.OpaqueInputs(i), "D": c.Deletes}
		for _, f := range c.Summary.Funcs {
			for _, n := range f.Free {
				if _, builtin := builtins[n.Name]; n.Path == "" && !builtin {
					got["L"] = append(got["L"], n.Name)
				}
			}
		}
		for _, f := range c.Functions {
			got["F"] = append(got["F"], f.Name)
		}
		for _, u := range c.Undefined {
			got["U"] = append(got["U"], u.Name)
		}
		for _, e := range c.Effects {
			got["E"] = append(got["E"], string(e.Kind))
		}
		for _, r := range c.Reads {
			if r.Seen {
				got["seen"] = append(got["seen"], r.Name)
			}
		}
		for _, e := range c.Effects {
			if e.Seen {
				got["seen"] = append(got["seen"], string(e.Kind))
			}
		}
		for form, names := range want[i] {
			if d := cmp.Diff(set(names), set(got[form])); d != "" {
				t.Errorf("cell %d, %s (-want +got):\n%s%s", i, form, d, cells[i])
			}
		}
	}
}

var builtins = map[string]bool{"print": true, "range": true, "super": true, "len": true}

func set(names []string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}
