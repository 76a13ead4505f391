package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	codeSpan      = regexp.MustCompile("`([^`]+)`")
	pythonVersion = regexp.MustCompile(`^Python (3\.\d+)`)
)

// TestSemanticsTable runs the table of section 8 of docs/semantics.md: each row is a notebook.
func TestSemanticsTable(t *testing.T) {
	page, err := os.ReadFile("../../docs/semantics.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## 8.")
	rows := 0
	for line := range strings.Lines(section) {
		columns := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(columns) != 5 || !strings.Contains(columns[1], "`") {
			continue
		}
		rows++
		t.Run(strings.TrimSpace(columns[1]), func(t *testing.T) { semanticsRow(t, columns) })
	}
	if rows < 35 {
		t.Errorf("the table has %d rows that could be read", rows)
	}
}

func semanticsRow(t *testing.T, columns []string) {
	cell, inputs := codeIn(columns[1]), namesIn(columns[2])
	var cells []string
	for _, name := range inputs {
		cells = append(cells, name+" = __import__('elsewhere')."+name) // a value that nothing is known of
	}
	for _, before := range strings.Split(columns[0], " --- ") {
		cells = append(cells, codeIn(before))
	}
	version := "3.12"
	if m := pythonVersion.FindStringSubmatch(strings.TrimSpace(columns[4])); m != nil {
		version = m[1]
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"analyze", "-"}, strings.NewReader(notebookOf(t, version, append(cells, cell))), &stdout, &stderr); code != exitDone {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	var analysis struct {
		Notebooks []struct{ Cells []analyzedCell }
	}
	if err := json.Unmarshal(stdout.Bytes(), &analysis); err != nil {
		t.Fatal(err)
	}
	got := analysis.Notebooks[0].Cells[len(cells)]
	if diff := cmp.Diff(set(inputs), set(got.Inputs)); diff != "" {
		t.Errorf("inputs (-page +program):\n%s", diff)
	}
	if diff := cmp.Diff(set(namesIn(columns[3])), set(got.Outputs.All)); diff != "" {
		t.Errorf("outputs (-page +program):\n%s", diff)
	}
}

// codeIn is the text of the code spans of a table's column, a line each.
func codeIn(column string) string {
	var lines []string
	for _, m := range codeSpan.FindAllStringSubmatch(column, -1) {
		lines = append(lines, m[1])
	}
	return strings.Join(lines, "\n")
}

// namesIn are the names that a column lists.
func namesIn(column string) []string {
	column = strings.TrimSpace(column)
	if column == "none" {
		return []string{}
	}
	return strings.Split(column, ", ")
}

func notebookOf(t *testing.T, version string, cells []string) string {
	type cell struct {
		Type     string   `json:"cell_type"`
		Metadata struct{} `json:"metadata"`
		Source   string   `json:"source"`
		Outputs  []string `json:"outputs"`
		Count    *int     `json:"execution_count"`
	}
	nb := struct {
		Format   int            `json:"nbformat"`
		Minor    int            `json:"nbformat_minor"`
		Metadata map[string]any `json:"metadata"`
		Cells    []cell         `json:"cells"`
	}{Format: 4, Minor: 4, Metadata: map[string]any{"language_info": map[string]string{"name": "python", "version": version}}}
	for _, source := range cells {
		nb.Cells = append(nb.Cells, cell{Type: "code", Source: source, Outputs: []string{}})
	}
	data, err := json.Marshal(nb)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
