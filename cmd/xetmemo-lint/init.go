package main

// The command init: sets a project up.

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/setup"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

const repository = "https://github.com/xetmemo/xetmemo-lint"

// initOptions are the flags of init.
type initOptions struct {
	yes       bool
	repo, rev string
}

func (a *app) initCommand() *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Set a project up: configuration, hooks, CI, and what other tools need to know",
		Long: `init shows what it would write, and writes it when you agree: .xetmemo.yaml in the folder; at the
root of its repository an entry in .pre-commit-config.yaml, a GitHub workflow, and where black or
ruff run, that they let cells with the magic be. What is set up already stays as it is.`,
		Args: number(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return a.init(dir, &o)
		},
	}
	c.Flags().BoolVar(&o.yes, "yes", false, "write without asking")
	c.Flags().StringVar(&o.repo, "repo", repository, "repository of the pre-commit hooks")
	c.Flags().StringVar(&o.rev, "rev", released(), "revision of the hooks and of the action")
	return c
}

// released is the version to pin: that of the program if it is a release.
func released() string {
	if v := version(); strings.HasPrefix(v, "v") && strings.Count(v, "-") == 0 {
		return v
	}
	return "main"
}

func (a *app) init(dir string, o *initOptions) error {
	plan, err := setup.Plan(dir, setup.Options{Repo: o.repo, Rev: o.rev, Action: strings.TrimPrefix(repository, "https://github.com/")})
	if err != nil {
		return err
	}
	for _, note := range plan.Notes {
		fmt.Fprintln(a.stderr, note)
	}
	if len(plan.Changes) == 0 {
		fmt.Fprintln(a.stderr, "everything is set up")
		return nil
	}
	for _, c := range plan.Changes {
		fmt.Fprint(a.stdout, a.colorDiff(rewrite.Diff(filepath.ToSlash(c.Path), string(c.Before), string(c.After))))
	}
	if !o.yes {
		fmt.Fprint(a.stderr, "write this? [y/N] ")
		answer, _ := bufio.NewReader(a.stdin).ReadString('\n')
		if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
			fmt.Fprintln(a.stderr, "nothing was written; --yes writes without asking")
			a.fail(exitFindings)
			return nil
		}
	}
	for _, c := range plan.Changes {
		if err := write(filepath.Join(dir, c.Path), c); err != nil {
			return fmt.Errorf("%s: %w", filepath.ToSlash(c.Path), err)
		}
	}
	fmt.Fprint(a.stderr, nextSteps)
	return nil
}

const nextSteps = `next:
  pip install xetcache pre-commit, then pre-commit install
  "import xetcache" in the first cell of a notebook
  xetmemo-lint annotate NOTEBOOK, run it, and commit xmemo/ with it
`

func write(path string, c setup.Change) error {
	if c.Before != nil {
		return files.Replace(path, c.Before, c.After)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, c.After, 0o666)
}
