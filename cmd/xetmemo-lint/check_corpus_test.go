package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

type checkReport struct {
	Findings []struct {
		Code     string
		Path     string
		Cell     *struct{ Index int }
		Line     int
		Column   int
		FileLine int `json:"file_line"`
		Names    []string
		Via      []string
	}
}

func checkJSON(t *testing.T, args ...string) checkReport {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(append([]string{"check", "--format", "json"}, args...), nil, &stdout, &stderr); code == exitInternal {
		t.Fatal(stderr.String())
	}
	var report checkReport
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// TestCheckSeed checks the benchmark notebook of XetCache's author as it was published: what is
// missing from its hand-written headers is found, and nothing else is said to be missing.
func TestCheckSeed(t *testing.T) {
	src := needs.Corpus(t, "seed")
	var want struct {
		Notebook string
		Cells    []struct {
			Index  int
			Missed []string `json:"missed_by_hand"`
		}
	}
	decodeFile(t, filepath.Join(src, "expected.json"), &want)
	missing := map[int][]string{}
	said := map[int]int{}
	for _, f := range checkJSON(t, filepath.Join(src, want.Notebook)).Findings {
		said[f.Cell.Index]++
		if f.Code == "XM101" || f.Code == "XM110" {
			missing[f.Cell.Index] = append(missing[f.Cell.Index], f.Names...)
			if slices.Equal(f.Names, []string{"is_same"}) && !slices.Equal(f.Via, []string{"do_work"}) {
				t.Errorf("is_same is reached through %q", f.Via)
			}
		}
	}
	for _, c := range want.Cells {
		if !sameSet(missing[c.Index], c.Missed) {
			t.Errorf("cell %d: %q reported as missing, want %q", c.Index, missing[c.Index], c.Missed)
		}
		delete(missing, c.Index)
	}
	if len(missing) > 0 {
		t.Errorf("findings on other cells: %v", missing)
	}
	if said[43] > 0 {
		t.Errorf("%d findings on cell 43, whose header is right", said[43])
	}
}

// TestCheckLines holds the line in the file of every finding in raw, notebooks of every layout,
// against the file: it must hold the word that stands at the finding's place in the cell.
func TestCheckLines(t *testing.T) {
	src := needs.Corpus(t, "raw")
	layouts := readLayouts(t, src)
	seen := map[string]int{}
	var path string
	var nb *decoded
	var file []string
	for _, f := range checkJSON(t, "--select", "ALL", src).Findings {
		if f.Cell == nil {
			continue
		}
		if f.Path != path {
			path, nb = f.Path, decodeNotebook(t, f.Path)
			file = strings.Split(string(nb.bytes), "\n")
		}
		lines := strings.Split(strings.ReplaceAll(nb.sources[f.Cell.Index], "\r\n", "\n"), "\n")
		if f.FileLine < 1 || f.FileLine > len(file) || f.Line < 1 || f.Line > len(lines) {
			t.Errorf("%s cell %d: line %d of the file, %d of the cell", f.Path, f.Cell.Index, f.FileLine, f.Line)
			continue
		}
		rest := []rune(lines[f.Line-1])
		word := wordAt.FindString(string(rest[min(f.Column, len(rest)):]))
		if !strings.Contains(file[f.FileLine-1], word) {
			t.Errorf("%s: line %d does not hold %q, which is at line %d, column %d of cell %d", f.Path, f.FileLine, word, f.Line, f.Column, f.Cell.Index)
		}
		rel, _ := filepath.Rel(src, f.Path)
		seen[layouts[filepath.ToSlash(rel)]]++
	}
	t.Logf("findings by layout: %v", seen)
	if len(seen) == 0 {
		t.Error("no findings")
	}
}

var wordAt = regexp.MustCompile(`^[A-Za-z_]*`)
