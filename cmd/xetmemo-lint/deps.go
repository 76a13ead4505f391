package main

// The command deps: what each cell reaches.

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/report"
)

func (a *app) depsCommand() *cobra.Command {
	var asJSON bool
	var reverse string
	c := &cobra.Command{
		Use:   "deps NB…",
		Short: "Show the functions and local modules that each cell reaches",
		Long: `deps shows which functions, classes and constants of the notebook and of local modules each cell
reaches, as trees, with the digest of their source. With --reverse it lists the cells that reach
something of a file: those that a change of it may make stale.`,
		Example: `  xetmemo-lint deps analysis.ipynb
  xetmemo-lint deps --reverse utils.py notebooks/`,
		Args: paths,
		RunE: func(_ *cobra.Command, args []string) error {
			if reverse != "" {
				if asJSON {
					return errors.New("--json and --reverse don't go together")
				}
				return a.depsReverse(args, reverse)
			}
			return a.deps(args, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().StringVar(&reverse, "reverse", "", "list the cells that reach this file")
	return c
}

func (a *app) deps(args []string, asJSON bool) error {
	out := bufio.NewWriter(a.stdout)
	if asJSON {
		fmt.Fprintf(out, `{"version": %d, "notebooks": [`, report.DepsVersion)
		separator := "\n"
		eachNotebook(a, args, report.Deps, func(text []byte) {
			fmt.Fprintf(out, "%s%s", separator, text)
			separator = ",\n"
			out.Flush()
		})
		out.WriteString("\n]}\n")
		return out.Flush()
	}
	first := true
	eachNotebook(a, args, report.DepsTree, func(text string) {
		if !first {
			fmt.Fprintln(out)
		}
		first = false
		out.WriteString(text)
		out.Flush()
	})
	return out.Flush()
}

func (a *app) depsReverse(args []string, file string) error {
	real, err := filepath.Abs(file)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		return fmt.Errorf("--reverse: %s: %s", file, files.Message(err))
	}
	found := false
	eachNotebook(a, args, func(nb *load.Notebook) []string { return report.Reverse(nb, real) }, func(lines []string) {
		for _, line := range lines {
			found = true
			fmt.Fprintln(a.stdout, line)
		}
	})
	if !found {
		fmt.Fprintf(a.stderr, "no cell reaches %s\n", file)
	}
	return nil
}
