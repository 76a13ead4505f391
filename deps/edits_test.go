package deps_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestEdits makes edits in the project of testdata/edits.txtar and holds that the digest of a cell
// changes exactly if the cell reaches what was edited, and that none changes where the meaning
// doesn't.
func TestEdits(t *testing.T) {
	a, err := txtar.ParseFile("testdata/edits.txtar")
	if err != nil {
		t.Fatal(err)
	}
	p := readProject(t, a)
	before := p.digests(t)
	r := rand.New(rand.NewSource(1))
	edits := 0
	for _, kind := range editKinds {
		made := 0
		for made < 20 {
			f := r.Intn(len(p.files))
			text, at, ok := kind.edit(r, p.files[f].text, p.parse(f))
			if !ok {
				continue
			}
			made++
			edits++
			var want []int
			where := "nothing"
			if kind.meaning {
				where = p.files[f].module + "." + definitionAt(p.parse(f), at)
				if want, ok = p.reach[where]; !ok {
					t.Fatalf("testdata/edits.txtar doesn't say which cells reach %s", where)
				}
			}
			q := p.with(f, text)
			if errs := q.parse(f).Errors; len(errs) > 0 {
				t.Fatalf("%s: the edit doesn't parse: %v\n%s", kind.name, errs, text)
			}
			var got []int
			for i, sum := range q.digests(t) {
				if sum != before[i] {
					got = append(got, i)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s in %s (%s): digests of cells %v changed, want %v\n%s", kind.name, p.files[f].name, where, got, want, text)
			}
		}
	}
	if edits < 200 {
		t.Errorf("only %d edits were made", edits)
	}
	t.Logf("%d edits", edits)
}

// project is a notebook with local modules.
type project struct {
	files []projectFile
	reach map[string][]int // definition → cells
}

type projectFile struct {
	name, module, text string
	cell               int // -1 for a module
}

func readProject(t *testing.T, a *txtar.Archive) *project {
	p := &project{reach: map[string][]int{}}
	for line := range strings.Lines(string(a.Comment)) {
		name, cells, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || !strings.Contains(name, ".") || strings.Contains(name, " ") {
			continue
		}
		p.reach[name] = []int{}
		for _, c := range strings.Fields(cells) {
			n, err := strconv.Atoi(c)
			if err != nil {
				t.Fatal(err)
			}
			p.reach[name] = append(p.reach[name], n)
		}
	}
	for _, f := range a.Files {
		file := projectFile{name: f.Name, text: string(f.Data), cell: -1}
		if n, ok := strings.CutPrefix(f.Name, "cell"); ok {
			file.cell, _ = strconv.Atoi(n)
			file.module = "__main__"
		} else {
			file.module = strings.ReplaceAll(strings.TrimSuffix(f.Name, ".py"), "/", ".")
		}
		p.files = append(p.files, file)
	}
	return p
}

func (p *project) with(f int, text string) *project {
	q := &project{files: slices.Clone(p.files), reach: p.reach}
	q.files[f].text = text
	return q
}

func (p *project) parse(f int) *pyast.File {
	return pyast.Parse(p.files[f].text, pyast.Options{Version: 12})
}

func (p *project) digests(t *testing.T) []string {
	modules := testModules{}
	var cells []string
	for _, f := range p.files {
		if f.cell >= 0 {
			cells = append(cells, f.text)
		} else {
			modules.add(f.name, f.text)
		}
	}
	g := link(cells, modules)
	var sums []string
	for i := range cells {
		d := g.Digest(i)
		if len(d.Opaque) > 0 {
			t.Fatalf("cell %d has no digest: %s", i, d.Opaque[0])
		}
		sums = append(sums, d.Sum)
	}
	return sums
}

// definitionAt is the name that the module-level statement at a place defines, or changes.
func definitionAt(f *pyast.File, at int) string {
	for _, s := range f.Body {
		if int(s.Pos().End) <= at {
			continue
		}
		switch s := s.(type) {
		case *pyast.FunctionDef:
			return s.Name.Name
		case *pyast.ClassDef:
			return s.Name.Name
		case *pyast.Assign:
			target := s.Targets[0]
			if x, ok := target.(*pyast.Subscript); ok {
				target = x.Value
			}
			return target.(*pyast.Name).ID
		}
		break
	}
	return ""
}

// editKind makes edits of one kind at random places. It returns the new text and the place;
// ok is false when there was nothing to edit.
type editKind struct {
	name    string
	meaning bool // the edit changes what the code does
	edit    func(r *rand.Rand, text string, f *pyast.File) (edited string, at int, ok bool)
}

var editKinds = []editKind{
	{"another constant", true, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		c, ok := pick(r, nodes(f, func(c *pyast.Constant) bool {
			return (c.Kind == pyast.Int || c.Kind == pyast.Float || c.Kind == pyast.Str && !strings.HasPrefix(text[c.Start:], `"""`)) && defined(f, int(c.Start))
		}))
		if !ok {
			return "", 0, false
		}
		with := strconv.Itoa(1000 + r.Intn(1000))
		if c.Kind == pyast.Str {
			with = `"` + with + `"`
		}
		return text[:c.Start] + with + text[c.End:], int(c.Start), true
	}},
	{"another operator", true, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		b, ok := pick(r, nodes(f, func(b *pyast.BinOp) bool { return b.Op == pyast.Add && defined(f, int(b.Start)) }))
		if !ok {
			return "", 0, false
		}
		between := text[b.Left.Pos().End:b.Right.Pos().Start]
		return text[:b.Left.Pos().End] + strings.Replace(between, "+", "-", 1) + text[b.Right.Pos().Start:], int(b.Start), true
	}},
	{"one more statement", true, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		d, ok := pick(r, nodes(f, func(d *pyast.FunctionDef) bool { return true }))
		if !ok {
			return "", 0, false
		}
		at := int(d.Body[len(d.Body)-1].Pos().Start)
		return text[:at] + "_ = " + strconv.Itoa(r.Intn(100)) + "; " + text[at:], at, !compound(d.Body[len(d.Body)-1])
	}},
	{"one more parameter", true, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		d, ok := pick(r, nodes(f, func(d *pyast.FunctionDef) bool { return d.Args.Vararg == nil }))
		if !ok {
			return "", 0, false
		}
		at := int(d.Name.End) + 1
		return text[:at] + "*, added=0):" + text[strings.IndexByte(text[at:], ':')+1+at:], at, len(d.Args.Args) == 0
	}},
	{"one more attribute", true, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		c, ok := pick(r, nodes(f, func(c *pyast.ClassDef) bool { return true }))
		if !ok {
			return "", 0, false
		}
		at := int(c.Body[len(c.Body)-1].Pos().Start)
		return text[:at] + "added = " + strconv.Itoa(r.Intn(100)) + "\n    " + text[at:], at, true
	}},
	{"another decorator", true, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		d, ok := pick(r, nodes(f, func(d *pyast.FunctionDef) bool { return len(d.DecoratorList) == 0 && atLineStart(text, int(d.Start)) }))
		if !ok {
			return "", 0, false
		}
		return text[:d.Start] + "@str\n" + text[d.Start:], int(d.Start) + 1, true
	}},
	{"a comment", false, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		lines := strings.SplitAfter(text, "\n")
		i := r.Intn(len(lines))
		lines[i] = "# " + fmt.Sprint(r.Intn(1000)) + "\n" + lines[i]
		return strings.Join(lines, ""), 0, true
	}},
	{"a comment behind code, and a blank line", false, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		lines := strings.SplitAfter(text, "\n")
		i := r.Intn(len(lines))
		if !strings.HasSuffix(lines[i], "\n") {
			return "", 0, false
		}
		lines[i] = strings.TrimSuffix(lines[i], "\n") + "  # " + fmt.Sprint(r.Intn(1000)) + "\n\n"
		return strings.Join(lines, ""), 0, true
	}},
	{"a docstring", false, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		d, ok := pick(r, nodes(f, func(d *pyast.FunctionDef) bool {
			return len(d.DecoratorList) == 0 && atLineStart(text, int(d.Start)) && !strings.HasPrefix(text[d.Body[0].Pos().Start:], `"""`)
		}))
		if !ok {
			return "", 0, false
		}
		at := int(d.Body[0].Pos().Start)
		return text[:at] + `"""About it, ` + fmt.Sprint(r.Intn(100)) + ".\"\"\"\n    " + text[at:], 0, true
	}},
	{"an annotation", false, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		d, ok := pick(r, nodes(f, func(d *pyast.FunctionDef) bool {
			return len(d.DecoratorList) == 0 && d.Returns == nil && len(d.Args.Args) > 0 && d.Args.Args[0].Annotation == nil
		}))
		if !ok {
			return "", 0, false
		}
		a := d.Args.Args[0]
		return text[:a.End] + ": " + []string{"int", "Unused", "mean"}[r.Intn(3)] + text[a.End:], 0, true
	}},
	{"parentheses", false, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		x, ok := pick(r, nodes(f, func(x *pyast.Return) bool { return x.Value != nil }))
		if !ok {
			return "", 0, false
		}
		v := x.Value.Pos()
		return text[:v.Start] + "(\n" + text[v.Start:v.End] + "  )" + text[v.End:], 0, true
	}},
	{"another function", false, func(r *rand.Rand, text string, f *pyast.File) (string, int, bool) {
		return text + fmt.Sprintf("\ndef added%d(x):\n    return mean(x)\n", r.Intn(100)), 0, true
	}},
}

// nodes are the nodes of one type for which keep holds.
func nodes[T pyast.Node](f *pyast.File, keep func(T) bool) []T {
	var found []T
	for _, s := range f.Body {
		pyast.Walk(s, func(n pyast.Node) bool {
			if x, ok := n.(T); ok && keep(x) {
				found = append(found, x)
			}
			return true
		})
	}
	return found
}

func pick[T any](r *rand.Rand, list []T) (x T, ok bool) {
	if len(list) == 0 {
		return x, false
	}
	return list[r.Intn(len(list))], true
}

func atLineStart(text string, at int) bool { return at == 0 || text[at-1] == '\n' }

func compound(s pyast.Stmt) bool {
	switch s.(type) {
	case *pyast.For, *pyast.If, *pyast.FunctionDef:
		return true
	}
	return false
}

// defined says whether a place stands in something that has a row in the table: not in the data
// of cells, which are inputs.
func defined(f *pyast.File, at int) bool {
	name := definitionAt(f, at)
	return name != "" && !slices.Contains([]string{"raw", "a", "b", "c", "d", "m", "t", "t2"}, name)
}
