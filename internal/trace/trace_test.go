package trace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	source = "0123456789abcdef0123456789abcdef"
	record = `{"cell": null, "source": "` + source + `", "header": {"input": [], "output": ["a"]}, "reads": ["K", "größe"], "binds": ["a"], "mutates": ["items"], "missing_inputs": [], "missing_outputs": []}`
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		bad        []int
		err        string
	}{
		{"a record", record, nil, ""},
		{"blank lines, CRLF", "\r\n" + record + "\r\n\n", nil, ""},
		{"half a line at the end", record + "\n" + record[:40], []int{2}, ""},
		{"other lines between", "x\n" + record + "\n[]\nnull\n{}", []int{1, 3, 4, 5}, ""},
		{"a long line", strings.Repeat("x", 3*MaxLine) + "\n" + record, []int{1}, ""},
		{"a source that is none", record + "\n" + strings.Replace(record, source, "../x", 1), []int{2}, ""},
		{"a name that is none", record + "\n" + strings.Replace(record, "items", "a b", 1), []int{2}, ""},
		{"control characters in a name", record + "\n" + strings.Replace(record, "items", `\u001b[31m`, 1), []int{2}, ""},
		{"no reads", record + "\n" + strings.Replace(record, `"reads"`, `"Reads"`, 1), []int{2}, ""},
		{"an id of another type", record + "\n" + strings.Replace(record, "null", "7", 1), []int{2}, ""},
		{"deep", record + "\n" + strings.Repeat("[", 100000), []int{2}, ""},
		{"empty", "", nil, "no record"},
		{"no record", "{}\n", nil, "no record"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Parse(strings.NewReader(c.text))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.bad, f.Bad); diff != "" {
				t.Error("bad lines", diff)
			}
			if diff := cmp.Diff(&Record{[]string{"K", "größe"}, []string{"items"}}, f.Of("", source)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOf(t *testing.T) {
	a := strings.Replace(record, "null", `"a"`, 1)
	b := strings.Replace(strings.Replace(record, "null", `"b"`, 1), "K", "L", 1)
	f, err := Parse(strings.NewReader(a + "\n" + b + "\n" + strings.Replace(a, source, strings.Repeat("0", 32), 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id, source string
		reads      string // "-": no record
		unused     int    // after the question
	}{
		{"c", source, "-", 3},
		{"a", strings.Repeat("1", 32), "-", 3},
		{"a", source, "K größe", 2},
		{"", source, "K größe L", 1}, // a notebook without ids
	} {
		r := f.Of(c.id, c.source)
		got := "-"
		if r != nil {
			got = strings.Join(r.Reads, " ")
		}
		if got != c.reads || f.Unused() != c.unused {
			t.Errorf("Of(%q, %s) = %q, %d unused; want %q, %d", c.id, c.source, got, f.Unused(), c.reads, c.unused)
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	if _, err := Read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Error(err)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Error(err)
	}
}

// FuzzParse holds that any bytes give records whose names are names, or an error in words.
func FuzzParse(f *testing.F) {
	f.Add(record)
	f.Add(strings.Replace(record, "null", `"a"`, 1) + "\n{}\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse(strings.NewReader(text))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		for at := range file.records {
			r := file.Of("", at)
			for _, name := range append(r.Reads, r.Mutates...) {
				if !namePattern.MatchString(name) {
					t.Errorf("name %q", name)
				}
			}
		}
		if file.Unused() != 0 {
			t.Error("records that no cell can have")
		}
	})
}
