package main

// The command prune: removes memos that nothing can use.

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/memo"
	"github.com/xetmemo/xetmemo-lint/internal/report"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

func (a *app) pruneCommand() *cobra.Command {
	var o pruneOptions
	c := &cobra.Command{
		Use:   "prune PATH…",
		Short: "Remove memos that no cell can use any more",
		Long: `prune removes from the xmemo/ folders of notebooks the memos of cells that are in no notebook of the
project any more, and the blobs that no memo names. Memos of calls stay, and so do those of cells
whose inputs or functions changed: these may change back. Of them --keep-latest and --max-size
remove the older ones.`,
		Example: `  xetmemo-lint prune --dry-run .
  xetmemo-lint prune analysis.ipynb
  xetmemo-lint prune --keep-latest 1 .
  xetmemo-lint prune --max-size 2GB .`,
		Args: paths,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			return a.prune(args, &o)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.dryRun, "dry-run", false, "say what would be removed, remove nothing")
	f.DurationVar(&o.grace, "grace", 24*time.Hour, "keep what is younger: the notebook that made it may not be saved yet")
	f.IntVar(&o.keepLatest, "keep-latest", 0, "of each cell that is there, keep the memos of this many sets of inputs, the latest")
	f.StringVar(&o.maxSize, "max-size", "", "remove the oldest memos of cells until xmemo/ takes no more than this: 500MB, 2GB")
	return c
}

// pruneOptions are the flags of prune.
type pruneOptions struct {
	dryRun     bool
	grace      time.Duration
	keepLatest int
	maxSize    string
	maxBytes   int64
}

var sizePattern = regexp.MustCompile(`(?i)^([0-9]+)\s*([kmg]?)b?$`)

func (o *pruneOptions) validate() error {
	if o.keepLatest < 0 {
		return fmt.Errorf("--keep-latest: %d is less than 1", o.keepLatest)
	}
	if o.maxSize == "" {
		return nil
	}
	m := sizePattern.FindStringSubmatch(o.maxSize)
	n := int64(0)
	if m != nil {
		n, _ = strconv.ParseInt(m[1], 10, 40)
		n *= map[string]int64{"": 1, "k": 1e3, "m": 1e6, "g": 1e9}[strings.ToLower(m[2])]
	}
	if n <= 0 {
		return fmt.Errorf("--max-size: %q is not a size like 500MB or 2GB", o.maxSize)
	}
	o.maxBytes = n
	return nil
}

func (a *app) prune(args []string, o *pruneOptions) error {
	var roots []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err == nil && info.IsDir() {
			below := a.storesBelow(arg)
			if len(below) == 0 {
				fmt.Fprintf(a.stdout, "%s: no %s folders\n", arg, memo.Folder)
			}
			roots = append(roots, below...)
			continue
		}
		if err != nil {
			a.complain(arg, files.Message(err))
			continue
		}
		roots = append(roots, filepath.Join(filepath.Dir(arg), memo.Folder))
	}
	slices.Sort(roots)
	for _, root := range slices.Compact(roots) {
		if err := a.pruneStore(root, o); err != nil {
			a.complain(root, files.Message(err))
		}
	}
	return nil
}

// storesBelow are the stores in a folder and the folders below it.
func (a *app) storesBelow(folder string) []string {
	var roots []string
	_ = filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil: // what can't be seen isn't pruned
			a.complain(path, files.Message(err))
		case !e.IsDir():
		case e.Name() == memo.Folder:
			roots = append(roots, path)
			return fs.SkipDir
		case e.Name() == ".git":
			return fs.SkipDir
		}
		return nil
	})
	return roots
}

func (a *app) pruneStore(root string, o *pruneOptions) error {
	store, err := memo.Read(root)
	if err != nil {
		return err
	}
	if len(store.Manifests)+len(store.Problems) == 0 {
		fmt.Fprintf(a.stdout, "%s: no memos\n", root)
		return nil
	}
	use := a.usersOf(root)
	use.Before, use.KeepLatest, use.MaxSize = time.Now().Add(-o.grace), o.keepLatest, o.maxBytes
	p, err := store.Prunable(use)
	if err != nil {
		return err
	}
	verb := "removed"
	if o.dryRun {
		verb = "would remove"
	} else if err := p.Remove(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %s %s, %s and %s, %s\n", root, verb,
		count(len(p.Memos), "memo"), count(len(p.Files), "blob"), count(len(p.Left), "temporary file"), report.Size(p.Bytes()))
	for _, m := range p.Memos {
		fmt.Fprintf(a.stdout, "  %s %s, made %s\n", memoName(m.Manifest), m.Why, m.Created.Format(time.DateOnly))
	}
	for _, k := range p.Kept {
		fmt.Fprintf(a.stdout, "  kept: %d %s\n", k.N, k.What)
	}
	for _, problem := range store.Problems {
		fmt.Fprintf(a.stdout, "  kept: %s\n", problem)
	}
	return nil
}

// memoName says in a word or two which memo it is.
func memoName(m *memo.Manifest) string {
	if len(m.Outputs) == 0 {
		return "the output"
	}
	return fmt.Sprintf("%q", strings.Join(m.Outputs, ","))
}

// usersOf gathers the cells of all notebooks that may use a store: those of the project that it is
// in, ignored and excluded ones, too.
func (a *app) usersOf(root string) memo.Use {
	use := memo.Use{Cells: map[string]bool{}}
	unknown := func(path, why string) {
		if use.Unknown == "" {
			use.Unknown = fmt.Sprintf("%s %s", filepath.ToSlash(path), why)
		}
	}
	project := filepath.Dir(root)
	if abs, err := filepath.Abs(project); err == nil {
		if above := a.loader.Modules.ProjectRoot(abs); above != "" {
			project = above
		}
	}
	err := filepath.WalkDir(project, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			unknown(path, "can't be read")
		case e.IsDir():
			if slices.Contains([]string{".git", memo.Folder, "site-packages", "node_modules"}, e.Name()) {
				return fs.SkipDir
			}
		case isLinkToFolder(path, e):
			unknown(path, "is a link to a folder, which is not followed")
		default:
			if filepath.Ext(path) == ".ipynb" {
				if err := addCells(use.Cells, path); err != nil {
					unknown(path, "can't be read: "+describe(err))
				}
			} else if mayHoldCells(path) {
				unknown(path, "may hold cells, too")
			}
		}
		return nil
	})
	if err != nil {
		unknown(root, "can't be walked")
	}
	return use
}

func isLinkToFolder(path string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// mayHoldCells says whether a file that is no notebook may be one as text (Jupytext), or run cells.
func mayHoldCells(path string) bool {
	switch filepath.Ext(path) {
	case ".py", ".ipy", ".md", ".qmd", ".Rmd":
	default:
		return false
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return true
	}
	memoized := bytes.Contains(src, []byte("%%xetmemo"))
	if strings.HasSuffix(path, "py") {
		return memoized || bytes.Contains(src, []byte("run_cell_magic"))
	}
	return memoized && bytes.Contains(src, []byte("jupytext:"))
}

// addCells notes the digests of a notebook's code cells.
func addCells(cells map[string]bool, path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	nb, err := ipynb.Parse(src)
	if err != nil {
		return err
	}
	version := load.Version(nb.LanguageVersion, config.Default)
	for i := range nb.Cells {
		if c := &nb.Cells[i]; c.Kind == ipynb.Code {
			f := pyast.Parse(c.Source, pyast.Options{Version: version, Notebook: true})
			cells[memo.CellDigest(rewrite.Body(f), version)] = true
		}
	}
	return nil
}
