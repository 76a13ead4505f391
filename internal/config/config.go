// Package config reads .xetmemo.yaml, and the same settings in a notebook's metadata.
//
// A configuration is read strictly: a setting we don't know, or a value of the wrong type, is an
// error with its line and column. The settings are those of settings.go, which the JSON schema
// is made from, too.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
	"gopkg.in/yaml.v3"
)

// FileName is the name of the configuration file, looked for from the notebook's folder upwards.
const FileName = ".xetmemo.yaml"

// Config is what a configuration sets. The zero Config holds the defaults.
type Config struct {
	// Version is the Python of notebooks that don't say theirs: "3.11".
	Version string
	// Outputs is "live" (the default) or "all".
	Outputs string
	// Functions is "all" (the default) or "direct".
	Functions string
	// NoImport says that the runtime is loaded without an import in the notebook.
	NoImport bool
	// Runtime is "2023" where cells run under XetCache 0.0.2; "" (the default) means the present one.
	Runtime string
	// Pins says whether headers come with the digest of the functions reached.
	Pins bool
	// Threshold is the recorded duration in seconds from which a cell counts as slow; 3 when nil.
	Threshold *float64
	// Knowledge says what library calls do: library → path below it → facts.
	Knowledge map[string]map[string]string
	// Select, ExtendSelect and Ignore are rules by code, prefix of a code, or name.
	Select, ExtendSelect, Ignore []string
	// FileIgnores are rules to ignore in some files.
	FileIgnores []FileIgnore
	// Warnings are what is odd in the files, with its place, but no error.
	Warnings []string
	// Files are the configuration files that were read, the nearest first.
	Files []string

	paths   []string // absolute
	exclude []glob
}

// XetCache002 is the Runtime of 2023.
const XetCache002 = "2023"

// FileIgnore ignores rules in the files that a glob below a folder matches.
type FileIgnore struct {
	Dir, Glob string
	Rules     []string
}

type glob struct{ dir, pattern string }

// Default is the configuration where there is no file.
var Default = &Config{}

// DefaultThreshold is the duration in seconds from which the runtime stores a memo.
const DefaultThreshold = 3.0

// Seconds is the threshold in seconds.
func (c *Config) Seconds() float64 {
	if c.Threshold == nil {
		return DefaultThreshold
	}
	return *c.Threshold
}

// Folders are the configured folders with local modules, absolute.
func (c *Config) Folders() []string { return slices.Clone(c.paths) }

// Excludes says whether a file or folder, by its absolute path, is left out. A glob without a
// slash matches names at any depth, one with a slash paths from the configuration's folder.
func (c *Config) Excludes(path string) bool {
	return slices.ContainsFunc(c.exclude, func(g glob) bool { return Match(g.dir, g.pattern, path) })
}

// Match says whether a glob of a configuration in a folder matches an absolute path.
func Match(dir, pattern, path string) bool {
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return false
	}
	pattern = strings.TrimSuffix(pattern, "/")
	if !strings.Contains(pattern, "/") {
		pattern = "**/" + pattern
	}
	ok, _ := doublestar.Match(strings.TrimPrefix(pattern, "/"), filepath.ToSlash(rel))
	return ok
}

// Finder finds the configuration of each notebook and reads each file once. It may be used by
// several goroutines at once.
type Finder struct {
	// Rule says what is wrong with the name of a rule; nil: names are not checked.
	Rule func(name string) error

	mu    sync.Mutex
	byDir map[string]found
}

type found struct {
	config *Config
	err    error
}

// For returns the configuration that holds in a folder: that of the nearest file upwards.
func (f *Finder) For(dir string) (*Config, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byDir == nil {
		f.byDir = map[string]found{}
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	r := f.find(dir)
	return r.config, r.err
}

// Warnings are those of the configurations found so far.
func (f *Finder) Warnings() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, r := range f.byDir {
		if r.config != nil {
			all = append(all, r.config.Warnings...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (f *Finder) find(dir string) found {
	if r, ok := f.byDir[dir]; ok {
		return r
	}
	r := found{config: Default}
	path := filepath.Join(dir, FileName)
	if src, err := os.ReadFile(path); err == nil {
		c, err := f.read(path, src, nil)
		r = found{c, err}
	} else if !errors.Is(err, os.ErrNotExist) {
		r = found{nil, fmt.Errorf("%s: can't be read: %s", path, plain(err))}
	} else if parent := filepath.Dir(dir); parent != dir {
		r = f.find(parent)
	}
	f.byDir[dir] = r
	return r
}

// plain is an error of the file system without the path, in words.
func plain(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return err.Error()
}

// read reads a file's content and the files it extends. Under are the files on the way here. An error
// names file, line and column.
func (f *Finder) read(path string, src []byte, under []string) (*Config, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		return nil, placed(path, src, err)
	}
	c := &Config{Files: []string{path}}
	if len(root.Content) == 0 {
		return c, nil
	}
	d := &decoder{config: c, path: path, dir: filepath.Dir(path), rule: f.Rule}
	d.extend = func(n *yaml.Node, name string) {
		base := name
		if !filepath.IsAbs(base) {
			base = filepath.Join(d.dir, filepath.FromSlash(name))
		}
		if slices.Contains(append(under, path), base) {
			d.fail(n, "extends: %s extends itself", name)
			return
		}
		text, err := os.ReadFile(base)
		if err != nil {
			d.fail(n, "extends: can't read %s: %s", name, plain(err))
			return
		}
		other, err := f.read(base, text, append(under, path))
		if err != nil {
			d.errs = append(d.errs, err)
			return
		}
		c.inherit(other)
	}
	d.decode(root.Content[0])
	if len(d.errs) > 0 {
		return nil, errors.Join(d.errs...)
	}
	return c, nil
}

// inherit takes over what another configuration sets.
func (c *Config) inherit(other *Config) {
	files, warnings := append(c.Files, other.Files...), c.Warnings
	knowledge := maps.Clone(c.Knowledge)
	ignores := c.FileIgnores
	*c = *other
	c.Files, c.Warnings = files, slices.Concat(warnings, other.Warnings)
	c.Knowledge = mergeKnowledge(knowledge, other.Knowledge)
	c.FileIgnores = slices.Concat(ignores, other.FileIgnores)
}

func mergeKnowledge(base, more map[string]map[string]string) map[string]map[string]string {
	if len(base) == 0 {
		return more
	}
	merged := maps.Clone(base)
	for library, entries := range more {
		e := maps.Clone(merged[library])
		if e == nil {
			e = map[string]string{}
		}
		maps.Copy(e, entries)
		merged[library] = e
	}
	return merged
}
