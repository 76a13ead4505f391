package main

// What is said once in a run about a folder: old memos, tools that don't know the magic.

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/memo"
	"github.com/xetmemo/xetmemo-lint/internal/trace"
)

// notices are said once in a run, about the folders of notebooks that are changed.
type notices struct {
	seen  map[string]bool
	texts []string
}

// changed looks at the folder of a notebook whose headers change.
func (n *notices) changed(path string) {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil || n.seen[dir] {
		return
	}
	n.see(dir)
	if hasOldMemos(filepath.Join(dir, "xmemo")) {
		n.add("note: xmemo/ holds memos of XetCache 0.0.2; cells whose header changes run once more")
	}
	for d := dir; ; {
		for _, c := range toolConfigs {
			text, err := os.ReadFile(filepath.Join(d, c.file))
			if err == nil && strings.Contains(string(text), c.table) && !strings.Contains(string(text), c.knows) {
				n.add(c.notice)
			}
		}
		parent := filepath.Dir(d)
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil || parent == d {
			return
		}
		d = parent
	}
}

// configs says what is odd in the configurations that held.
func (n *notices) configs(read *config.Finder) {
	for _, text := range read.Warnings() {
		n.add("warning: " + text)
	}
}

// stores says which stores hold files that can't be used. Why is for status to say.
func (n *notices) stores(read *memo.Cache) {
	for _, s := range read.All() {
		if len(s.Problems) > 0 {
			n.add(fmt.Sprintf("note: %s in %s can't be read as a memo; xetmemo-lint status NB says why", count(len(s.Problems), "file"), s.Root))
		}
	}
}

// records says how much of a file of records was of no use.
func (n *notices) records(name string, f *trace.File) {
	if k := f.Unused(); k > 0 {
		n.add(fmt.Sprintf("note: %s: %s left out: no cell that was checked is still as it was then", name, count(k, "record")))
	}
	if len(f.Bad) > 0 {
		n.add(fmt.Sprintf("note: %s: %s left out that %%xetmemo_trace didn't write, the first is line %d", name, count(len(f.Bad), "line"), f.Bad[0]))
	}
}

func (n *notices) add(text string) {
	if !n.seen[text] {
		n.see(text)
		n.texts = append(n.texts, text)
	}
}

func (n *notices) see(what string) {
	if n.seen == nil {
		n.seen = map[string]bool{}
	}
	n.seen[what] = true
}

func (n *notices) print(w io.Writer) {
	for _, text := range n.texts {
		fmt.Fprintln(w, text)
	}
}

// toolConfigs are the configurations of tools that skip cells whose magic they don't know.
var toolConfigs = []struct{ file, table, knows, notice string }{
	{"pyproject.toml", "[tool.black", "xetmemo", blackNotice},
	{"pyproject.toml", "[tool.ruff", "ipynb", ruffNotice},
	{"ruff.toml", "", "ipynb", ruffNotice},
	{".ruff.toml", "", "ipynb", ruffNotice},
}

const (
	blackNotice = `note: black skips cells with %%xetmemo unless pyproject.toml says [tool.black] python-cell-magics = ["xetmemo"]`
	ruffNotice  = `note: ruff skips cells with %%xetmemo and takes imports used only there for unused; [tool.ruff.lint.per-file-ignores] "*.ipynb" = ["F401"] keeps them`
)

// hasOldMemos says whether a folder holds memos of XetCache 0.0.2, which are pickles.
func hasOldMemos(dir string) bool {
	found := false
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir
		case e.IsDir() && (e.Name() == "blobs" || e.Name() == "k"): // of the present format, and many
			return fs.SkipDir
		case filepath.Ext(path) == ".pickle":
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}
