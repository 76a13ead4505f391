package rules

// XM301: a memoized cell reads a file.

import "github.com/xetmemo/xetmemo-lint/knowledge"

var hiddenFileInput = &Rule{Code: "XM301", Name: "hidden-file-input", Severity: Warning, For: UnderXetCache002,
	memoized: effect(knowledge.ReadsFile, func(detail, where string) string {
		return detail + " reads a file " + where + ": when the file changes, the memo stays"
	}),
}
