// Package config reads .xetmemo.yaml.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
	"gopkg.in/yaml.v3"
)

// FileName is the name of the configuration file, looked for from the notebook's folder upwards.
const FileName = ".xetmemo.yaml"

// Config is what a configuration file sets. The zero Config holds the defaults.
type Config struct {
	// Version is the Python of notebooks that don't say theirs: "3.11".
	Version string `yaml:"version"`
	// Outputs is "live" (the default) or "all".
	Outputs string `yaml:"outputs"`
	// Functions is "all" (the default) or "direct".
	Functions string `yaml:"functions"`
	// Paths are folders with local modules, beside the notebook's folder and the project's root.
	Paths []string `yaml:"paths"`
	// Exclude are globs of files and folders that are left out when folders are walked.
	Exclude []string `yaml:"exclude"`
	// Threshold is the recorded duration in seconds from which a cell counts as slow; 3 when nil.
	Threshold *float64 `yaml:"threshold"`
	// Knowledge says what library calls do: library → path below it → facts.
	Knowledge map[string]map[string]string `yaml:"knowledge"`

	dir string // where the file is
}

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

// Folders are the configured paths, made absolute by the configuration's folder.
func (c *Config) Folders() []string {
	var folders []string
	for _, p := range c.Paths {
		if p = filepath.FromSlash(p); !filepath.IsAbs(p) {
			p = filepath.Join(c.dir, p)
		}
		folders = append(folders, p)
	}
	return folders
}

// Excludes says whether a file or folder, by its absolute path, is left out. A glob without a
// slash matches names at any depth, one with a slash paths from the configuration's folder.
func (c *Config) Excludes(path string) bool {
	rel, err := filepath.Rel(c.dir, path)
	if c.dir == "" || err != nil {
		return false
	}
	rel = filepath.ToSlash(rel)
	for _, glob := range c.Exclude {
		glob = strings.TrimSuffix(glob, "/")
		if !strings.Contains(glob, "/") {
			glob = "**/" + glob
		}
		if ok, _ := doublestar.Match(strings.TrimPrefix(glob, "/"), rel); ok {
			return true
		}
	}
	return false
}

// Finder finds the configuration of each notebook and reads each file once. It may be used by
// several goroutines at once.
type Finder struct {
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

func (f *Finder) find(dir string) found {
	if r, ok := f.byDir[dir]; ok {
		return r
	}
	r := found{config: Default}
	path := filepath.Join(dir, FileName)
	if src, err := os.ReadFile(path); err == nil {
		c, err := Parse(path, src)
		r = found{c, err}
	} else if !errors.Is(err, os.ErrNotExist) {
		r = found{nil, fmt.Errorf("%s: %w", path, err)}
	} else if parent := filepath.Dir(dir); parent != dir {
		r = f.find(parent)
	}
	f.byDir[dir] = r
	return r
}

// Parse reads a configuration. An error names file, line and column.
func Parse(path string, src []byte) (*Config, error) {
	c := &Config{dir: filepath.Dir(path)}
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		return nil, placed(path, err)
	}
	if len(root.Content) == 0 {
		return c, nil
	}
	if err := checkKeys(path, root.Content[0]); err != nil {
		return nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(src))
	d.KnownFields(true)
	if err := d.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return nil, placed(path, err)
	}
	return c, c.check(path, root.Content[0])
}

var keys = []string{"version", "outputs", "functions", "paths", "exclude", "threshold", "knowledge"}

func checkKeys(path string, m *yaml.Node) error {
	if m.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d:%d: a configuration is a list of settings, \"name: value\" each", path, m.Line, m.Column)
	}
	for i := 0; i < len(m.Content); i += 2 {
		if k := m.Content[i]; !slices.Contains(keys, k.Value) {
			return fmt.Errorf("%s:%d:%d: unknown setting %q: known are %s", path, k.Line, k.Column, k.Value, strings.Join(keys, ", "))
		}
	}
	return nil
}

var versionPattern = regexp.MustCompile(`^3\.([89]|[1-9][0-9])$`)

func (c *Config) check(path string, m *yaml.Node) error {
	bad := func(key, want string) error {
		for i := 0; i < len(m.Content); i += 2 {
			if v := m.Content[i+1]; m.Content[i].Value == key {
				return fmt.Errorf("%s:%d:%d: %s: %q is not %s", path, v.Line, v.Column, key, v.Value, want)
			}
		}
		return fmt.Errorf("%s: %s is not %s", path, key, want)
	}
	switch {
	case c.Version != "" && !versionPattern.MatchString(c.Version):
		return bad("version", "a Python version from 3.8 on, like \"3.11\"")
	case c.Outputs != "" && c.Outputs != "live" && c.Outputs != "all":
		return bad("outputs", "live or all")
	case c.Functions != "" && c.Functions != "all" && c.Functions != "direct":
		return bad("functions", "all or direct")
	case c.Threshold != nil && !(*c.Threshold >= 0):
		return bad("threshold", "a number of seconds")
	}
	for _, glob := range c.Exclude {
		if !doublestar.ValidatePattern(glob) {
			return fmt.Errorf("%s: exclude: %q is not a glob", path, glob)
		}
	}
	return nil
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:unmarshal errors:\s+)?line (\d+): (.*)`)

// placed puts the file in front of the parser's message.
func placed(path string, err error) error {
	if m := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " ")); m != nil {
		return fmt.Errorf("%s:%s: %s", path, m[1], m[2])
	}
	return fmt.Errorf("%s: %w", path, err)
}
