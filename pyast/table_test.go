package pyast

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the trees of testdata/trees")

// TestTrees parses every case of testdata/trees. A case is a file of a txtar archive, NAME.py for a
// module or NAME.ipy for a cell, and behind it NAME.tree with what summary makes of it: run
// the test with -update to have it written, then read it.
func TestTrees(t *testing.T) {
	for _, path := range tables(t, "trees") {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var out []txtar.File
		for i, file := range archive.Files {
			name, ext, _ := strings.Cut(file.Name, ".")
			if ext == "tree" {
				if i == 0 || !strings.HasPrefix(archive.Files[i-1].Name, name+".") {
					t.Errorf("%s: %s has no source before it", path, file.Name)
				}
				continue
			}
			got := summary(Parse(caseSource(file), Options{Notebook: ext == "ipy"}))
			out = append(out, file, txtar.File{Name: name + ".tree", Data: []byte(got)})
			if *update {
				continue
			}
			want := ""
			if i+1 < len(archive.Files) && archive.Files[i+1].Name == name+".tree" {
				want = string(archive.Files[i+1].Data)
			}
			if got != want {
				t.Errorf("%s: %s:\n%s\ngot\n%s\nwant\n%s", path, file.Name, file.Data, got, want)
			}
		}
		if *update {
			archive.Files = out
			if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// caseSource is the source of a case, in which <cr>, <ff>, <tab>, <bom> and <eof> stand for
// what an editor would spoil; <eof> takes the line break before it away.
func caseSource(file txtar.File) string {
	return strings.NewReplacer("<cr>", "\r", "<ff>", "\f", "<tab>", "\t", "<bom>", "\ufeff", "<eof>\n", "").Replace(string(file.Data))
}

// summary writes cell magics, statements and errors, a line each.
func summary(f *File) string {
	var b strings.Builder
	for _, m := range f.CellMagics {
		fmt.Fprintf(&b, "%%%%%s %q\n", m.Name, m.Text)
	}
	if f.RawBody {
		fmt.Fprintf(&b, "raw %q\n", f.Segment(f.RawBodySpan))
	}
	for _, s := range f.Body {
		b.WriteString(Dump(s) + "\n")
	}
	for _, e := range f.Errors {
		line, column := f.Position(e.Start)
		fmt.Fprintf(&b, "%d:%d: %s\n", line, column, e.Msg)
	}
	return b.String()
}

// expectation is a comment that says which error its line has. It is taken off before the
// source is parsed.
var expectation = regexp.MustCompile(`(?m)[ \t]*### (.*)$`)

// TestErrors parses every chunk of testdata/errors, which "---" lines separate: a line of a module
// (*.py) or cell (*.ipy) that ends with "### message" has an error whose message begins so, and no
// other line has one.
func TestErrors(t *testing.T) {
	for _, path := range tables(t, "errors") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, chunk := range strings.Split(string(data), "---\n") {
			var want []string
			for i, line := range strings.Split(chunk, "\n") {
				if m := expectation.FindStringSubmatch(line); m != nil {
					want = append(want, fmt.Sprintf("%d: %s", i+1, m[1]))
				}
			}
			source := caseSource(txtar.File{Data: []byte(expectation.ReplaceAllString(chunk, ""))})
			f := Parse(source, Options{Notebook: filepath.Ext(path) == ".ipy"})
			var got []string
			for _, e := range f.Errors {
				line, _ := f.Position(e.Start)
				got = append(got, fmt.Sprintf("%d: %s", line, e.Msg))
			}
			ok := len(got) == len(want)
			for i := range want {
				ok = ok && strings.HasPrefix(got[i], want[i])
			}
			if !ok {
				t.Errorf("%s:\n%s\ngot  %q\nwant %q", path, chunk, got, want)
			}
		}
	}
}

func tables(t testing.TB, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no tables in %s: %v", dir, err)
	}
	return paths
}
