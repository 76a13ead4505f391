package main

import (
	"bufio"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/report"
	"github.com/xetmemo/xetmemo-lint/ipynb"
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
		nb, err := a.open(f, f.Path)
		if err != nil {
			return result{report.Unreadable(f.Path, err), err}
		}
		if nb.Language != "python" {
			err = errors.New(load.OtherLanguage(nb.Language))
		}
		return result{report.Analyze(nb), err}
	}
	files.Each(a.find(args), work, func(f files.File, r result, panicked *files.Panic) {
		if panicked != nil {
			a.internal(f.Path, panicked)
			return
		}
		if r.err != nil {
			a.complain(f.Path, describe(r.err))
		}
		fmt.Fprintf(out, "%s%s", separator, r.text)
		separator = ",\n"
	})
	out.WriteString("\n]}\n")
	return out.Flush()
}

// stdin is how a PATH names standard input.
const stdin = "-"

// find lists the files that the arguments name.
func (a *app) find(args []string) []files.File {
	if i := slices.Index(args, stdin); i >= 0 {
		return append(a.find(slices.Delete(slices.Clone(args), i, i+1)), files.File{Path: stdin})
	}
	return files.Find(args, &a.loader.Configs)
}

// describe is an error as it is shown behind a path.
func describe(err error) string {
	var bad *ipynb.Error
	if errors.As(err, &bad) {
		switch bad.Kind {
		case ipynb.NotJSON, ipynb.Truncated:
			return bad.Kind.String() + ": " + bad.Error()
		}
		return bad.Error()
	}
	return files.Message(err)
}
