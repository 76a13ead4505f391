package report

// Findings as SARIF.

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/rules"
)

// The parts of SARIF 2.1.0 (OASIS, section 3) that we write.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string       `json:"id"`
		Name          string       `json:"name"`
		Short         sarifMessage `json:"shortDescription"`
		Help          sarifMessage `json:"help"`
		Configuration struct {
			Enabled bool   `json:"enabled"`
			Level   string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifMessage struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
)

// SARIF is all findings as a SARIF 2.1.0 log. Regions are lines of the .ipynb file; the place in
// the cell stands in the message and as a logical location.
func SARIF(findings []*rules.Finding, problems []Problem, version string) []byte {
	driver := sarifDriver{Name: "xetmemo-lint", Version: version}
	for _, r := range rules.All {
		s := sarifRule{ID: r.Code, Name: r.Name, Short: sarifMessage{Text: r.Summary()}, Help: sarifMessage{Text: r.Doc(), Markdown: r.Doc()}}
		s.Configuration.Enabled, s.Configuration.Level = !r.Off, string(r.Severity)
		driver.Rules = append(driver.Rules, s)
	}
	run := sarifRun{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	invocation := sarifInvocation{Successful: true}
	for _, p := range problems {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{"error", sarifMessage{Text: p.Message}, []sarifLocation{location(p.Path, 0)}})
	}
	run.Invocations = []sarifInvocation{invocation}
	for _, f := range findings {
		text := f.Message
		if place := placeInCell(f); place != "" {
			text = place + ": " + text
		}
		l := location(f.Path, f.FileLine)
		if f.Cell != nil {
			l.Logical = []sarifLogical{{f.Cell.String(), "cell"}}
		}
		level := string(f.Severity())
		if f.Severity() == rules.Information {
			level = "note"
		}
		sum := sha256.Sum256([]byte(l.Physical.Artifact.URI + "\x00" + f.Fingerprint))
		run.Results = append(run.Results, sarifResult{
			RuleID: f.Rule.Code, RuleIndex: slices.Index(rules.All, f.Rule), Level: level, Message: sarifMessage{Text: text},
			Locations: []sarifLocation{l}, Fingerprints: map[string]string{"xetmemo/v1": hex.EncodeToString(sum[:16])},
		})
	}
	return append(marshal(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}), '\n')
}

func location(path string, line int) sarifLocation {
	var l sarifLocation
	path = filepath.ToSlash(path)
	u := url.URL{Path: path}
	if strings.HasPrefix(path, "/") {
		u.Scheme = "file"
	}
	l.Physical.Artifact.URI = u.String()
	if line > 0 {
		l.Physical.Region = &sarifRegion{line}
	}
	return l
}
