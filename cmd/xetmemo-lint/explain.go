package main

// The command explain: why each name is an input or an output.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/report"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain NB:CELL [NAME]",
		Short: "Say why a cell's names are inputs or outputs",
		Long: `explain says of each name that a cell reads, binds or changes why it is an input or an output, or
why it is none: the line, the path through functions, the cell that defines it, the later cell
that reads it. With NAME it says so of that name alone.

CELL is the index of the cell, counted from 0 over all cells, or its id.`,
		Example: `  xetmemo-lint explain analysis.ipynb:5
  xetmemo-lint explain analysis.ipynb:a1b2c3 df`,
		Args: number(cobra.RangeArgs(1, 2)),
		RunE: func(_ *cobra.Command, args []string) error {
			name := ""
			if len(args) == 2 {
				name = args[1]
			}
			return a.explain(args[0], name)
		},
	}
}

func (a *app) explain(place, name string) error {
	i := strings.LastIndexByte(place, ':')
	if i < 1 || place[i+1:] == "" {
		return fmt.Errorf("%q names no cell: write NB:CELL, like analysis.ipynb:5", place)
	}
	path, cell := place[:i], place[i+1:]
	file := files.File{Path: path}
	nb, err := a.openPython(file)
	if err != nil {
		a.refuse(file, err)
		return nil
	}
	unit, err := unitNamed(nb, cell)
	if err != nil {
		a.complain(path, err.Error())
		return nil
	}
	if !report.Explain(a.stdout, nb, unit, name) && name != "" {
		a.complain(path, "no cell reads or binds "+name)
	}
	return nil
}

// unitNamed finds the unit of a cell named by its index or its id.
func unitNamed(nb *load.Notebook, cell string) (int, error) {
	n, err := strconv.Atoi(cell)
	if err == nil && n >= 0 && n < len(nb.Cells) {
		units, err := unitsOf(nb, []int{n})
		if err != nil {
			return 0, err
		}
		return units[0], nil
	}
	for i := range nb.Cells {
		if nb.Cells[i].HasID && nb.Cells[i].ID == cell {
			unit := slices.Index(nb.Code, i)
			if unit < 0 {
				return 0, fmt.Errorf("cell %s is no code cell", cell)
			}
			return unit, nil
		}
	}
	if err == nil {
		return 0, fmt.Errorf("there is no cell %s: the cells are 0 to %d", cell, len(nb.Cells)-1)
	}
	return 0, fmt.Errorf("no cell has the id %q", cell)
}
