package rules

// XM201: a cell that does long work has no header.

import (
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

var unannotatedCell = &Rule{Code: "XM201", Name: "unannotated-cell", Severity: Warning, Off: true, Fix: SafeFix, notebook: func(p *pass) {
	if len(p.cells) == 0 { // not Python 3
		return
	}
	for _, unit := range p.nb.Select(rewrite.AutoCells, p.nb.Config.Seconds()) {
		c := p.cells[unit]
		if c.header != nil || c.directives.Skip || len(p.nb.WhyNot(unit)) > 0 {
			continue
		}
		line := p.nb.Suggest(unit, rewrite.Style{Outputs: p.nb.Config.Outputs, Functions: p.nb.Config.Functions})
		p.report(c, firstLine(c), Finding{
			Message: "the cell does long work and has no header",
			Fix:     &Fix{Safe: true, Description: "add " + line, line: &line},
		})
	}
}}

// firstLine is the first line of a cell with anything on it.
func firstLine(c *cell) pyast.Span {
	span := pyast.Span{}
	switch {
	case len(c.file.CellMagics) > 0:
		span = c.file.CellMagics[0].Span
	case len(c.file.Body) > 0:
		span = c.file.Body[0].Pos()
	}
	line := lineAt(c.src.Source, int(span.Start))
	return pyast.Span{Start: span.Start, End: min(span.End, span.Start+pyast.Pos(len(line)))}
}
