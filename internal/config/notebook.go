package config

// The configuration that a notebook's own metadata sets.

import (
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// InNotebook returns the configuration with what the notebook's own metadata sets under
// "xetmemo". Path is the notebook's, metadata the JSON of its metadata.
func (f *Finder) InNotebook(c *Config, path string, metadata []byte) (*Config, error) {
	var m struct {
		Xetmemo json.RawMessage `json:"xetmemo"`
	}
	if json.Unmarshal(metadata, &m) != nil || len(m.Xetmemo) == 0 {
		return c, nil
	}
	var root yaml.Node
	dir := filepath.Dir(path)
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	d := &decoder{path: "metadata.xetmemo", dir: dir, notebook: true, rule: f.Rule}
	var value any // JSON is decoded as such: YAML's escapes are others
	if err := json.Unmarshal(m.Xetmemo, &value); err != nil {
		return c, nil
	}
	if err := root.Encode(value); err != nil {
		return nil, err
	}
	own := *c
	own.Knowledge = maps.Clone(c.Knowledge)
	d.config = &own
	if d.decode(&root); len(d.errs) > 0 {
		return nil, errors.Join(d.errs...)
	}
	return &own, nil
}
