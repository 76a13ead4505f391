package report

// Findings as JSON, and for GitHub.

import (
	"fmt"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/rules"
)

// CheckVersion is the version of check's JSON format. Fields are only ever added.
const CheckVersion = 1

// Problem is a file that could not be checked for another reason than what it holds.
type Problem struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

type checkJSON struct {
	Version  int           `json:"version"`
	Findings []findingJSON `json:"findings"`
	Errors   []Problem     `json:"errors"`
}

type findingJSON struct {
	Code        string         `json:"code"`
	Name        string         `json:"name"`
	Severity    rules.Severity `json:"severity"`
	Path        string         `json:"path"`
	Cell        *cellRefJSON   `json:"cell"`
	Line        int            `json:"line"`
	Column      int            `json:"column"`
	EndLine     int            `json:"end_line"`
	EndColumn   int            `json:"end_column"`
	FileLine    int            `json:"file_line"`
	Message     string         `json:"message"`
	Names       []string       `json:"names"`
	Via         []string       `json:"via"`
	Fix         *fixJSON       `json:"fix"`
	Fingerprint string         `json:"fingerprint"`
}

type cellRefJSON struct {
	Index int     `json:"index"`
	ID    *string `json:"id"`
}

type fixJSON struct {
	Safe        bool   `json:"safe"`
	Description string `json:"description"`
}

// CheckJSON is all findings as one JSON object, as docs/check.md describes it.
func CheckJSON(findings []*rules.Finding, problems []Problem) []byte {
	out := checkJSON{Version: CheckVersion, Findings: []findingJSON{}, Errors: problems}
	if problems == nil {
		out.Errors = []Problem{}
	}
	for _, f := range findings {
		x := findingJSON{
			Code: f.Rule.Code, Name: f.Rule.Name, Severity: f.Severity(), Path: f.Path, Line: f.Line, Column: f.Column,
			EndLine: f.EndLine, EndColumn: f.EndColumn, FileLine: f.FileLine, Message: f.Message,
			Names: list(f.Names), Via: list(f.Via), Fingerprint: f.Fingerprint,
		}
		if f.Cell != nil {
			x.Cell = &cellRefJSON{Index: f.Cell.Index}
			if f.Cell.HasID {
				x.Cell.ID = &f.Cell.ID
			}
		}
		if f.Fix != nil {
			x.Fix = &fixJSON{f.Fix.Safe, f.Fix.Description}
		}
		out.Findings = append(out.Findings, x)
	}
	return append(marshal(out), '\n')
}

// GitHub is a finding as a workflow command (docs.github.com, "Workflow commands for GitHub
// Actions"), which makes an annotation at the line of the file.
func GitHub(f *rules.Finding) string {
	text := f.Message
	if place := placeInCell(f); place != "" {
		text = place + ": " + text
	}
	level := string(f.Severity())
	if f.Severity() == rules.Information {
		level = "notice"
	}
	return fmt.Sprintf("::%s file=%s,line=%d,title=%s::%s\n", level, property.Replace(f.Path), f.FileLine,
		property.Replace(f.Rule.Code+" "+f.Rule.Name), commandText.Replace(text))
}

// GitHubProblem is a file that could not be checked as a workflow command.
func GitHubProblem(p Problem) string {
	return fmt.Sprintf("::error file=%s::%s\n", property.Replace(p.Path), commandText.Replace(p.Message))
}

var (
	commandText = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property    = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// placeInCell is "cell 5 (id), line 3, column 5" with the column from 1, or what there is of it.
func placeInCell(f *rules.Finding) string {
	var parts []string
	if f.Cell != nil {
		parts = append(parts, f.Cell.String())
	}
	if f.Line > 0 && f.Cell != nil {
		parts = append(parts, fmt.Sprintf("line %d, column %d", f.Line, f.Column+1))
	}
	return strings.Join(parts, ", ")
}
