// Package files finds notebooks, works on many at once, and replaces them safely.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/config"
)

// A File is a notebook to work on, or what stands in the way of finding it.
type File struct {
	Path string // as the user named it, or below a folder as the user named that
	Err  error
}

// ErrDangling is the error of a link in a folder whose target is not there: nobody asked for that very file.
var ErrDangling = errors.New("a link to a file that is not there: left out")

// Find lists the notebooks that paths name, each once, in the order of paths and by name within
// folders. A file is taken as it is. A folder is walked for *.ipynb; .gitignore, the
// configuration's exclude, .ipynb_checkpoints and .git are honoured, and links to folders are not
// followed.
func Find(paths []string, configs *config.Finder) []File {
	w := walker{configs: configs, seen: map[string]bool{}}
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case err != nil:
			w.found = append(w.found, File{p, err})
		case info.IsDir():
			w.met = false
			w.folder(p, w.above(p))
			if !w.met {
				w.found = append(w.found, File{p, errors.New("no notebooks in this folder (*.ipynb; ignored and excluded files don't count)")})
			}
		case !info.Mode().IsRegular():
			w.found = append(w.found, File{p, errors.New("not a regular file")})
		default:
			w.add(p)
		}
	}
	return w.found
}

type walker struct {
	configs *config.Finder
	seen    map[string]bool
	found   []File
	met     bool // something in the folder, seen before or not
}

func (w *walker) add(path string) {
	w.met = true
	key := path
	if abs, err := filepath.Abs(path); err == nil {
		key = abs
	}
	if !w.seen[key] {
		w.seen[key] = true
		w.found = append(w.found, File{Path: path})
	}
}

func (w *walker) fail(dir string, err error) {
	w.met = true
	w.found = append(w.found, File{dir, err})
}

// above reads the .gitignore files from the repository's root down to the folder's parent.
func (w *walker) above(dir string) []*ignoreFile {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	var chain []*ignoreFile
	for d := abs; ; {
		if d != abs {
			chain = append(chain, readIgnore(filepath.Join(d, ".gitignore"), d))
		}
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			chain = append(chain, readIgnore(filepath.Join(d, ".git", "info", "exclude"), d))
			break
		}
		parent := filepath.Dir(d)
		if parent == d {
			return nil // outside of a repository, only the files on the way down count
		}
		d = parent
	}
	for i, j := 0, len(chain)-1; i < j; i, j = i+1, j-1 {
		chain[i], chain[j] = chain[j], chain[i]
	}
	return chain
}

func (w *walker) folder(dir string, ignores []*ignoreFile) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		w.fail(dir, err)
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		w.fail(dir, err)
		return
	}
	if f := readIgnore(filepath.Join(dir, ".gitignore"), abs); f != nil {
		ignores = append(ignores[:len(ignores):len(ignores)], f)
	}
	cfg, err := w.configs.For(abs)
	if err != nil {
		cfg = config.Default // reported with the first notebook there
	}
	for _, e := range entries {
		name := e.Name()
		path, full := filepath.Join(dir, name), filepath.Join(abs, name)
		if e.IsDir() {
			if name != ".git" && name != ".ipynb_checkpoints" && !ignored(ignores, full, true) && !cfg.Excludes(full) {
				w.folder(path, ignores)
			}
			continue
		}
		if !strings.HasSuffix(name, ".ipynb") || ignored(ignores, full, false) || cfg.Excludes(full) {
			continue
		}
		if e.Type()&fs.ModeSymlink != 0 {
			info, err := os.Stat(path)
			if errors.Is(err, fs.ErrNotExist) {
				w.fail(path, ErrDangling)
				continue
			}
			if err == nil && !info.Mode().IsRegular() {
				continue
			}
		} else if !e.Type().IsRegular() {
			continue
		}
		w.add(path)
	}
}

// Message is an error of the file system in plain words, without the path.
func Message(err error) string {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "no permission to read it"
	case errors.As(err, &pathErr):
		return fmt.Sprint(pathErr.Err)
	}
	return err.Error()
}
