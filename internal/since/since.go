// Package since finds out from git what changed since a revision, and which notebooks that
// concerns.
package since

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
)

// Changes are the files that differ from a revision in the repository of the working directory:
// committed since or not, new, and deleted.
type Changes struct {
	files  map[string]bool // absolute, links resolved
	others bool            // there are files besides notebooks
}

// Revision asks git. The error says what git said.
func Revision(rev string) (*Changes, error) {
	if strings.HasPrefix(rev, "-") {
		return nil, fmt.Errorf("--changed-since: %q is no revision", rev)
	}
	top, err := git("rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	root := strings.TrimRight(string(top), "\r\n")
	if _, err := git("rev-parse", "--verify", "--quiet", rev+"^{commit}"); err != nil {
		return nil, fmt.Errorf("--changed-since: git knows no revision %q (in CI, a shallow clone may lack it: fetch it first)", rev)
	}
	changed, err := git("diff", "--name-only", "-z", "--no-renames", rev, "--")
	if err != nil {
		return nil, err
	}
	added, err := git("ls-files", "-z", "--others", "--exclude-standard", "--full-name", root)
	if err != nil {
		return nil, err
	}
	c := &Changes{files: map[string]bool{}}
	for name := range strings.SplitSeq(string(changed)+string(added), "\x00") {
		if name != "" {
			c.files[resolve(filepath.Join(root, filepath.FromSlash(name)))] = true
			c.others = c.others || filepath.Ext(name) != ".ipynb"
		}
	}
	return c, nil
}

func git(args ...string) ([]byte, error) {
	c := exec.Command("git", args...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("--changed-since needs git, which is not installed")
	} else if err != nil {
		return nil, fmt.Errorf("--changed-since: git %s: %s", args[0], strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

// Excludes says of a notebook that is not read yet that no change can concern it.
func (c *Changes) Excludes(path string) bool { return !c.others && !c.has(path) }

// Reach says whether the notebook changed, or a local module that it reaches, or the
// configuration that holds for it.
func (c *Changes) Reach(path string, nb *load.Notebook) bool {
	if c.has(path) {
		return true
	}
	for _, p := range append(nb.Modules.Reached(), nb.Config.Files...) {
		if c.has(p) {
			return true
		}
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	for err == nil { // a configuration that was deleted
		if c.files[filepath.Join(resolve(dir), config.FileName)] {
			return true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return false
}

func (c *Changes) has(path string) bool { return c.files[resolve(path)] }

// resolve makes a path absolute and follows links in it, as far as it exists.
func resolve(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		return filepath.Join(dir, filepath.Base(abs))
	}
	return abs
}
