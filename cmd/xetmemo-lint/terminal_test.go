package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// On a terminal both streams are one: the sum stands below what it sums up.
func TestSumBelowFindings(t *testing.T) {
	var terminal bytes.Buffer
	run([]string{"check", "../../testdata/notebooks/demo.ipynb"}, nil, &terminal, &terminal)
	lines := strings.Split(strings.TrimSpace(terminal.String()), "\n")
	if len(lines) < 2 || !strings.Contains(lines[0], "warning XM") || !strings.HasSuffix(lines[len(lines)-1], "of them fixable") {
		t.Errorf("findings, then their sum, are wanted:\n%s", &terminal)
	}
}

// What is printed while progress is shown stands on lines of its own.
func TestProgressIsHidden(t *testing.T) {
	var terminal bytes.Buffer
	p := progress{w: &terminal, total: 3}
	for i := range p.total {
		p.hide()
		fmt.Fprintf(&terminal, "finding %d\n", i)
		p.step()
	}
	p.hide()
	const clear = "\r\x1b[K"
	want := "finding 0\n1 of 3 notebooks" + clear + "finding 1\n2 of 3 notebooks" + clear + "finding 2\n"
	if got := terminal.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// On a terminal a clean check says so; in a pipe it is silent.
func TestCleanCheckOnTerminal(t *testing.T) {
	python := needs.Python(t, "a Python with pty", "import pty")
	dir := t.TempDir()
	tool, notebook := filepath.Join(dir, "xetmemo-lint"), filepath.Join(dir, "nb.ipynb")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(notebook, []byte(notebookOf(t, "3.12", []string{"x = 1"})), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		program []string
		want    string
	}{
		{[]string{python, "-c", "import pty, sys; pty.spawn(sys.argv[1:])", tool, "check", notebook}, "no findings in 1 notebook"},
		{[]string{tool, "check", notebook}, ""},
	} {
		out, err := exec.Command(c.program[0], c.program[1:]...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := strings.TrimSpace(string(out)); got != c.want {
			t.Errorf("%v prints %q, want %q", c.program, got, c.want)
		}
	}
}
