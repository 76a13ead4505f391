package rules

// Rules that report an effect which a memo would hide.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// effect reports the effects of one kind that a memoized cell has.
func effect(kind knowledge.EffectKind, message func(detail, where string) string) func(*pass, *cell) {
	return func(p *pass, c *cell) {
		for _, e := range c.facts.Effects {
			if e.Kind == kind {
				p.reportEffect(c, e, message(e.Detail, where(c, e.Pos, e.Via)))
			}
		}
	}
}

func (p *pass) reportEffect(c *cell, e deps.Effect, message string) {
	p.report(c, span(e.Pos, ""), Finding{Message: message, Names: names(e.Detail), Via: slices.Clone(e.Via)})
}
