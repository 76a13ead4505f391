package memo

// Which memos of a store are a cell's, and what of their code has changed.

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/deps/digest"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// shown is the number of hex digits to which a manifest cuts digests of single forms.
const shown = 32

// CellDigest is what the manifest of a cell has as its Cell. The source is that below the header.
func CellDigest(source string, v pyast.Version) string {
	return short(digest.Cell(pyast.Parse(source, pyast.Options{Version: v, Notebook: true}), false))
}

func short(form []byte) string {
	sum := sha256.Sum256(form)
	return hex.EncodeToString(sum[:])[:shown]
}

// Of returns the memos of a cell with that digest under a key ("" without one), the newest first.
func (s *Store) Of(cell, key string) []*Manifest {
	if key == "" {
		key = "_"
	}
	var found []*Manifest
	for _, m := range s.Manifests {
		if m.Kind == "cell" && m.Cell == cell && m.Key == key {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b *Manifest) int { return b.Created.Compare(a.Created) })
	return found
}

// Changed returns what the memo was made with another source of: of all that the memo's cell
// reached when it ran and now reaches by the text, that of which the memo has a form which the text
// doesn't have any more. What only one side knows says nothing: a run sees fewer bindings than the
// text has, and more code (functions inside of others, and of libraries' decorators).
func (m *Manifest) Changed(d *deps.Digest) []*deps.Reached {
	var changed []*deps.Reached
	for _, r := range d.All {
		then := m.Functions[r.FullName()]
		if len(then) == 0 {
			continue
		}
		now, ok := formsNow(d, r.FullName())
		if ok && slices.ContainsFunc(then, func(form string) bool { return !slices.Contains(now, form) }) {
			changed = append(changed, r)
		}
	}
	return changed
}

// formsNow are the digests of all forms under a name, with docstrings and without: which of the two
// counts depends on the rest of what a run reaches. It is false where one has no form.
func formsNow(d *deps.Digest, name string) ([]string, bool) {
	var now []string
	for _, r := range d.All {
		if r.FullName() != name {
			continue
		}
		for _, namesDoc := range []bool{false, true} {
			forms, err := r.Forms(namesDoc)
			if err != nil {
				return nil, false
			}
			for _, form := range forms {
				now = append(now, short(form))
			}
		}
	}
	return now, true
}
