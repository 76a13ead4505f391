package resident

// The local modules, as their files are now: a kernel lives for hours, in which they are edited.

import (
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/modules"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

type localModules struct {
	version pyast.Version
	library func(name string) bool

	folder string
	paths  []string
	cache  *modules.Cache
	finder *modules.Finder
	stamps map[string]stamp // of what the finder looked at, as of then
	edited []string         // modules whose text changed after they were loaded, in order
}

// stamp tells one state of a file from another; the zero stamp is that of one that isn't there.
type stamp struct {
	size     int64
	modified time.Time
	folder   bool
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime(), info.IsDir()}
}

// look brings the finder up to date and says whether it is another one.
func (m *localModules) look(folder string, paths []string) bool {
	folder = filepath.Clean(folder)
	if m.finder != nil && folder == m.folder && slices.Equal(paths, m.paths) && !m.changed() {
		return false
	}
	m.folder, m.paths = folder, slices.Clone(paths)
	m.cache = &modules.Cache{}
	m.finder = m.cache.For(modules.Options{Folder: folder, Paths: paths, Version: m.version, Library: m.library})
	m.stamps = map[string]stamp{}
	m.watch()
	return true
}

// watch takes the stamps of what the finder has looked at and that has none so far.
func (m *localModules) watch() {
	see := func(path string) {
		if _, ok := m.stamps[path]; !ok {
			m.stamps[path] = stampOf(path)
		}
	}
	for _, dir := range append([]string{m.folder}, m.paths...) {
		see(dir)
	}
	for _, path := range m.finder.Reached() {
		see(path)
	}
}

func (m *localModules) changed() bool {
	m.watch()
	for path, before := range m.stamps {
		now := stampOf(path)
		if now.folder != before.folder || !now.modified.Equal(before.modified) || !now.folder && now.size != before.size {
			return true
		}
	}
	return false
}

// renew tells the graph of the loaded modules that have another text now.
func (m *localModules) renew(g *deps.Graph) {
	for _, old := range g.Loaded() {
		now := m.finder.Find(old.Name)
		if now == nil || now.Summary.File.Source == old.Summary.File.Source {
			continue
		}
		g.Edited(now)
		if !slices.Contains(m.edited, old.Name) {
			m.edited = append(m.edited, old.Name)
		}
	}
}
