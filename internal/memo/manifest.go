// Package memo reads what the runtime keeps in xmemo/: which memos there are, for which source,
// and which files they need. runtime-py/xetcache/store/manifest.py and folder.py define the format. Nothing
// here loads a value or trusts a signature: memos come by git, and all text in them is somebody
// else's.
package memo

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

// Version is the version of the manifests that this package reads.
const Version = 1

// MaxBytes is the size of the largest manifest that is read.
const MaxBytes = 16 << 20

// Manifest is the file of one memo, as far as it matters without running anything.
type Manifest struct {
	Path    string // from the store's root, with slashes
	Size    int64  // of the file
	Kind    string // "cell" or "call"
	Key     string // the group, "_" without one
	Digest  string // of the whole key, 64 hex digits
	Created time.Time
	Seconds float64 // that the cell or call took
	Signer  string  // the public key in hex, "" when unsigned
	Slot    string  // which cell or function it is, roughly
	Inputs  []string
	// Cell is the digest of the cell's form without its header, or for a call of the function's value.
	Cell string
	// Functions are the digests of the forms of what was reached, by dotted name. Those that the
	// text alone can't show are left out.
	Functions map[string][]string
	Outputs   []string
	Blobs     []Blob // each once
}

// Blob is a file of the store that holds a value or recorded output.
type Blob struct {
	SHA256 string
	Size   int64
}

var (
	sha256Pattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
	errDamaged    = errors.New("its manifest is damaged")
	errForm       = errors.New("its manifest is not of the known form")
)

// object is a JSON object whose members are looked up by their exact names, which encoding/json
// doesn't do for structs.
type object map[string]json.RawMessage

// Parse reads a manifest. Members that it doesn't know are passed over; the error says what keeps
// the memo from being used.
func Parse(data []byte) (*Manifest, error) {
	if i := slices.IndexFunc(data, func(b byte) bool { return b >= 0x80 }); i >= 0 { // the canonical form is ASCII
		return nil, errDamaged
	}
	var top object
	if err := json.Unmarshal(data, &top); err != nil || top == nil {
		return nil, errDamaged
	}
	version := 0
	if top.get("xetcache", &version) != nil || version != Version {
		return nil, fmt.Errorf("its format is not version %d, which this program reads", Version)
	}
	m := &Manifest{Size: int64(len(data))}
	var created string
	var parts, inputs object
	var outputs []object
	_ = top.get("signer", &m.Signer) // there is none in an unsigned one
	err := errors.Join(top.get("kind", &m.Kind), top.get("key", &m.Key), top.get("digest", &m.Digest), top.get("seconds", &m.Seconds),
		top.get("created", &created), top.get("parts", &parts), top.get("outputs", &outputs))
	if err != nil || parts.get("cell", &m.Cell) != nil || !sha256Pattern.MatchString(m.Digest) || m.Kind != "cell" && m.Kind != "call" {
		return nil, errForm
	}
	if top.get("slot", &m.Slot) != nil || parts.get("inputs", &inputs) != nil {
		return nil, errForm
	}
	m.Inputs = slices.Sorted(maps.Keys(inputs))
	if m.Created, err = time.Parse(time.RFC3339, created); err != nil {
		return nil, errForm
	}
	if _, err := hex.DecodeString(m.Signer); err != nil {
		return nil, errForm
	}
	if err := m.functions(parts); err != nil {
		return nil, err
	}
	for _, o := range outputs {
		var name string
		if o.get("name", &name) != nil {
			return nil, errForm
		}
		m.Outputs = append(m.Outputs, name)
		if err := m.blob(o); err != nil {
			return nil, err
		}
	}
	for _, part := range []string{"display", "left", "process", "result"} {
		var record object
		if !isObject(top[part]) { // the display may be in the manifest itself
			continue
		}
		if top.get(part, &record) != nil {
			return nil, errForm
		}
		if err := m.blob(record); err != nil {
			return nil, err
		}
	}
	return m, m.files(top)
}

// files notes the blobs of the files that a hit writes again.
func (m *Manifest) files(top object) error {
	if _, ok := top["files"]; !ok {
		return nil
	}
	var files []object
	if top.get("files", &files) != nil {
		return errForm
	}
	for _, f := range files {
		if _, ok := f["folder"]; ok {
			continue
		}
		if err := m.blob(f); err != nil {
			return err
		}
	}
	return nil
}

// get decodes one member. A member that isn't there, and null, are errors.
func (o object) get(name string, into any) error {
	raw, ok := o[name]
	if !ok || string(raw) == "null" || json.Unmarshal(raw, into) != nil {
		return errForm
	}
	return nil
}

func isObject(raw json.RawMessage) bool { return bytes.HasPrefix(raw, []byte("{")) }

func (m *Manifest) functions(parts object) error {
	var all map[string]string
	if parts.get("functions", &all) != nil {
		return errForm
	}
	m.Functions = map[string][]string{}
	for name, text := range all {
		for _, form := range bytes.Fields([]byte(text)) {
			if form[0] != '~' {
				m.Functions[name] = append(m.Functions[name], string(form))
			}
		}
	}
	return nil
}

// blob notes the file that a value or the display needs, if it isn't in the manifest itself.
func (m *Manifest) blob(record object) error {
	var b Blob
	if record.get("sha256", &b.SHA256) != nil || !sha256Pattern.MatchString(b.SHA256) {
		return errors.New("it names a blob that is no SHA-256")
	}
	if record.get("size", &b.Size) != nil || b.Size < 0 {
		return errForm
	}
	if _, inline := record["inline"]; !inline && !slices.Contains(m.Blobs, b) {
		m.Blobs = append(m.Blobs, b)
	}
	return nil
}
