package rules

// XM105: XetCache can't read the header.

import (
	"fmt"
	"strings"
)

var malformedHeader = &Rule{Code: "XM105", Name: "malformed-header", Severity: Error, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	h := c.header
	if len(h.Invalid) > 0 {
		for _, item := range h.Invalid {
			f := Finding{Names: []string{item}, Message: fmt.Sprintf("%q can't be used: an input is an expression, an output a name, a key a folder's name", item)}
			span := itemSpan(c, "input", item)
			for _, option := range []string{"output", "key"} {
				if s := itemSpan(c, option, item); c.file.Segment(s) == item {
					span = s
				}
			}
			p.report(c, span, f)
		}
		return
	}
	if p.ours || h.Strict || len(h.Unknown) > 0 || bare(h.Text) {
		return
	}
	line := h.Strictly()
	p.report(c, c.headerSpan, Finding{
		Message: "XetCache 0.0.2 can't read this header: it takes single spaces, name=value, no space after a comma, each option once",
		Fix:     &Fix{Safe: true, Description: "write " + line, line: &line},
	})
}}

// bare says whether a header has no options, which other rules then miss.
func bare(text string) bool { return strings.TrimSpace(text) == "%%xetmemo" }
