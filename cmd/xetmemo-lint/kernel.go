package main

// The command kernel: answers a running kernel.

import (
	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/resident"
)

func (a *app) kernelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "kernel",
		Short: "Tell a running kernel what its cells read and leave behind",
		Long: `kernel is run by the Python package xetcache, once a kernel: it is told the cells that run, in the order of
running, and answers what the next one reads and leaves behind. Requests are lines of JSON on standard input, answers lines of
JSON on standard output; docs/analyser.md describes both.

It ends when its standard input does, or when the process that it works for is gone.`,
		Args: number(cobra.NoArgs),
		Run: func(*cobra.Command, []string) {
			resident.Serve(a.stdin, a.stdout, resident.Options{Version: version()})
		},
	}
}
