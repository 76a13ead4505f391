// Package modules finds the local modules that notebooks import and the scripts they run.
//
// A module is local when an import resolves to it below the notebook's folder, the project's
// root or a configured path, in Python's order: a package or a .py file in the first folder
// that has one, else a folder without an __init__ (PEP 420). The notebook's folder comes first
// on sys.path, so that what lies there wins over installed packages; in the other folders, and
// for folders without an __init__, a known library wins.
package modules

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// MaxSize is the size in bytes above which a file is taken for data, not for a module.
const MaxSize = 1 << 20

// Finder finds the modules of one notebook. It implements deps.Modules. It may be used by one
// goroutine at a time; the Cache behind it by any number.
type Finder struct {
	cache   *Cache
	version pyast.Version
	folder  string   // of the notebook
	roots   []string // further folders, in order
	library func(name string) bool
	written map[string]string // what %%writefile cells write, by path
	found   map[string]*deps.Module
	scripts []string // paths of those that %run names
}

// Options are what a Finder needs to know of its notebook.
type Options struct {
	Folder  string        // the notebook's, absolute
	Paths   []string      // folders that the configuration or the notebook adds, absolute
	Version pyast.Version // the notebook's
	// Library says whether a top-level module is known to come from outside.
	Library func(name string) bool
	// Written is what the notebook's %%writefile cells write, by path as written there.
	Written map[string]string
}

// For returns a Finder for one notebook.
func (c *Cache) For(o Options) *Finder {
	f := &Finder{cache: c, version: o.Version, folder: filepath.Clean(o.Folder), library: o.Library, found: map[string]*deps.Module{}}
	if root := c.ProjectRoot(f.folder); root != "" && root != f.folder {
		f.roots = append(f.roots, root)
	}
	f.roots = append(f.roots, o.Paths...)
	for path, text := range o.Written {
		if f.written == nil {
			f.written = map[string]string{}
		}
		f.written[f.absolute(path)] = text
	}
	return f
}

func (f *Finder) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(f.folder, filepath.FromSlash(path))
}

// Find returns the local module of that dotted name, or nil.
func (f *Finder) Find(name string) *deps.Module {
	m, ok := f.found[name]
	if !ok {
		if validName(name) {
			m = f.find(name)
		}
		f.found[name] = m
	}
	return m
}

func validName(name string) bool {
	return name != "" && !strings.ContainsAny(name, `/\`) && !strings.Contains(name, "..") && name[0] != '.' && name[len(name)-1] != '.'
}

func (f *Finder) find(name string) *deps.Module {
	parts := strings.Split(name, ".")
	outside := f.library != nil && f.library(parts[0])
	if m := f.in(f.folder, name, parts); m != nil {
		return m
	}
	if !outside {
		for _, root := range f.roots {
			if m := f.in(root, name, parts); m != nil {
				return m
			}
		}
		for _, root := range append([]string{f.folder}, f.roots...) {
			if dir := filepath.Join(root, filepath.Join(parts...)); f.cache.namespace(dir) {
				return &deps.Module{Name: name, Path: dir, Package: true, Summary: closure.Summarize(pyast.Parse("", pyast.Options{Version: f.version}))}
			}
		}
	}
	return nil
}

// in looks for a package or a file below one folder. Each package on the way there must be one
// that Python would find.
func (f *Finder) in(root, name string, parts []string) *deps.Module {
	dir := filepath.Join(root, filepath.Join(parts[:len(parts)-1]...))
	last := parts[len(parts)-1]
	for _, c := range []struct {
		path string
		pkg  bool
	}{{filepath.Join(dir, last, "__init__.py"), true}, {filepath.Join(dir, last+".py"), false}} {
		if text, ok := f.written[c.path]; ok {
			return &deps.Module{Name: name, Path: c.path, Package: c.pkg, Summary: summarize(text, f.version, false)}
		}
		if !f.cache.has(filepath.Dir(c.path), filepath.Base(c.path)) {
			continue
		}
		if s := f.cache.summary(c.path, f.version); s != nil {
			return &deps.Module{Name: name, Path: c.path, Package: c.pkg, Summary: s}
		}
	}
	return nil
}

// Script returns the script or notebook that %run names, relative to the notebook's folder, or
// nil. As in IPython, ".py" may be left out.
func (f *Finder) Script(path string) *deps.Module {
	path = f.absolute(path)
	for _, p := range []string{path, path + ".py"} {
		name := filepath.Base(p)
		if text, ok := f.written[p]; ok {
			return &deps.Module{Name: name, Path: p, Summary: summarize(text, f.version, filepath.Ext(p) != ".py")}
		}
		switch filepath.Ext(p) {
		case ".py", ".ipy", ".ipynb":
			if s := f.cache.summary(p, f.version); s != nil {
				f.scripts = append(f.scripts, p)
				return &deps.Module{Name: name, Path: p, Summary: s}
			}
		}
	}
	return nil
}

// Reached are the paths of the modules and scripts that were found so far, and of those that
// would have been taken had they been there.
func (f *Finder) Reached() []string {
	paths := slices.Clone(f.scripts)
	for name, m := range f.found {
		if m != nil {
			paths = append(paths, m.Path)
			continue
		}
		if !validName(name) {
			continue
		}
		for _, root := range append([]string{f.folder}, f.roots...) {
			path := filepath.Join(root, filepath.FromSlash(strings.ReplaceAll(name, ".", "/")))
			paths = append(paths, path+".py", filepath.Join(path, "__init__.py"))
		}
	}
	return paths
}
