package main

// The command migrate: cells of other packages that keep values become cells with headers.

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/report"
)

func (a *app) migrateCommand() *cobra.Command {
	var diffOnly bool
	c := &cobra.Command{
		Use:   "migrate PATH…",
		Short: "Turn the magics of ipython-cache, cache-magic and ipycache into headers",
		Long: `migrate turns "%cache name = expression" lines (ipython-cache, cache-magic) and "%%cache file.pkl a b"
cells (ipycache) into cells with %%xetmemo headers, in place. What has no counterpart is named. Values
that these packages kept are not read: each cell runs once more.`,
		Example: `  xetmemo-lint migrate --diff analysis.ipynb
  xetmemo-lint migrate notebooks/`,
		Args: paths,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.migrate(args, diffOnly)
		},
	}
	c.Flags().BoolVar(&diffOnly, "diff", false, "print what would change, write nothing; exit 1 if anything would")
	return c
}

func (a *app) migrate(args []string, diffOnly bool) error {
	work := func(f files.File) annotated { return a.migrateFile(f, diffOnly) }
	eachFile(a, a.find(args), work, func(f files.File, r annotated) {
		if r.err == nil {
			for _, text := range r.findings {
				fmt.Fprintln(a.stderr, text)
			}
		}
		a.printEdited(f, r, diffOnly)
	})
	return nil
}

// migrateFile does the work on one notebook, writing included.
func (a *app) migrateFile(f files.File, diffOnly bool) annotated {
	nb, err := a.openPython(f)
	if err != nil {
		return annotated{err: err}
	}
	r := annotated{output: nb.Src}
	moves := nb.Moves()
	for _, m := range moves {
		r.edits += min(len(m.Parts), 1)
		for _, note := range m.Notes {
			r.findings = append(r.findings, report.CellName(nb, m.Cell)+": "+note)
		}
	}
	if r.edits == 0 {
		return r
	}
	content, origin, memoized, err := nb.ApplyMoves(moves)
	if err != nil {
		panic(fmt.Sprintf("%s: planned moves don't apply: %v", f.Path, err))
	}
	after, err := a.load(nb.Path, content)
	if err != nil {
		return annotated{err: err}
	}
	var units []int
	for unit, cell := range after.Code {
		if !slices.Contains(memoized, cell) {
			continue
		}
		units = append(units, unit)
		if why := after.WhyNot(unit); len(why) > 0 {
			r.findings = append(r.findings, fmt.Sprintf("%s: can't be memoized: %s (%s)", report.CellName(after, cell), why[0].Text, why[0].Code))
		}
	}
	edits := after.Annotate(units, after.Style())
	if content, err = after.Apply(edits); err != nil {
		panic(fmt.Sprintf("%s: planned edits don't apply: %v", f.Path, err))
	}
	verify(after, edits, content)
	if after, err = a.load(nb.Path, content); err != nil {
		return annotated{err: err}
	}
	r.output, r.diff = content, diffNotebooks(nb, after, origin)
	r.summary = fmt.Sprintf("moved %s, %s now", count(r.edits, "cell"), count(len(memoized), "header"))
	if !diffOnly && f.Path != stdin {
		r.err = files.Replace(f.Path, nb.Src, content)
	}
	return r
}
