package rules

import "fmt"

var outOfOrderExecution = &Rule{Code: "XM403", Name: "out-of-order-execution", Severity: Warning, cell: func(p *pass, c *cell) {
	for _, r := range c.facts.Reads {
		if r.Later || r.Imported || c.src.ExecutionCount <= 0 || guessed(c, r) {
			continue
		}
		for _, d := range r.Defs {
			if d.Unit < 0 || d.Unit >= c.unit || len(r.Defs) != 1 {
				continue
			}
			other := p.cells[d.Unit]
			if other.src.ExecutionCount <= c.src.ExecutionCount {
				continue
			}
			p.report(c, span(r.Pos, ""), Finding{
				Names: []string{r.Name}, Via: r.Via,
				Message: fmt.Sprintf("run as [%d], before cell %d, from which it takes %s, was run as [%d]: the outputs shown may not be those of this code",
					c.src.ExecutionCount, other.src.Index, r.Name, other.src.ExecutionCount),
			})
			return // one is enough
		}
	}
}}
