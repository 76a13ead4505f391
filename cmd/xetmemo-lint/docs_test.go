package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestArchitecture holds the page about the way through the code against the packages that there are.
func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	packages, err := filepath.Glob("../../internal/*")
	if err != nil || len(packages) == 0 {
		t.Fatal("no packages: ", err)
	}
	for _, p := range packages {
		if name := "`internal/" + filepath.Base(p) + "`"; !strings.Contains(string(text), name) {
			t.Errorf("docs/architecture.md has no row for %s", name)
		}
	}
}

var flagNames = regexp.MustCompile(`(?m)^\s+(?:-\w, )?(--[\w-]+)`)

// TestDocumented holds the documentation against the commands and flags that there are.
func TestDocumented(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	commands, headings := read("commands.md"), ""
	for line := range strings.Lines(commands) {
		if strings.HasPrefix(line, "## ") {
			headings += strings.NewReplacer(",", " ", "\n", " ").Replace(line)
		}
	}
	pages := commands + read("check.md") + read("deps.md")
	root := new(app).command()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if !strings.Contains(headings, " "+c.Name()+" ") {
			t.Errorf("docs/commands.md has no heading for %s", c.Name())
		}
		for _, m := range flagNames.FindAllStringSubmatch(c.LocalFlags().FlagUsages(), -1) {
			if flag := m[1]; flag != "--help" && !strings.Contains(pages, flag) {
				t.Errorf("the documentation of %s lacks %s", c.Name(), flag)
			}
		}
	}
}
