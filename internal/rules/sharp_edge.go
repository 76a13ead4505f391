package rules

// XM204: looking up the memo likely takes longer than running the cell.

import "fmt"

// trivial is the duration in seconds below which hashing the inputs likely takes longer than
// the cell. The runtime stores nothing that took less than some seconds anyway.
const trivial = 0.1

var sharpEdge = &Rule{Code: "XM204", Name: "sharp-edge", Severity: Warning, Off: true, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	if !(c.src.Duration < trivial) || c.header.Always { // also when no duration is recorded
		return
	}
	none := ""
	p.report(c, c.headerSpan, Finding{
		Message: fmt.Sprintf("the cell last took %.3g s: looking up its memo is likely slower", c.src.Duration),
		Fix:     &Fix{Safe: true, Description: "take the header out", line: &none},
	})
}}
