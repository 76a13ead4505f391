package pyast

import (
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzParse holds what is true of every File, whatever the source.
func FuzzParse(f *testing.F) {
	for _, path := range tables(f, "trees") {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if !strings.HasSuffix(file.Name, ".tree") {
				f.Add(caseSource(file), strings.HasSuffix(file.Name, ".ipy"))
			}
		}
	}
	for _, path := range tables(f, "errors") {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, chunk := range strings.Split(string(data), "---\n") {
			f.Add(chunk, strings.HasSuffix(path, ".ipy"))
		}
	}
	f.Fuzz(func(t *testing.T, source string, notebook bool) {
		file := Parse(source, Options{Notebook: notebook})
		checkFile(t, file)
		checkFile(t, ParseSnippet(source, 7, Options{Notebook: notebook}))
	})
}

// checkFile fails where a place is out of bounds or out of the place of the node around it, where
// a Bad node has no error, or a tree is higher than the parser's bounds allow.
func checkFile(t *testing.T, f *File) {
	t.Helper()
	whole := Span{f.base, f.base + Pos(len(f.Source))}
	inside := func(what string, s, outer Span) {
		if s.Start < outer.Start || s.End > outer.End || s.Start > s.End {
			t.Fatalf("%s at %v is outside of %v in %q", what, s, outer, f.Source)
		}
	}
	for i, e := range f.Errors {
		inside("error "+e.Msg, e.Span, whole)
		if i > 0 && e.Start < f.Errors[i-1].Start {
			t.Fatalf("errors out of order: %v in %q", f.Errors, f.Source)
		}
	}
	for i, c := range f.Comments {
		inside("comment", c, whole)
		if i > 0 && c.Start < f.Comments[i-1].End {
			t.Fatalf("comments out of order: %v in %q", f.Comments, f.Source)
		}
	}
	for _, m := range f.CellMagics {
		inside("cell magic", m.Span, whole)
		inside("text of cell magic", m.TextSpan, m.Span)
	}
	inside("raw body", f.RawBodySpan, Span{min(whole.Start, f.RawBodySpan.Start), whole.End})
	var check func(n Node, outer Span, depth int)
	check = func(n Node, outer Span, depth int) {
		s := n.Pos()
		if s.Start < outer.Start || s.End > outer.End || s.Start > s.End {
			t.Fatalf("%s at %v is outside of %v in %q", Dump(n), s, outer, f.Source)
		}
		if depth > maxHeight+10*maxDepth+5*maxIndents {
			t.Fatalf("tree is too high")
		}
		switch n := n.(type) {
		case *BadStmt, *BadExpr:
			if len(f.Errors) == 0 {
				t.Fatalf("%T without an error in %q", n, f.Source)
			}
		case *Magic:
			inside("text of magic", n.TextSpan, s)
		case *FunctionDef:
			for _, d := range n.DecoratorList {
				check(d, whole, depth+1)
			}
		case *ClassDef:
			for _, d := range n.DecoratorList {
				check(d, whole, depth+1)
			}
		}
		Children(n, func(c Node) {
			if c == nil {
				t.Fatalf("nil child of %T in %q", n, f.Source)
			}
			if c.Pos().Start >= s.Start || !isDecorated(n) {
				check(c, s, depth+1)
			}
		})
		f.Position(s.Start)
		f.Segment(s)
	}
	last := whole.Start
	for _, s := range f.Body {
		check(s, whole, 0)
		if s.Pos().Start < last {
			t.Fatalf("statements out of order in %q", f.Source)
		}
		last = s.Pos().Start
	}
}

// isDecorated reports whether n may have decorators, which stand before it.
func isDecorated(n Node) bool {
	switch n.(type) {
	case *FunctionDef, *ClassDef:
		return true
	}
	return false
}

// TestHostile parses sources that are made to exhaust time or stack: each must be quick and, beyond
// the bounds, an error.
func TestHostile(t *testing.T) {
	const n = 100_000
	elifs := "if a:\n pass\n" + strings.Repeat("elif a:\n pass\n", n)
	blocks := func(depth int) string {
		var b strings.Builder
		for i := range depth {
			b.WriteString(strings.Repeat(" ", i) + "if a:\n")
		}
		return b.String() + strings.Repeat(" ", depth) + "pass\n"
	}
	for name, source := range map[string]string{
		"sum":               "a" + strings.Repeat("+a", n),
		"attributes":        "a" + strings.Repeat(".a", n),
		"calls":             "a" + strings.Repeat("()", n),
		"subscripts":        "a" + strings.Repeat("[a]", n),
		"powers":            "a" + strings.Repeat("**a", n),
		"minus":             strings.Repeat("-", n) + "a",
		"not":               strings.Repeat("not ", n) + "a",
		"lambdas":           strings.Repeat("lambda:", n) + "a",
		"conditionals":      strings.Repeat("a if a else ", n) + "a",
		"brackets":          strings.Repeat("(", n) + strings.Repeat(")", n),
		"open brackets":     strings.Repeat("(", n),
		"lines of brackets": strings.Repeat("a(\n", n),
		"dicts":             strings.Repeat("{a:", n),
		"f-strings":         strings.Repeat("f'{", n),
		"specifications":    "f'" + strings.Repeat("{a:", n),
		"elif":              elifs,
		"blocks":            blocks(2000),
		"closing brackets":  strings.Repeat(")\n", n),
		"uneven brackets":   "(\n" + strings.Repeat("(a)(\n)\n", n),
		"patterns":          "match a:\n case " + strings.Repeat("(", n),
		"dotted pattern":    "match a:\n case a" + strings.Repeat(".a", n) + ": pass",
		"with":              strings.Repeat("with (", n),
		"digits":            strings.Repeat("9", n),
		"help":              strings.Repeat("a.", n) + "1?",
		"triple quotes":     strings.Repeat("a = '''\n", n+1),
		"bad lines":         strings.Repeat("a b c (\n", n),
	} {
		f := Parse(source, Options{Notebook: true})
		if len(f.Errors) == 0 {
			t.Errorf("%s: no error", name)
		}
		checkFile(t, f)
	}
}
