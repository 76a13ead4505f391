package config

// The settings: what there is, of which kind, and how a YAML file is decoded to them.

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"gopkg.in/yaml.v3"

	"github.com/xetmemo/xetmemo-lint/internal/spell"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// kind is the type of a setting's value.
type kind string

const (
	text   kind = "a text"
	number kind = "a number"
	flag   kind = "true or false"
	texts  kind = "a list of texts"
	table  kind = "a table"
)

// A setting is one key of the configuration.
type setting struct {
	name  string
	about string // for the schema and the documentation
	kind  kind
	words []string // the values there are; nil: any
	rules bool     // the values name rules
	file  bool     // makes sense in a file only, not in a notebook
	set   func(d *decoder, n *yaml.Node, values []string)
}

var settings = []setting{
	{name: "extends", about: "configuration files that this one starts from, relative to it", kind: texts, file: true,
		set: func(d *decoder, n *yaml.Node, _ []string) {
			for _, item := range items(n) {
				d.extend(item, item.Value)
			}
		}},
	{name: "version", about: `Python version of notebooks that don't say theirs, like "3.11"`, kind: text,
		set: func(d *decoder, n *yaml.Node, v []string) {
			if d.config.Version = v[0]; !versionPattern.MatchString(v[0]) {
				d.fail(n, "version: %q is not a Python version from 3.8 on, like \"3.11\"", v[0])
			}
		}},
	{name: "outputs", about: "outputs that headers list: live (what later cells use) or all", kind: text, words: []string{"live", "all"},
		set: func(d *decoder, _ *yaml.Node, v []string) { d.config.Outputs = v[0] }},
	{name: "functions", about: "functions that headers list: all that are reached, or direct", kind: text, words: []string{"all", "direct"},
		set: func(d *decoder, _ *yaml.Node, v []string) { d.config.Functions = v[0] }},
	{name: "runtime", about: "2023 where cells run under XetCache 0.0.2, which can't await and knows nothing but names", kind: text, words: []string{XetCache002},
		set: func(d *decoder, _ *yaml.Node, v []string) { d.config.Runtime = v[0] }},
	{name: "import", about: "whether headers come with the import of the runtime; false where IPython's configuration loads it", kind: flag,
		set: func(d *decoder, n *yaml.Node, _ []string) {
			var imports bool
			_ = n.Decode(&imports)
			d.config.NoImport = !imports
		}},
	{name: "pins", about: "whether headers come with the digest of the functions reached", kind: flag,
		set: func(d *decoder, n *yaml.Node, _ []string) { _ = n.Decode(&d.config.Pins) }},
	{name: "threshold", about: "recorded duration in seconds from which a cell counts as slow", kind: number,
		set: func(d *decoder, n *yaml.Node, v []string) {
			var seconds float64
			if err := n.Decode(&seconds); err != nil || !(seconds >= 0) {
				d.fail(n, "threshold: %q is not a number of seconds", v[0])
				return
			}
			d.config.Threshold = &seconds
		}},
	{name: "paths", about: "folders with local modules besides the notebook's and the project's root", kind: texts,
		set: func(d *decoder, n *yaml.Node, v []string) {
			d.config.paths = nil
			for i, name := range v {
				p := filepath.FromSlash(name)
				if !filepath.IsAbs(p) {
					p = filepath.Join(d.dir, p)
				}
				if _, err := os.Stat(p); err != nil {
					d.config.Warnings = append(d.config.Warnings, d.place(items(n)[i])+": paths: "+name+" is not there")
				}
				d.config.paths = append(d.config.paths, p)
			}
		}},
	{name: "exclude", about: "globs of files and folders that are left out when folders are walked", kind: texts, file: true,
		set: func(d *decoder, n *yaml.Node, v []string) {
			d.config.exclude = nil
			for i, g := range v {
				d.checkGlob(items(n)[i], "exclude", g)
				d.config.exclude = append(d.config.exclude, glob{d.dir, g})
			}
		}},
	{name: "select", about: "rules to check, by code, prefix of a code or name; others are off", kind: texts, rules: true,
		set: func(d *decoder, _ *yaml.Node, v []string) { d.config.Select = v }},
	{name: "extend-select", about: "rules to check besides those that are on", kind: texts, rules: true,
		set: func(d *decoder, _ *yaml.Node, v []string) { d.config.ExtendSelect = v }},
	{name: "ignore", about: "rules not to check", kind: texts, rules: true,
		set: func(d *decoder, _ *yaml.Node, v []string) { d.config.Ignore = v }},
	{name: "per-file-ignores", about: "rules not to check in the files that a glob matches", kind: table, rules: true, file: true,
		set: (*decoder).fileIgnores},
	{name: "knowledge", about: "what library calls do: library, path below it, facts (knowledge/README.md)", kind: table,
		set: (*decoder).knowledge},
}

var versionPattern = regexp.MustCompile(`^3\.([89]|[1-9][0-9])$`)

// decoder takes a configuration from its tree.
type decoder struct {
	config    *Config
	path, dir string
	notebook  bool // the settings stand in a notebook
	rule      func(string) error
	extend    func(*yaml.Node, string)
	errs      []error
}

// fail notes an error at a place of the file.
func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	d.errs = append(d.errs, fmt.Errorf("%s: %s", d.place(n), fmt.Sprintf(format, args...)))
}

// place is where a node stands.
func (d *decoder) place(n *yaml.Node) string {
	if d.notebook {
		return d.path
	}
	return fmt.Sprintf("%s:%d:%d", d.path, n.Line, n.Column)
}

func (d *decoder) decode(m *yaml.Node) {
	if m.Kind != yaml.MappingNode {
		d.fail(m, "a configuration is a list of settings, \"name: value\" each")
		return
	}
	seen := map[string]bool{}
	for i := 0; i < len(m.Content); i += 2 {
		k := m.Content[i]
		if !slices.ContainsFunc(settings, func(s setting) bool { return s.name == k.Value }) {
			d.unknown(k)
		}
		if seen[k.Value] {
			d.fail(k, "%s is set twice", k.Value)
		}
		seen[k.Value] = true
	}
	for _, s := range settings { // in this order: extends first
		for i := 0; i < len(m.Content); i += 2 {
			if k, v := m.Content[i], m.Content[i+1]; k.Value == s.name {
				d.setting(s, k, v)
			}
		}
	}
}

func (d *decoder) unknown(k *yaml.Node) {
	var names []string
	for _, s := range settings {
		names = append(names, s.name)
	}
	if near := spell.Nearest(k.Value, names); near != "" {
		d.fail(k, "unknown setting %q: is it %s?", k.Value, near)
		return
	}
	d.fail(k, "unknown setting %q: known are %s", k.Value, strings.Join(names, ", "))
}

// setting checks the type of a value and takes it.
func (d *decoder) setting(s setting, k, v *yaml.Node) {
	if v.Kind == yaml.AliasNode {
		v = v.Alias
	}
	switch {
	case d.notebook && s.file:
		d.fail(k, "%s can't be set in a notebook", s.name)
		return
	case s.kind == table:
		if v.Kind != yaml.MappingNode {
			d.fail(v, "%s: %s is not %s", s.name, show(v), s.kind)
			return
		}
	case s.kind == texts:
		if v.Kind == yaml.MappingNode {
			d.fail(v, "%s: %s is not %s", s.name, show(v), s.kind)
			return
		}
	case v.Kind != yaml.ScalarNode,
		s.kind == number && v.ShortTag() != "!!int" && v.ShortTag() != "!!float",
		s.kind == flag && v.ShortTag() != "!!bool":
		d.fail(v, "%s: %s is not %s", s.name, show(v), s.kind)
		return
	}
	var values []string
	if s.kind != table {
		for _, item := range items(v) {
			if item.Kind != yaml.ScalarNode || item.ShortTag() == "!!null" {
				d.fail(item, "%s: %s is not %s", s.name, show(item), s.kind)
				return
			}
			d.checkWord(s, item)
			values = append(values, item.Value)
		}
	}
	s.set(d, v, values)
}

// checkWord checks a value against those there are.
func (d *decoder) checkWord(s setting, n *yaml.Node) {
	if s.words != nil && !slices.Contains(s.words, n.Value) {
		hint := ""
		if near := spell.Nearest(n.Value, s.words); near != "" {
			hint = ": is it " + near + "?"
		}
		d.fail(n, "%s: %q is not %s%s", s.name, n.Value, strings.Join(s.words, " or "), hint)
	}
	if s.rules && d.rule != nil {
		if err := d.rule(n.Value); err != nil {
			d.fail(n, "%s: %v", s.name, err)
		}
	}
}

// items are the nodes of a list; one text alone is a list, too.
func items(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

func show(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a table"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Value == "" || n.ShortTag() == "!!null" {
		return "nothing"
	}
	return fmt.Sprintf("%q", n.Value)
}

func (d *decoder) checkGlob(n *yaml.Node, name, pattern string) {
	if !doublestar.ValidatePattern(pattern) {
		d.fail(n, "%s: %q is not a glob", name, pattern)
	}
}

func (d *decoder) fileIgnores(m *yaml.Node, _ []string) {
	var own []FileIgnore
	for i := 0; i < len(m.Content); i += 2 {
		k, v := m.Content[i], m.Content[i+1]
		d.checkGlob(k, "per-file-ignores", k.Value)
		ignore := FileIgnore{Dir: d.dir, Glob: k.Value}
		if v.Kind == yaml.MappingNode {
			d.fail(v, "per-file-ignores: a table is not a list of rules")
			return
		}
		for _, item := range items(v) {
			d.checkWord(setting{name: "per-file-ignores", rules: true}, item)
			ignore.Rules = append(ignore.Rules, item.Value)
		}
		own = append(own, ignore)
	}
	d.config.FileIgnores = append(own, d.config.FileIgnores...)
}

func (d *decoder) knowledge(m *yaml.Node, _ []string) {
	known := map[string]map[string]string{}
	for i := 0; i < len(m.Content); i += 2 {
		library, entries := m.Content[i], m.Content[i+1]
		if entries.Kind != yaml.MappingNode {
			d.fail(entries, "knowledge: %s: %s is not a table of paths and facts", library.Value, show(entries))
			return
		}
		facts := map[string]string{}
		for j := 0; j < len(entries.Content); j += 2 {
			if v := entries.Content[j+1]; v.Kind != yaml.ScalarNode {
				d.fail(v, "knowledge: %s: %s is not a text of facts", entries.Content[j].Value, show(v))
				return
			}
			path, fact := entries.Content[j].Value, entries.Content[j+1].Value
			if _, err := knowledge.Default().With(map[string]map[string]string{library.Value: {path: fact}}); err != nil {
				d.fail(entries.Content[j], "%v", err)
			}
			facts[path] = fact
		}
		known[library.Value] = facts
	}
	d.config.Knowledge = mergeKnowledge(d.config.Knowledge, known)
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:unmarshal errors:\s+)?line (\d+): (.*)`)

// placed is the parser's error about a text, with the file and line in front.
func placed(path string, src []byte, err error) error {
	line, message := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " ")); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = m[2]
	}
	lines := strings.Split(string(src), "\n")
	tab := slices.IndexFunc(lines, func(l string) bool {
		return strings.Contains(l[:len(l)-len(strings.TrimLeft(l, " \t"))], "\t")
	})
	if tab >= 0 && (line == 0 || tab+1 == line) {
		line, message = tab+1, "the line is indented with a tab: YAML takes spaces only"
	}
	if line == 0 {
		return fmt.Errorf("%s: %s", path, message)
	}
	return fmt.Errorf("%s:%d: %s", path, line, message)
}
