package ipynb

import (
	"strings"
	"testing"
)

// replaceCases change the source of the one cell of a notebook. The change is
// written into the decoded source: what stands between « and » is replaced.
var replaceCases = []struct {
	name   string
	source string // as in the file
	change string
	text   string
	want   string // as in the file
}{
	// lists of lines, as nbformat writes them
	{"insert above", "[\n  \"a\\n\",\n  \"b\"\n ]", "«»a\nb", "x\n", "[\n  \"x\\n\",\n  \"a\\n\",\n  \"b\"\n ]"},
	{"insert two above", "[\n  \"a\\n\",\n  \"b\"\n ]", "«»a\nb", "x\ny\n", "[\n  \"x\\n\",\n  \"y\\n\",\n  \"a\\n\",\n  \"b\"\n ]"},
	{"insert between", "[\n  \"a\\n\",\n  \"b\"\n ]", "a\n«»b", "x\n", "[\n  \"a\\n\",\n  \"x\\n\",\n  \"b\"\n ]"},
	{"insert below", "[\n  \"a\\n\",\n  \"b\"\n ]", "a\nb«»", "\nx", "[\n  \"a\\n\",\n  \"b\\n\",\n  \"x\"\n ]"},
	{"insert below a line end", "[\n  \"a\\n\",\n  \"b\\n\"\n ]", "a\nb\n«»", "x", "[\n  \"a\\n\",\n  \"b\\n\",\n  \"x\"\n ]"},
	{"insert in a line", "[\n  \"a\\n\",\n  \"b\"\n ]", "a«»\nb", "x", "[\n  \"ax\\n\",\n  \"b\"\n ]"},
	{"insert before a line", "[\n  \"a\\n\",\n  \"b\"\n ]", "a\n«»b", "x", "[\n  \"a\\n\",\n  \"xb\"\n ]"},
	{"insert at the end", "[\n  \"a\\n\",\n  \"b\"\n ]", "a\nb«»", "x", "[\n  \"a\\n\",\n  \"bx\"\n ]"},
	{"split a line", "[\n  \"ab\\n\",\n  \"c\"\n ]", "a«»b\nc", "\n", "[\n  \"a\\n\",\n  \"b\\n\",\n  \"c\"\n ]"},
	{"split a line by lines", "[\n  \"ab\"\n ]", "a«»b", "x\ny\nz", "[\n  \"ax\\n\",\n  \"y\\n\",\n  \"zb\"\n ]"},
	{"replace a line", "[\n  \"a\\n\",\n  \"b\\n\",\n  \"c\"\n ]", "a\n«b\n»c", "x\n", "[\n  \"a\\n\",\n  \"x\\n\",\n  \"c\"\n ]"},
	{"replace a line by two", "[\n  \"a\\n\",\n  \"b\\n\",\n  \"c\"\n ]", "a\n«b\n»c", "x\ny\n", "[\n  \"a\\n\",\n  \"x\\n\",\n  \"y\\n\",\n  \"c\"\n ]"},
	{"replace two lines by one", "[\n  \"a\\n\",\n  \"b\\n\",\n  \"c\"\n ]", "«a\nb\n»c", "x\n", "[\n  \"x\\n\",\n  \"c\"\n ]"},
	{"replace the last line", "[\n  \"a\\n\",\n  \"b\"\n ]", "a\n«b»", "x\ny", "[\n  \"a\\n\",\n  \"x\\n\",\n  \"y\"\n ]"},
	{"replace a line's text", "[\n  \"a\\n\",\n  \"b\"\n ]", "«a»\nb", "x", "[\n  \"x\\n\",\n  \"b\"\n ]"},
	{"replace all", "[\n  \"a\\n\",\n  \"b\"\n ]", "«a\nb»", "x\ny", "[\n  \"x\\n\",\n  \"y\"\n ]"},
	{"replace across lines", "[\n  \"ab\\n\",\n  \"cd\"\n ]", "a«b\nc»d", "x\ny", "[\n  \"ax\\n\",\n  \"yd\"\n ]"},
	{"delete the first line", "[\n  \"a\\n\",\n  \"b\"\n ]", "«a\n»b", "", "[\n  \"b\"\n ]"},
	{"delete a line between", "[\n  \"a\\n\",\n  \"b\\n\",\n  \"c\"\n ]", "a\n«b\n»c", "", "[\n  \"a\\n\",\n  \"c\"\n ]"},
	{"delete the last line", "[\n  \"a\\n\",\n  \"b\"\n ]", "a\n«b»", "", "[\n  \"a\\n\"\n ]"},
	{"delete the last line and the line end", "[\n  \"a\\n\",\n  \"b\"\n ]", "a«\nb»", "", "[\n  \"a\"\n ]"},
	{"delete all", "[\n  \"a\\n\",\n  \"b\"\n ]", "«a\nb»", "", "[]"},
	{"delete in a line", "[\n  \"abc\\n\",\n  \"b\"\n ]", "a«b»c\nb", "", "[\n  \"ac\\n\",\n  \"b\"\n ]"},
	{"delete a line end", "[\n  \"a\\n\",\n  \"b\\n\",\n  \"c\"\n ]", "a«\n»b\nc", "", "[\n  \"ab\\n\",\n  \"c\"\n ]"},
	{"nothing", "[\n  \"a\\n\",\n  \"b\"\n ]", "a\n«»b", "", "[\n  \"a\\n\",\n  \"b\"\n ]"},

	// other layouts of lists
	{"one line", "[\n  \"a\"\n ]", "«»a", "x\n", "[\n  \"x\\n\",\n  \"a\"\n ]"},
	{"minified", `["a\n","b"]`, "«»a\nb", "x\n", `["x\n","a\n","b"]`},
	{"minified, one line", `["a"]`, "«»a", "x\n", `["x\n","a"]`},
	{"spaced", `["a\n", "b"]`, "a\n«»b", "x\n", `["a\n", "x\n", "b"]`},
	{"spaced oddly", `[ "a\n" , "b" ]`, "«»a\nb", "x\n", `[ "x\n" , "a\n" , "b" ]`},
	{"spaced oddly, delete the last", `[ "a\n" , "b" ]`, "a\n«b»", "", `[ "a\n" ]`},
	{"tabs", "[\n\t\t\"a\\n\",\n\t\t\"b\"]", "a\nb«»", "\nx", "[\n\t\t\"a\\n\",\n\t\t\"b\\n\",\n\t\t\"x\"]"},
	{"lines of the file end in CRLF", "[\r\n  \"a\"\r\n ]", "«»a", "x\n", "[\r\n  \"x\\n\",\r\n  \"a\"\r\n ]"},
	{"commas first", "[ \"a\\n\"\n, \"b\"\n]", "a\n«»b", "x\n", "[ \"a\\n\"\n, \"x\\n\"\n, \"b\"\n]"},

	// empty sources
	{"empty list", `[]`, "«»", "x\ny", `["x\n","y"]`},
	{"empty list with white space", `[ ]`, "«»", "x", `["x"]`},
	{"empty string in a list, lines", `[""]`, "«»", "x\n", `["x\n",""]`},
	{"empty string in a list, text", `[""]`, "«»", "x", `["x"]`},
	{"empty last string", `["a\n",""]`, "a\n«»", "x", `["a\n","x"]`},
	{"empty string", `""`, "«»", "x\ny", `"x\ny"`},

	// inside one literal
	{"string", `"a\nb"`, "«»a\nb", "x\n", `"x\na\nb"`},
	{"string, all", `"a\nb"`, "«a\nb»", "x", `"x"`},
	{"string, end", `"a\nb"`, "a\nb«»", "\nx", `"a\nb\nx"`},
	{"list of one element that holds lines", `["a\nb"]`, "«»a\nb", "x\n", `["x\na\nb"]`},
	{"list of one element that holds lines, delete one", `["a\nb"]`, "a\n«b»", "", `["a\n"]`},
	{"one of several elements holds lines", `["a\nb\n","c"]`, "a\n«»b\nc", "x\n", `["a\nx\nb\n","c"]`},
	{"elements cut elsewhere than at line ends", `["a"," = ","b\n","c"]`, "a« = b»\nc", "x", `["a","x\n","c"]`},
	{"form feed cuts lines for Python", `["a\f","b\n"]`, "a\fb«»\n", "x", `["a\f","bx\n"]`},

	// escapes
	{"escapes of others stay", `["\u0061\/\n","\u00e9b"]`, "a/\né«b»", "x", `["\u0061\/\n","\u00e9x"]`},
	{"new text is escaped", `["a"]`, "«a»", "\"\\\t\b\f\r\x00\x1f\x7f/", `["\"\\\t\b\f\r\u0000\u001f` + "\x7f" + `/"]`},
	{"raw Unicode by default", `["a"]`, "«a»", "é€😀", `["é€😀"]`},
	{"escaped Unicode where it is", `["a","\u00fc"]`, "«a»ü", "é€😀", `["\u00e9\u20ac\ud83d\ude00","\u00fc"]`},
	{"escaped and raw Unicode", `["a","\u00fcü"]`, "«a»üü", "é", `["é","\u00fcü"]`},
	{"an escaped backslash before u00fc", `["a","\\u00fc"]`, "«a»\\u00fc", "é", `["é","\\u00fc"]`},
	{"around a surrogate pair", `["a\ud83d\ude00b"]`, "a«😀»b", "x", `["axb"]`},
	{"after a surrogate pair", `["\ud83d\ude00ab"]`, "😀«a»b", "x", `["\ud83d\ude00xb"]`},
	{"beside a lone surrogate", `["\ud83dab\ude00"]`, "\ufffd«a»b\ufffd", "x", `["\ud83dxb\ude00"]`},

	// line ends within the source
	{"CRLF is followed", `["a\r\n","b"]`, "«»a\r\nb", "x\n", `["x\r\n","a\r\n","b"]`},
	{"CRLF is not doubled", `["a\r\n","b"]`, "«»a\r\nb", "x\r\n", `["x\r\n","a\r\n","b"]`},
	{"mixed line ends are left", `["a\r\n","b\n"]`, "«»a\r\nb\n", "x\n", `["x\n","a\r\n","b\n"]`},
}

const oneCell = `{"cells":[{"cell_type":"code","source":@}],"nbformat":4}`

func TestReplace(t *testing.T) {
	for _, c := range replaceCases {
		t.Run(c.name, func(t *testing.T) {
			nb := parse(t, strings.Replace(oneCell, "@", c.source, 1))
			before, rest, _ := strings.Cut(c.change, "«")
			old, after, ok := strings.Cut(rest, "»")
			if !ok || before+old+after != nb.Cells[0].Source {
				t.Fatalf("the change %q isn't one of the source %q", c.change, nb.Cells[0].Source)
			}
			edits, err := nb.Replace(0, len(before), len(before)+len(old), c.text)
			if err != nil {
				t.Fatal(err)
			}
			out := apply(t, nb, edits)
			if want := strings.Replace(oneCell, "@", c.want, 1); string(out.Src) != want {
				t.Errorf("got\n%s\nwant\n%s", out.Src, want)
			}
			if want := before + nb.Cells[0].LineEnds(c.text) + after; out.Cells[0].Source != want {
				t.Errorf("decoded to %q, want %q", out.Cells[0].Source, want)
			}
		})
	}
}

func TestReplaceAll(t *testing.T) {
	for _, c := range [...]struct {
		name    string
		source  string
		changes []Change
		want    string
	}{
		{"two lines", `["a\n","b\n","c"]`, []Change{{0, 2, "x\n"}, {4, 5, "y"}}, `["x\n","b\n","y"]`},
		{"neighbours", `["a\n","b\n","c"]`, []Change{{0, 2, ""}, {2, 4, ""}}, `["c"]`},
		{"the last two", `["a\n","b\n","c"]`, []Change{{2, 4, ""}, {4, 5, ""}}, `["a\n"]`},
		{"all, one by one", `["a\n","b"]`, []Change{{0, 2, ""}, {2, 3, ""}}, `[]`},
		{"twice in a line", `["abcd"]`, []Change{{1, 2, "x"}, {3, 4, "y"}}, `["axcy"]`},
		{"insert twice at one place", `["a\n","b"]`, []Change{{2, 2, "x\n"}, {2, 2, "y\n"}}, `["a\n","x\n","y\n","b"]`},
		{"replace, then add a line", `["a"]`, []Change{{0, 1, "b"}, {1, 1, "\nc"}}, `["b\n","c"]`},
		{"join with a deleted line's neighbour", `["a\n","b\n","c"]`, []Change{{1, 2, ""}, {2, 4, ""}}, `["ac"]`},
		{"string", `"a\nb"`, []Change{{0, 1, "x"}, {2, 3, "y"}}, `"x\ny"`},
		{"insert twice into an empty list", `[]`, []Change{{0, 0, "x"}, {0, 0, "y\n"}}, `["xy\n"]`},
		{"none", `["a"]`, nil, `["a"]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			nb := parse(t, strings.Replace(oneCell, "@", c.source, 1))
			edits, err := nb.ReplaceAll(0, c.changes)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := string(apply(t, nb, edits).Src), strings.Replace(oneCell, "@", c.want, 1); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestListStyle shows where the layout of an empty or a short list comes from.
func TestListStyle(t *testing.T) {
	for _, c := range [...]struct{ name, src, want string }{
		{"the cell beside",
			"{\"cells\":[{\"cell_type\":\"code\",\"source\":[]},{\"source\":[\n    \"m\\n\",\n    \"n\"\n  ]}],\"nbformat\":4}",
			"{\"cells\":[{\"cell_type\":\"code\",\"source\":[\n    \"x\\n\",\n    \"y\"\n  ]},{\"source\":[\n    \"m\\n\",\n    \"n\"\n  ]}],\"nbformat\":4}"},
		{"the cell's own key",
			"{\n  \"cells\": [\n    {\n      \"source\": []\n    }\n  ],\n  \"nbformat\": 4\n}",
			"{\n  \"cells\": [\n    {\n      \"source\": [\n        \"x\\n\",\n        \"y\"\n      ]\n    }\n  ],\n  \"nbformat\": 4\n}"},
		{"the cell's own key, CRLF",
			"{\r\n \"cells\": [\r\n  {\r\n   \"source\": []\r\n  }\r\n ],\r\n \"nbformat\": 4\r\n}",
			"{\r\n \"cells\": [\r\n  {\r\n   \"source\": [\r\n    \"x\\n\",\r\n    \"y\"\r\n   ]\r\n  }\r\n ],\r\n \"nbformat\": 4\r\n}"},
		{"the colon's space",
			`{"cells": [{"source": []}], "nbformat": 4}`,
			`{"cells": [{"source": ["x\n", "y"]}], "nbformat": 4}`},
		{"one line in an indented notebook",
			"{\"cells\": [{\"source\": [\"\"]}, {\"source\": [\n \"a\\n\",\n \"b\"\n]}], \"nbformat\": 4}",
			"{\"cells\": [{\"source\": [\"x\\n\", \"y\"]}, {\"source\": [\n \"a\\n\",\n \"b\"\n]}], \"nbformat\": 4}"},
		{"the comma of another cell",
			`{"cells":[{"source":[""]},{"source":["a\n" , "b"]}],"nbformat":4}`,
			`{"cells":[{"source":["x\n" , "y"]},{"source":["a\n" , "b"]}],"nbformat":4}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			nb := parse(t, c.src)
			edits, err := nb.Replace(0, 0, 0, "x\ny")
			if err != nil {
				t.Fatal(err)
			}
			if got := string(apply(t, nb, edits).Src); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestReplaceErrors(t *testing.T) {
	const src = `{"cells":[{"source":["é\ud83dx\ude00"]},{"cell_type":"future"}],"nbformat":4}`
	for _, c := range [...]struct {
		cell, start, end int
		text, want       string
	}{
		{2, 0, 0, "", "no cell 2: the notebook has 2"},
		{-1, 0, 0, "", "no cell -1: the notebook has 2"},
		{1, 0, 0, "x", "cell 1 has no source to change"},
		{0, 2, 1, "", "cell 0: change [2, 1) is out of range or out of order"},
		{0, -1, 0, "", "cell 0: change [-1, 0) is out of range or out of order"},
		{0, 0, 10, "", "cell 0: change [0, 10) is out of range or out of order"},
		{0, 1, 2, "", "cell 0: change [1, 2) cuts a character in two"},
		{0, 3, 3, "x", "cell 0: change [3, 3) cuts a character in two"},
		{0, 0, 0, "\xff", "cell 0: the new text is not valid UTF-8"},
		{0, 5, 6, "", "cell 0: the change would join two lone surrogates to one character"},
	} {
		if _, err := parse(t, src).Replace(c.cell, c.start, c.end, c.text); err == nil || err.Error() != c.want {
			t.Errorf("Replace(%d, %d, %d, %q): %v, want %s", c.cell, c.start, c.end, c.text, err, c.want)
		}
	}
}

func TestApply(t *testing.T) {
	for _, c := range [...]struct {
		edits []Edit
		want  string // the result, or the error
	}{
		{nil, "abc"},
		{[]Edit{{0, 1, []byte("x")}, {2, 3, nil}}, "xb"},
		{[]Edit{{2, 3, nil}, {0, 1, []byte("x")}}, "xb"},
		{[]Edit{{1, 1, []byte("x")}, {1, 1, []byte("y")}, {1, 2, []byte("z")}}, "axyzc"},
		{[]Edit{{3, 3, []byte("d")}}, "abcd"},
		{[]Edit{{0, 2, nil}, {1, 3, nil}}, "edit [1, 3) overlaps one that ends at 2"},
		{[]Edit{{0, 4, nil}}, "edit [0, 4) lies outside of the 3 bytes"},
		{[]Edit{{-1, 0, nil}}, "edit [-1, 0) lies outside of the 3 bytes"},
		{[]Edit{{2, 1, nil}}, "edit [2, 1) lies outside of the 3 bytes"},
	} {
		src := []byte("abc")
		out, err := Apply(src, c.edits)
		got := string(out)
		if err != nil {
			got = err.Error()
		}
		if got != c.want || string(src) != "abc" {
			t.Errorf("%v: %q, want %q", c.edits, got, c.want)
		}
	}
}

func parse(t testing.TB, src string) *Notebook {
	t.Helper()
	nb, err := Parse([]byte(src))
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	return nb
}

// apply makes the edits and parses the result.
func apply(t testing.TB, nb *Notebook, edits []Edit) *Notebook {
	t.Helper()
	out, err := Apply(nb.Src, edits)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(out))
}
