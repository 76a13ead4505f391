package main

// The command strip: removes headers and pins.

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

func (a *app) stripCommand() *cobra.Command {
	var diffOnly bool
	c := &cobra.Command{
		Use:   "strip PATH…",
		Short: "Remove %%xetmemo headers and pins",
		Long: `strip removes the %%xetmemo headers and the pins of notebooks in place. Everything else in the file
stays byte for byte. Other "# xetmemo:" comments stay.`,
		Args: paths,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.strip(args, diffOnly)
		},
	}
	c.Flags().BoolVar(&diffOnly, "diff", false, "print what would change, write nothing; exit 1 if anything would")
	return c
}

func (a *app) strip(args []string, diffOnly bool) error {
	work := func(f files.File) annotated { return a.stripFile(f, diffOnly) }
	eachFile(a, a.find(args), work, func(f files.File, r annotated) { a.printEdited(f, r, diffOnly) })
	return nil
}

// printEdited prints what was done to one notebook: the difference, its text where it came from standard input, or a line.
func (a *app) printEdited(f files.File, r annotated, diffOnly bool) {
	switch {
	case r.err != nil:
		a.refuse(f, r.err)
	case diffOnly:
		fmt.Fprint(a.stdout, a.colorDiff(r.diff))
		if r.edits > 0 {
			a.fail(exitFindings)
		}
	case f.Path == stdin:
		_, _ = a.stdout.Write(r.output)
	case r.edits > 0:
		fmt.Fprintf(a.stdout, "%s: %s\n", f.Path, r.summary)
	}
}

// stripFile does the work on one notebook, writing included.
func (a *app) stripFile(f files.File, diffOnly bool) annotated {
	nb, err := a.openPython(f)
	if err != nil {
		return annotated{err: err}
	}
	edits := nb.Strip()
	r := annotated{edits: len(edits), output: nb.Src}
	if r.edits == 0 {
		return r
	}
	content, err := nb.Apply(edits)
	if err != nil {
		panic(fmt.Sprintf("%s: planned edits don't apply: %v", f.Path, err))
	}
	verify(nb, edits, content)
	r.output, r.summary, r.diff = content, stripped(edits), diff(nb, edits)
	if !diffOnly && f.Path != stdin {
		r.err = files.Replace(f.Path, nb.Src, content)
	}
	return r
}

func stripped(edits []rewrite.Edit) string {
	var headers, pins []string
	for _, e := range edits {
		if e.Old != nil {
			headers = append(headers, fmt.Sprint(e.Cell))
		}
		if e.Old == nil || len(e.Changes) > 1 {
			pins = append(pins, fmt.Sprint(e.Cell))
		}
	}
	var parts []string
	if len(headers) > 0 {
		parts = append(parts, ofCells("header", headers))
	}
	if len(pins) > 0 {
		parts = append(parts, ofCells("pin", pins))
	}
	return "removed " + strings.Join(parts, "; ")
}
