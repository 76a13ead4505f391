package rules

import "github.com/xetmemo/xetmemo-lint/internal/load"

var unsupportedLanguage = &Rule{Code: "XM003", Name: "unsupported-language", Severity: Warning, notebook: func(p *pass) {
	if p.nb.Language != "python" {
		p.findings = append(p.findings, &Finding{Rule: p.rule, Path: p.nb.Path, FileLine: 1, Message: load.OtherLanguage(p.nb.Language)})
	}
}}
