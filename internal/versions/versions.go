// Package versions finds out which version of a library a notebook runs with: from the lock file, the requirements,
// the environment or the virtual environment of its project.
package versions

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// maxSize bounds the files that are read: a lock file of a large project has some megabytes.
const maxSize = 16 << 20

// Finder finds versions for the notebooks of one run, and reads each file once. It may be used by several goroutines
// at once.
type Finder struct {
	mu     sync.Mutex
	texts  map[string]string
	majors sync.Map // of libraries in folders, by both
}

type place struct{ library, folder, root string }

// Major returns the major version of a library in the project of a folder, 0 if nothing says it. The folders from
// this one up to the project's root are looked at, the nearest first; root is "" where there is no project.
func (f *Finder) Major(library, folder, root string) int {
	at := place{library, folder, root}
	if v, ok := f.majors.Load(at); ok {
		return v.(int)
	}
	v := f.upwards(library, folder, root)
	f.majors.Store(at, v)
	return v
}

func (f *Finder) upwards(library, folder, root string) int {
	for {
		if major := f.in(library, folder); major > 0 {
			return major
		}
		parent := filepath.Dir(folder)
		if root == "" || folder == root || parent == folder {
			return 0
		}
		folder = parent
	}
}

// in looks at the files of one folder: what is locked before what is asked for, and that before what is installed.
func (f *Finder) in(library, folder string) int {
	for _, name := range [...]string{"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"} {
		if v := f.match(filepath.Join(folder, name), `(?m)^name\s*=\s*"`+library+`"\s*\nversion\s*=\s*"(\d+)`); v > 0 {
			return v
		}
	}
	if v := f.pipfileLock(library, filepath.Join(folder, "Pipfile.lock")); v > 0 {
		return v
	}
	if v := f.match(filepath.Join(folder, "conda-lock.yml"), `(?m)^\s*-?\s*name:\s*`+library+`\s*\n\s*version:\s*['"]?(\d+)`); v > 0 {
		return v
	}
	requirement := `(?mi)^\s*['"]?` + library + `\s*(?:\[[^\]]*\])?\s*(?:==|~=|===)\s*(\d+)`
	for _, name := range [...]string{"requirements.txt", "requirements/base.txt", "requirements-dev.txt", "constraints.txt"} {
		if v := f.match(filepath.Join(folder, name), requirement); v > 0 {
			return v
		}
	}
	for _, name := range [...]string{"environment.yml", "environment.yaml"} {
		if v := f.match(filepath.Join(folder, name), `(?mi)^\s*-\s*['"]?(?:[\w-]+::)?`+library+`\s*={1,2}\s*(\d+)`); v > 0 {
			return v
		}
	}
	pyproject := `(?mi)(?:["']` + library + `\s*(?:==|~=)\s*|^` + library + `\s*=\s*["'](?:==|\^|~)?)(\d+)`
	if v := f.match(filepath.Join(folder, "pyproject.toml"), pyproject); v > 0 {
		return v
	}
	return installed(library, folder)
}

// match returns the number that a pattern finds in a file.
func (f *Finder) match(path, pattern string) int {
	text := f.text(path)
	if text == "" {
		return 0
	}
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

func (f *Finder) pipfileLock(library, path string) int {
	text := f.text(path)
	if text == "" {
		return 0
	}
	var lock map[string]map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &lock) != nil {
		return 0
	}
	for _, section := range [...]string{"default", "develop"} {
		var entry struct{ Version string }
		if json.Unmarshal(lock[section][library], &entry) == nil {
			if v := major(strings.TrimLeft(entry.Version, "= ")); v > 0 {
				return v
			}
		}
	}
	return 0
}

// installed looks into the virtual environment of a folder.
func installed(library, folder string) int {
	for _, name := range [...]string{".venv", "venv", "env"} {
		for _, pattern := range [...]string{"lib/python*/site-packages", "Lib/site-packages"} {
			found, _ := filepath.Glob(filepath.Join(folder, name, filepath.FromSlash(pattern), library+"-*.dist-info"))
			for _, path := range found {
				version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), library+"-"), ".dist-info")
				if v := major(version); v > 0 {
					return v
				}
			}
		}
	}
	return 0
}

func major(version string) int {
	text, _, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(text)
	return n
}

// text returns what a file holds, "" if there is none.
func (f *Finder) text(path string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if text, ok := f.texts[path]; ok {
		return text
	}
	text := ""
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() <= maxSize {
		if data, err := os.ReadFile(path); err == nil {
			text = string(data)
		}
	}
	if f.texts == nil {
		f.texts = map[string]string{}
	}
	f.texts[path] = text
	return text
}
