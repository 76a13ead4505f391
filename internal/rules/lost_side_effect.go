package rules

// XM305: a memoized cell writes a file.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

var lostSideEffect = &Rule{Code: "XM305", Name: "lost-side-effect", Severity: Warning, For: WrittenByHand, memoized: func(p *pass, c *cell) {
	for _, e := range c.facts.Effects {
		if e.Kind != knowledge.WritesFile || c.downloads(e.Detail) {
			continue
		}
		p.reportEffect(c, e, e.Detail+" writes a file "+where(c, e.Pos, e.Via)+": a hit doesn't")
	}
}}

// downloads says whether a call also asks the network, or belongs to a library that keeps what it
// computes on disk: what it writes is a cache.
func (c *cell) downloads(call string) bool {
	switch {
	case strings.HasPrefix(call, "datasets."):
		return true
	case strings.HasPrefix(call, "urllib."): // to a place that the caller names
		return false
	}
	return slices.ContainsFunc(c.facts.Effects, func(e deps.Effect) bool {
		return e.Detail == call && e.Kind == knowledge.Network
	})
}
