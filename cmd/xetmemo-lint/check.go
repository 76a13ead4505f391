package main

// The command check: reports findings, and fixes them.

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/baseline"
	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/report"
	"github.com/xetmemo/xetmemo-lint/internal/rules"
	"github.com/xetmemo/xetmemo-lint/internal/since"
	"github.com/xetmemo/xetmemo-lint/internal/trace"
)

// checkOptions are the flags of check.
type checkOptions struct {
	fix, unsafe, diff   bool
	selected, ignored   []string
	format              string
	baseline            string
	writeBaseline       bool
	changedSince        string
	exitZero, statistic bool
	traceFile           string
	trace               *trace.File // nil without one
}

func (a *app) checkCommand() *cobra.Command {
	var o checkOptions
	c := &cobra.Command{
		Use:   "check PATH…",
		Short: "Report headers that are wrong, and what a memo would hide",
		Long: `check reports what is stale or unsafe in notebooks: headers that miss what their cell reads or
leaves behind, cells that can't be memoized, effects that a memo hides, names that no cell binds.
"xetmemo-lint rule" lists the rules and explains each.

A comment "# xetmemo: ignore=XM301,XM305" in a cell suppresses findings there.`,
		Example: `  xetmemo-lint check .
  xetmemo-lint check --fix analysis.ipynb
  xetmemo-lint check --select XM1 --format github notebooks/
  xetmemo-lint check --changed-since origin/main .
  xetmemo-lint check --write-baseline --baseline .xetmemo-baseline.json .`,
		Args: paths,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.validate(args); err != nil {
				return err
			}
			return a.check(args, &o)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.fix, "fix", false, "make the safe fixes: headers and directives change, code doesn't")
	f.BoolVar(&o.unsafe, "unsafe-fixes", false, "make the other fixes too: imports and definitions move to cells of their own")
	f.BoolVar(&o.diff, "diff", false, "print what the fixes would change, write nothing; exit 1 if anything would")
	f.StringSliceVar(&o.selected, "select", nil, "rules to check: codes, prefixes like XM1, names, or ALL")
	f.StringSliceVar(&o.ignored, "ignore", nil, "rules not to check")
	f.StringVar(&o.format, "format", "text", "how to report: text, json, sarif or github")
	f.StringVar(&o.baseline, "baseline", "", "file of findings that are accepted")
	f.BoolVar(&o.writeBaseline, "write-baseline", false, "accept what is found now: write it to the file of --baseline")
	f.StringVar(&o.changedSince, "changed-since", "", "check only notebooks that changed since this git revision, or that reach local modules which did")
	f.BoolVar(&o.exitZero, "exit-zero", false, "exit 0 in spite of findings")
	f.BoolVar(&o.statistic, "statistics", false, "print how many findings each rule has, not the findings")
	f.StringVar(&o.traceFile, "trace", "", "file of records that %xetmemo_trace wrote: what cells were seen to read and change counts, too")
	a.stdinFlag(c)
	return c
}

func (o *checkOptions) validate(args []string) error {
	if !slices.Contains([]string{"text", "json", "sarif", "github"}, o.format) {
		return fmt.Errorf("--format: %q is none of text, json, sarif, github", o.format)
	}
	for flag, words := range map[string][]string{"select": o.selected, "ignore": o.ignored} {
		for _, w := range words {
			if err := rules.Known(w); err != nil {
				return fmt.Errorf("--%s: %w", flag, err)
			}
		}
	}
	switch {
	case slices.Contains(args, stdin) && (o.fix || o.unsafe) && !o.diff:
		return errors.New("standard input can't be fixed in place: add --diff, or name a file")
	case o.writeBaseline && o.baseline == "":
		return errors.New("--write-baseline needs --baseline FILE")
	case o.writeBaseline && (o.fix || o.unsafe || o.diff):
		return errors.New("--write-baseline can't be combined with fixes")
	case o.statistic && o.format != "text":
		return errors.New("--statistics goes with --format text")
	}
	return nil
}

// checked is what came of one notebook.
type checked struct {
	err      error
	skipped  bool // unchanged
	findings []*rules.Finding
	fixed    int
	diff     string
}

func (a *app) check(args []string, o *checkOptions) error {
	list := a.find(args)
	var changes *since.Changes
	var accepted *baseline.Baseline
	var err error
	if o.changedSince != "" {
		if changes, err = since.Revision(o.changedSince); err != nil {
			return err
		}
	}
	if o.baseline != "" && !o.writeBaseline {
		if accepted, err = baseline.Read(o.baseline); err != nil {
			return err
		}
	}
	if o.traceFile != "" {
		if o.trace, err = trace.Read(o.traceFile); err != nil {
			return fmt.Errorf("--trace: %s: %s", o.traceFile, files.Message(err))
		}
	}
	var all []*rules.Finding
	var problems []report.Problem
	colored := a.colored()
	out := bufio.NewWriter(a.stdout)
	defer out.Flush()
	found, fixable, fixed, notebooks, read := 0, 0, 0, 0, 0
	again, seconds := 0, 0.0 // cells that will run again
	work := func(f files.File) checked { return a.checkFile(f, o, changes) }
	eachFile(a, list, work, func(f files.File, r checked) {
		defer out.Flush()
		if r.err != nil {
			problem := report.Problem{Path: a.name(f), Message: describe(r.err)}
			problems = append(problems, problem)
			a.fail(exitInput)
			switch o.format {
			case "text":
				a.refuse(f, r.err)
			case "github":
				fmt.Fprint(out, report.GitHubProblem(problem))
			}
			return
		}
		if !r.skipped {
			read++
		}
		if o.diff {
			if r.diff != "" {
				a.fail(exitFindings)
			}
			fmt.Fprint(out, a.colorDiff(r.diff))
			return
		}
		if accepted != nil {
			r.findings = slices.DeleteFunc(r.findings, accepted.Has)
		}
		if r.fixed > 0 {
			fixed += r.fixed
			a.notices.changed(f.Path)
		}
		if slices.ContainsFunc(r.findings, func(x *rules.Finding) bool { return !x.Information }) {
			notebooks++
		}
		for _, x := range r.findings {
			if x.Information {
				again++
				seconds += x.Seconds
			} else {
				found++
			}
			if x.Fix != nil {
				fixable++
			}
			if x.Cell == nil && x.Rule.Code == "XM001" {
				a.fail(exitInput)
			}
			switch {
			case o.statistic || o.writeBaseline:
			case o.format == "text":
				fmt.Fprint(out, report.Text(x, colored))
			case o.format == "github":
				fmt.Fprint(out, report.GitHub(x))
			}
		}
		all = append(all, r.findings...)
	})
	switch {
	case o.writeBaseline:
		if err := baseline.Write(o.baseline, all); err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "%s accepted in %s\n", count(len(all), "finding"), o.baseline)
		return nil
	case o.format == "json":
		_, _ = out.Write(report.CheckJSON(all, problems))
	case o.format == "sarif":
		_, _ = out.Write(report.SARIF(all, problems, version()))
	case o.statistic:
		fmt.Fprint(out, statistics(all))
	}
	if found > 0 && !o.exitZero {
		a.fail(exitFindings)
	}
	out.Flush()
	if o.format == "text" {
		a.sumUp(found, notebooks, fixable, fixed)
		if again > 0 {
			fmt.Fprintln(a.stderr, report.Again(again, seconds))
		}
		if found == 0 && isTerminal(a.stderr) {
			fmt.Fprintln(a.stderr, clean(read))
		}
	}
	a.notices.configs(&a.loader.Configs)
	a.notices.stores(&a.memos)
	if o.trace != nil {
		a.notices.records(o.traceFile, o.trace)
	}
	a.notices.print(a.stderr)
	return nil
}

// sumUp says on stderr what was found and done.
func (a *app) sumUp(found, notebooks, fixable, fixed int) {
	if fixed > 0 {
		fmt.Fprintf(a.stderr, "%s fixed\n", count(fixed, "finding"))
	}
	if found == 0 {
		return
	}
	text := fmt.Sprintf("%s in %s", count(found, "finding"), count(notebooks, "notebook"))
	if fixable > 0 {
		text += fmt.Sprintf(", %d of them fixable", fixable)
	}
	fmt.Fprintln(a.stderr, text)
}

// clean says that nothing was found; on a terminal silence might mean that nothing was looked at.
func clean(notebooks int) string {
	return "no findings in " + count(notebooks, "notebook")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// statistics are the numbers of findings by rule.
func statistics(findings []*rules.Finding) string {
	counts := map[*rules.Rule]int{}
	for _, f := range findings {
		counts[f.Rule]++
	}
	var b strings.Builder
	for _, r := range rules.All {
		if counts[r] > 0 {
			fmt.Fprintf(&b, "%6d  %s  %s\n", counts[r], r.Code, r.Name)
		}
	}
	return b.String()
}

// checkFile does the work on one notebook, fixing included.
func (a *app) checkFile(f files.File, o *checkOptions, changes *since.Changes) checked {
	if changes != nil && f.Err == nil && changes.Excludes(f.Path) {
		return checked{skipped: true}
	}
	nb, err := a.open(f)
	if err != nil {
		if x := rules.Unreadable(a.name(f), err); x != nil {
			return checked{findings: []*rules.Finding{x}}
		}
		return checked{err: err}
	}
	if changes != nil && !changes.Reach(f.Path, nb) {
		return checked{skipped: true}
	}
	options := rules.Options{Selection: o.selection(nb), Stale: rules.Stales(rules.StalePin, rules.StaleMemo(&a.memos, a.outputs.Committed)), Trace: o.trace}
	if !o.fix && !o.unsafe && !o.diff {
		return checked{findings: rules.Check(nb, options)}
	}
	fixed, err := rules.FixAll(nb, options, o.unsafe, func(content []byte) (*load.Notebook, error) {
		return a.load(nb.Path, content)
	})
	if err != nil {
		panic(fmt.Sprintf("%s: fixes don't apply: %v", nb.Path, err))
	}
	r := checked{findings: fixed.Left, fixed: fixed.Count}
	switch {
	case o.diff:
		r.diff = diffNotebooks(nb, fixed.Notebook, fixed.Origin)
	case fixed.Count > 0:
		verifyFixed(nb, fixed)
		r.err = files.Replace(f.Path, nb.Src, fixed.Notebook.Src)
	}
	return r
}

// selection is what is looked for in a notebook: the command line wins over the configuration.
func (o *checkOptions) selection(nb *load.Notebook) rules.Selection {
	s := rules.Configured(nb)
	s.Ignore = slices.Concat(s.Ignore, o.ignored)
	if len(o.selected) > 0 {
		s.Select, s.Extend, s.Ignore = o.selected, nil, o.ignored
	}
	return s
}

// verifyFixed makes sure before anything is written that cells are as many as planned and that
// all but code cells are as they were.
func verifyFixed(nb *load.Notebook, fixed *rules.Fixed) {
	after := fixed.Notebook
	if len(after.Cells) != len(fixed.Origin) {
		panic("the fixed notebook has another number of cells than planned")
	}
	for i, origin := range fixed.Origin {
		if origin >= 0 && (after.Cells[i].Kind != nb.Cells[origin].Kind || after.Cells[i].ID != nb.Cells[origin].ID) {
			panic(fmt.Sprintf("cell %d of the fixed notebook is not the one that was planned", i))
		}
	}
}
