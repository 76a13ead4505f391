package pyast

import (
	"strings"
	"testing"
)

func TestPosition(t *testing.T) {
	f := Parse("é = 1\r\nif x:\r    y\n", Options{})
	for _, c := range []struct{ pos, line, column int }{
		{0, 1, 0}, {2, 1, 1}, {5, 1, 4}, {8, 2, 0}, {13, 2, 5}, {18, 3, 4}, {20, 4, 0},
	} {
		if line, column := f.Position(Pos(c.pos)); line != c.line || column != c.column {
			t.Errorf("Position(%d) = %d, %d, want %d, %d", c.pos, line, column, c.line, c.column)
		}
	}
	if got := f.Segment(Span{0, 2}); got != "é" {
		t.Errorf("Segment is %q", got)
	}
}

// TestSpans says which source the first statement's nodes cover.
func TestSpans(t *testing.T) {
	for _, c := range []struct {
		source string
		cell   bool
		want   string // the segments of the tree's nodes, as Walk visits them
	}{
		{"(a) + b", false, "(a) + b|(a) + b|a|b"},
		{"x = y ;", false, "x = y|x|y"},
		{"@d\ndef f(a=1): pass", false, "def f(a=1): pass|d|a=1|a|1|pass"},
		{"f(b, *c, k=d, *e)", false, "f(b, *c, k=d, *e)|f(b, *c, k=d, *e)|f|b|*c|c|k=d|d|*e|e"},
		{"{a: b, **c}", false, "{a: b, **c}|{a: b, **c}|a|b|c"},
		{"a if b else c", false, "a if b else c|a if b else c|a|b|c"},
		{">>> if x:\n...   y\n", true, "if x:\n...   y|x|y|y"},
		{"  x = 1\n  y", true, "x = 1|x|1"},
		{"x = !ls $y", true, "x = !ls $y|x|!ls $y"},
		{"/f a b", true, "/f a b|f a b|f|a|b"},
		{"%%time\n%%capture o\nx", true, "x|x"},
	} {
		f := Parse(c.source, Options{Notebook: c.cell})
		var got []string
		Walk(f.Body[0], func(n Node) bool {
			s := f.Segment(n.Pos())
			if _, ok := n.(*Arguments); !ok || s != "" {
				got = append(got, s)
			}
			return true
		})
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%q:\ngot  %q\nwant %q", c.source, s, c.want)
		}
	}
}

func TestParseSnippet(t *testing.T) {
	cell := "%time x = f(1)"
	host := Parse(cell, Options{Notebook: true})
	m := host.Body[0].(*ExprStmt).Value.(*Magic)
	f := ParseSnippet(m.Text, m.TextSpan.Start, Options{})
	call := f.Body[0].(*Assign).Value
	if got := host.Segment(call.Pos()); got != "f(1)" {
		t.Errorf("the host's segment is %q", got)
	}
	if got := f.Segment(call.Pos()); got != "f(1)" {
		t.Errorf("the snippet's segment is %q", got)
	}
	if line, column := f.Position(call.Pos().Start); line != 1 || column != 4 {
		t.Errorf("the position in the snippet is %d:%d", line, column)
	}
}

func TestSemicolon(t *testing.T) {
	f := Parse("a; b\nc;", Options{})
	for i, want := range []bool{true, false, true} {
		if got := f.Body[i].(*ExprStmt).Semicolon; got != want {
			t.Errorf("statement %d: Semicolon is %v", i, got)
		}
	}
}

func TestPythonMagic(t *testing.T) {
	f := Parse("%%mine\nx = 1", Options{Notebook: true, PythonMagic: func(name string) bool { return name == "mine" }})
	if f.RawBody || len(f.Body) != 1 {
		t.Errorf("RawBody is %v with %d statements", f.RawBody, len(f.Body))
	}
}

func TestComments(t *testing.T) {
	f := Parse("# a\nx = '#'  # b\nf(  # c\n)\ny = (  # d\n  z z)\n# e", Options{})
	var got []string
	for _, c := range f.Comments {
		got = append(got, f.Segment(c))
	}
	if s := strings.Join(got, "|"); s != "# a|# b|# c|# d|# e" {
		t.Errorf("comments are %q", s)
	}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct{ in, want, err string }{
		{"x = 'é'", "x = 'é'", ""},
		{"\ufeffx", "x", ""},
		{"# -*- coding: latin-1 -*-\n'\xe9'", "# -*- coding: latin-1 -*-\n'é'", ""},
		{"#!/bin/sh\n# vim: set fileencoding=iso-8859-1 :\n\xe9", "#!/bin/sh\n# vim: set fileencoding=iso-8859-1 :\né", ""},
		{"x\n# coding: latin-1\n'\xe9'", "", "not valid UTF-8"},
		{"\xe9", "", "not valid UTF-8"},
		{"# coding: ascii\n'\xe9'", "", "0xe9"},
		{"# coding: koi8-r\n", "", "koi8-r"},
		{"\ufeff# coding: latin-1\n", "", "byte order mark"},
	} {
		got, err := Decode([]byte(c.in))
		switch {
		case c.err == "" && (err != nil || got != c.want):
			t.Errorf("Decode(%q) = %q, %v", c.in, got, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("Decode(%q) = %q, %v, want an error with %q", c.in, got, err, c.err)
		}
	}
}

func TestWalkAllocatesNothing(t *testing.T) {
	f := Parse("def f(a, *, b=1):\n    return [x(y, k=z) for x in a if b < 2]\n", Options{})
	n := 0
	visit := func(Node) bool { n++; return true }
	if got := testing.AllocsPerRun(10, func() { Walk(f.Body[0], visit) }); got != 0 {
		t.Errorf("Walk allocates %v times", got)
	}
	if n == 0 {
		t.Error("nothing visited")
	}
}
