package files

// Work on many items at once, in order, that survives a panic.

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// Each works on all items on as many processors as there are and hands over the results in the
// order of the items, while later items are still being worked on. A panic in work becomes a
// *Panic.
func Each[T, R any](items []T, work func(T) R, done func(item T, result R, panicked *Panic)) {
	type outcome struct {
		result   R
		panicked *Panic
	}
	workers := min(runtime.GOMAXPROCS(0), len(items))
	results := make([]chan outcome, len(items))
	for i := range results {
		results[i] = make(chan outcome, 1)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				var o outcome
				o.panicked = Protect(func() { o.result = work(items[i]) })
				results[i] <- o
			}
		})
	}
	go func() {
		for i := range items {
			next <- i
		}
		close(next)
	}()
	for i, item := range items {
		o := <-results[i]
		done(item, o.result, o.panicked)
	}
	wg.Wait()
}

// A Panic is a defect of this program that came to light.
type Panic struct {
	Value any
	Place string // file and line
}

func (p *Panic) Error() string { return fmt.Sprintf("%v (at %s)", p.Value, p.Place) }

// Protect runs f and returns what it panicked with, or nil.
func Protect(f func()) (p *Panic) {
	defer func() {
		if v := recover(); v != nil {
			p = &Panic{v, panicPlace()}
		}
	}()
	f()
	return nil
}

// panicPlace is the innermost line of this program on the stack of a panic.
func panicPlace() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if strings.Contains(f.Function, "/xetmemo-lint/") && !strings.HasSuffix(f.Function, ".Protect.func1") {
			dir, file := filepath.Split(f.File)
			return fmt.Sprintf("%s/%s:%d", filepath.Base(dir), file, f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
