package memo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// testdata/xmemo was made by the runtime: python runtime-py/tests/run_notebook.py internal/memo/testdata/nb.ipynb
const made = "testdata/xmemo"

func TestReadWhatTheRuntimeMade(t *testing.T) {
	s, err := Read(made)
	if err != nil || len(s.Problems) > 0 {
		t.Fatal(err, s.Problems)
	}
	if len(s.Manifests) != 2 {
		t.Fatalf("%d memos, want 2", len(s.Manifests))
	}
	call, cell := s.Manifests[0], s.Manifests[1]
	if call.Kind != "call" || call.Key != "_" || len(call.Blobs) > 0 {
		t.Errorf("the call is read as %+v", call)
	}
	type facts struct {
		Kind, Key, Cell string
		Outputs         []string
		Functions       map[string][]string
		Blobs           int
		Size            int64
	}
	got := facts{cell.Kind, cell.Key, cell.Cell, cell.Outputs, cell.Functions, len(cell.Blobs), cell.Blobs[0].Size}
	want := facts{
		"cell", "exp", CellDigest("y = f(1) # a comment\nbig = np.arange(100_000, dtype=np.uint8)\n", 11), []string{"y", "big"},
		map[string][]string{"__main__.f": {"f6410200edf16ce27e4ae7abb9f85af0"}}, 1, 100128,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if found := s.Of(cell.Cell, "exp"); len(found) != 1 || found[0] != cell {
		t.Errorf("found %v", found)
	}
	if found := s.Of(cell.Cell, ""); len(found) != 0 {
		t.Errorf("found under another key: %v", found)
	}
}

// TestHostileStores puts files where memos belong that are none. None is read, each is told.
func TestHostileStores(t *testing.T) {
	paths, err := filepath.Glob(made + "/k/exp/*/*.json")
	if err != nil || len(paths) != 1 {
		t.Fatal(err, paths)
	}
	good, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	digest := filepath.Base(filepath.Dir(paths[0]))
	named := func(data string) string {
		sum := sha256.Sum256([]byte(data))
		return hex.EncodeToString(sum[:]) + ".json"
	}
	replaced := func(old, text string) string {
		changed := strings.Replace(string(good), old, text, 1)
		if changed == string(good) {
			t.Fatalf("%s is not in the manifest", old)
		}
		return changed
	}
	under := func(key, text string) func(root string) error {
		return func(root string) error { return write(filepath.Join(root, "k", key, digest, named(text)), text) }
	}
	for _, c := range []struct {
		name string
		make func(root string) error
		want string
	}{
		{"damaged", func(root string) error {
			return write(filepath.Join(root, "k/exp", digest, named("x")), string(good))
		}, "damaged"},
		{"no JSON", under("exp", "{"), "damaged"},
		{"no object", under("exp", "[]"), "damaged"},
		{"null", under("exp", "null"), "damaged"},
		{"not ASCII", under("exp", replaced(`"y"`, `"é"`)), "damaged"},
		{"deep", under("exp", strings.Repeat("[", 100000)), "damaged"},
		{"empty", under("exp", "{}"), "version"},
		{"a later version", under("exp", replaced(`"xetcache":1`, `"xetcache":2`)), "version"},
		{"names in other case", under("exp", replaced(`"parts"`, `"Parts"`)), "known form"},
		{"another type", under("exp", replaced(`"seconds":0.006`, `"seconds":"x"`)), "known form"},
		{"a size that is no whole number", under("exp", replaced(`"size":100128`, `"size":1.5`)), "known form"},
		{"a negative size", under("exp", replaced(`"size":100128`, `"size":-1`)), "known form"},
		{"a path for a blob", under("exp", replaced(`"sha256":"0720484a`, `"sha256":"../../../`)), "no SHA-256"},
		{"under another key", under("other", string(good)), "another key"},
		{"a pointer", under("exp", "version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"},
		{"too large", func(root string) error {
			at := filepath.Join(root, "k/exp", digest, named("large"))
			if err := write(at, ""); err != nil {
				return err
			}
			return os.Truncate(at, MaxBytes+1)
		}, "allowed"},
		{"a link", func(root string) error {
			at := filepath.Join(root, "k/exp", digest, named(string(good)))
			if err := write(filepath.Join(filepath.Dir(root), "outside"), string(good)); err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(filepath.Dir(root), "outside"), at)
		}, "symbolic link"},
		{"a linked folder", func(root string) error {
			if err := os.MkdirAll(filepath.Join(root, "k"), 0o755); err != nil {
				return err
			}
			return os.Symlink(os.TempDir(), filepath.Join(root, "k/exp"))
		}, "symbolic link"},
		{"a linked k", func(root string) error {
			if err := os.MkdirAll(root, 0o755); err != nil {
				return err
			}
			return os.Symlink(os.TempDir(), filepath.Join(root, "k"))
		}, "no folder"},
		{"a folder in place of a file", func(root string) error {
			return os.MkdirAll(filepath.Join(root, "k/exp", digest, named("x")), 0o755)
		}, "no regular file"},
		{"a key that is none", func(root string) error {
			return os.MkdirAll(filepath.Join(root, "k", "a b", digest), 0o755)
		}, "such a name"},
		{"a digest that is none", func(root string) error {
			return os.MkdirAll(filepath.Join(root, "k/exp", "0720"), 0o755)
		}, "such a name"},
		{"a file for k", func(root string) error { return write(filepath.Join(root, "k"), "") }, "no folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "xmemo")
			if err := c.make(root); err != nil {
				t.Fatal(err)
			}
			s, err := Read(root)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Manifests) > 0 || len(s.Problems) != 1 || !strings.Contains(s.Problems[0].Text, c.want) {
				t.Errorf("%d memos, problems %v; want %q", len(s.Manifests), s.Problems, c.want)
			}
		})
	}
}

// TestPrunable keeps what it can't judge: only blobs in the folder itself, under their proper names, count.
func TestPrunable(t *testing.T) {
	outside := t.TempDir()
	root := filepath.Join(t.TempDir(), "xmemo")
	blob := strings.Repeat("ab", 32)
	for _, path := range []string{"blobs/" + blob, "blobs/notes.txt", "blobs/.tmp-1-2", "blobs/" + strings.Repeat("cd", 32) + "/x"} {
		if err := write(filepath.Join(root, path), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(root, "blobs", strings.Repeat("ef", 32))); err != nil {
		t.Fatal(err)
	}
	s := &Store{Root: root}
	p, err := s.Prunable(Use{Before: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Blob{{blob, 1}}, p.Files); diff != "" {
		t.Error(diff)
	}
	if err := p.Remove(); err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(root, "blobs", "*"))
	if err != nil || len(left) != 3 {
		t.Errorf("left are %v", left)
	}
	linked := filepath.Join(t.TempDir(), "xmemo")
	if err := write(filepath.Join(outside, blob), "x"); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(linked, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(linked, "blobs")); err != nil {
		t.Fatal(err)
	}
	if p, err := (&Store{Root: linked}).Prunable(Use{Before: time.Now().Add(time.Hour)}); err == nil {
		t.Errorf("followed a link: %v", p.Files)
	}
}

func TestStoresThatAreNone(t *testing.T) {
	dir := t.TempDir()
	if s, err := Read(filepath.Join(dir, "none")); err != nil || len(s.Manifests)+len(s.Problems) > 0 {
		t.Error(err, s)
	}
	link := filepath.Join(dir, "xmemo")
	if err := os.Symlink(made, link); err != nil {
		t.Fatal(err)
	}
	var c Cache
	if s := c.Of(link); len(s.Problems) != 1 || !strings.Contains(s.Problems[0].Text, "no folder") {
		t.Errorf("a link as the store: %v", s.Problems)
	}
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// FuzzParse holds that any bytes give a manifest whose parts are of the form that all else relies
// on, or an error in words.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob(made + "/k/*/*/*.json")
	if err != nil || len(paths) == 0 {
		f.Fatal("no manifests: ", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		for _, b := range m.Blobs {
			if !sha256Pattern.MatchString(b.SHA256) || b.Size < 0 {
				t.Errorf("blob %+v", b)
			}
		}
		if !sha256Pattern.MatchString(m.Digest) || m.Kind != "cell" && m.Kind != "call" {
			t.Errorf("manifest %+v", m)
		}
		for name, forms := range m.Functions {
			if len(forms) == 0 {
				t.Error(fmt.Sprint("no forms of ", name))
			}
		}
	})
}
