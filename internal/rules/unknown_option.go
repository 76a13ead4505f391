package rules

// XM106: the header has an option that there is not.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/spell"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

var unknownOption = &Rule{Code: "XM106", Name: "unknown-option", Severity: Error, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	if len(c.header.Unknown) == 0 {
		return
	}
	line := c.meant.Strictly()
	for i, text := range c.header.Unknown {
		name, _, isOption := strings.Cut(text, "=")
		name = strings.TrimSpace(name)
		f := Finding{Message: name + " is no option: there are input, output, always and key", Names: []string{name}}
		switch meant := meantOption(text); {
		case meant != "":
			f.Message = name + " is no option: perhaps " + meant + " is meant"
		case !isOption:
			f.Message = name + " belongs to no option: perhaps a comma is missing before it"
		}
		if i == 0 && len(c.header.Stray()) == 0 {
			f.Fix = &Fix{Safe: true, Description: "write " + line, line: &line}
		}
		span := c.headerSpan
		if at := strings.Index(c.header.Text, text); at >= 0 {
			span.Start += pyast.Pos(at)
			span.End = span.Start + pyast.Pos(len(text))
		}
		p.report(c, span, f)
	}
}}

// meantHeader is the header with mistyped options put right. Rules about what a header lacks go by
// it, so that one mistake is one finding.
func meantHeader(h *header.Header) *header.Header {
	line := h.Text
	for _, text := range h.Unknown {
		if meant := meantOption(text); meant != "" {
			_, value, _ := strings.Cut(text, "=")
			line = strings.Replace(line, text, meant+"="+value, 1)
		}
	}
	if line == h.Text {
		return h
	}
	return header.Parse(line)
}

// meantOption is the option that a mistyped one stands for, or "".
func meantOption(text string) string {
	name, _, isOption := strings.Cut(text, "=")
	if !isOption {
		return ""
	}
	return spell.Nearest(strings.TrimSpace(name), []string{"input", "output", "always", "key"})
}
