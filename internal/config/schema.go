package config

// The JSON schema of the configuration, for editors.

import (
	"bytes"
	"encoding/json"
)

// Schema is the JSON schema of .xetmemo.yaml, made from the settings. Rules are the codes there are.
func Schema(rules []string) []byte {
	type object = map[string]any
	rule := object{"type": "string", "anyOf": []object{{"enum": rules}, {"pattern": "^(XM[0-9]{0,3}|ALL|[a-z][a-z-]+)$"}}}
	list := func(item object) object {
		return object{"anyOf": []object{item, {"type": "array", "items": item}}}
	}
	properties := object{}
	for _, s := range settings {
		item := object{"type": "string"}
		if s.rules {
			item = rule
		}
		var p object
		switch s.kind {
		case text:
			p = object{"type": "string"}
			if s.words != nil {
				p["enum"] = s.words
			}
			if s.name == "version" {
				p = object{"type": []string{"string", "number"}}
			}
		case number:
			p = object{"type": "number", "minimum": 0}
		case flag:
			p = object{"type": "boolean"}
		case texts:
			p = list(item)
		case table:
			p = object{"type": "object", "additionalProperties": list(item)}
			if !s.rules {
				p = object{"type": "object", "additionalProperties": object{"type": "object", "additionalProperties": object{"type": "string"}}}
			}
		}
		p["description"] = s.about
		properties[s.name] = p
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(object{
		"$schema": "http://json-schema.org/draft-07/schema#", "title": "Settings of xetmemo-lint (.xetmemo.yaml)",
		"type": "object", "additionalProperties": false, "properties": properties,
	})
	return b.Bytes()
}
