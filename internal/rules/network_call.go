package rules

// XM304: a memoized cell asks the network.

import "github.com/xetmemo/xetmemo-lint/knowledge"

var networkCall = &Rule{Code: "XM304", Name: "network-call", Severity: Warning, For: WrittenByHand, memoized: func(p *pass, c *cell) {
	for _, e := range c.facts.Effects {
		if e.Kind == knowledge.Network {
			p.reportEffect(c, e, e.Detail+" asks the network "+where(c, e.Pos, e.Via)+": a hit gives the old answer")
		}
	}
}}
