package rules

// The check of a notebook: which rules run, and what they share of a cell.

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/memo"
	"github.com/xetmemo/xetmemo-lint/internal/trace"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// Options say what is looked for and what is known besides the notebook.
type Options struct {
	Selection Selection
	// Stale knows which cells reach code that changed; nil: nothing is known.
	Stale Stale
	// Trace holds what cells were seen to do when they ran; nil: nothing is known.
	Trace *trace.File
}

// Check returns the findings of a notebook in the order of the document, suppressed ones left out.
func Check(nb *load.Notebook, o Options) []*Finding {
	p := &pass{nb: nb, options: o, ours: nb.Config.Runtime != config.XetCache002 && importsRuntime(nb)}
	if nb.Language == "python" && !python2(nb) {
		for unit := range nb.Code {
			c := newCell(nb, unit)
			if o.Trace != nil && c.header != nil {
				c.seen = o.Trace.Of(c.src.ID, memo.CellDigest(nb.Body(unit), c.file.Version))
			}
			p.cells = append(p.cells, c)
		}
	}
	for _, r := range All {
		if !o.Selection.Has(r) {
			continue
		}
		p.rule, p.names = r, map[string]bool{}
		if r.notebook != nil {
			r.notebook(p)
		}
		for _, c := range p.cells {
			if c.file == nil || c.directives.Skip && r.cell == nil {
				continue
			}
			if r.cell != nil {
				r.cell(p, c)
			}
			if r.memoized != nil && c.header != nil && !c.directives.Skip && len(c.file.Errors) == 0 && !c.file.RawBody && p.isFor(r.For, c) {
				r.memoized(p, c)
			}
		}
	}
	findings := suppress(p)
	slices.SortStableFunc(findings, func(a, b *Finding) int {
		return cmp.Or(cmp.Compare(a.index(), b.index()), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Rule.Code, b.Rule.Code))
	})
	fingerprints(findings, func(index int) string {
		return p.body(index)
	})
	return findings
}

// python2 says whether the notebook says that it runs Python 2.
func python2(nb *load.Notebook) bool { return strings.HasPrefix(nb.LanguageVersion, "2.") }

// Unreadable is the finding about a file that is no notebook, nil when the error says something else.
func Unreadable(path string, err error) *Finding {
	var bad *ipynb.Error
	if !errors.As(err, &bad) {
		return nil
	}
	f := &Finding{Rule: invalidNotebook, Path: path, Line: bad.Line, Column: bad.Column, EndLine: bad.Line, EndColumn: bad.Column + 1, FileLine: max(bad.Line, 1), Message: bad.Msg}
	fingerprints([]*Finding{f}, nil)
	return f
}

func (f *Finding) index() int {
	if f.Cell == nil {
		return -1
	}
	return f.Cell.Index
}

// pass is one run of the rules over a notebook.
type pass struct {
	nb       *load.Notebook
	options  Options
	ours     bool    // the cells run under our runtime
	cells    []*cell // the code cells
	rule     *Rule   // that runs
	findings []*Finding
	names    map[string]bool // that the running rule has reported
}

// cell is a code cell with all that rules ask about it.
type cell struct {
	src        *ipynb.Cell
	facts      *deps.Cell
	unit       int
	file       *pyast.File // nil: not Python
	header     *header.Header
	meant      *header.Header // the header without typing errors in the names of options
	headerSpan pyast.Span
	directives rewrite.Directives
	why        []deps.Reason // why it can't be memoized; only with a header
	seen       *trace.Record // what it was seen to do when it ran; only with a header
}

func newCell(nb *load.Notebook, unit int) *cell {
	c := &cell{src: &nb.Cells[nb.Code[unit]], facts: nb.Graph.Cells[unit], unit: unit}
	if c.facts.Summary == nil {
		return c
	}
	c.file = c.facts.Summary.File
	found := nb.Find(unit)
	c.header, c.headerSpan, c.directives = found.Header, found.Span, found.Directives
	if c.header != nil {
		c.meant = meantHeader(c.header)
		c.why = nb.WhyNot(unit)
	}
	return c
}

// report notes a finding of the running rule at a span of a cell's source.
func (p *pass) report(c *cell, at pyast.Span, f Finding) {
	f.Rule, f.Path = p.rule, p.nb.Path
	f.Cell = Ref(c.src)
	if at.End <= at.Start {
		at.End = at.Start + 1
	}
	at.End = min(at.End, pyast.Pos(len(c.src.Source)))
	at.Start = min(at.Start, at.End)
	f.Line, f.Column = c.src.Position(int(at.Start))
	f.EndLine, f.EndColumn = c.src.Position(int(at.End))
	f.Text = lineAt(c.src.Source, int(at.Start))
	f.FileLine = p.nb.FileLine(p.nb.FileOffset(c.src.Index, int(at.Start)))
	if f.Fix != nil {
		f.Fix.unit = c.unit
	}
	p.findings = append(p.findings, &f)
}

// lineAt is the line of the text that holds the offset.
func lineAt(text string, offset int) string {
	start := strings.LastIndexAny(text[:offset], "\r\n") + 1
	line := text[start:]
	if i := strings.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	return line
}

// body is the source of a cell without its header.
func (p *pass) body(index int) string {
	source := p.nb.Cells[index].Source
	for _, c := range p.cells {
		if c.src.Index == index && c.header != nil {
			return source[:c.headerSpan.Start] + source[c.headerSpan.End:]
		}
	}
	return source
}

// first says whether the running rule sees a name for the first time in the notebook: where the
// same mistake shows in many cells, one finding is enough.
func (p *pass) first(name string) bool {
	seen := p.names[name]
	p.names[name] = true
	return !seen
}

// cellNumber is the number of a unit among all cells.
func (p *pass) cellNumber(unit int) int { return p.nb.Code[unit] }
