package ipynb

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// corpusFiles are the notebooks of one part of the corpus, by path.
func corpusFiles(t testing.TB, part string) map[string][]byte {
	root := needs.Corpus(t, part)
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".ipynb") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		files[filepath.ToSlash(rel)] = src
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no notebooks in %s", root)
	}
	return files
}

// corpusLayouts reads which layout each notebook of raw/ has.
func corpusLayouts(t testing.TB) map[string]string {
	f, err := os.Open(filepath.Join(needs.Corpus(t, "raw"), "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head, layouts := rows[0], map[string]string{}
	repo, path, layout := slices.Index(head, "repo"), slices.Index(head, "path"), slices.Index(head, "layout")
	for _, row := range rows[1:] {
		layouts[row[repo]+"/"+row[path]] = row[layout]
	}
	return layouts
}

// TestCorpus holds for every real notebook that cells and sources are those that
// encoding/json decodes, that a line put on top of every code cell is the only
// difference then, and that removing it gives the bytes back.
//
// With -v it prints a table by layout.
func TestCorpus(t *testing.T) {
	layouts := corpusLayouts(t)
	type row struct{ files, cells, code, lines int }
	table := map[string]*row{}
	notNotebooks := map[string]ErrorKind{
		// {} in a test of ruff
		"astral-sh+ruff/crates/ruff_notebook/resources/test/fixtures/jupyter/wrong_schema.ipynb": NotNotebook,
	}
	for _, part := range [...]string{"raw", "dev"} {
		for path, src := range corpusFiles(t, part) {
			layout := layouts[path]
			if part == "dev" {
				layout = "dev"
			}
			r := table[layout]
			if r == nil {
				r = new(row)
				table[layout] = r
			}
			r.files++
			nb, err := Parse(src)
			if err != nil {
				if kind := err.(*Error).Kind; kind != notNotebooks[path] {
					t.Errorf("%s: %v", path, err)
				}
				continue
			}
			for i := range nb.Cells {
				r.cells++
				if nb.Cells[i].Kind == Code {
					r.code++
					r.lines += strings.Count(nb.Cells[i].Source, "\n") + 1
				}
			}
			if err := checkNotebook(nb); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if err := checkTopLine(nb); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	t.Logf("%-28s %6s %7s %7s %8s", "layout", "files", "cells", "code", "lines")
	for _, layout := range slices.Sorted(maps.Keys(table)) {
		r := table[layout]
		t.Logf("%-28s %6d %7d %7d %8d", layout, r.files, r.cells, r.code, r.lines)
	}
}

// checkNotebook compares a notebook with the reference, and its offsets with
// each other.
func checkNotebook(nb *Notebook) error {
	doc := reference(nb.Src)
	cells := referenceCells(doc)
	if cells == nil {
		return fmt.Errorf("the reference refuses the notebook")
	}
	if len(cells) != len(nb.Cells) {
		return fmt.Errorf("%d cells, want %d", len(nb.Cells), len(cells))
	}
	for i := range nb.Cells {
		c := &nb.Cells[i]
		want, _ := cells[i][sourceKey(doc, cells[i])].(string)
		if c.Source != want {
			return fmt.Errorf("cell %d: source %q, want %q", i, c.Source, want)
		}
		kind, _ := cells[i]["cell_type"].(string)
		if !slices.Contains([]string{"code", "markdown", "raw", "heading"}, kind) {
			kind = "other"
		}
		if c.Kind.String() != kind {
			return fmt.Errorf("cell %d: kind %v, want %s", i, c.Kind, kind)
		}
		if id, _ := cells[i]["id"].(string); c.ID != id {
			return fmt.Errorf("cell %d: id %q, want %q", i, c.ID, id)
		}
		if err := checkOffsets(nb, i); err != nil {
			return fmt.Errorf("cell %d: %w", i, err)
		}
	}
	out, err := Apply(nb.Src, nil)
	if err != nil || !bytes.Equal(out, nb.Src) {
		return fmt.Errorf("applying no edits changes the file: %v", err)
	}
	return nil
}

// checkOffsets turns source offsets, some hundred in a long source, into the other coordinates and back.
func checkOffsets(nb *Notebook, cell int) error {
	c := &nb.Cells[cell]
	if nb.layouts[cell].source.Len() == 0 {
		return nil
	}
	wantLine, wantColumn := 1, 0
	every := len(c.Source)/500 + 1 // Position counts from the top each time
	runes := 0
	for i, r := range c.Source {
		check := runes%every == 0
		runes++
		line, column := wantLine, wantColumn
		if check {
			line, column = c.Position(i)
		}
		if line != wantLine || column != wantColumn {
			return fmt.Errorf("offset %d: position %d:%d, want %d:%d", i, line, column, wantLine, wantColumn)
		}
		wantColumn++
		atEnd := r == '\n' || r == '\r'
		if r == '\n' || r == '\r' && !strings.HasPrefix(c.Source[i+1:], "\n") {
			wantLine, wantColumn = wantLine+1, 0
		}
		if !check {
			continue
		}
		if got := c.Offset(line, column); got != i && !(atEnd && got == i-1) {
			return fmt.Errorf("offset %d: %d:%d gives back %d", i, line, column, got)
		}
		file := nb.FileOffset(cell, i)
		if text := nb.Src[file:]; text[0] != '\\' && !bytes.HasPrefix(text, []byte(string(r))) {
			return fmt.Errorf("offset %d: %q is at %d, which is %q", i, r, file, text[0])
		}
		if gotCell, gotLine, gotColumn, ok := nb.Locate(file); !ok || gotCell != cell || gotLine != line || gotColumn != column {
			return fmt.Errorf("offset %d: file offset %d is located at %d:%d:%d %t", i, file, gotCell, gotLine, gotColumn, ok)
		}
	}
	return nil
}

// checkTopLine puts a line on top of every code cell and takes it away again.
func checkTopLine(nb *Notebook) error {
	const line = "%%xetmemo input=a,\"b\" output=ünï\n"
	var edits []Edit
	before := reference(nb.Src)
	for i, cell := range referenceCells(before) {
		if nb.Cells[i].Kind != Code {
			continue
		}
		e, err := nb.Replace(i, 0, 0, line)
		if err != nil {
			return err
		}
		edits = append(edits, e...)
		key := sourceKey(before, cell)
		cell[key] = nb.Cells[i].LineEnds(line) + cell[key].(string)
	}
	changed, err := Apply(nb.Src, edits)
	if err != nil {
		return err
	}
	after := reference(changed)
	referenceCells(after)
	if !reflect.DeepEqual(before, after) {
		return fmt.Errorf("a line on top of every code cell changes something else too")
	}
	nb2, err := Parse(changed)
	if err != nil {
		return fmt.Errorf("with a line on top of every code cell: %v", err)
	}
	edits = nil
	for i := range nb2.Cells {
		if nb2.Cells[i].Kind != Code {
			continue
		}
		e, err := nb2.Replace(i, 0, len(nb2.Cells[i].LineEnds(line)), "")
		if err != nil {
			return err
		}
		edits = append(edits, e...)
	}
	restored, err := Apply(changed, edits)
	if err != nil {
		return err
	}
	if !bytes.Equal(restored, nb.Src) {
		at := 0
		for at < len(restored) && at < len(nb.Src) && restored[at] == nb.Src[at] {
			at++
		}
		return fmt.Errorf("removing the line doesn't restore the bytes: at %d, %q, want %q", at,
			restored[max(0, at-60):min(at+60, len(restored))], nb.Src[max(0, at-60):min(at+60, len(nb.Src))])
	}
	return nil
}
