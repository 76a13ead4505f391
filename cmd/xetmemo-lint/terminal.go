package main

// What depends on a terminal: colours and progress.

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
	w        io.Writer // nil: not shown
	total, n int
	start    time.Time
	shown    bool
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
	if p.w == nil || p.n == p.total || time.Since(p.start) < time.Second {
		return
	}
	p.shown = true
	fmt.Fprintf(p.w, "%d of %d notebooks", p.n, p.total)
}

// hide takes the line away, so that something else can be printed.
func (p *progress) hide() {
	if p.shown {
		p.shown = false
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
