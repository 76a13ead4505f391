package main

// The command status: what the store holds for each cell.

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/memo"
	"github.com/xetmemo/xetmemo-lint/internal/report"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status NB…",
		Short: "Show what xmemo/ holds for each memoized cell, and which will run again",
		Long: `status shows for each cell with a header whether xmemo/ beside the notebook holds a memo of it, and
what in the cell, its header or the functions it reaches changed since. The values of inputs are not
known without running the notebook.`,
		Example: "  xetmemo-lint status analysis.ipynb",
		Args:    paths,
		RunE: func(_ *cobra.Command, args []string) error {
			status := func(nb *load.Notebook) string {
				return report.Status(nb, a.memos.Of(filepath.Join(filepath.Dir(nb.Path), memo.Folder)))
			}
			eachNotebook(a, args, status, func(text string) { fmt.Fprint(a.stdout, text) })
			return nil
		},
	}
}
