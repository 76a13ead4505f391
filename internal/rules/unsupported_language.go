package rules

// XM003: the notebook is in a language other than Python 3.

import "github.com/xetmemo/xetmemo-lint/internal/load"

var unsupportedLanguage = &Rule{Code: "XM003", Name: "unsupported-language", Severity: Warning, notebook: func(p *pass) {
	message := ""
	switch {
	case p.nb.Language != "python":
		message = load.OtherLanguage(p.nb.Language)
	case python2(p.nb):
		message = load.OtherLanguage("Python 2")
	default:
		return
	}
	p.findings = append(p.findings, &Finding{Rule: p.rule, Path: p.nb.Path, FileLine: 1, Message: message})
}}
