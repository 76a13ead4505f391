package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestArchitecture holds the page about the way through the code against the packages that there are.
func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	packages, err := filepath.Glob("../../internal/*")
	if err != nil || len(packages) == 0 {
		t.Fatal("no packages: ", err)
	}
	for _, p := range packages {
		if name := "`internal/" + filepath.Base(p) + "`"; !strings.Contains(string(text), name) {
			t.Errorf("docs/architecture.md has no row for %s", name)
		}
	}
}

var flagNames = regexp.MustCompile(`(?m)^\s+(?:-\w, )?(--[\w-]+)`)

// TestDocumented holds the documentation against the commands and flags that there are.
func TestDocumented(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	commands, headings := read("commands.md"), ""
	for line := range strings.Lines(commands) {
		if strings.HasPrefix(line, "## ") {
			headings += strings.NewReplacer(",", " ", "\n", " ").Replace(line)
		}
	}
	pages := commands + read("check.md") + read("deps.md")
	root := new(app).command()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if !strings.Contains(headings, " "+c.Name()+" ") {
			t.Errorf("docs/commands.md has no heading for %s", c.Name())
		}
		for _, m := range flagNames.FindAllStringSubmatch(c.LocalFlags().FlagUsages(), -1) {
			if flag := m[1]; flag != "--help" && !strings.Contains(pages, flag) {
				t.Errorf("the documentation of %s lacks %s", c.Name(), flag)
			}
		}
	}
}

var (
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading      = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchor  = regexp.MustCompile(`[^\pL\pN _-]`)
	citedPage    = regexp.MustCompile(`[\w/.-]*\b[\w-]+\.md\b`)
)

// TestLinks holds that what pages link to, and what comments cite, is there.
func TestLinks(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages: ", err)
	}
	for _, page := range append(pages, "../../README.md", "../../testdata/corpus/README.md") {
		prose := codeSpan.ReplaceAll(readFile(t, page), nil)
		for _, m := range markdownLink.FindAllSubmatch(prose, -1) {
			link := string(m[1])
			if strings.Contains(link, "://") {
				continue
			}
			path, anchor, _ := strings.Cut(link, "#")
			target := page
			if path != "" {
				target = filepath.Join(filepath.Dir(page), path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", page, link, err)
			} else if anchor != "" && !hasAnchor(t, target, anchor) {
				t.Errorf("%s links to %s, which has no such heading", page, link)
			}
		}
	}
}

func hasAnchor(t *testing.T, page, anchor string) bool {
	for _, m := range heading.FindAllSubmatch(readFile(t, page), -1) {
		text := notInAnchor.ReplaceAllString(strings.ToLower(string(m[1])), "")
		if strings.ReplaceAll(text, " ", "-") == anchor {
			return true
		}
	}
	return false
}

// TestCitedPages holds that the pages that comments cite are there: from the root of the tree, or beside the file.
func TestCitedPages(t *testing.T) {
	cited := 0
	for _, file := range goFiles(t) {
		for line := range strings.Lines(string(readFile(t, file))) {
			_, comment, ok := strings.Cut(line, "//")
			if !ok {
				continue
			}
			for _, page := range citedPage.FindAllString(comment, -1) {
				cited++
				_, fromRoot := os.Stat(filepath.Join("../..", page))
				_, beside := os.Stat(filepath.Join(filepath.Dir(file), page))
				if fromRoot != nil && beside != nil {
					t.Errorf("%s cites %s, which is not there", file, page)
				}
			}
		}
	}
	if cited < 10 {
		t.Errorf("only %d pages are cited: the test has gone blind", cited)
	}
}

// goFiles are the Go files of the tree.
func goFiles(t *testing.T) []string {
	var files []string
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != "../.." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if err == nil && strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestFilesSayWhatTheyAre holds that each file opens with a line that says what is in it: the package's documentation,
// or a comment below the package clause.
func TestFilesSayWhatTheyAre(t *testing.T) {
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "/testdata/") || strings.HasPrefix(file, "../../deps/") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		says := parsed.Doc != nil || ast.IsGenerated(parsed)
		for _, c := range parsed.Comments {
			says = says || c.Text() != "" && c.Pos() > parsed.Name.End() && len(parsed.Decls) > 0 && c.Pos() < parsed.Decls[0].Pos()
		}
		if !says {
			t.Errorf("%s does not open with a line that says what it is", file)
		}
	}
}

// TestOneVersion holds that the runtime's version is that of the extension, and the one that pages tell people to take.
func TestOneVersion(t *testing.T) {
	m := regexp.MustCompile(`(?m)^__version__ = "(.*)"$`).FindSubmatch(readFile(t, "../../runtime-py/xetcache/__init__.py"))
	if m == nil {
		t.Fatal("the runtime has no version")
	}
	version := string(m[1])
	for _, place := range []struct{ file, pattern string }{
		{"editors/vscode/package.json", `(?m)^  "version": "(.*)"`},
		{"editors/vscode/package-lock.json", `(?m)^  "version": "(.*)"`},
		{"docs/check.md", `rev: v(.*)`},
		{"docs/check.md", `uses: xetmemo/xetmemo-lint@v(.*)`},
	} {
		m := regexp.MustCompile(place.pattern).FindSubmatch(readFile(t, "../../"+place.file))
		if m == nil || string(m[1]) != version {
			t.Errorf("%s: %s is not %s, the version in runtime-py/xetcache/__init__.py", place.file, place.pattern, version)
		}
	}
}
