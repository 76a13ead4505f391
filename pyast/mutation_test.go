package pyast

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// TestCPythonMutations compares on code with one token removed, doubled, swapped or replaced: what
// is no longer Python must be rejected by both. The pieces are the statements of the
// interpreter's own grammar tests.
func TestCPythonMutations(t *testing.T) {
	exe := needs.Python(t, "Python 3.9 or newer", "import sys; assert sys.version_info >= (3, 9)")
	out, err := exec.Command(exe, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		t.Fatal(err)
	}
	count := 5000
	if n, err := strconv.Atoi(os.Getenv("XETMEMO_MUTATIONS")); err == nil {
		count = n
	}
	var pieces []string
	for _, name := range []string{"test_grammar", "test_patma", "test_fstring", "test_type_params", "test_except_star",
		"test_named_expressions", "test_positional_only_arg", "test_unpack_ex", "test_with", "test_coroutines"} {
		data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "test", name+".py"))
		if err != nil {
			continue // newer than the interpreter
		}
		f := Parse(string(data), Options{})
		for _, s := range f.Body {
			Walk(s, func(n Node) bool {
				if s, ok := n.(Stmt); ok && n.Pos().End-n.Pos().Start < 400 {
					_, column := f.Position(s.Pos().Start)
					lines := strings.Split(f.Segment(s.Pos()), "\n")
					for i := range lines {
						lines[i] = strings.TrimPrefix(lines[i], strings.Repeat(" ", column))
					}
					pieces = append(pieces, strings.Join(lines, "\n")+"\n")
				}
				return true
			})
		}
	}
	if pieces == nil {
		needs.Skip(t, "a Python with its own tests", "set XETMEMO_PYTHON")
	}
	py := startCPython(t, exe)
	rng := rand.New(rand.NewPCG(1, uint64(count)))
	var c tally
	for range count {
		c.compareOlder(t, py, mutate(rng, pieces[rng.IntN(len(pieces))]))
	}
	t.Log(c)
}

// newerSyntax reports whether f has what came after Python 3.13.
func newerSyntax(f *File) bool {
	newer := false
	for _, s := range f.Body {
		Walk(s, func(n Node) bool {
			switch n := n.(type) {
			case *TemplateStr:
				newer = true
			case *ExceptHandler:
				if t, ok := n.Type.(*Tuple); ok && t.Start == t.Elts[0].Pos().Start {
					newer = true
				}
			}
			return true
		})
	}
	return newer
}

// mutate changes one token of source, or two.
func mutate(rng *rand.Rand, source string) string {
	var tokens []Span
	s := scanner{src: source, newLine: true, skim: true}
	for s.next(); s.tok != tEOF; s.next() {
		if s.tok > tDedent {
			tokens = append(tokens, Span{Pos(s.start), Pos(s.end)})
		}
	}
	if len(tokens) < 2 || !utf8.ValidString(source) {
		return source
	}
	i := rng.IntN(len(tokens))
	a := tokens[i]
	text := source[a.Start:a.End]
	replace := func(s string) string { return source[:a.Start] + s + source[a.End:] }
	others := strings.Fields("( ) [ ] { } , : ; . ... @ = -> := + - * / ** ~ < == != += %= x y 1 1.5 2j 'a' b'b' f'{x}' f\"{x!r:>{y}}\" " +
		"and or not in is if else elif for while def class lambda yield await async with as from import return del pass " +
		"None True False match case type _ try except finally raise global nonlocal assert print \n # | ! ? $ \\ \" ' {{ }} 0x 0_ 1__0 1e rb f' u\"\"")
	switch rng.IntN(5) {
	case 0:
		return replace("")
	case 1:
		return replace(text + " " + text)
	case 2:
		return replace(others[rng.IntN(len(others))])
	case 3:
		return replace(text + " " + others[rng.IntN(len(others))])
	}
	b := tokens[rng.IntN(len(tokens))]
	if b.Start < a.Start {
		a, b = b, a
	}
	if a == b {
		return source
	}
	return source[:a.Start] + source[b.Start:b.End] + source[a.End:b.Start] + source[a.Start:a.End] + source[b.End:]
}

// TestCPythonSnippets compares on the pieces of Python, right and wrong, in the interpreter's own
// grammar tests, and on the tables here.
func TestCPythonSnippets(t *testing.T) {
	exe := needs.Python(t, "Python 3.9 or newer", "import sys; assert sys.version_info >= (3, 9)")
	out, err := exec.Command(exe, "testdata/cpython_snippets.py").Output()
	if err != nil {
		t.Fatal(err)
	}
	var pieces []string
	if err := json.Unmarshal(out, &pieces); err != nil {
		t.Fatal(err)
	}
	for _, path := range tables(t, "trees") {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".py") {
				pieces = append(pieces, caseSource(file))
			}
		}
	}
	for _, path := range tables(t, "errors") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(path) == ".py" {
			pieces = append(pieces, strings.Split(string(data), "---\n")...)
		}
	}
	py := startCPython(t, exe)
	var c tally
	for _, source := range pieces {
		c.compareOlder(t, py, source)
	}
	t.Log(c)
}

// compareOlder compares a source with an interpreter that need not know the newest syntax: what
// only we accept counts for nothing before Python 3.13, nor if the syntax is newer than that.
func (c *tally) compareOlder(t *testing.T, py *cpython, source string) {
	t.Helper()
	source = strings.TrimPrefix(source, "\ufeff") // which ast.parse doesn't take in a str
	if f := Parse(source, Options{}); len(f.Errors) == 0 {
		if status, _ := py.dump(t, "module", source); status == "error" && (py.minor < 13 || newerSyntax(f)) {
			c.newer++
			return
		}
	}
	c.compare(t, py, strconv.Quote(source), "module", source)
}
