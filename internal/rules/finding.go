package rules

// Findings.

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/xetmemo/xetmemo-lint/ipynb"
)

// A Finding is one place where a notebook breaks a rule.
type Finding struct {
	Rule *Rule
	Path string
	Cell *CellRef // nil: the file as a whole
	// The place in the cell, or in the file where Cell is nil: lines from 1, columns from 0 in
	// code points, the end exclusive. Line is 0 where there is none.
	Line, Column, EndLine, EndColumn int
	FileLine                         int // of the .ipynb file, from 1
	Message                          string
	Names                            []string // what it is about
	Via                              []string // the functions through which it happens, outermost first
	Fix                              *Fix     // nil: there is none
	// Text is the line of the source, for display.
	Text string
	// Information says that there is nothing to mend, whatever the rule's other findings are.
	Information bool
	Seconds     float64 // that a cell will take which runs again
	// Fingerprint names the finding among those of its notebook, across runs: it stays when cells
	// are moved and when other parts of the notebook change.
	Fingerprint string
}

// Severity is the finding's own: it may be less than that of its rule.
func (f *Finding) Severity() Severity {
	if f.Information {
		return Information
	}
	return f.Rule.Severity
}

// CellRef names a cell.
type CellRef struct {
	Index int // among all cells, from 0
	ID    string
	HasID bool
}

// Ref names a cell of a notebook.
func Ref(c *ipynb.Cell) *CellRef { return &CellRef{c.Index, c.ID, c.HasID} }

// String is "cell 5 (id)", without the parentheses where the cell has no id.
func (c *CellRef) String() string {
	if c.ID == "" {
		return fmt.Sprintf("cell %d", c.Index)
	}
	return fmt.Sprintf("cell %d (%s)", c.Index, c.ID)
}

// A Fix mends a finding.
type Fix struct {
	Safe        bool
	Description string

	unit   int
	header headerFix      // names to add and to take out
	line   *string        // the header line anew; "" takes it out
	change []ipynb.Change // of the cell's source
	split  bool           // imports and definitions move to a cell above
}

// headerFix is what a fix does to the lists of a header.
type headerFix struct{ addInput, dropInput, addOutput, dropOutput string }

// fingerprints gives each finding of a notebook its fingerprint: a digest of the rule, the names and
// the cell. A cell is known by its id, else by its source without the header. Findings that are
// still alike are numbered in order.
func fingerprints(findings []*Finding, body func(index int) string) {
	seen := map[string]int{}
	for _, f := range findings {
		place := ""
		if f.Cell != nil {
			if place = f.Cell.ID; place == "" {
				place = body(f.Cell.Index)
			}
		}
		key := strings.Join([]string{f.Rule.Code, strings.Join(f.Names, ","), place}, "\x00")
		n := seen[key]
		seen[key]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, n))
		f.Fingerprint = hex.EncodeToString(sum[:10])
	}
}
