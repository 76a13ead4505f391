package memo

// The files of a store:
//
//	xmemo/k/<key or _>/<digest>/<SHA-256 of the manifest>.json
//	xmemo/blobs/<SHA-256>
//
// A store comes by git from anybody. So no symbolic link is followed, only regular files of a
// bounded size are opened, and every name must be of the known form before it is used.

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// Folder is the name of the folder beside a notebook that holds its memos.
const Folder = "xmemo"

// maxManifests bounds the work that a store can ask for.
const maxManifests = 200_000

// Store is the memos in a folder.
type Store struct {
	Root      string // the folder, as it was named
	Manifests []*Manifest
	Problems  []Problem // files where memos are kept that are none
}

// Problem is a file that can't be used, and why.
type Problem struct {
	Path string // from the store's root, with slashes
	Text string
}

// String is the path and why, without control characters, which a file's name may hold.
func (p Problem) String() string { return printable(p.Path) + ": " + printable(p.Text) }

func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

var keyPattern = regexp.MustCompile(`^(_|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$`)

// Read reads the manifests of a store, in the order of their paths. A folder that isn't there is
// an empty store. The error is about the root alone.
func Read(root string) (*Store, error) {
	s := &Store{Root: root}
	info, err := os.Lstat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		return s, err
	case !info.IsDir():
		return s, fmt.Errorf("%s is no folder", root)
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return s, err
	}
	defer r.Close()
	s.each(r, "k", keyPattern, func(key string) {
		s.each(r, path.Join("k", key), sha256Pattern, func(digest string) {
			s.folder(r, key, digest)
		})
	})
	return s, nil
}

// each calls f for the folders in a folder whose names are of a form.
func (s *Store) each(r *os.Root, folder string, form *regexp.Regexp, f func(name string)) {
	for _, e := range s.list(r, folder) {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."):
		case e.Type()&fs.ModeSymlink != 0:
			s.problem(path.Join(folder, name), errors.New("it is a symbolic link"))
		case !e.IsDir() || !form.MatchString(name):
			s.problem(path.Join(folder, name), errors.New("no memo is kept under such a name"))
		default:
			f(name)
		}
	}
}

// list returns the entries of a folder by name; what goes wrong is a problem.
func (s *Store) list(r *os.Root, folder string) []fs.DirEntry {
	entries, err := list(r, folder)
	if err != nil {
		s.problem(folder, err)
	}
	return entries
}

// list returns the entries of a folder by name, none if it isn't there. Links are not followed.
func list(r *os.Root, folder string) ([]fs.DirEntry, error) {
	info, err := r.Lstat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, errors.New("it is no folder")
	}
	f, err := r.Open(folder)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// folder reads the manifests of one key.
func (s *Store) folder(r *os.Root, key, digest string) {
	folder := path.Join("k", key, digest)
	for _, e := range s.list(r, folder) {
		name := e.Name()
		if strings.HasPrefix(name, ".") || !strings.HasSuffix(name, ".json") { // being written, or somebody else's
			continue
		}
		at := path.Join(folder, name)
		if len(s.Manifests) == maxManifests {
			s.problem(at, fmt.Errorf("there are more than %d memos; it and those behind it are not read", maxManifests))
			return
		}
		m, err := readManifest(r, at, key, digest)
		if err != nil {
			s.problem(at, err)
			continue
		}
		s.Manifests = append(s.Manifests, m)
	}
}

func (s *Store) problem(at string, err error) {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	s.Problems = append(s.Problems, Problem{at, err.Error()})
}

func readManifest(r *os.Root, at, key, digest string) (*Manifest, error) {
	data, err := readFile(r, at)
	if err != nil {
		return nil, err
	}
	if isPointer(data) {
		return nil, errors.New("its manifest is a pointer: run `git lfs pull` to fetch it")
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:])+".json" != path.Base(at) {
		return nil, errors.New("its manifest is damaged: the content is not what the file's name says")
	}
	m, err := Parse(data)
	if err != nil {
		return nil, err
	}
	if m.Key != key || m.Digest != digest {
		return nil, errors.New("it was made for another key")
	}
	m.Path = at
	return m, nil
}

// readFile reads a regular file of at most MaxBytes.
func readFile(r *os.Root, at string) ([]byte, error) {
	before, err := r.Lstat(at)
	if err != nil {
		return nil, err
	}
	switch {
	case before.Mode()&fs.ModeSymlink != 0:
		return nil, errors.New("it is a symbolic link")
	case !before.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case before.Size() > MaxBytes:
		return nil, fmt.Errorf("its manifest has %d bytes, more than the %d allowed", before.Size(), MaxBytes)
	}
	f, err := r.Open(at)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	opened, err := f.Stat()
	if err != nil || !os.SameFile(before, opened) {
		return nil, errors.New("it changed while it was read")
	}
	data := make([]byte, before.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, errors.New("it changed while it was read")
	}
	return data, nil
}

func isPointer(data []byte) bool {
	return bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/")) || bytes.HasPrefix(data, []byte("# xet version "))
}

// A Cache reads each store of a run once. The zero value is ready; it may be used by several
// goroutines at once.
type Cache struct{ stores sync.Map } // root → func() *Store

// Of returns the store at root. One that can't be read is empty and says so in Problems.
func (c *Cache) Of(root string) *Store {
	read, _ := c.stores.LoadOrStore(root, sync.OnceValue(func() *Store {
		s, err := Read(root)
		if err != nil {
			s.problem(".", err)
		}
		return s
	}))
	return read.(func() *Store)()
}

// All returns the stores that were read, by root.
func (c *Cache) All() []*Store {
	var all []*Store
	for _, read := range c.stores.Range {
		all = append(all, read.(func() *Store)())
	}
	slices.SortFunc(all, func(a, b *Store) int { return strings.Compare(a.Root, b.Root) })
	return all
}
