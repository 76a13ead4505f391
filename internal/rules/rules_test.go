package rules

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
)

//go:generate go test -run "TestBook|TestSchema" -update

var update = flag.Bool("update", false, "write docs/rules.md and the schema")

// TestBook holds docs/rules.md up to date.
func TestBook(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "rules.md")
	if *update {
		if err := os.WriteFile(path, []byte(Book()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Book(), string(got)); diff != "" {
		t.Errorf("docs/rules.md is out of date: go generate ./internal/rules (-want +got):\n%s", diff)
	}
}

// TestList checks that codes rise, that names are those of the pages, and that each page has all sections.
func TestList(t *testing.T) {
	for i, r := range All {
		if i > 0 && All[i-1].Code >= r.Code {
			t.Errorf("%s stands behind %s", r.Code, All[i-1].Code)
		}
		var sections []string
		for _, m := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(r.Doc(), -1) {
			sections = append(sections, m[1])
		}
		if want := []string{"What it does", "Why is this bad", "Example", "How to fix", "When to ignore"}; !slices.Equal(sections, want) {
			t.Errorf("%s has the sections %q, want %q", r.Name, sections, want)
		}
		if !strings.HasSuffix(r.Summary(), ".") {
			t.Errorf("%s: the first line is not a sentence: %s", r.Name, r.Summary())
		}
	}
	pages, err := filepath.Glob("*.md")
	if err != nil || len(pages) != len(All) {
		t.Errorf("there are %d pages for %d rules (%v)", len(pages), len(All), err)
	}
}

// TestExamples checks the examples of the documentation: the first breaks its rule, the one under
// "How to fix" doesn't, and where a fix exists it makes the second of the first.
func TestExamples(t *testing.T) {
	for _, r := range All {
		t.Run(r.Code, func(t *testing.T) {
			examples := fences(r.Doc())
			if len(examples) == 0 {
				t.Fatal("no example")
			}
			o := Options{Selection: Selection{Select: []string{r.Code}}, Stale: stubStale}
			if r == unusedSuppression { // it looks at what other rules found
				o.Selection = Selection{}
			}
			cfg := configFor(r)
			bad, findings := checkIn(t, examples[0], cfg, o)
			if !slices.ContainsFunc(findings, func(f *Finding) bool { return f.Rule == r }) {
				t.Fatalf("the example has no finding of the rule, but %v", describe(findings))
			}
			for _, f := range findings {
				if f.Cell != nil && (f.Line < 1 || f.EndLine < f.Line || f.FileLine < 1 || f.Fingerprint == "") {
					t.Errorf("finding without a place: %+v", f)
				}
				if f.Rule == r && f.Fix != nil && r.Fix == NoFix {
					t.Errorf("a fix of a rule that says it has none: %s", f.Message)
				}
			}
			if len(examples) < 2 {
				return
			}
			good, findings := checkIn(t, examples[1], cfg, o)
			if len(findings) > 0 {
				t.Errorf("the corrected example has findings: %v", describe(findings))
			}
			if r.Fix == NoFix {
				return
			}
			fixed, err := FixAll(bad, o, true, func(content []byte) (*load.Notebook, error) {
				return new(load.Loader).Load("nb.ipynb", content, config.Default)
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sources(good), sources(fixed.Notebook)); diff != "" {
				t.Errorf("the fix doesn't make the corrected example (-want +got):\n%s", diff)
			}
		})
	}
}

// stubStale takes the pin of the documentation's example for a stale one: digests are tested where they are made.
func stubStale(nb *load.Notebook, unit int) []Staleness {
	if nb.Find(unit).Directives.Deps == "000000000000" {
		return []Staleness{{Message: "f changed since the pin was written", Functions: []string{"f"}}}
	}
	return nil
}

func describe(findings []*Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Rule.Code+" "+f.Message)
	}
	return all
}

// fences are the code blocks of a page.
func fences(page string) []string {
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```(?:python|json)\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		found = append(found, m[1])
	}
	return found
}

// checkText checks a notebook given as JSON, or as Python text in which "# %%" lines start the cells: "# %% [3]"
// has that execution count, "# %% 0.5s" took that long, "# %% word" has that tag.
func checkText(t testing.TB, text string, o Options) (*load.Notebook, []*Finding) {
	t.Helper()
	return checkIn(t, text, config.Default, o)
}

// configFor is a configuration under which the rule is for all cells.
func configFor(r *Rule) *config.Config {
	if r.For == AllCells {
		return config.Default
	}
	return &config.Config{Runtime: config.XetCache002}
}

func checkIn(t testing.TB, text string, cfg *config.Config, o Options) (*load.Notebook, []*Finding) {
	t.Helper()
	src := []byte(text)
	if !strings.HasPrefix(text, "{") {
		src = notebook(t, text)
	}
	var loader load.Loader
	nb, err := loader.Load("nb.ipynb", src, cfg)
	if err != nil {
		if f := Unreadable("nb.ipynb", err); f != nil {
			return nil, []*Finding{f}
		}
		t.Fatal(err)
	}
	return nb, Check(nb, o)
}

func notebook(t testing.TB, text string) []byte {
	var cells []any
	for _, part := range strings.Split("\n"+text, "\n# %%")[1:] {
		head, source, _ := strings.Cut(part, "\n")
		var count any
		metadata := map[string]any{}
		for _, word := range strings.Fields(head) {
			var n int
			var seconds float64
			switch {
			case scan(word, "[%d]", &n):
				count = n
			case scan(word, "%fs", &seconds):
				metadata["papermill"] = map[string]any{"duration": seconds}
			default:
				metadata["tags"] = []string{word}
			}
		}
		cells = append(cells, map[string]any{
			"cell_type": "code", "metadata": metadata, "execution_count": count, "outputs": []any{},
			"source": strings.SplitAfter(strings.TrimRight(source, "\n"), "\n"),
		})
	}
	src, err := json.MarshalIndent(map[string]any{"cells": cells, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 4}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func scan(word, format string, to any) bool {
	n, err := fmt.Sscanf(word, format, to)
	return n == 1 && err == nil
}

func sources(nb *load.Notebook) []string {
	var all []string
	for _, c := range nb.Cells {
		all = append(all, c.Source)
	}
	return all
}

// TestSchema holds schema/xetmemo.schema.json up to date with the settings and the rules.
func TestSchema(t *testing.T) {
	path := filepath.Join("..", "..", "schema", "xetmemo.schema.json")
	var codes []string
	for _, r := range All {
		codes = append(codes, r.Code, r.Name)
	}
	want := config.Schema(codes)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the schema is out of date: go generate ./internal/rules (-want +got):\n%s", diff)
	}
}

// TestPython2 runs all rules over a notebook that is no Python 3.
func TestPython2(t *testing.T) {
	_, findings := checkText(t, `{"cells": [{"cell_type": "code", "metadata": {"tags": ["memo"]}, "outputs": [], "source": "print 1"}],
		"metadata": {"language_info": {"name": "python", "version": "2.7.9"}}, "nbformat": 4, "nbformat_minor": 4}`, Options{Selection: Selection{Select: []string{"ALL"}}})
	if len(findings) != 1 || findings[0].Rule != unsupportedLanguage {
		t.Errorf("findings %v", describe(findings))
	}
}
