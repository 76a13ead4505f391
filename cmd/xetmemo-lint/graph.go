package main

// The command graph: the notebook drawn.

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/graph"
)

func (a *app) graphCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "graph NB",
		Short: "Draw the cells and what they use of each other",
		Long: `graph shows a notebook as a graph. An edge leads from what is used to what uses it: from the cell
that binds or changes a variable to the cells that read it, and from files and cells through the
functions they define to the cells that reach them. Stale cells, cells that can't be memoized,
uses against the order of the cells, and cycles are marked.`,
		Example: `  xetmemo-lint graph --format svg analysis.ipynb > analysis.svg
  xetmemo-lint graph analysis.ipynb | dot -Tpdf > analysis.pdf`,
		Args: number(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.graph(args[0], format)
		},
	}
	c.Flags().StringVar(&format, "format", "dot", "dot, mermaid, json or svg")
	return c
}

func (a *app) graph(path, format string) error {
	write, err := graph.Writer(format)
	if err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	file := files.File{Path: path}
	nb, err := a.openPython(file)
	if err != nil {
		a.refuse(file, err)
		return nil
	}
	_, err = a.stdout.Write(write(graph.Build(nb)))
	return err
}
