package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// TestSeed annotates the benchmark notebook of XetCache's author and compares the headers with
// what its cells really read and leave behind.
func TestSeed(t *testing.T) {
	src := needs.Corpus(t, "seed")
	dir := t.TempDir()
	copyTree(t, dir, src)
	var want struct {
		Notebook string
		Cells    []struct {
			Index         int
			Input, Output []string
		}
	}
	decodeFile(t, filepath.Join(src, "expected.json"), &want)
	path := filepath.Join(dir, want.Notebook)
	before := decodeNotebook(t, path)

	var diff, stderr bytes.Buffer
	if code := run([]string{"annotate", "--diff", path}, nil, &diff, &stderr); code != exitFindings {
		t.Fatalf("annotate --diff: exit %d: %s", code, &stderr)
	}
	for line := range strings.Lines(diff.String()) {
		if (line[0] == '+' || line[0] == '-') && !strings.HasPrefix(line, "+++ ") && !strings.HasPrefix(line, "--- ") && !strings.HasPrefix(line[1:], "%%xetmemo ") && line != "+import xetcache\n" {
			t.Errorf("the diff touches more than headers and the runtime's import: %s", line)
		}
	}
	var stdout bytes.Buffer
	if code := run([]string{"annotate", path}, nil, &stdout, &stderr); code != exitDone {
		t.Fatalf("annotate: exit %d: %s", code, &stderr)
	}
	after := decodeNotebook(t, path)
	compareNotebooks(t, want.Notebook, before, after)
	for _, c := range want.Cells {
		line, _, _ := strings.Cut(after.sources[c.Index], "\n")
		got := map[string][]string{}
		for _, word := range strings.Fields(line)[1:] {
			name, value, _ := strings.Cut(word, "=")
			got[name] = strings.Split(value, ",")
		}
		if !sameSet(got["input"], c.Input) || !sameSet(got["output"], c.Output) {
			t.Errorf("cell %d: %s\nwant input=%s output=%s", c.Index, line, strings.Join(c.Input, ","), strings.Join(c.Output, ","))
		}
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// TestCorpus annotates copies of all notebooks of a part of the corpus. Decoded, a notebook must
// differ in nothing but the first lines of annotated cells, and a second run must write nothing.
//
// With -v it prints a table by layout.
func TestCorpus(t *testing.T) {
	for _, part := range []string{"raw", "dev"} {
		t.Run(part, func(t *testing.T) { testCorpus(t, part) })
	}
}

func testCorpus(t *testing.T, part string) {
	src := needs.Corpus(t, part)
	dir := t.TempDir()
	copyTree(t, dir, src)
	annotate := func() string {
		var stdout, stderr bytes.Buffer
		if code := run([]string{"annotate", "--cells", "all", dir}, nil, &stdout, &stderr); code == exitInternal {
			t.Fatal(stderr.String())
		}
		return stdout.String()
	}
	written := strings.Count(annotate(), "\n")
	layouts := readLayouts(t, src)
	type row struct{ notebooks, written, cells, headers int }
	table := map[string]*row{}
	first := map[string][]byte{}
	for _, rel := range notebooksIn(t, src) {
		path := filepath.Join(dir, rel)
		before := decodeNotebook(t, filepath.Join(src, rel))
		after := decodeNotebook(t, path)
		headers := compareNotebooks(t, rel, before, after)
		first[rel] = after.bytes
		layout := cmp.Or(layouts[filepath.ToSlash(rel)], "unlisted")
		if table[layout] == nil {
			table[layout] = &row{}
		}
		r := table[layout]
		r.notebooks++
		r.cells += len(before.sources)
		r.headers += headers
		if !bytes.Equal(before.bytes, after.bytes) {
			r.written++
			written--
		}
	}
	if written != 0 {
		t.Errorf("%d files more were reported as written than differ", written)
	}
	if again := annotate(); again != "" {
		t.Errorf("the second run writes:\n%s", again)
	}
	for rel, bytesBefore := range first {
		if now := readFile(t, filepath.Join(dir, rel)); !bytes.Equal(now, bytesBefore) {
			t.Errorf("%s: the second run changed the file", rel)
		}
	}
	var sum row
	t.Logf("%-32s %9s %9s %9s %9s", "layout", "notebooks", "written", "cells", "headers")
	for _, name := range slices.Sorted(maps.Keys(table)) {
		r := table[name]
		t.Logf("%-32s %9d %9d %9d %9d", name, r.notebooks, r.written, r.cells, r.headers)
		sum = row{sum.notebooks + r.notebooks, sum.written + r.written, sum.cells + r.cells, sum.headers + r.headers}
	}
	t.Logf("%-32s %9d %9d %9d %9d", "all", sum.notebooks, sum.written, sum.cells, sum.headers)
}

// decoded is a notebook as encoding/json reads it.
type decoded struct {
	bytes   []byte
	value   any // without sources
	sources []string
}

// takeSource takes the source out of a cell and leaves its type.
func takeSource(cell map[string]any) string {
	key := "source"
	if _, ok := cell["input"]; ok {
		key = "input"
	}
	value, ok := cell[key]
	if !ok {
		return ""
	}
	cell[key] = fmt.Sprintf("%T", value)
	switch s := value.(type) {
	case string:
		return s
	case []any:
		var b strings.Builder
		for _, x := range s {
			b.WriteString(x.(string))
		}
		return b.String()
	}
	return ""
}

// notNumbers are constants that Python's json writes and Go's doesn't read.
var notNumbers = regexp.MustCompile(`([:,\[]\s*)(NaN|-?Infinity)`)

func decodeNotebook(t *testing.T, path string) *decoded {
	d := &decoded{bytes: readFile(t, path)}
	src := bytes.TrimPrefix(d.bytes, []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(notNumbers.ReplaceAll(src, []byte("$1 null")), &d.value); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	book := d.value.(map[string]any)
	lists := []any{book["cells"]}
	if sheets, ok := book["worksheets"].([]any); ok {
		lists = nil
		for _, s := range sheets {
			lists = append(lists, s.(map[string]any)["cells"])
		}
	}
	for _, list := range lists {
		cells, _ := list.([]any)
		for _, c := range cells {
			d.sources = append(d.sources, takeSource(c.(map[string]any)))
		}
	}
	return d
}

// compareNotebooks requires that only header lines differ and returns how many cells do.
func compareNotebooks(t *testing.T, name string, before, after *decoded) (headers int) {
	t.Helper()
	if len(before.sources) != len(after.sources) {
		t.Errorf("%s: %d cells became %d", name, len(before.sources), len(after.sources))
		return 0
	}
	for i := range before.sources {
		old, now := before.sources[i], after.sources[i]
		if old != now {
			if imported := strings.Replace(now, "import xetcache\n", "", 1); imported == old {
				continue
			}
			headers++
			if withoutHeader(old) != withoutHeader(now) {
				t.Errorf("%s: cell %d differs in more than its header:\n%s", name, i, now)
			}
		}
	}
	if !reflect.DeepEqual(before.value, after.value) {
		t.Errorf("%s: more than sources changed", name)
	}
	return headers
}

var headerLine = regexp.MustCompile(`(?m)^[ \t]*%%xetmemo .*\r?\n`)

func withoutHeader(source string) string {
	if at := headerLine.FindStringIndex(source); at != nil {
		return source[:at[0]] + source[at[1]:]
	}
	return source
}

func readLayouts(t *testing.T, dir string) map[string]string {
	layouts := map[string]string{}
	r := csv.NewReader(bytes.NewReader(readFile(t, filepath.Join(dir, "MANIFEST.tsv"))))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	repo, path, layout := slices.Index(rows[0], "repo"), slices.Index(rows[0], "path"), slices.Index(rows[0], "layout")
	for _, row := range rows[1:] {
		if layout >= 0 {
			layouts[row[repo]+"/"+row[path]] = row[layout]
		}
	}
	return layouts
}

func notebooksIn(t *testing.T, dir string) []string {
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".ipynb") {
			rel, _ := filepath.Rel(dir, path)
			found = append(found, rel)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatal("no notebooks: ", err)
	}
	return found
}

func copyTree(t *testing.T, to, from string) {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error { // the original may be read-only
		if err == nil && !d.IsDir() {
			return os.Chmod(path, 0o644)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decodeFile(t *testing.T, path string, v any) {
	if err := json.Unmarshal(readFile(t, path), v); err != nil {
		t.Fatal(path, err)
	}
}
