package memo

// Which memos nothing can use.

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// Use is what is known of those who may look for memos in a store.
type Use struct {
	// Cells are the digests of all cells there are (CellDigest).
	Cells map[string]bool
	// Unknown says why there may be cells that nobody sees; "" when there are none.
	Unknown string
	// Before is the time after which whatever was made is kept: the notebook that made it may not be
	// saved yet.
	Before time.Time
	// KeepLatest is the number of keys that each cell keeps memos of, the latest; 0: all.
	KeepLatest int
	// MaxSize is the number of bytes down to which the oldest memos of cells go; 0: no bound.
	MaxSize int64
}

// Prunable is what can go from a store, and what stays and why.
type Prunable struct {
	Memos []Removal
	Files []Blob   // blobs that no memo needs which stays
	Left  []string // temporary files that a crash left, from the root
	Kept  []Kept

	root string
}

// Removal is a memo that can go, and why.
type Removal struct {
	*Manifest
	Why string
}

// Kept is a number of memos or files that stay.
type Kept struct {
	N    int
	What string
}

// Prunable plans what to remove. Nothing that could still be hit is in it: memos of calls, which
// any code may make, memos of cells that are there, whatever else of their key has changed, and
// memos whose cells can't be known stay; but for what u bounds.
func (s *Store) Prunable(u Use) (*Prunable, error) {
	p := &Prunable{root: s.Root}
	var cells, stay []*Manifest
	calls, young, unknown := 0, 0, 0
	for _, m := range s.Manifests {
		switch {
		case m.Kind == "call":
			calls++
		case u.Cells[m.Cell]:
			cells = append(cells, m)
			continue
		case u.Unknown != "":
			unknown++
		case !m.Created.Before(u.Before):
			young++
		default:
			p.Memos = append(p.Memos, Removal{m, "of a cell that is in no notebook"})
			continue
		}
		stay = append(stay, m)
	}
	cells = p.bound(cells, stay, u)
	needed := map[string]bool{}
	for _, m := range slices.Concat(cells, stay) {
		for _, b := range m.Blobs {
			needed[b.SHA256] = true
		}
	}
	p.keep(len(cells), "of cells that are there")
	p.keep(calls, "of calls, which any code may make")
	p.keep(young, "too new: the notebook may not be saved yet")
	p.keep(unknown, "kept, since "+u.Unknown)
	return p, p.files(needed, u, len(s.Problems) > 0)
}

// bound takes the memos of cells that are there and go by the bounds of u, and returns the others. Those that are
// too new stay.
func (p *Prunable) bound(cells, stay []*Manifest, u Use) []*Manifest {
	var gone []Removal
	left := cells
	if u.KeepLatest > 0 {
		left, gone = beyondLatest(left, u.KeepLatest)
	}
	if u.MaxSize > 0 {
		var oldest []Removal
		left, oldest = beyondSize(left, slices.Concat(left, stay), u.MaxSize)
		gone = append(gone, oldest...)
	}
	for _, r := range gone {
		if r.Created.Before(u.Before) {
			p.Memos = append(p.Memos, r)
		} else {
			left = append(left, r.Manifest)
		}
	}
	return left
}

func (p *Prunable) keep(n int, what string) {
	if n > 0 {
		p.Kept = append(p.Kept, Kept{n, what})
	}
}

// files finds the blobs that nothing needs. Where some file among the manifests can't be read, it
// may need any blob.
func (p *Prunable) files(needed map[string]bool, u Use, unreadable bool) error {
	r, err := os.OpenRoot(p.root)
	if err != nil {
		return err
	}
	defer r.Close()
	entries, err := list(r, "blobs")
	if err != nil {
		return err
	}
	kept := 0
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		old := info.ModTime().Before(u.Before)
		switch name := e.Name(); {
		case strings.HasPrefix(name, ".tmp-"):
			if old {
				p.Left = append(p.Left, path.Join("blobs", name))
			}
		case !sha256Pattern.MatchString(name) || needed[name]:
		case unreadable || !old:
			kept++
		default:
			p.Files = append(p.Files, Blob{name, info.Size()})
		}
	}
	if unreadable {
		p.keep(kept, "blobs that a memo which can't be read may need")
	} else {
		p.keep(kept, "blobs too new: their memo may be on its way")
	}
	return nil
}

// Bytes is the size of all that can go.
func (p *Prunable) Bytes() int64 {
	var n int64
	for _, m := range p.Memos {
		n += m.Size
	}
	for _, b := range p.Files {
		n += b.Size
	}
	return n
}

// Remove removes it: memos first, so that none is ever without its blobs. What is gone already
// counts as removed.
func (p *Prunable) Remove() error {
	r, err := os.OpenRoot(p.root)
	if err != nil {
		return err
	}
	defer r.Close()
	var failed []error
	remove := func(at string) {
		if err := r.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	for _, m := range p.Memos {
		remove(m.Path)
		digest := path.Dir(m.Path)
		_ = r.Remove(digest) // when it is empty
		_ = r.Remove(path.Dir(digest))
	}
	if len(failed) > 0 { // their blobs are needed
		return errors.Join(failed...)
	}
	for _, b := range p.Files {
		remove(path.Join("blobs", b.SHA256))
	}
	for _, at := range p.Left {
		remove(at)
	}
	return errors.Join(failed...)
}

// Missing returns the first of a memo's blobs that the store doesn't have in its right size, or "".
// One that is a pointer counts as there: it can be fetched.
func (s *Store) Missing(m *Manifest) string {
	r, err := os.OpenRoot(s.Root)
	if err != nil {
		return ""
	}
	defer r.Close()
	i := slices.IndexFunc(m.Blobs, func(b Blob) bool {
		info, err := r.Lstat(path.Join("blobs", b.SHA256))
		return err != nil || !info.Mode().IsRegular() || info.Size() != b.Size && info.Size() > maxPointer
	})
	if i < 0 {
		return ""
	}
	return m.Blobs[i].SHA256
}

// maxPointer is the size of the largest pointer file of git-lfs or Xet.
const maxPointer = 1024
