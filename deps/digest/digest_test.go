package digest_test

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/deps/digest"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// The test vectors, which the Python tests read too; docs/fdigest.md says what the members are.
// Those of forms and modules hold one character a byte.
type vectors struct {
	Cases   []vector
	Digests []struct {
		Note                string
		Pairs, Same, Differ [][2]string
		Digest              string
	}
}

type vector struct {
	Rule, Read, Source, Form, Digest string
	Same, Differ                     []string
	Opaque                           bool
	SpecialClass                     bool  `json:"special_class"`
	NamesDoc                         bool  `json:"names_doc"`
	MentionsDoc                      *bool `json:"mentions_doc"`
}

func readVectors(t testing.TB) vectors {
	text, err := os.ReadFile("../../testdata/fdigest.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// latin1 makes bytes of a string that holds one character a byte.
func latin1(s string) []byte {
	var out []byte
	for _, r := range s {
		out = append(out, byte(r))
	}
	return out
}

func (v vector) form(source string) ([]byte, error) {
	if v.Read == "cell" {
		return digest.Cell(pyast.Parse(source, pyast.Options{Notebook: true}), v.NamesDoc), nil
	}
	if v.Read == "module" {
		var err error
		if source, err = pyast.Decode(latin1(source)); err != nil {
			return nil, err
		}
	}
	f := pyast.Parse(source, pyast.Options{})
	if len(f.Body) == 0 {
		return nil, errors.New("no statement")
	}
	return digest.Form(f, f.Body[0], digest.Context{SpecialClass: v.SpecialClass, NamesDoc: v.NamesDoc})
}

func TestVectors(t *testing.T) {
	for i, v := range readVectors(t).Cases {
		t.Run(v.Rule+" "+strconv.Itoa(i), func(t *testing.T) {
			form, err := v.form(v.Source)
			if v.Opaque {
				if err == nil {
					t.Fatalf("%q has the form %s, should be opaque", v.Source, form)
				}
				return
			}
			if err != nil {
				t.Fatalf("%q: %v", v.Source, err)
			}
			if want := latin1(v.Form); string(form) != string(want) {
				t.Errorf("form of %q\n got %s\nwant %s", v.Source, form, want)
			}
			if got := digest.Sum([]digest.Pair{{Name: "__main__.f", Form: form}}); got != v.Digest {
				t.Errorf("digest of %q is %s, want %s", v.Source, got, v.Digest)
			}
			for _, s := range v.Same {
				if other, err := v.form(s); err != nil || string(other) != string(form) {
					t.Errorf("forms should be the same (%v)\n%q\n%s\n%q\n%s", err, v.Source, form, s, other)
				}
			}
			for _, s := range v.Differ {
				if other, err := v.form(s); err != nil || string(other) == string(form) {
					t.Errorf("forms should differ (%v)\n%q\n%q\n%s", err, v.Source, s, form)
				}
			}
			if v.MentionsDoc != nil && digest.NamesDoc(form) != *v.MentionsDoc {
				t.Errorf("NamesDoc(%s) is %v", form, !*v.MentionsDoc)
			}
		})
	}
}

func TestSum(t *testing.T) {
	sum := func(pairs [][2]string) string {
		var ps []digest.Pair
		for _, p := range pairs {
			ps = append(ps, digest.Pair{Name: p[0], Form: latin1(p[1])})
		}
		return digest.Sum(ps)
	}
	for _, d := range readVectors(t).Digests {
		if got := sum(d.Pairs); got != d.Digest {
			t.Errorf("%s: %s, want %s", d.Note, got, d.Digest)
		}
		if d.Same != nil && sum(d.Same) != d.Digest {
			t.Errorf("%s: %v gives another digest", d.Note, d.Same)
		}
		if d.Differ != nil && sum(d.Differ) == d.Digest {
			t.Errorf("%s: %v gives the same digest", d.Note, d.Differ)
		}
	}
}

// What the configuration says of cell magics is no part of a form.
func TestCellIgnoresConfiguration(t *testing.T) {
	for _, source := range []string{"%%time\nx = 1", "%%cache a\nx = 1", "%%cache\nx = =", "%%time\n%%cache\n%%prun\nx", "%%cache", "%%time"} {
		want := digest.Cell(pyast.Parse(source, pyast.Options{Notebook: true}), false)
		for _, python := range []bool{true, false} {
			f := pyast.Parse(source, pyast.Options{Notebook: true, PythonMagic: func(string) bool { return python }})
			if got := digest.Cell(f, false); string(got) != string(want) {
				t.Errorf("%q with PythonMagic %v\n got %s\nwant %s", source, python, got, want)
			}
		}
	}
}

// Whatever a cell holds has a form, and one that isn't raw does not depend on blank lines at its
// ends or on how its lines end.
func FuzzCell(f *testing.F) {
	for _, v := range readVectors(f).Cases {
		f.Add(v.Source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		cell := func(source string) string {
			return string(digest.Cell(pyast.Parse(source, pyast.Options{Notebook: true}), false))
		}
		form := cell(source)
		if form == "" {
			t.Fatalf("%q has no form", source)
		}
		if strings.HasPrefix(form, "(raw ") || strings.Contains(form, "run_cell_magic") ||
			strings.HasSuffix(strings.TrimSpace(source), `\`) || strings.Contains(source, "?") {
			return // a help request may stand in text that is no Python up to its last line
		}
		for _, same := range []string{source + "\n", strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\n", "\r\n")} {
			if other := cell(same); other != form {
				t.Errorf("%q\n%s\n%q\n%s", source, form, same, other)
			}
		}
	})
}

func BenchmarkForm(b *testing.B) {
	source, err := os.ReadFile("../../runtime-py/xetcache/source/fdigest.py")
	if err != nil {
		b.Fatal(err)
	}
	f := pyast.Parse(string(source), pyast.Options{})
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range f.Body {
			if _, err := digest.Form(f, s, digest.Context{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkSum(b *testing.B) {
	pairs := make([]digest.Pair, 100)
	for i := range pairs {
		pairs[i] = digest.Pair{Name: "utils.f" + strconv.Itoa(i%50), Form: make([]byte, 2000)}
	}
	b.SetBytes(100 * 2000)
	b.ReportAllocs()
	for b.Loop() {
		digest.Sum(pairs)
	}
}
