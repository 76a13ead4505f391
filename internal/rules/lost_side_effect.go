package rules

import "github.com/xetmemo/xetmemo-lint/knowledge"

var lostSideEffect = &Rule{Code: "XM305", Name: "lost-side-effect", Severity: Warning,
	memoized: effect(knowledge.WritesFile, func(detail, where string) string {
		return detail + " writes a file " + where + ": a hit doesn't"
	}),
}
