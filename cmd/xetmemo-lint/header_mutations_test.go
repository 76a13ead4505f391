package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/needs"
	"github.com/xetmemo/xetmemo-lint/internal/rules"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/rewrite"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// mutations break a header that annotate wrote. Each says which finding must come of it, for which
// names; ok is false where the header has nothing to break. A new case is a new line.
var mutations = []struct {
	name  string
	codes []string // any of these
	// breaks returns the broken source of a cell.
	breaks func(c mutated) (source string, names []string, ok bool)
	// quiet says that the rule may have a reason to say nothing, which its page names.
	quiet bool
}{
	{"an input is dropped", []string{"XM101", "XM110"}, func(c mutated) (string, []string, bool) {
		n := len(c.header.Input)
		if n == 0 {
			return "", nil, false
		}
		return c.with("input", c.header.Input[:n-1]), c.header.Input[n-1:], true
	}, true},
	{"an output is dropped", []string{"XM103"}, func(c mutated) (string, []string, bool) {
		n := len(c.header.Output)
		if n < 2 || !c.live(c.header.Output[n-1]) {
			return "", nil, false
		}
		return c.with("output", c.header.Output[:n-1]), c.header.Output[n-1:], true
	}, true},
	{"an input is added that isn't read", []string{"XM102"}, func(c mutated) (string, []string, bool) {
		return c.with("input", append(slices.Clone(c.header.Input), "zz_unread")), []string{"zz_unread"}, !c.unseen()
	}, false},
	{"an output is added that isn't bound", []string{"XM104"}, func(c mutated) (string, []string, bool) {
		return c.with("output", append(slices.Clone(c.header.Output), "zz_unbound")), []string{"zz_unbound"}, !c.unseen()
	}, false},
	{"spaces after commas", []string{"XM105"}, func(c mutated) (string, []string, bool) {
		line := strings.ReplaceAll(c.header.Text, ",", ", ")
		return c.below(line), nil, line != c.header.Text
	}, false},
	{"two spaces", []string{"XM105"}, func(c mutated) (string, []string, bool) {
		line := strings.Replace(c.header.Text, " output=", "  output=", 1)
		return c.below(line), nil, line != c.header.Text && len(c.header.Input) > 0
	}, false},
	{"an unknown option", []string{"XM106"}, func(c mutated) (string, []string, bool) {
		return c.below(c.header.Text + " zz_cache=1"), []string{"zz_cache"}, true
	}, false},
	{"an option is mistyped", []string{"XM106"}, func(c mutated) (string, []string, bool) {
		line := strings.Replace(c.header.Text, "output=", "ouput=", 1)
		return c.below(line), []string{"ouput"}, line != c.header.Text
	}, false},
	{"a pin is old", []string{"XM109"}, func(c mutated) (string, []string, bool) {
		source := regexp.MustCompile(`(?m)^# xetmemo: deps=[0-9a-f]{12}$`).ReplaceAllString(c.source, "# xetmemo: deps=0123456789ab")
		return source, nil, source != c.source
	}, false},
}

// annotatedHeader matches what annotate writes; headers of people may come back in another order.
var annotatedHeader = regexp.MustCompile(`^%%xetmemo( input=[\pL\pN_,]+)?( output=\S+)?$`)

// mutated is a cell with a header.
type mutated struct {
	nb     *load.Notebook
	unit   int
	source string
	header *header.Header
	start  int // of the header in source
	end    int
}

// below is the source of the cell with another header line.
func (c mutated) below(line string) string { return c.source[:c.start] + line + c.source[c.end:] }

// with is the source with another list of names in the header.
func (c mutated) with(option string, names []string) string {
	line := regexp.MustCompile(` `+option+`=\S*`).ReplaceAllString(c.header.Text, "")
	if len(names) > 0 {
		text := " " + option + "=" + strings.Join(names, ",")
		if at := strings.Index(line, " output="); option == "input" && at >= 0 {
			line = line[:at] + text + line[at:]
		} else {
			line += text
		}
	}
	return c.below(line)
}

// live says whether a later cell reads what the cell leaves in a name.
func (c mutated) live(name string) bool {
	facts := c.nb.Graph.Cells[c.unit]
	return slices.ContainsFunc(facts.Bound, func(b *deps.Bound) bool { return b.Name == name && b.Live }) ||
		slices.ContainsFunc(facts.Mutates, func(m *deps.Mutation) bool { return m.Name == name && m.Live })
}

// unseen says whether the cell holds code that may read or bind any name.
func (c mutated) unseen() bool { return c.nb.Graph.Cells[c.unit].Summary.BindsUnknown }

// TestHeaderMutations annotates every cell that can be memoized, pins included, breaks all headers
// of a notebook in one way, and holds that the expected findings come and no others, and that the
// fixes bring back what annotate wrote, byte for byte.
func TestHeaderMutations(t *testing.T) {
	own, err := filepath.Glob(filepath.Join("..", "..", "testdata", "notebooks", "*.ipynb"))
	if err != nil || len(own) == 0 {
		t.Fatal("no notebooks: ", err)
	}
	t.Run("own", func(t *testing.T) { mutateAll(t, own) })
	t.Run("published", func(t *testing.T) {
		var paths []string
		for i, f := range files.Find([]string{needs.Corpus(t, "dev")}, &config.Finder{}) {
			if i%3 == 0 { // a third, for time
				paths = append(paths, f.Path)
			}
		}
		mutateAll(t, paths)
	})
}

func mutateAll(t *testing.T, paths []string) {
	type outcome struct {
		broken, silent map[string]int
		wrong          []string
	}
	work := func(path string) outcome {
		o := outcome{broken: map[string]int{}, silent: map[string]int{}}
		mutateNotebook(path, readFile(t, path), o.broken, o.silent, func(format string, args ...any) {
			o.wrong = append(o.wrong, path+": "+fmt.Sprintf(format, args...))
		})
		return o
	}
	broken, silent := map[string]int{}, map[string]int{}
	files.Each(paths, work, func(path string, o outcome, panicked *files.Panic) {
		if panicked != nil {
			t.Errorf("%s: %v", path, panicked)
		}
		for _, w := range o.wrong {
			t.Error(w)
		}
		for name, n := range o.broken {
			broken[name] += n
			silent[name] += o.silent[name]
		}
	})
	for _, m := range mutations {
		t.Logf("%s: %d headers, %d without a finding", m.name, broken[m.name], silent[m.name])
		if broken[m.name] == 0 {
			t.Errorf("%s: no header was broken", m.name)
		}
	}
	if t.Logf("%s: %d cells", consumed, broken[consumed]); broken[consumed] == 0 {
		t.Errorf("%s: in no cell", consumed)
	}
}

func mutateNotebook(path string, src []byte, broken, silent map[string]int, wrong func(string, ...any)) {
	var loader load.Loader
	of2023 := &config.Config{Runtime: config.XetCache002} // under which all rules look at all headers
	reload := func(content []byte) (*load.Notebook, error) { return loader.Load(path, content, of2023) }
	nb, err := reload(src)
	if err != nil || nb.Language != "python" || strings.HasPrefix(nb.LanguageVersion, "2.") {
		return
	}
	options := rules.Options{Stale: rules.StalePin}
	edited := func(nb *load.Notebook, edits []rewrite.Edit) *load.Notebook {
		content, err := nb.Apply(edits)
		if err == nil {
			nb, err = reload(content)
		}
		if err != nil {
			panic(err)
		}
		return nb
	}
	nb = edited(nb, nb.Annotate(nb.Select(rewrite.AllCells, 0), rewrite.Style{Pins: true}))
	fixed, err := rules.FixAll(nb, options, false, reload) // takes headers from cells that can't have one
	if err != nil {
		panic(err)
	}
	nb = fixed.Notebook
	consumeIterator(nb, options, reload, broken, wrong)
	before := countFindings(fixed.Left)
	for _, m := range mutations {
		var edits []rewrite.Edit
		want := map[int][]string{} // by cell, the names that its finding must be about
		for unit, index := range nb.Code {
			found := nb.Find(unit)
			if found.Header == nil || !annotatedHeader.MatchString(found.Header.Text) || found.Directives.Skip || len(nb.WhyNot(unit)) > 0 {
				continue
			}
			source := nb.Cells[index].Source
			c := mutated{nb, unit, source, found.Header, int(found.Span.Start), int(found.Span.End)}
			if to, names, ok := m.breaks(c); ok {
				edits = append(edits, rewrite.Edit{Unit: unit, Cell: index, Changes: []ipynb.Change{{Start: 0, End: len(source), Text: to}}})
				want[index] = names
			}
		}
		if len(edits) == 0 {
			continue
		}
		broken[m.name] += len(edits)
		after := edited(nb, edits)
		found := countFindings(rules.Check(after, options))
		for key, n := range before {
			if found[key] < n && key.names != strings.Join(want[key.cell], ",") { // with what it is about, it may go
				wrong("%s: no longer found: %v", m.name, key)
			}
			found[key] -= n
		}
		edits = slices.DeleteFunc(edits, func(e rewrite.Edit) bool {
			hits := 0
			for key, n := range found {
				if key.cell == e.Cell && n > 0 && slices.Contains(m.codes, key.code) && (want[e.Cell] == nil || key.names == strings.Join(want[e.Cell], ",")) {
					found[key]--
					hits++
				}
			}
			if hits == 0 {
				silent[m.name]++
			}
			if hits > 1 || hits == 0 && !m.quiet {
				wrong("%s: %d findings %v about %v in cell %d\n%s", m.name, hits, m.codes, want[e.Cell], e.Cell, e.Changes[0].Text)
			}
			return hits != 1
		})
		for key, n := range found {
			if n > 0 {
				wrong("%s: also found: %v\n%s", m.name, key, after.Cells[key.cell].Source)
			}
		}
		if restored, err := rules.FixAll(edited(nb, edits), options, false, reload); err != nil {
			panic(err)
		} else if string(restored.Notebook.Src) != string(nb.Src) {
			wrong("%s: the fixes don't bring back what annotate wrote:\n%s", m.name, diffNotebooks(nb, restored.Notebook, restored.Origin))
		}
	}
}

// consumeIterator makes every memoized cell read an iterator that a new first cell makes: XM306 says
// so for each.
func consumeIterator(nb *load.Notebook, options rules.Options, reload func([]byte) (*load.Notebook, error), broken map[string]int, wrong func(string, ...any)) {
	var cells []int // their new numbers
	var edits []ipynb.Edit
	for unit, index := range nb.Code {
		found := nb.Find(unit)
		if found.Header == nil || found.Directives.Skip || len(nb.WhyNot(unit)) > 0 {
			continue
		}
		source := nb.Cells[index].Source
		cells = append(cells, index+1)
		more, err := nb.ReplaceAll(index, []ipynb.Change{{Start: len(source), End: len(source), Text: "\nzz_read = list(zz_iterator)"}})
		if err != nil {
			panic(err)
		}
		edits = append(edits, more...)
	}
	if len(cells) == 0 {
		return
	}
	first, err := nb.InsertCell(0, "zz_iterator = iter([1])")
	if err != nil {
		panic(err)
	}
	content, err := ipynb.Apply(nb.Src, append(first, edits...))
	if err != nil {
		panic(err)
	}
	after, err := reload(content)
	if err != nil {
		panic(err)
	}
	broken[consumed] += len(cells)
	found := countFindings(rules.Check(after, options))
	for _, cell := range cells {
		if n := found[findingKey{"XM306", "zz_iterator", cell}]; n != 1 {
			wrong("%s: %d findings XM306 in cell %d\n%s", consumed, n, cell, after.Cells[cell].Source)
		}
	}
}

const consumed = "an iterator is consumed"

// findingKey is what stays of a finding when the header above it changes its length.
type findingKey struct {
	code, names string
	cell        int
}

func countFindings(findings []*rules.Finding) map[findingKey]int {
	counts := map[findingKey]int{}
	for _, f := range findings {
		key := findingKey{f.Rule.Code, strings.Join(f.Names, ","), -1}
		if f.Cell != nil {
			key.cell = f.Cell.Index
		}
		counts[key]++
	}
	return counts
}
