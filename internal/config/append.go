package config

// An item more in a list of a YAML text, with all else left as it is written.

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// AppendItem adds an item to the list under a key at the top of a YAML text, by inserting lines: all that is
// there stays as it is written. The item's lines are indented like the list. Where the key is
// missing it is added. The error says why the text can't be changed so.
func AppendItem(src, key string, item []string) (string, error) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(src), &root); err != nil {
		return "", err
	}
	entry := func(indent string) string { return indent + strings.Join(item, "\n"+indent) + "\n" }
	if len(root.Content) == 0 {
		return src + key + ":\n" + entry("  "), nil
	}
	if root.Content[0].Kind != yaml.MappingNode {
		return "", fmt.Errorf("there is no place for %s", key)
	}
	top := root.Content[0].Content
	for i := 0; i < len(top); i += 2 {
		list := top[i+1]
		if top[i].Value != key {
			continue
		}
		if list.Kind != yaml.SequenceNode || list.Style&yaml.FlowStyle != 0 {
			return "", errors.New(key + " is not a list of one item a line: add the item by hand")
		}
		lines := strings.SplitAfter(strings.TrimRight(src, "\n")+"\n", "\n")
		lines = lines[:len(lines)-1]
		at := len(lines)
		if i+2 < len(top) { // above the next key and its comments
			for at = top[i+2].Line - 1; at > 0 && (strings.TrimSpace(lines[at-1]) == "" || strings.HasPrefix(lines[at-1], "#")); at-- {
			}
		}
		return strings.Join(lines[:at], "") + entry(strings.Repeat(" ", max(0, list.Column-1))) + strings.Join(lines[at:], ""), nil
	}
	return strings.TrimRight(src, "\n") + "\n" + key + ":\n" + entry("  "), nil
}
