// Command gen compiles the YAML files of the folder it runs in into facts.txt, names.txt and traits.txt.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/xetmemo/xetmemo-lint/knowledge"
)

func main() {
	texts, err := Compile(".")
	for name, text := range texts {
		err = errors.Join(err, os.WriteFile(name, text, 0o644))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// library is one document of a YAML file; README.md describes it.
type library struct {
	Library string            `yaml:"library"`
	Checked string            `yaml:"checked"`
	Entries map[string]string `yaml:"entries"`
	Names   map[string]string `yaml:"names"`
	Traits  map[string]string `yaml:"traits"` // trait → what has it
}

// compiled are the lines of each file, by their paths.
type compiled struct{ entries, names, traits map[string]string }

// Compile reads all YAML files of a folder and returns the text of the files that the program
// embeds: lines of a path, a tab and the text, in order of the path.
func Compile(dir string) (map[string][]byte, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	c := compiled{map[string]string{}, map[string]string{}, map[string]string{}}
	var faults []error
	for _, file := range files {
		if err := c.read(file); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", filepath.Base(file), err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return map[string][]byte{"facts.txt": lines(c.entries), "names.txt": lines(c.names), "traits.txt": lines(c.traits)}, nil
}

func (c *compiled) read(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var faults []error
	for {
		var lib library
		if err := decoder.Decode(&lib); err == io.EOF {
			return errors.Join(faults...)
		} else if err != nil {
			return err
		}
		if lib.Library == "" {
			return errors.New("a document lacks \"library\"")
		}
		for _, key := range slices.Sorted(maps.Keys(lib.Entries)) {
			paths, err := knowledge.Paths(lib.Library, key)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", key, err))
			}
			for _, path := range paths {
				faults = append(faults, put(c.entries, path, lib.Entries[key]))
			}
		}
		for _, module := range slices.Sorted(maps.Keys(lib.Names)) {
			faults = append(faults, put(c.names, module, lib.Names[module]))
		}
		for _, trait := range slices.Sorted(maps.Keys(lib.Traits)) {
			if err := knowledge.CheckTraits(trait); err != nil {
				faults = append(faults, err)
			}
			for _, name := range strings.Fields(lib.Traits[trait]) {
				path := lib.Library
				if name != "." {
					path += "." + name
				}
				if c.traits[path] != "" {
					c.traits[path] += "; "
				}
				c.traits[path] += trait
			}
		}
	}
}

func put(m map[string]string, path, text string) error {
	text = strings.Join(strings.Fields(text), " ")
	if had, ok := m[path]; ok {
		return fmt.Errorf("%s: has two entries, %q and %q", path, had, text)
	}
	m[path] = text
	return nil
}

func lines(m map[string]string) []byte {
	var out bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&out, "%s\t%s\n", path, m[path])
	}
	return out.Bytes()
}
