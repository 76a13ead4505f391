package main

// The command line as a whole: commands, exit codes, errors.

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/ledger"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/memo"
	"github.com/xetmemo/xetmemo-lint/internal/rules"
	"github.com/xetmemo/xetmemo-lint/internal/since"
	"github.com/xetmemo/xetmemo-lint/internal/spell"
)

// The exit codes, the highest that applies.
const (
	exitDone     = 0
	exitFindings = 1 // or changes found by --check and --diff
	exitInput    = 2 // wrong usage, unreadable or invalid input
	exitInternal = 3
)

// app is one run of the program.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	color          string
	stdinFilename  string // stands for standard input in messages, and says where local modules are
	exit           int
	badConfigs     []string // that were spoken of
	notices        notices
	loader         load.Loader
	memos          memo.Cache
	outputs        since.Outputs
	ledgers        ledger.Cache
}

// run runs a command line and returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	a.loader.Configs.Rule = rules.Known
	root := a.command()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	panicked := files.Protect(func() {
		if err := root.Execute(); err != nil {
			fmt.Fprintf(stderr, "xetmemo-lint: %v\n", err)
			a.fail(exitInput)
		}
	})
	if panicked != nil {
		a.internal("", panicked)
	}
	return a.exit
}

func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "xetmemo-lint",
		Short: "Write and check the %%xetmemo headers of Jupyter notebooks",
		Long: `xetmemo-lint finds what each cell of a notebook reads and what it leaves behind, writes that
into the cell's %%xetmemo header, and says where a header is wrong.

Exit codes: 0 clean or done; 1 findings, or changes found by --check or --diff; 2 wrong usage,
unreadable or invalid input (every other file is still processed); 3 an internal error.`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("unknown command %q: %s", args[0], meant(args[0], commandNames(c), "xetmemo-lint --help"))
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			_ = c.Help()
			return errors.New("a command is needed")
		},
	}
	root.SetVersionTemplate(versionLine())
	root.PersistentFlags().StringVar(&a.color, "color", "auto", "colour output: auto, always or never")
	root.PersistentPreRunE = func(_ *cobra.Command, args []string) error {
		switch {
		case a.color != "auto" && a.color != "always" && a.color != "never":
			return fmt.Errorf("--color: %q is none of auto, always, never", a.color)
		case a.stdinFilename != "" && !slices.Contains(args, stdin):
			return errors.New("--stdin-filename goes with the path -")
		}
		return nil
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		name := strings.TrimPrefix(err.Error(), "unknown flag: ")
		return fmt.Errorf("%w: %s", err, meant(name, flagNamesOf(c), c.CommandPath()+" --help"))
	})
	root.AddCommand(a.annotateCommand(), a.checkCommand(), a.analyzeCommand(), a.ruleCommand(), a.versionCommand())
	root.AddCommand(a.explainCommand(), a.depsCommand(), a.graphCommand(), a.stripCommand(), a.migrateCommand(), a.statusCommand(), a.pruneCommand(), a.initCommand(), a.lspCommand(), a.kernelCommand())
	return root
}

// meant is what to say of a word that there is not: the word that it is like, else where all are.
func meant(word string, words []string, help string) string {
	if near := spell.Nearest(word, words); near != "" {
		return "is it " + near + "?"
	}
	return "see " + help
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

func flagNamesOf(c *cobra.Command) []string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return names
}

// stdinFlag adds --stdin-filename to a command that takes the path "-".
func (a *app) stdinFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.stdinFilename, "stdin-filename", "", "name of the notebook that PATH - reads from standard input")
}

func (a *app) fail(code int) { a.exit = max(a.exit, code) }

// complain reports what is wrong with a file.
func (a *app) complain(path, message string) {
	fmt.Fprintf(a.stderr, "%s: %s\n", path, message)
	a.fail(exitInput)
}

// internal reports a defect of this program.
func (a *app) internal(path string, p *files.Panic) {
	where := ""
	if path != "" {
		where = " while working on " + path
	}
	fmt.Fprintf(a.stderr, "xetmemo-lint: internal error%s: %v; please report this line with version %s, %s and, if you can, the notebook\n",
		where, p, version(), runtime.Version())
	a.fail(exitInternal)
}

// number checks how many arguments there are, and says how the command is written.
func number(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) != nil {
			return fmt.Errorf("%s given: write %s", count(len(args), "argument"), c.UseLine())
		}
		return nil
	}
}

// paths checks that there is something to work on.
func paths(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("nothing to do: name notebooks or folders")
	}
	return nil
}
