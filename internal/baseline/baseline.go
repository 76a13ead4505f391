// Package baseline keeps the findings that a project has accepted, so that only new ones are
// reported.
package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/rules"
)

// Version is the version of the file format.
const Version = 1

// A Baseline holds accepted findings. It may be asked by several goroutines at once.
type Baseline struct {
	dir   string
	known map[key]bool
}

type key struct{ path, code, fingerprint string }

type file struct {
	Version  int     `json:"version"`
	Findings []entry `json:"findings"`
}

type entry struct {
	Path        string `json:"path"` // from the baseline's folder, with slashes
	Code        string `json:"code"`
	Names       string `json:"names"` // for people
	Fingerprint string `json:"fingerprint"`
}

// Read reads a baseline. The error says what is wrong with the file.
func Read(path string) (*Baseline, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file: --write-baseline makes it", path)
	} else if err != nil {
		return nil, err
	}
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("%s: not a baseline: %v: --write-baseline makes it anew", path, err)
	}
	if f.Version != Version {
		return nil, fmt.Errorf("%s: a baseline of version %d, this program reads %d: --write-baseline makes it anew", path, f.Version, Version)
	}
	b := &Baseline{folder(path), map[key]bool{}}
	for _, e := range f.Findings {
		b.known[key{e.Path, e.Code, e.Fingerprint}] = true
	}
	return b, nil
}

// Has says whether a finding is accepted.
func (b *Baseline) Has(f *rules.Finding) bool {
	return b.known[key{relative(b.dir, f.Path), f.Rule.Code, f.Fingerprint}]
}

// Write writes the baseline that accepts the findings.
func Write(path string, findings []*rules.Finding) error {
	dir := folder(path)
	out := file{Version: Version, Findings: []entry{}}
	for _, f := range findings {
		out.Findings = append(out.Findings, entry{relative(dir, f.Path), f.Rule.Code, strings.Join(f.Names, ","), f.Fingerprint})
	}
	slices.SortFunc(out.Findings, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Code, b.Code), strings.Compare(a.Names, b.Names), strings.Compare(a.Fingerprint, b.Fingerprint))
	})
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(out); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

func folder(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return filepath.Dir(path)
}

// relative is a path as seen from a folder, with slashes.
func relative(dir, path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		if rel, err := filepath.Rel(dir, abs); err == nil {
			path = rel
		}
	}
	return filepath.ToSlash(path)
}
