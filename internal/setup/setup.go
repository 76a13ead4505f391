// Package setup plans what a project needs so that headers are kept right: the configuration, a
// pre-commit entry, a CI workflow, and what other tools must know of the magic. Files that are
// there are changed by inserting lines; what is set up already is left alone.
package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/config"
)

// Options say where the hooks come from.
type Options struct {
	Repo, Rev string
	Action    string // owner/name of the GitHub action
}

// A Change is a file to write. Before is nil for a new one.
type Change struct {
	Path          string // from the project's folder
	Before, After []byte
}

// A Setup is what is to be done for a project, and what to say of it.
type Setup struct {
	Changes []Change
	// Notes say what in the repository works against memos that are shared.
	Notes []string
}

// Plan returns what sets the project in a folder up. The configuration belongs in that folder; hooks, workflows and
// other tools look at the root of the repository.
func Plan(dir string, o Options) (*Setup, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s: not a folder", dir)
	}
	root := rootOf(dir)
	up, below := relative(dir, root), filepath.ToSlash(relative(root, dir))
	p := planner{dir: dir}
	p.create(".xetmemo.yaml", configuration)
	p.change(filepath.Join(up, ".pre-commit-config.yaml"), func(text string) (string, error) { return preCommit(text, o) })
	p.create(filepath.Join(up, ".github", "workflows", "xetmemo.yml"), workflow(o, mainBranch(root), below))
	p.tools(".")
	if up != "." {
		p.tools(up)
	}
	if strings.Contains(read(root, ".pre-commit-config.yaml"), "ruff") && !p.ruff {
		p.create(filepath.Join(up, "ruff.toml"), "[lint.per-file-ignores]\n"+ruffIgnores+"\n")
	}
	return &Setup{p.changes, notes(root)}, p.err
}

type planner struct {
	dir     string
	ruff    bool // it has a configuration
	changes []Change
	err     error
}

// tools lets black and ruff know of the magic where they are configured in a folder.
func (p *planner) tools(folder string) {
	p.existing(filepath.Join(folder, "pyproject.toml"), func(text string) (string, error) {
		p.ruff = p.ruff || strings.Contains(text, "[tool.ruff")
		return ruff(black(text), "tool.ruff.")
	})
	for _, name := range []string{"ruff.toml", ".ruff.toml"} {
		p.existing(filepath.Join(folder, name), func(text string) (string, error) {
			p.ruff = true
			return ruff(text, "")
		})
	}
}

// create makes a file that isn't there.
func (p *planner) create(name, text string) {
	if _, err := os.Lstat(filepath.Join(p.dir, name)); errors.Is(err, fs.ErrNotExist) {
		p.changes = append(p.changes, Change{name, nil, []byte(text)})
	}
}

// existing changes a file if it is there.
func (p *planner) existing(name string, edit func(string) (string, error)) {
	if _, err := os.Stat(filepath.Join(p.dir, name)); err == nil {
		p.change(name, edit)
	}
}

func (p *planner) change(name string, edit func(string) (string, error)) {
	before, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.err = errors.Join(p.err, err)
		return
	}
	after, err := edit(string(before))
	if err != nil {
		p.err = errors.Join(p.err, fmt.Errorf("%s: %w", name, err))
		return
	}
	if after != string(before) {
		p.changes = append(p.changes, Change{name, before, []byte(after)})
	}
}

const configuration = `# Settings of xetmemo-lint; the values are the defaults.
outputs: live # what headers list as output: live (what later cells use) or all
functions: all # what they list of functions: all that are reached, or direct
threshold: 3 # recorded seconds from which a cell counts as slow
# ignore: [XM304]
# per-file-ignores:
#   "drafts/*.ipynb": [XM4]
`

// preCommit adds the hooks to the list of repositories.
func preCommit(text string, o Options) (string, error) {
	if strings.Contains(text, "xetmemo-check") || strings.Contains(text, "xetmemo-annotate") {
		return text, nil
	}
	return config.AppendItem(text, "repos", []string{"- repo: " + o.Repo, "  rev: " + o.Rev, "  hooks:", "    - id: xetmemo-annotate", "    - id: xetmemo-check"})
}

func workflow(o Options, branch, folder string) string {
	return `name: xetmemo
on:
  pull_request:
  push:
    branches: [` + branch + `]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ` + o.Action + `@` + o.Rev + `
        with:
          paths: ` + folder + `
`
}

var (
	blackTable  = regexp.MustCompile(`(?m)^\[tool\.black\][ \t]*(#.*)?\r?\n`)
	blackMagics = regexp.MustCompile(`(?m)^python-cell-magics[ \t]*=[ \t]*\[`)
	nextTable   = regexp.MustCompile(`(?m)^\[`)
)

// black lets black format cells with the magic.
func black(text string) string {
	table := blackTable.FindStringIndex(text)
	if table == nil {
		return text
	}
	body := text[table[1]:]
	if next := nextTable.FindStringIndex(body); next != nil {
		body = body[:next[0]]
	}
	list := blackMagics.FindStringIndex(body)
	if list == nil {
		return text[:table[1]] + "python-cell-magics = [\"xetmemo\"]\n" + text[table[1]:]
	}
	at := table[1] + list[1]
	items, _, _ := strings.Cut(body[list[1]:], "]")
	switch {
	case strings.Contains(items, `"xetmemo"`) || strings.Contains(items, `'xetmemo'`):
		return text
	case strings.TrimSpace(items) == "":
		return text[:at] + `"xetmemo"` + text[at:]
	}
	return text[:at] + `"xetmemo", ` + text[at:]
}

// ruffIgnores are the rules that go wrong where cells are skipped: unused imports and undefined names.
const ruffIgnores = `# ruff skips cells with %%xetmemo, and would take what only they use or bind for unused or undefined.
"*.ipynb" = ["F401", "F821"]`

// ruff keeps ruff from taking for unused, or undefined, what cells with the magic use or bind: it skips them.
func ruff(text, prefix string) (string, error) {
	if prefix != "" && !strings.Contains(text, "[tool.ruff") {
		return text, nil
	}
	notebooks := regexp.MustCompile(`(?m)^[ \t]*["'][^"'\n]*\.ipynb["'][ \t]*=[ \t]*\[([^\]]*)\]`)
	for _, m := range notebooks.FindAllStringSubmatch(text, -1) {
		if strings.Contains(m[1], `"F401"`) || strings.Contains(m[1], `"F"`) || strings.Contains(m[1], `"ALL"`) {
			return text, nil
		}
	}
	name := "per-file-ignores"
	if !tableOf(prefix+"lint."+name).MatchString(text) && strings.Contains(text, name) {
		name = "extend-per-file-ignores" // there is one in another form
	}
	if at := tableOf(prefix + "lint." + name).FindStringIndex(text); at != nil {
		if notebooks.MatchString(text[at[1]:]) {
			return "", errors.New("ruff's " + name + ` has an entry for notebooks: add "F401" and "F821" to it by hand`)
		}
		return text[:at[1]] + ruffIgnores + "\n" + text[at[1]:], nil
	}
	return strings.TrimRight(text, "\n") + "\n\n[" + prefix + "lint." + name + "]\n" + ruffIgnores + "\n", nil
}

// tableOf finds the header of a table and the end of its line.
func tableOf(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^\[` + regexp.QuoteMeta(name) + `\][ \t]*(#.*)?\r?\n`)
}
