package main

// What all commands on notebooks share: finding, reading and loading them, and saying what can't be.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/ipynb"
)

// stdin is how a PATH names standard input.
const stdin = "-"

// find lists the files that the arguments name.
func (a *app) find(args []string) []files.File {
	if i := slices.Index(args, stdin); i >= 0 {
		return append(a.find(slices.Delete(slices.Clone(args), i, i+1)), files.File{Path: stdin})
	}
	return files.Find(args, &a.loader.Configs)
}

// eachFile works on many files at once and hands over, in the order of the list, what work made of
// each. Done writes out what it has to say before it returns: progress is shown in between.
func eachFile[R any](a *app, list []files.File, work func(files.File) R, done func(files.File, R)) {
	list = a.withoutDangling(list)
	p := a.newProgress(len(list))
	files.Each(list, work, func(f files.File, r R, panicked *files.Panic) {
		p.hide()
		if panicked != nil {
			a.internal(a.name(f), panicked)
		} else {
			done(f, r)
		}
		p.step()
	})
	p.hide()
}

// withoutDangling leaves links out that lead nowhere, and says so.
func (a *app) withoutDangling(list []files.File) []files.File {
	return slices.DeleteFunc(list, func(f files.File) bool {
		dangling := errors.Is(f.Err, files.ErrDangling)
		if dangling {
			fmt.Fprintf(a.stderr, "warning: %s: %v\n", f.Path, f.Err)
		}
		return dangling
	})
}

// eachNotebook analyses the Python notebooks that the arguments name, and hands over what work
// makes of each, in order.
func eachNotebook[R any](a *app, args []string, work func(*load.Notebook) R, done func(R)) {
	type result struct {
		made R
		err  error
	}
	one := func(f files.File) result {
		nb, err := a.openPython(f)
		if err != nil {
			return result{err: err}
		}
		return result{made: work(nb)}
	}
	eachFile(a, a.find(args), one, func(f files.File, r result) {
		if r.err != nil {
			a.refuse(f, r.err)
			return
		}
		done(r.made)
	})
}

// name is how a file is named in what is said of it.
func (a *app) name(f files.File) string {
	if f.Path == stdin && a.stdinFilename != "" {
		return a.stdinFilename
	}
	return f.Path
}

// open reads and analyses a file.
func (a *app) open(f files.File) (*load.Notebook, error) {
	if f.Err != nil {
		return nil, f.Err
	}
	var src []byte
	var err error
	if f.Path == stdin {
		src, err = io.ReadAll(a.stdin)
	} else {
		src, err = os.ReadFile(f.Path)
	}
	if err != nil {
		return nil, err
	}
	nb, err := a.load(a.name(f), src)
	if err == nil && nb.Language == "python" {
		a.time(nb)
	}
	return nb, err
}

// time gives the cells the durations that the runtime noted, which are of runs alone: what a frontend recorded may be of a hit.
func (a *app) time(nb *load.Notebook) {
	took := a.ledgers.Of(filepath.Dir(nb.Path))
	for unit, index := range nb.Code {
		if nb.Graph.Cells[unit].Summary == nil {
			continue
		}
		if seconds, ok := took.Seconds(nb.Body(unit)); ok {
			nb.Cells[index].Duration = seconds
		}
	}
}

// openPython is open for commands that can do nothing with a notebook in another language.
func (a *app) openPython(f files.File) (*load.Notebook, error) {
	nb, err := a.open(f)
	if err == nil && nb.Language != "python" {
		err = errors.New(load.OtherLanguage(nb.Language))
	}
	return nb, err
}

// configError is what is wrong with a configuration, with its place.
type configError struct{ error }

// refuse says why nothing can be done with a file. What is wrong with a configuration is said once,
// not for each notebook that it holds for.
func (a *app) refuse(f files.File, err error) {
	var bad configError
	switch {
	case !errors.As(err, &bad):
		a.complain(a.name(f), describe(err))
	case !slices.Contains(a.badConfigs, bad.Error()):
		a.badConfigs = append(a.badConfigs, bad.Error())
		fmt.Fprintln(a.stderr, bad)
	}
	a.fail(exitInput)
}

// load analyses a notebook's bytes under the configuration that holds for its name.
func (a *app) load(name string, src []byte) (*load.Notebook, error) {
	cfg, err := a.loader.Configs.For(filepath.Dir(name))
	if err != nil {
		return nil, configError{err}
	}
	return a.loader.Load(name, src, cfg)
}

// describe is an error as it is shown behind a path.
func describe(err error) string {
	var bad *ipynb.Error
	if errors.As(err, &bad) {
		switch bad.Kind {
		case ipynb.NotJSON, ipynb.Truncated:
			return bad.Kind.String() + ": " + bad.Error()
		}
		return bad.Error()
	}
	return files.Message(err)
}
