package files

// The patterns of .gitignore.

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// An ignoreFile holds the patterns of one .gitignore (gitignore(5)).
type ignoreFile struct {
	dir   string // absolute; patterns are relative to it
	rules []ignoreRule
}

type ignoreRule struct {
	glob    string // of the path from dir
	negated bool
	dirOnly bool
}

// readIgnore returns nil when there is no such file or nothing in it.
func readIgnore(path, dir string) *ignoreFile {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return parseIgnore(string(text), dir)
}

func parseIgnore(text, dir string) *ignoreFile {
	f := &ignoreFile{dir: dir}
	for line := range strings.Lines(text) {
		if r, ok := parseIgnoreRule(strings.TrimRight(line, "\r\n")); ok {
			f.rules = append(f.rules, r)
		}
	}
	if len(f.rules) == 0 {
		return nil
	}
	return f
}

func parseIgnoreRule(line string) (r ignoreRule, ok bool) {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	if line == "" || line[0] == '#' {
		return r, false
	}
	if line[0] == '!' {
		r.negated, line = true, line[1:]
	}
	if strings.HasSuffix(line, "/") {
		r.dirOnly, line = true, strings.TrimSuffix(line, "/")
	}
	if strings.Contains(line, "/") {
		line = strings.TrimPrefix(line, "/")
	} else {
		line = "**/" + line
	}
	r.glob = strings.NewReplacer("{", `\{`, "}", `\}`).Replace(line) // no alternatives in gitignore
	return r, line != "" && doublestar.ValidatePattern(r.glob)
}

// ignored says whether a path is left out: the last pattern that matches decides, and those of
// deeper folders come later.
func ignored(files []*ignoreFile, path string, isDir bool) bool {
	result := false
	for _, f := range files {
		if f == nil {
			continue
		}
		rel, err := filepath.Rel(f.dir, path)
		if err != nil {
			continue
		}
		rel = filepath.ToSlash(rel)
		for _, r := range f.rules {
			if r.dirOnly && !isDir {
				continue
			}
			if ok, _ := doublestar.Match(r.glob, rel); ok {
				result = !r.negated
			}
		}
	}
	return result
}
