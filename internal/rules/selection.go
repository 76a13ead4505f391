package rules

// Which rules are on.

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
)

// A Selection says which rules are looked for. The zero Selection stands for the rules that are
// on by default.
type Selection struct {
	// Select are prefixes of codes ("XM3"), or names; if there are any, only these rules count.
	Select []string
	// Extend are rules that count besides those.
	Extend []string
	// Ignore are rules that don't count. Where prefixes contradict each other, the longest wins.
	Ignore []string
	// Files are rules that don't count in some files.
	Files []config.FileIgnore
	// Path is the notebook's, for Files.
	Path string
}

// Configured is what the notebook's configuration selects.
func Configured(nb *load.Notebook) Selection {
	c := nb.Config
	return Selection{Select: c.Select, Extend: c.ExtendSelect, Ignore: c.Ignore, Files: c.FileIgnores, Path: nb.Path}
}

// Has says whether a rule is looked for.
func (s Selection) Has(r *Rule) bool {
	on := 0
	switch {
	case len(s.Select) > 0:
		on = longest(s.Select, r)
	case !r.Off:
		on = 1
	}
	on = max(on, longest(s.Extend, r))
	if on == 0 || longest(s.Ignore, r) >= max(on, 1) {
		return false
	}
	for _, f := range s.Files {
		if longest(f.Rules, r) > 0 && s.in(f) {
			return false
		}
	}
	return true
}

// longest is the length of the longest word that stands for the rule, 0 if none does.
func longest(words []string, r *Rule) int {
	found := 0
	for _, w := range words {
		if n := stands(w, r); n > found {
			found = n
		}
	}
	return found
}

// stands says how exactly a word stands for a rule: a prefix of its code by the prefix's length,
// its name as well as its code, "ALL" least of all.
func stands(word string, r *Rule) int {
	switch word = strings.TrimSpace(word); {
	case word == "":
		return 0
	case strings.EqualFold(word, "all"):
		return 1
	case strings.EqualFold(word, r.Name):
		return len(r.Code)
	case len(word) <= len(r.Code) && strings.EqualFold(word, r.Code[:len(word)]):
		return len(word)
	}
	return 0
}

// Known says what is wrong with a word that should stand for rules, nil if it does.
func Known(word string) error {
	for _, r := range All {
		if stands(word, r) > 0 {
			return nil
		}
	}
	return fmt.Errorf("%q is no rule, no prefix of a rule's code and not ALL: xetmemo-lint rule lists them", word)
}

// in says whether the notebook is one of those that rules are ignored in.
func (s Selection) in(f config.FileIgnore) bool {
	abs, err := filepath.Abs(s.Path)
	return err == nil && config.Match(f.Dir, f.Glob, abs)
}
