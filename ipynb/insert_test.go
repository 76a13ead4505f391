package ipynb

import (
	"regexp"
	"strings"
	"testing"
)

var insertCases = []struct {
	name   string
	src    string
	at     int
	source string
	want   string // ID stands for the new id
}{
	{"minified, above",
		`{"cells":[{"cell_type":"code","execution_count":1,"id":"a1","metadata":{"x":1},"outputs":[1],"source":["a\n","b"]}],"nbformat":4}`,
		0, "x\ny",
		`{"cells":[{"cell_type":"code","execution_count":null,"id":"ID","metadata":{},"outputs":[],"source":["x\n","y"]},{"cell_type":"code","execution_count":1,"id":"a1","metadata":{"x":1},"outputs":[1],"source":["a\n","b"]}],"nbformat":4}`},
	{"spaced, below the last",
		`{"cells": [{"source": "a", "cell_type": "code"}, {"source": "b", "cell_type": "raw"}], "nbformat": 4}`,
		2, "x\ny",
		`{"cells": [{"source": "a", "cell_type": "code"}, {"source": "b", "cell_type": "raw"}, {"source": "x\ny", "cell_type": "code"}], "nbformat": 4}`},
	{"indented, between, no ids",
		"{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"source\": [\n    \"a\"\n   ]\n  },\n  {\n   \"cell_type\": \"markdown\"\n  }\n ],\n \"nbformat\": 4\n}",
		1, "x\ny",
		"{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"source\": [\n    \"a\"\n   ]\n  },\n  {\n   \"cell_type\": \"code\",\n   \"source\": [\n    \"x\\n\",\n    \"y\"\n   ]\n  },\n  {\n   \"cell_type\": \"markdown\"\n  }\n ],\n \"nbformat\": 4\n}"},
	{"indented, one cell",
		"{\n \"nbformat\": 4,\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"other\": 1,\n   \"source\": []\n  }\n ]\n}",
		0, "x",
		"{\n \"nbformat\": 4,\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"source\": [\n    \"x\"\n   ]\n  },\n  {\n   \"cell_type\": \"code\",\n   \"other\": 1,\n   \"source\": []\n  }\n ]\n}"},
	{"unknown members first, equal keys",
		`{"cells":[{"x":1,"source":"a","source":"b","cell_type":"code"}],"nbformat":4}`,
		0, "x",
		`{"cells":[{"source":"x","cell_type":"code"},{"x":1,"source":"a","source":"b","cell_type":"code"}],"nbformat":4}`},
	{"nbformat 3, second worksheet",
		`{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"raw"}]},{"cells":[{"cell_type":"code","collapsed":true,"input":["a"],"language":"python","metadata":{},"outputs":[],"prompt_number":7}]}]}`,
		1, "x",
		`{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"raw"}]},{"cells":[{"cell_type":"code","collapsed":false,"input":["x"],"language":"python","metadata":{},"outputs":[]},{"cell_type":"code","collapsed":true,"input":["a"],"language":"python","metadata":{},"outputs":[],"prompt_number":7}]}]}`},
	{"nbformat 3, a worksheet of one cell without a source",
		`{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"raw"}]},{"cells":[{"cell_type":"code","input":["a"]}]}]}`,
		0, "x",
		`{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"code","input":["x"]},{"cell_type":"raw"}]},{"cells":[{"cell_type":"code","input":["a"]}]}]}`},
	{"empty source",
		`{"cells":[{"source":["a"],"cell_type":"code"}],"nbformat":4}`,
		0, "",
		`{"cells":[{"source":[],"cell_type":"code"},{"source":["a"],"cell_type":"code"}],"nbformat":4}`},
	{"escapes and line ends of the neighbour",
		`{"cells":[{"source":["\u00e9\r\n"],"cell_type":"code"}],"nbformat":4}`,
		0, "ü\n",
		`{"cells":[{"source":["\u00fc\r\n"],"cell_type":"code"},{"source":["\u00e9\r\n"],"cell_type":"code"}],"nbformat":4}`},
}

func TestInsertCell(t *testing.T) {
	for _, c := range insertCases {
		t.Run(c.name, func(t *testing.T) {
			nb := parse(t, c.src)
			edits, err := nb.InsertCell(c.at, c.source)
			if err != nil {
				t.Fatal(err)
			}
			out := apply(t, nb, edits)
			want := c.want
			if id := out.Cells[c.at].ID; id != "" {
				if !regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString(id) {
					t.Errorf("id %q", id)
				}
				want = strings.Replace(want, "ID", id, 1)
			}
			if string(out.Src) != want {
				t.Errorf("got\n%s\nwant\n%s", out.Src, want)
			}
			if len(out.Cells) != len(nb.Cells)+1 || out.Cells[c.at].Kind != Code {
				t.Errorf("no code cell was added at %d", c.at)
			}
		})
	}
}

func TestInsertCellErrors(t *testing.T) {
	nb := parse(t, `{"cells":[{"source":"a","cell_type":"raw"}],"nbformat":4}`)
	for at, want := range map[int]string{
		-1: "no place for a cell at -1: the notebook has 1",
		2:  "no place for a cell at 2: the notebook has 1",
		0:  "the notebook has no code cell to lay out a new one by",
	} {
		if _, err := nb.InsertCell(at, ""); err == nil || err.Error() != want {
			t.Errorf("at %d: %v, want %s", at, err, want)
		}
	}
	if _, err := nb.InsertCell(0, "\xff"); err != errNotUTF8 {
		t.Errorf("text that isn't UTF-8: %v", err)
	}
}

// TestInsertCellFreshID makes an id that a cell has already.
func TestInsertCellFreshID(t *testing.T) {
	const src = `{"cells":[{"id":"%","source":"a","cell_type":"code"}],"nbformat":4}`
	nb := parse(t, src)
	first := nb.freshID(0, "x")
	nb = parse(t, strings.Replace(src, "%", first, 1))
	if second := nb.freshID(0, "x"); second == first {
		t.Errorf("%s twice", first)
	}
}
