package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type checkReport struct {
	Findings []struct {
		Code     string
		Path     string
		Cell     *struct{ Index int }
		Line     int
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
	src := corpus(t, "seed")
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
// against the file: the line must hold what the line of the cell holds, as JSON writes it.
func TestCheckLines(t *testing.T) {
	src := corpus(t, "raw")
	layouts := readLayouts(t, src)
	seen := map[string]int{}
	for _, f := range checkJSON(t, "--select", "ALL", src).Findings {
		if f.Cell == nil {
			continue
		}
		nb := decodeNotebook(t, f.Path)
		lines := strings.Split(strings.ReplaceAll(nb.sources[f.Cell.Index], "\r\n", "\n"), "\n")
		file := strings.Split(string(nb.bytes), "\n")
		if f.FileLine < 1 || f.FileLine > len(file) || f.Line < 1 || f.Line > len(lines) {
			t.Errorf("%s cell %d: line %d of the file, %d of the cell", f.Path, f.Cell.Index, f.FileLine, f.Line)
			continue
		}
		if !holds(file[f.FileLine-1], lines[f.Line-1]) {
			t.Errorf("%s: line %d does not hold line %d of cell %d: %s", f.Path, f.FileLine, f.Line, f.Cell.Index, lines[f.Line-1])
		}
		rel, _ := filepath.Rel(src, f.Path)
		seen[layouts[filepath.ToSlash(rel)]]++
	}
	t.Logf("findings by layout: %v", seen)
	if len(seen) == 0 {
		t.Error("no findings")
	}
}

// holds says whether a line of JSON holds a line of text, however its characters are escaped.
func holds(line, text string) bool {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '(' || r == '=' {
				return r
			}
			return -1
		}, s)
	}
	for _, e := range []string{`\t`, `\"`, `\\`, `\n`, `\/`} {
		line = strings.ReplaceAll(line, e, " ")
	}
	for _, word := range strings.Fields(text) {
		if word = plain(word); len(word) > 3 && !strings.Contains(plain(line), word) && !strings.Contains(line, `\u`) {
			return false
		}
	}
	return true
}
