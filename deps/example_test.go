package deps_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestWorkedExample holds that the example in the interpreter's documentation ends in the header that it says.
func TestWorkedExample(t *testing.T) {
	text, err := os.ReadFile("interp/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "# An example")
	var cells []string
	var want string
	for line := range strings.Lines(example) {
		code, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "//\t")
		number, first, isFirst := strings.Cut(code, ": ")
		switch {
		case !ok:
		case strings.HasPrefix(code, "%%xetmemo "):
			want = code
		case isFirst && regexp.MustCompile(`^\d$`).MatchString(number):
			cells = append(cells, first)
		default:
			cells[len(cells)-1] += "\n" + strings.TrimPrefix(code, "   ")
		}
	}
	if len(cells) != 4 {
		t.Fatalf("%d cells in the example: %q", len(cells), cells)
	}
	g := link(cells, testModules{})
	got := "%%xetmemo input=" + strings.Join(g.Inputs(2), ",") + " output=" + strings.Join(g.Outputs(2).Live, ",")
	if got != want {
		t.Errorf("the header is %s, not %s", got, want)
	}
	if m := g.Cells[2].Mutates; len(m) != 2 || !strings.Contains(strings.Join(m[0].Via, " "), "smallest") {
		t.Errorf("mutations %+v", m)
	}
}
