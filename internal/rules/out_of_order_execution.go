package rules

// XM403: the cell ran before the cell that it takes a value from.

import (
	"fmt"

	"github.com/xetmemo/xetmemo-lint/deps"
)

var outOfOrderExecution = &Rule{Code: "XM403", Name: "out-of-order-execution", Severity: Warning, cell: func(p *pass, c *cell) {
	for _, r := range c.facts.Reads {
		again := p.ranLater(c, r)
		if again == nil || !p.first(fmt.Sprint(again.unit)) { // one is enough for each cell that was run again
			continue
		}
		p.report(c, span(r.Pos, ""), Finding{
			Names: []string{r.Name}, Via: r.Via,
			Message: fmt.Sprintf("run as [%d], before cell %d, from which it takes %s, was run as [%d]: the outputs shown may not be those of this code",
				c.src.ExecutionCount, again.src.Index, r.Name, again.src.ExecutionCount),
		})
	}
}}

// ranLater returns the cell that a read takes its value from where that was last run after the reader.
func (p *pass) ranLater(c *cell, r *deps.Read) *cell {
	if r.Later || r.Imported || c.src.ExecutionCount <= 0 || len(r.Defs) != 1 || guessed(c, r) {
		return nil
	}
	unit := r.Defs[0].Unit
	if unit < 0 || unit >= c.unit {
		return nil
	}
	if other := p.cells[unit]; other.src.ExecutionCount > c.src.ExecutionCount {
		return other
	}
	return nil
}
