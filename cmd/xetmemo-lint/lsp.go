package main

// The command lsp: the language server.

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/lsp"
)

func (a *app) lspCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lsp",
		Short: "Run the language server on standard input and output",
		Long: `lsp speaks the Language Server Protocol 3.17 with an editor: findings and fixes while a notebook is
written, what its cells read and leave behind, jumps and renaming across cells and local modules.
docs/editors.md says how editors are set up.

It ends when the client says exit, closes the stream, or is gone: with 0 after a shutdown
request, else with 1.`,
		Args: number(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			err := lsp.Serve(a.stdin, a.stdout, lsp.Options{Version: version(), Log: a.stderr})
			if errors.Is(err, lsp.ErrNoShutdown) {
				a.fail(exitFindings)
				return nil
			}
			return err
		},
	}
}
