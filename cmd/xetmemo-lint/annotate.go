package main

// The command annotate: writes and renews headers.

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/report"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

// annotateOptions are the flags of annotate.
type annotateOptions struct {
	diff, check, pins, split bool
	pinsGiven                bool
	cells, outputs           string
	functions                string
	cell                     []int
}

func (a *app) annotateCommand() *cobra.Command {
	var o annotateOptions
	c := &cobra.Command{
		Use:   "annotate PATH…",
		Short: "Write and renew %%xetmemo headers",
		Long: `annotate writes the %%xetmemo headers of notebooks in place: it adds them to cells that take
long, and brings those that are there up to date. Everything else in the file stays byte for byte.

By default it touches cells that have a header or the tag "memo", cells whose recorded duration
is at or over the threshold, and, where no duration is recorded, cells that look like long work.`,
		Example: `  xetmemo-lint annotate analysis.ipynb
  xetmemo-lint annotate --diff notebooks/
  xetmemo-lint annotate --cells all --check .
  xetmemo-lint annotate --stdin-filename nb.ipynb - < nb.ipynb`,
		Args: paths,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.validate(args); err != nil {
				return err
			}
			o.pinsGiven = c.Flags().Changed("pins")
			return a.annotate(args, &o)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.diff, "diff", false, "print what would change, write nothing; exit 1 if anything would")
	f.BoolVar(&o.check, "check", false, "write nothing; exit 1 if anything would change")
	f.StringVar(&o.cells, "cells", "auto", "cells to touch: auto, all (that can be memoized), slow (by recorded duration) or marked (by header or tag)")
	f.IntSliceVar(&o.cell, "cell", nil, "touch this cell only, counted from 0 over all cells; may be repeated")
	f.StringVar(&o.outputs, "outputs", "", "outputs to list: live (what later cells use) or all (default live, or as configured)")
	f.StringVar(&o.functions, "functions", "", "functions to list: all that are reached, or direct (default all, or as configured)")
	a.stdinFlag(c)
	f.BoolVar(&o.pins, "pins", false, "write the digest of what a cell reaches beside its header (default no, or as configured)")
	f.BoolVar(&o.split, "split", false, "move imports and definitions to cells of their own")
	return c
}

func (o *annotateOptions) validate(args []string) error {
	oneOf := func(flag, value string, allowed ...string) error {
		if value != "" && !slices.Contains(allowed, value) {
			return fmt.Errorf("--%s: %q is none of %s", flag, value, strings.Join(allowed, ", "))
		}
		return nil
	}
	for _, err := range []error{
		oneOf("cells", o.cells, "auto", "all", "slow", "marked"),
		oneOf("outputs", o.outputs, "live", "all"),
		oneOf("functions", o.functions, "all", "direct"),
	} {
		if err != nil {
			return err
		}
	}
	switch {
	case slices.Contains(args, stdin) && len(args) > 1:
		return errors.New("- (standard input) stands alone: it can't be combined with other paths")
	}
	return nil
}

// annotated is what came of one notebook.
type annotated struct {
	err      error    // nothing could be done
	findings []string // about single cells
	edits    int
	possible int    // edits that --cells all would make
	chosen   int    // cells that qualified
	summary  string // of the edits
	diff     string
	output   []byte // of the filter
}

func (a *app) annotate(args []string, o *annotateOptions) error {
	qualified, possible, read := 0, 0, 0
	work := func(f files.File) annotated { return a.annotateFile(f, o) }
	eachFile(a, a.find(args), work, func(f files.File, r annotated) {
		if r.err != nil {
			a.refuse(f, r.err)
			return
		}
		read++
		qualified += r.chosen
		possible += r.possible
		for _, text := range r.findings {
			fmt.Fprintln(a.stderr, text)
			a.fail(exitFindings)
		}
		if r.edits > 0 && (o.check || o.diff) {
			a.fail(exitFindings)
		}
		switch {
		case o.diff:
			fmt.Fprint(a.stdout, a.colorDiff(r.diff))
		case f.Path == stdin && !o.check:
			_, _ = a.stdout.Write(r.output)
		case r.edits > 0:
			fmt.Fprintf(a.stdout, "%s: %s\n", f.Path, r.summary)
		}
		if r.edits > 0 && f.Path != stdin {
			a.notices.changed(f.Path)
		}
	})
	if read > 0 && qualified == 0 {
		fmt.Fprintf(a.stderr, "no cell qualifies for --cells %s; --cells all would touch %d\n", o.cells, possible)
	}
	a.notices.configs(&a.loader.Configs)
	a.notices.print(a.stderr)
	return nil
}

// annotateFile does the work on one notebook, writing included.
func (a *app) annotateFile(f files.File, o *annotateOptions) annotated {
	nb, err := a.openPython(f)
	if err != nil {
		return annotated{err: err}
	}
	style := nb.Style()
	if o.pinsGiven {
		style.Pins = o.pins
	}
	if o.outputs != "" {
		style.Outputs = o.outputs
	}
	if o.functions != "" {
		style.Functions = o.functions
	}
	var r annotated
	r.findings = syntaxErrors(nb)
	original, origin := nb, []int(nil)
	units, err := o.units(nb, nil)
	if err == nil && o.split {
		if nb, origin, err = a.splitCells(nb, units); err == nil {
			units, err = o.units(nb, origin)
		}
	}
	if err != nil {
		return annotated{err: err}
	}
	if len(o.cell) > 0 {
		for _, unit := range units {
			if why := nb.WhyNot(unit); len(why) > 0 && why[0].Code != deps.ReasonSyntaxError {
				r.findings = append(r.findings, fmt.Sprintf("%s: can't be memoized: %s (%s)", report.CellName(nb, nb.Code[unit]), why[0].Text, why[0].Code))
			}
		}
	}
	r.chosen = len(units)
	if r.chosen == 0 {
		r.possible = len(nb.Plan(nb.Select(rewrite.AllCells, 0), style))
	}
	edits := nb.Annotate(units, style)
	splits := len(nb.Cells) - len(original.Cells)
	r.edits, r.output = len(edits)+splits, nb.Src
	if r.edits == 0 {
		return r
	}
	content, err := nb.Apply(edits)
	if err != nil {
		panic(fmt.Sprintf("%s: planned edits don't apply: %v", nb.Path, err))
	}
	verify(nb, edits, content)
	r.output, r.summary = content, summary(edits, splits, o.check)
	switch {
	case o.diff && splits > 0:
		after, err := a.load(nb.Path, content)
		if err != nil {
			return annotated{err: err}
		}
		r.diff = diffNotebooks(original, after, origin)
	case o.diff:
		r.diff = diff(nb, edits)
	case o.check || f.Path == stdin:
	default:
		r.err = files.Replace(f.Path, original.Src, content)
	}
	return r
}

// verify makes sure that the new content differs in the edited sources alone, before it is
// written: a mistake here would damage a notebook.
func verify(nb *load.Notebook, edits []rewrite.Edit, content []byte) {
	after, err := ipynb.Parse(content)
	if err != nil {
		panic(fmt.Sprintf("the edited notebook doesn't parse: %v", err))
	}
	if len(after.Cells) != len(nb.Cells) {
		panic("the edited notebook has another number of cells")
	}
	want := map[int]string{}
	for _, e := range edits {
		want[e.Cell] = nb.Source(e)
	}
	for i := range nb.Cells {
		source, ok := want[i]
		if !ok {
			source = nb.Cells[i].Source
		}
		if after.Cells[i].Source != source {
			panic(fmt.Sprintf("the source of cell %d is not what was planned", i))
		}
	}
}

// units are the units of the notebook that qualify. Origin tells the numbers that cells had when
// the user named them, nil: those they have.
func (o *annotateOptions) units(nb *load.Notebook, origin []int) ([]int, error) {
	if len(o.cell) == 0 {
		return nb.Select(rewrite.Choice(o.cells), nb.Config.Seconds()), nil
	}
	cells := slices.Clone(o.cell)
	for i, n := range cells {
		if at := slices.Index(origin, n); at >= 0 {
			cells[i] = at
		}
	}
	return unitsOf(nb, cells)
}

// unitsOf finds the units of cells that the user names.
func unitsOf(nb *load.Notebook, cells []int) ([]int, error) {
	var units []int
	for _, n := range cells {
		if n < 0 || n >= len(nb.Cells) {
			return nil, fmt.Errorf("there is no cell %d: the cells are 0 to %d", n, len(nb.Cells)-1)
		}
		unit := slices.Index(nb.Code, n)
		if unit < 0 {
			return nil, fmt.Errorf("cell %d is no code cell", n)
		}
		if !slices.Contains(units, unit) {
			units = append(units, unit)
		}
	}
	slices.Sort(units)
	return units, nil
}

// syntaxErrors are the cells that don't parse, with the first place of each.
func syntaxErrors(nb *load.Notebook) []string {
	var found []string
	for unit, i := range nb.Code {
		if s := nb.Graph.Cells[unit].Summary; s != nil && len(s.File.Errors) > 0 {
			e := s.File.Errors[0]
			line, column := s.File.Position(e.Start)
			found = append(found, fmt.Sprintf("%s, line %d, column %d: XM002 cell-syntax-error: %s", report.CellName(nb, i), line, column+1, e.Msg))
		}
	}
	return found
}

// ofCells is "the header of cell 3" or "headers of cells 3, 5".
func ofCells(what string, cells []string) string {
	if len(cells) == 1 {
		return "the " + what + " of cell " + cells[0]
	}
	return what + "s of cells " + strings.Join(cells, ", ")
}

func summary(edits []rewrite.Edit, splits int, would bool) string {
	var imports, added, renewed, pinned []string
	for _, e := range edits {
		switch cell := fmt.Sprint(e.Cell); {
		case e.Import:
			imports = append(imports, cell)
		case e.Old == nil:
			added = append(added, cell)
		case e.Old.Text != e.New:
			renewed = append(renewed, cell)
		default:
			pinned = append(pinned, cell)
		}
	}
	var parts []string
	for _, p := range []struct {
		verb, what string
		cells      []string
	}{{"add", "header", added}, {"renew", "header", renewed}, {"renew", "pin", pinned}} {
		if len(p.cells) == 0 {
			continue
		}
		verb := p.verb + "ed"
		if would {
			verb = "would " + p.verb
		}
		parts = append(parts, verb+" "+ofCells(p.what, p.cells))
	}
	if len(imports) > 0 {
		verb := "imported"
		if would {
			verb = "would import"
		}
		parts = append([]string{verb + " xetcache in cell " + imports[0]}, parts...)
	}
	if splits > 0 {
		verb := "split "
		if would {
			verb = "would split "
		}
		parts = append([]string{verb + count(splits, "cell")}, parts...)
	}
	return strings.Join(parts, "; ")
}
