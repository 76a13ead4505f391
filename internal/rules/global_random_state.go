package rules

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

var globalRandomState = &Rule{Code: "XM303", Name: "global-random-state", Severity: Warning, memoized: func(p *pass, c *cell) {
	seeds := false
	p.reasons(c, func(r deps.Reason) {
		seeds = true
		p.report(c, span(r.Pos, ""), Finding{Message: r.Text, Names: names(r.Name)})
	})
	if seeds { // what is drawn after that is determined
		return
	}
	for _, e := range c.facts.Effects {
		if e.Kind == string(knowledge.Random) && !c.seeded(e) {
			p.reportEffect(c, e, e.Detail+" draws random numbers that the inputs don't determine "+where(c, e.Pos, e.Via)+": a hit repeats the old ones")
		}
	}
}}

// seeds are the parameters that take a seed or a generator.
var seeds = []string{"random_state", "seed", "rng", "generator", "random_seed", "entropy"}

// seeded says whether the call that has the effect is given a seed or a generator by the cell.
func (c *cell) seeded(e deps.Effect) bool {
	if len(e.Via) > 0 {
		return false
	}
	found := false
	for _, s := range c.file.Body {
		pyast.Walk(s, func(n pyast.Node) bool {
			call, ok := n.(*pyast.Call)
			if !ok || e.Pos < call.Start || e.Pos >= call.End {
				return true
			}
			for _, k := range call.Keywords {
				found = found || slices.Contains(seeds, k.Arg.Name) && !isNone(k.Value)
			}
			if a, ok := call.Func.(*pyast.Attribute); ok && len(call.Args) > 0 && (a.Attr.Name == "default_rng" || a.Attr.Name == "RandomState" || a.Attr.Name == "Random") {
				found = found || !isNone(call.Args[0])
			}
			return true
		})
	}
	return found
}

func isNone(e pyast.Expr) bool {
	c, ok := e.(*pyast.Constant)
	return ok && c.Kind == pyast.None
}
