package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// On a terminal both streams are one: the sum stands below what it sums up.
func TestSumBelowFindings(t *testing.T) {
	var terminal bytes.Buffer
	run([]string{"check", "../../testdata/notebooks/demo.ipynb"}, nil, &terminal, &terminal)
	lines := strings.Split(strings.TrimSpace(terminal.String()), "\n")
	if len(lines) < 2 || !strings.Contains(lines[0], "XM101") || !strings.HasSuffix(lines[len(lines)-1], "of them fixable") {
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
