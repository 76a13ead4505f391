package lsp

// Findings as diagnostics.

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/xetmemo/xetmemo-lint/internal/rules"
)

const source = "xetmemo-lint"

type diagnostic struct {
	Range           textRange       `json:"range"`
	Severity        int             `json:"severity"`
	Code            string          `json:"code"`
	CodeDescription *codeHref       `json:"codeDescription,omitempty"`
	Source          string          `json:"source"`
	Message         string          `json:"message"`
	Tags            []int           `json:"tags,omitempty"`
	Data            *diagnosticData `json:"data,omitempty"`
}

type codeHref struct {
	Href string `json:"href"`
}

// diagnosticData names the finding that a diagnostic tells of.
type diagnosticData struct {
	Fingerprint string `json:"fingerprint"`
}

type publishedDiagnostics struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version,omitempty"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

const (
	severityError   = 1
	severityWarning = 2

	severityInformation = 3
	tagUnnecessary      = 1
)

// publish sends the findings of the notebooks that changed: of each cell whose findings are others
// than those sent last.
func (s *server) publish() {
	for _, nb := range s.opened {
		if !nb.changed && !nb.unsent {
			continue
		}
		hinted := nb.loaded != nil
		s.analyse(nb)
		nb.unsent = false
		if s.settings.Diagnostics == pull {
			if s.client.Workspace.Diagnostics.RefreshSupport {
				s.ask("workspace/diagnostic/refresh", nil, nil)
			}
		} else {
			s.push(nb)
		}
		if hinted && (s.settings.InlayHints == turnedOn || s.settings.CodeLens == turnedOn) {
			s.refresh() // other cells' hints may be others now
		}
	}
}

func (s *server) push(nb *notebook) {
	found := s.diagnostics(nb)
	for _, c := range nb.cells {
		list := found[c.uri]
		if list == nil {
			list = []diagnostic{}
		}
		text := contentID(list)
		if nb.sent[c.uri] == text {
			continue
		}
		nb.sent[c.uri] = text
		version := c.version
		s.notify("textDocument/publishDiagnostics", publishedDiagnostics{c.uri, &version, list})
	}
}

// contentID tells contents apart.
func contentID(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// diagnostics are the findings of a notebook by cell. What concerns the notebook as a whole, and
// why it can't be analysed, stands at its first cell.
func (s *server) diagnostics(nb *notebook) map[string][]diagnostic {
	found := map[string][]diagnostic{}
	if len(nb.cells) == 0 {
		return found
	}
	if nb.fault != nil {
		c := nb.cells[0]
		found[c.uri] = []diagnostic{{Severity: severityError, Source: source, Message: nb.fault.Error()}}
		return found
	}
	for _, f := range nb.findings {
		if f.Cell == nil {
			continue // a notebook in another language is left alone
		}
		c := nb.cells[f.Cell.Index]
		found[c.uri] = append(found[c.uri], s.diagnosticOf(nb, c, f))
	}
	return found
}

func (s *server) diagnosticOf(nb *notebook, c *cell, f *rules.Finding) diagnostic {
	start, end := place(nb, f)
	d := diagnostic{
		Range: s.encoding.span(c.text, start, end), Severity: severityWarning, Code: f.Rule.Code, Source: source,
		Message: f.Rule.Name + ": " + f.Message, Data: &diagnosticData{f.Fingerprint},
	}
	switch f.Severity() {
	case rules.Error:
		d.Severity = severityError
	case rules.Information:
		d.Severity = severityInformation
	}
	switch f.Rule.Name {
	case "unused-input", "unused-suppression":
		d.Tags = []int{tagUnnecessary}
	}
	return d
}

// place is where a finding stands in its cell's text.
func place(nb *notebook, f *rules.Finding) (start, end int) {
	c := &nb.loaded.Cells[f.Cell.Index]
	return c.Offset(f.Line, f.Column), c.Offset(f.EndLine, f.EndColumn)
}

func (s *server) diagnostic(p *struct {
	TextDocument documentID `json:"textDocument"`
	Previous     string     `json:"previousResultId"`
}) (any, *responseError) {
	list := []diagnostic{}
	if d := s.documents[p.TextDocument.URI]; d != nil && d.notebook != nil {
		s.analyse(d.notebook)
		if found := s.diagnostics(d.notebook)[d.uri]; found != nil {
			list = found
		}
	}
	id := contentID(list)
	if id == p.Previous {
		return object{"kind": "unchanged", "resultId": id}, nil
	}
	return object{"kind": "full", "resultId": id, "items": list}, nil
}
