// Package load takes a notebook from its bytes to the linked graph of its cells. Each cell is
// parsed once; everything a command does later works from what is kept here.
package load

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/modules"
	"github.com/xetmemo/xetmemo-lint/internal/versions"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

// Notebook is a notebook with the analysis of its cells.
type Notebook struct {
	rewrite.Book
	Path   string // as the user named it
	Config *config.Config
	// Modules found the local modules that the notebook reaches.
	Modules *modules.Finder
}

// Loader holds what all notebooks of a run share. It may be used by several goroutines at once.
type Loader struct {
	Modules modules.Cache
	Configs config.Finder
	Sources deps.Sources
	// Versions are those of the libraries that notebooks run with.
	Versions versions.Finder
}

// Load reads a notebook. Its folder is that of path, whether or not there is such a file. The
// error is an *ipynb.Error, or one that tells what is wrong with the configured knowledge.
func (l *Loader) Load(path string, src []byte, cfg *config.Config) (*Notebook, error) {
	return l.Reload(path, src, cfg, nil)
}

// Reload is Load for a notebook of which an earlier state was loaded: only cells whose text is
// new are parsed.
func (l *Loader) Reload(path string, src []byte, cfg *config.Config, before *Notebook) (*Notebook, error) {
	book, err := ipynb.Parse(src)
	if err != nil {
		return nil, err
	}
	if cfg, err = l.Configs.InNotebook(cfg, path, book.Metadata()); err != nil {
		return nil, err
	}
	nb := &Notebook{Book: rewrite.Book{Notebook: book}, Path: path, Config: cfg}
	base := knowledge.Default()
	if len(cfg.Knowledge) > 0 {
		if base, err = base.With(cfg.Knowledge); err != nil {
			return nil, err
		}
	}
	version := Version(book.LanguageVersion, cfg)
	parsed := before.summaries(version)
	var units []deps.Unit
	written := map[string]string{}
	folder := filepath.Dir(path)
	if abs, err := filepath.Abs(folder); err == nil {
		folder = abs
	}
	paths := cfg.Folders()
	bound := variables{names: map[string]bool{}}
	for i := range book.Cells {
		c := &book.Cells[i]
		if c.Kind != ipynb.Code {
			continue
		}
		nb.Code = append(nb.Code, i)
		var u deps.Unit
		if book.Language == "python" && c.Language == "" {
			u.Summary = parsed.take(c.Source, &bound)
			if u.Summary == nil { // of a text of its own: the cells' are parts of one, which the summary would keep
				u.Summary = closure.Summarize(pyast.Parse(strings.Clone(c.Source), pyast.Options{Version: version, Notebook: true, Automagic: bound.automagic}))
			}
			bound.add(u.Summary)
			for _, f := range u.Summary.Written {
				if f.Append {
					f.Text = written[f.Path] + f.Text
				}
				written[f.Path] = f.Text
			}
			paths = append(paths, AddedPaths(u.Summary, folder)...)
		}
		units = append(units, u)
	}
	finder := l.Modules.For(modules.Options{Folder: folder, Paths: paths, Version: version, Library: base.Knows, Written: written})
	nb.Modules = finder
	nb.Graph = deps.Link(units, deps.Options{Knowledge: base, Modules: finder, Sources: &l.Sources, NoAwait: cfg.Runtime == config.XetCache002,
		Major: func(library string) int { return l.Versions.Major(library, folder, l.Modules.ProjectRoot(folder)) }})
	return nb, nil
}

// summaries are those of a notebook's cells, by text. Of cells with one text each has its own:
// the analysis tells cells apart by their summaries.
type summaries map[string][]*closure.Summary

func (nb *Notebook) summaries(version pyast.Version) summaries {
	if nb == nil {
		return nil
	}
	found := make(summaries, len(nb.Graph.Cells))
	for _, c := range nb.Graph.Cells {
		if s := c.Summary; s != nil && s.File.Version == version {
			found[s.File.Source] = append(found[s.File.Source], s)
		}
	}
	return found
}

func (s summaries) take(text string, bound *variables) *closure.Summary {
	list := s[text]
	if len(list) == 0 || !bound.stillHolds(list[0].File) {
		return nil
	}
	s[text] = list[1:]
	return list[0]
}

// Style is how the configuration wants headers.
func (nb *Notebook) Style() rewrite.Style {
	return rewrite.Style{Outputs: nb.Config.Outputs, Functions: nb.Config.Functions, Pins: nb.Config.Pins}
}

// Annotate plans the headers of units, and what they need above them.
func (nb *Notebook) Annotate(units []int, s rewrite.Style) []rewrite.Edit {
	edits := nb.Plan(units, s)
	if nb.Config.NoImport {
		return edits
	}
	return nb.WithImport(edits)
}

// Version is the Python version of a notebook: its own, else the configured one, else 3.12.
func Version(recorded string, cfg *config.Config) pyast.Version {
	for _, text := range []string{recorded, cfg.Version} {
		major, rest, _ := strings.Cut(text, ".")
		minor, _, _ := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(minor); err == nil && major == "3" && n >= 0 {
			return pyast.Version(n)
		}
	}
	return 12
}

// AddedPaths are the folders that a cell which runs in the given folder adds to sys.path.
func AddedPaths(s *closure.Summary, folder string) []string {
	var paths []string
	for _, path := range s.Paths {
		if path = filepath.FromSlash(path); !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		paths = append(paths, path)
	}
	return paths
}

// OtherLanguage is the message about a notebook that is not Python.
func OtherLanguage(language string) string {
	return "the notebook is in " + language + ", only Python notebooks are supported"
}
