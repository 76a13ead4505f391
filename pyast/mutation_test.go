package pyast

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestCPythonMutations compares on code with one token removed, doubled, swapped or replaced: what
// is no longer Python must be rejected by both. The pieces are the statements of the
// interpreter's own grammar tests. It needs Python 3.13 for all of the syntax.
func TestCPythonMutations(t *testing.T) {
	exe := python(t, "import sys; assert sys.version_info[:2] == (3, 13)")
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
			t.Skipf("SKIPPED: the interpreter comes without its tests: %v", err)
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
	py := startCPython(t, exe)
	rng := rand.New(rand.NewPCG(1, uint64(count)))
	var c tally
	for range count {
		source := mutate(rng, pieces[rng.IntN(len(pieces))])
		f := Parse(source, Options{})
		status, theirs := py.dump(t, "module", source)
		switch {
		case status == "error" && len(f.Errors) > 0:
			c.rejected++
		case status == "error":
			if !newerSyntax(f) {
				c.onlyUs++
				t.Errorf("only ours accepts it; CPython: %s\n%s", theirs, source)
			}
		case len(f.Errors) > 0:
			c.onlyThem++
			t.Errorf("only CPython accepts it; ours: %v\n%s", f.Errors, source)
		case dumpPlaces(f, true, true) != theirs:
			c.differ++
			t.Errorf("trees differ\n%s\nours   %s\ntheirs %s", source, dumpPlaces(f, true, true), theirs)
		default:
			c.accepted++
		}
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
