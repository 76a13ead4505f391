package modules

// What was read of folders and files, once for a run.

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Cache holds what was read of folders and files, for all notebooks of a run: each is read, and
// each file parsed, once. It may be used by several goroutines at once.
type Cache struct {
	// Unsaved is the text of files that an editor holds, by path: it counts, not what is on disk.
	// It is not changed while the Cache is in use.
	Unsaved map[string]string

	folders sync.Map // path → *folder
	sources sync.Map // sourceKey → *source
	roots   sync.Map // folder → project root
	reals   sync.Map // path → path without links
}

type folder struct {
	once  sync.Once
	names map[string]bool // name → whether it is a folder
}

type sourceKey struct {
	path    string
	version pyast.Version
}

type source struct {
	once    sync.Once
	summary *closure.Summary
}

// list returns the names in a folder, none when it can't be read.
func (c *Cache) list(path string) map[string]bool {
	v, _ := c.folders.LoadOrStore(path, &folder{})
	f := v.(*folder)
	f.once.Do(func() {
		entries, err := os.ReadDir(path)
		if err != nil {
			return
		}
		f.names = make(map[string]bool, len(entries))
		for _, e := range entries {
			dir := e.IsDir()
			if e.Type()&os.ModeSymlink != 0 {
				info, err := os.Stat(filepath.Join(path, e.Name()))
				dir = err == nil && info.IsDir()
			}
			f.names[e.Name()] = dir
		}
		for file := range c.Unsaved {
			if filepath.Dir(file) == path {
				f.names[filepath.Base(file)] = false
			}
		}
	})
	return f.names
}

func (c *Cache) has(dir, name string) bool {
	// The folder above is listed first: most names looked for don't exist, and listing what isn't
	// there costs a system call each.
	if parent := filepath.Dir(dir); name == "__init__.py" {
		if isDir, ok := c.list(parent)[filepath.Base(dir)]; !ok || !isDir {
			return false
		}
	}
	isDir, ok := c.list(dir)[name]
	return ok && !isDir
}

// namespace says whether a folder can be imported as a package without an __init__: it holds
// Python files, or packages that do. (Python takes any folder; one of data is no module to us.)
func (c *Cache) namespace(dir string) bool {
	if isDir, ok := c.list(filepath.Dir(dir))[filepath.Base(dir)]; !ok || !isDir {
		return false
	}
	for name, isDir := range c.list(dir) {
		if !isDir && strings.HasSuffix(name, ".py") {
			return true
		}
		if isDir && c.has(filepath.Join(dir, name), "__init__.py") {
			return true
		}
	}
	return false
}

// ProjectRoot is the nearest folder from dir, an absolute path, upwards with a pyproject.toml or a .git, or "".
func (c *Cache) ProjectRoot(dir string) string {
	if root, ok := c.roots.Load(dir); ok {
		return root.(string)
	}
	root := ""
	if parent := filepath.Dir(dir); isProject(dir) {
		root = dir
	} else if parent != dir {
		root = c.ProjectRoot(parent)
	}
	c.roots.Store(dir, root)
	return root
}

func isProject(dir string) bool {
	for _, name := range []string{"pyproject.toml", ".git"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// real is the path of what a path leads to when links are followed, "" if it leads nowhere.
func (c *Cache) real(path string) string {
	if p, ok := c.reals.Load(path); ok {
		return p.(string)
	}
	p, err := filepath.EvalSymlinks(path)
	if err != nil {
		p = ""
	}
	c.reals.Store(path, p)
	return p
}

// summary reads and summarizes a file, nil when it is no regular file of a module's size.
func (c *Cache) summary(path string, version pyast.Version) *closure.Summary {
	text, unsaved := c.Unsaved[path]
	if !unsaved {
		if path = c.real(path); path == "" {
			return nil
		}
		text, unsaved = c.Unsaved[path]
	}
	v, _ := c.sources.LoadOrStore(sourceKey{path, version}, &source{})
	s := v.(*source)
	s.once.Do(func() {
		if unsaved {
			s.summary = summarize(text, version, filepath.Ext(path) == ".ipy")
			return
		}
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() > MaxSize {
			return
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return
		}
		switch filepath.Ext(path) {
		case ".ipynb":
			if text, ok := notebookText(data, version); ok {
				s.summary = summarize(text, version, true)
			}
		case ".ipy":
			s.summary = summarize(string(data), version, true)
		default:
			if text, err := pyast.Decode(data); err == nil {
				s.summary = summarize(text, version, false)
			}
		}
	})
	return s.summary
}

func summarize(text string, version pyast.Version, notebook bool) *closure.Summary {
	return closure.Summarize(pyast.Parse(text, pyast.Options{Version: version, Notebook: notebook}))
}

// notebookText is the code of a notebook as %run runs it: the cells one after the other. A cell
// magic can't stand within a text: where its body is Python the body alone is taken, else nothing.
func notebookText(data []byte, version pyast.Version) (string, bool) {
	nb, err := ipynb.Parse(data)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	for _, c := range nb.Cells {
		if c.Kind != ipynb.Code {
			continue
		}
		text := c.Source
		if strings.HasPrefix(strings.TrimSpace(text), "%%") {
			f := pyast.Parse(text, pyast.Options{Version: version, Notebook: true})
			if f.RawBody {
				continue
			}
			if n := len(f.CellMagics); n > 0 {
				text = text[f.CellMagics[n-1].End:]
			}
		}
		b.WriteString(text)
		b.WriteByte('\n')
	}
	return b.String(), true
}
