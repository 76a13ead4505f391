package rules

import "github.com/xetmemo/xetmemo-lint/knowledge"

var hiddenEnvironment = &Rule{Code: "XM302", Name: "hidden-environment", Severity: Warning,
	memoized: effect(knowledge.Environment, func(detail, where string) string {
		return detail + " reads the environment " + where + ": when that differs, the memo stays"
	}),
}
