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
		Long: `init shows what it would write, and writes it when you agree: .xetmemo.yaml, an entry in
.pre-commit-config.yaml, a GitHub workflow, and where black or ruff are configured, that they let
cells with the magic be. What is set up already stays as it is.`,
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
	changes, err := setup.Plan(dir, setup.Options{Repo: o.repo, Rev: o.rev, Action: strings.TrimPrefix(repository, "https://github.com/")})
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		fmt.Fprintln(a.stderr, "everything is set up")
		return nil
	}
	for _, c := range changes {
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
	for _, c := range changes {
		if err := write(filepath.Join(dir, c.Path), c); err != nil {
			return fmt.Errorf("%s: %w", filepath.ToSlash(c.Path), err)
		}
	}
	return nil
}

func write(path string, c setup.Change) error {
	if c.Before != nil {
		return files.Replace(path, c.Before, c.After)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, c.After, 0o666)
}
