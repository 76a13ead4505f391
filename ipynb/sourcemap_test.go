package ipynb

import (
	"strings"
	"testing"
)

// TestFileOffset writes down the place of every character: below each one of the
// decoded source stands the text of the file from there on.
func TestFileOffset(t *testing.T) {
	for _, c := range [...]struct {
		source string
		at     int
		want   string // the file from there on starts with it
	}{
		{`["a\n","b"]`, 0, `a\n`},
		{`["a\n","b"]`, 1, `\n"`},
		{`["a\n","b"]`, 2, `b"]`},
		{`["a\n","b"]`, 3, `"]`},
		{`["a\n","b"]`, 99, `"]`},
		{`["a\n","b"]`, -1, `a\n`},
		{`["a","","b"]`, 1, `b"]`},
		{`"\u00e9x"`, 0, `\u00e9x`},
		{`"\u00e9x"`, 1, `\u00e9x`}, // inside the character
		{`"\u00e9x"`, 2, `x"`},
		{`"\ud83d\ude00x"`, 3, `\ud83d\ude00x`},
		{`"\ud83d\ude00x"`, 4, `x"`},
		{`"\ud83dx"`, 3, `x"`},
		{`"é\\\"x"`, 2, `\\\"x`},
		{`"é\\\"x"`, 3, `\"x`},
		{`"é\\\"x"`, 4, `x"`},
		{`[]`, 0, `[]`},
		{`""`, 0, `"}`},
	} {
		nb := parse(t, strings.Replace(oneCell, "@", c.source, 1))
		if got := string(nb.Src[nb.FileOffset(0, c.at):]); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: byte %d is at %s, want %s", c.source, c.at, got, c.want)
		}
	}
	nb := parse(t, `{"nbformat":4,"cells":[{"x":1}]}`)
	if got := nb.FileOffset(0, 0); nb.Src[got] != '{' || got == 0 {
		t.Errorf("a cell without a source is at %d", got)
	}
}

func TestLocate(t *testing.T) {
	for _, c := range [...]struct {
		file       string // ^ marks the offset
		cell, line int    // line 0 where no source is
		column     int
	}{
		{`^{"cells":[{"source":["a\n","b"]},{"source":"c"}],"nbformat":4}`, 0, 0, 0},
		{`{"cells":[{"source":^["a\n","b"]},{"source":"c"}],"nbformat":4}`, 0, 1, 0},
		{`{"cells":[{"source":["^a\n","b"]},{"source":"c"}],"nbformat":4}`, 0, 1, 0},
		{`{"cells":[{"source":["a\^n","b"]},{"source":"c"}],"nbformat":4}`, 0, 1, 1},
		{`{"cells":[{"source":["a\n"^,"b"]},{"source":"c"}],"nbformat":4}`, 0, 2, 0},
		{`{"cells":[{"source":["a\n",^"b"]},{"source":"c"}],"nbformat":4}`, 0, 2, 0},
		{`{"cells":[{"source":["a\n","b^"]},{"source":"c"}],"nbformat":4}`, 0, 2, 1},
		{`{"cells":[{"source":["a\n","b"^]},{"source":"c"}],"nbformat":4}`, 0, 2, 1},
		{`{"cells":[{"source":["a\n","b"]^},{"source":"c"}],"nbformat":4}`, 0, 0, 0},
		{`{"cells":[{"source":["a\n","b"]},{"source":"^c"}],"nbformat":4}`, 1, 1, 0},
		{`{"cells":[{"source":["a\n","b"]},{"source":"c"}],^"nbformat":4}`, 1, 0, 0},
		{`{"cells":[{"source":["\ud83d\ude00\u00e9^x"]}],"nbformat":4}`, 0, 1, 2},
		{`{"cells":[{"source":["\ud83d\u^de00x"]}],"nbformat":4}`, 0, 1, 0},
		{`{"cells":[{"source":[^]}],"nbformat":4}`, 0, 1, 0},
	} {
		nb := parse(t, strings.Replace(c.file, "^", "", 1))
		cell, line, column, ok := nb.Locate(strings.IndexByte(c.file, '^'))
		if ok != (c.line > 0) || ok && (cell != c.cell || line != c.line || column != c.column) {
			t.Errorf("%s: %d:%d:%d %t, want %d:%d:%d", c.file, cell, line, column, ok, c.cell, c.line, c.column)
		}
	}
}

func TestFileLine(t *testing.T) {
	nb := parse(t, "\n{\n\"cells\":[\n{\"source\":\n[]},\n{}\n],\"nbformat\":4}\n")
	line := 1
	for i := range len(nb.Src) + 1 {
		if got := nb.FileLine(i); got != line {
			t.Errorf("offset %d is in line %d, want %d", i, got, line)
		}
		if i < len(nb.Src) && nb.Src[i] == '\n' {
			line++
		}
	}
	if got := nb.FileLine(1000); got != line {
		t.Errorf("past the end is line %d, want %d", got, line)
	}
}

func TestPosition(t *testing.T) {
	for _, c := range [...]struct {
		source               string
		offset, line, column int
		back                 int // what Offset gives for line and column
	}{
		{"", 0, 1, 0, 0},
		{"ab", 2, 1, 2, 2},
		{"ab", 9, 1, 2, 2},
		{"ab", -9, 1, 0, 0},
		{"a\nb", 1, 1, 1, 1},
		{"a\nb", 2, 2, 0, 2},
		{"a\n", 2, 2, 0, 2},
		{"é😀x", 6, 1, 2, 6},
		{"a\r\nb", 1, 1, 1, 1},
		{"a\r\nb", 2, 1, 2, 1}, // between \r and \n
		{"a\r\nb", 3, 2, 0, 3},
		{"a\rb", 2, 2, 0, 2},
		{"a\r\rb\n\nc", 3, 3, 0, 3},
		{"a\r\rb\n\nc", 6, 5, 0, 6},
		{"a\r", 2, 2, 0, 2},
		{"a\r\n", 3, 2, 0, 3},
	} {
		cell := Cell{Source: c.source}
		if line, column := cell.Position(c.offset); line != c.line || column != c.column {
			t.Errorf("%q: byte %d is at %d:%d, want %d:%d", c.source, c.offset, line, column, c.line, c.column)
		}
		if got := cell.Offset(c.line, c.column); got != c.back {
			t.Errorf("%q: %d:%d is byte %d, want %d", c.source, c.line, c.column, got, c.back)
		}
	}
	cell := Cell{Source: "ab\nc\n"}
	for _, c := range [...]struct{ line, column, want int }{
		{1, 99, 2}, {2, 1, 4}, {2, 2, 4}, {3, 0, 5}, {3, 5, 5}, {4, 0, 5}, {99, 99, 5}, {0, 0, 0}, {1, -1, 0},
	} {
		if got := cell.Offset(c.line, c.column); got != c.want {
			t.Errorf("%d:%d is byte %d, want %d", c.line, c.column, got, c.want)
		}
	}
}
