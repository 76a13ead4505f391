package lsp

// The client's settings.

import "encoding/json"

// section is the part of the client's configuration that is ours.
const section = "xetmemo"

// settings are what the client's configuration says. What a notebook's headers should be is no
// setting of an editor: it stands in .xetmemo.yaml, for everybody.
type settings struct {
	// InlayHints is "on" or "off": the inferred inputs and outputs of cells without a header.
	InlayHints string `json:"inlayHints"`
	// CodeLens is "on" or "off": the same, above the cell, to be clicked on.
	CodeLens string `json:"codeLens"`
	// Diagnostics is "push" or "pull". It is read once, at the start.
	Diagnostics string `json:"diagnostics"`
	// SplitCells says that the client has the command xetmemo.splitCell: the protocol has no
	// edit that adds a cell.
	SplitCells bool `json:"splitCells"`
}

const (
	turnedOn = "on"
	pull     = "pull"
)

// read takes over the settings that are there; others stay. Booleans stand for on and off.
func (s *settings) read(raw json.RawMessage) {
	var given map[string]any
	if json.Unmarshal(raw, &given) != nil {
		return
	}
	if inner, ok := given[section].(map[string]any); ok {
		given = inner
	}
	for name, field := range map[string]*string{"inlayHints": &s.InlayHints, "codeLens": &s.CodeLens, "diagnostics": &s.Diagnostics} {
		switch v := given[name].(type) {
		case string:
			*field = v
		case bool:
			*field = map[bool]string{true: turnedOn, false: "off"}[v]
		}
	}
	if v, ok := given["splitCells"].(bool); ok {
		s.SplitCells = v
	}
}

func (s *server) configurationChanged(p *struct {
	Settings json.RawMessage `json:"settings"`
}) *responseError {
	if s.client.Workspace.Configuration {
		s.askConfiguration()
	} else {
		s.configure(p.Settings)
	}
	return nil
}

func (s *server) askConfiguration() {
	if !s.client.Workspace.Configuration {
		return
	}
	s.ask("workspace/configuration", object{"items": []object{{"section": section}}}, func(raw json.RawMessage) {
		var values []json.RawMessage
		if json.Unmarshal(raw, &values) == nil && len(values) > 0 {
			s.configure(values[0])
		}
	})
}

// configure takes over settings, and has the client ask again for what depends on them.
func (s *server) configure(raw json.RawMessage) {
	before := s.settings
	s.settings.read(raw)
	if s.settings != before {
		s.refresh()
	}
}

// refresh has the client ask again for what it shows in the text.
func (s *server) refresh() {
	if s.client.Workspace.InlayHint.RefreshSupport {
		s.ask("workspace/inlayHint/refresh", nil, nil)
	}
	if s.client.Workspace.CodeLens.RefreshSupport {
		s.ask("workspace/codeLens/refresh", nil, nil)
	}
}
