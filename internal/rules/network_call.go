package rules

import "github.com/xetmemo/xetmemo-lint/knowledge"

var networkCall = &Rule{Code: "XM304", Name: "network-call", Severity: Warning,
	memoized: effect(knowledge.Network, func(detail, where string) string {
		return detail + " asks the network " + where + ": a hit gives the old answer"
	}),
}
