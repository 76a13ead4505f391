package main

// The command analyze: what was found, as JSON.

import (
	"bufio"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/report"
)

func (a *app) analyzeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "analyze PATH…",
		Short: "Print what each cell reads and leaves behind, as JSON",
		Args:  paths,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.analyze(args)
		},
	}
}

func (a *app) analyze(args []string) error {
	type result struct {
		text []byte
		err  error // a message is due
	}
	out := bufio.NewWriter(a.stdout)
	fmt.Fprintf(out, `{"version": %d, "notebooks": [`, report.AnalyzeVersion)
	separator := "\n"
	work := func(f files.File) result {
		nb, err := a.open(f)
		if err != nil {
			return result{report.Unreadable(f.Path, err, describe(err)), err}
		}
		if nb.Language != "python" {
			err = errors.New(load.OtherLanguage(nb.Language))
		}
		return result{report.Analyze(nb), err}
	}
	eachFile(a, a.find(args), work, func(f files.File, r result) {
		defer out.Flush()
		if r.err != nil {
			a.refuse(f, r.err)
		}
		fmt.Fprintf(out, "%s%s", separator, r.text)
		separator = ",\n"
	})
	out.WriteString("\n]}\n")
	return out.Flush()
}
