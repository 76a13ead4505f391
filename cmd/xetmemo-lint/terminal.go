package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// colored says whether output is coloured: --color decides, then NO_COLOR (no-color.org), then
// whether standard output is a terminal.
func (a *app) colored() bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(a.stdout)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress shows on a terminal how far a long run has come.
type progress struct {
	w           io.Writer // nil: not shown
	total, n    int
	start, last time.Time
	shown       bool
}

func (a *app) newProgress(total int) *progress {
	p := &progress{total: total, start: time.Now()}
	if isTerminal(a.stderr) && total > 1 {
		p.w = a.stderr
	}
	return p
}

// step counts one more file. Nothing is shown in the first second.
func (p *progress) step() {
	p.n++
	if p.w == nil || time.Since(p.start) < time.Second || time.Since(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.shown = time.Now(), true
	fmt.Fprintf(p.w, "\r\x1b[K%d of %d notebooks", p.n, p.total)
}

// done takes the line away.
func (p *progress) done() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
