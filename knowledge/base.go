// Package knowledge holds what is known of the functions, types and methods of Python's standard
// library and of common third-party libraries: which arguments a call mutates, what its result
// shares or holds, its type, and what it does to the world outside.
//
// The entries are written in YAML, one file a library (README.md has the language), and are
// compiled by "go generate ./knowledge" into facts.txt and names.txt: lines of a path, a tab and
// the text of the entry, in order of the path. They are embedded as they are and found by binary search; an
// entry is parsed when it is first asked for. So a program that asks nothing pays nothing.
package knowledge

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

//go:generate go run ./internal/gen

//go:embed facts.txt
var facts string

//go:embed names.txt
var names string

// maxSteps bounds the aliases and attributes that one lookup follows, so that a ring of them ends.
const maxSteps = 16

// maxKept bounds the lookups that a Base remembers: a server may live long and see any name.
const maxKept = 1 << 16

// Base is a set of entries. It may be used by several goroutines at once.
type Base struct {
	user   map[string]string // the user's own entries, which win over the embedded ones
	parsed sync.Map          // path of an entry → *Fact
	found  sync.Map          // path that was looked up → *Fact, nil when nothing was found
	kept   atomic.Int32      // how many found holds
}

var embedded Base

// Default returns the entries that come with the program.
func Default() *Base { return &embedded }

// Lookup returns what is known of a dotted path, "pandas.read_csv" or "pandas.DataFrame.drop", or
// nil. The entry of the path itself comes first, then those of the bases of its type, then the
// wildcard of the type or module ("pandas.DataFrame.*"), then the wildcards of the bases. Aliases
// are followed anywhere in the path, and so are attributes of a known type:
// "pandas.Series.str.lower" is found at the type of "str".
func (b *Base) Lookup(path string) *Fact {
	if f, ok := b.found.Load(path); ok {
		return f.(*Fact)
	}
	f := b.lookup(path, maxSteps)
	if b.kept.Add(1) <= maxKept {
		b.found.Store(strings.Clone(path), f)
	}
	return f
}

// Method returns what is known of a method or attribute of a type, or nil.
func (b *Base) Method(typ, name string) *Fact { return b.Lookup(typ + "." + name) }

// IsType reports whether the path leads to a class.
func (b *Base) IsType(path string) bool {
	f := b.Lookup(path)
	return f != nil && f.Class
}

// Knows reports whether there is an entry for the module, or for anything below it.
func (b *Base) Knows(module string) bool {
	module = b.canonical(module, maxSteps)
	return b.below(module)
}

// Names returns the names that "from module import *" binds, in order, or nil when they aren't known.
func (b *Base) Names(module string) []string {
	line, ok := find(names, module)
	if !ok {
		return nil
	}
	return strings.Fields(line)
}

// With returns a Base that knows the user's own entries as well: library → path below the library
// → facts. They win over those of b. An error names the entry.
func (b *Base) With(user map[string]map[string]string) (*Base, error) {
	n := &Base{user: maps.Clone(b.user)}
	if n.user == nil {
		n.user = map[string]string{}
	}
	var added []string
	for _, library := range slices.Sorted(maps.Keys(user)) {
		for _, key := range slices.Sorted(maps.Keys(user[library])) {
			paths, err := Paths(library, key)
			if err != nil {
				return nil, fmt.Errorf("knowledge: %s: %s: %w", library, key, err)
			}
			for _, path := range paths {
				n.user[path] = strings.TrimSpace(user[library][key])
			}
			added = append(added, paths...)
		}
	}
	for _, path := range added {
		if err := n.Check(path); err != nil {
			return nil, fmt.Errorf("knowledge: %w", err)
		}
	}
	return n, nil
}

// Check parses the entry at exactly this path and resolves what it names; the error names the entry.
func (b *Base) Check(path string) error {
	text, ok := b.entry(path)
	if !ok {
		return fmt.Errorf("%s: no entry", path)
	}
	if target, ok := alias(text); ok {
		if b.below(b.canonical(b.near(path, target), maxSteps)) {
			return nil
		}
		return fmt.Errorf("%s: alias of %q, which is not known", path, target)
	}
	_, err := b.parse(path, text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (b *Base) lookup(path string, steps int) *Fact {
	if steps == 0 {
		return nil
	}
	path = b.canonical(path, steps)
	if f := b.fact(path); f != nil {
		return f
	}
	parent, name, ok := cutLast(path)
	if !ok {
		return nil
	}
	switch owner := b.lookup(parent, steps-1); {
	case owner == nil:
		return b.fact(parent + ".*")
	case owner.Includes != nil:
		for _, module := range owner.Includes {
			if path := module + "." + name; b.has(path) {
				return b.lookup(path, steps-1)
			}
		}
		return b.fact(parent + ".*")
	case owner.Class:
		return b.member(owner.Path, name, steps-1)
	case owner.Attr && owner.Result.Name != "":
		return b.lookup(owner.Result.Name+"."+name, steps-1)
	}
	return nil
}

// member looks a name up in a class: in all its bases first, then among the wildcards.
func (b *Base) member(class, name string, steps int) *Fact {
	order := b.ancestors(class, nil)
	for _, c := range order {
		path := c + "." + name
		if text, ok := b.entry(path); ok {
			if _, ok := alias(text); ok {
				return b.lookup(path, steps)
			}
			return b.fact(path)
		}
	}
	for _, c := range order {
		if f := b.fact(c + ".*"); f != nil {
			return f
		}
	}
	return nil
}

// ancestors appends the class and its bases, each once, depth first and left to right. Where Python's order
// (C3, PEP 253) differs, in a diamond, the entries are written so that it doesn't matter.
func (b *Base) ancestors(class string, order []string) []string {
	if slices.Contains(order, class) {
		return order
	}
	order = append(order, class)
	if f := b.fact(class); f != nil {
		for _, base := range f.Bases {
			order = b.ancestors(base, order)
		}
	}
	return order
}

// canonical replaces what leads up to an alias by what it stands for.
func (b *Base) canonical(path string, steps int) string {
	if steps == 0 {
		return path
	}
	if text, ok := b.entry(path); ok {
		if target, ok := alias(text); ok {
			return b.canonical(b.near(path, target), steps-1)
		}
		return path
	}
	parent, name, ok := cutLast(path)
	if !ok {
		return path
	}
	if c := b.canonical(parent, steps); c != parent {
		return b.canonical(c+"."+name, steps-1)
	}
	return path
}

// alias returns what an entry is another name of.
func alias(text string) (string, bool) { return strings.CutPrefix(text, "alias ") }

// near makes the target of the entry at path absolute: a path below the same library, or else a
// whole one.
func (b *Base) near(path, target string) string {
	library, _, _ := strings.Cut(path, ".")
	if near := library + "." + target; near != path && b.below(near) {
		return near
	}
	return target
}

// fact parses the entry at exactly this path, once. A faulty entry is as good as none; Check and
// With say what is wrong with it.
func (b *Base) fact(path string) *Fact {
	if f, ok := b.parsed.Load(path); ok {
		return f.(*Fact)
	}
	text, ok := b.entry(path)
	if !ok {
		return nil
	}
	f, err := b.parse(path, text)
	if err != nil {
		return nil
	}
	kept, _ := b.parsed.LoadOrStore(path, f)
	return kept.(*Fact)
}

func (b *Base) parse(path, text string) (*Fact, error) {
	f, err := ParseFact(text)
	if err != nil {
		return nil, err
	}
	f.Path = path
	absolute := func(name string) (string, error) { return b.absolute(path, name) }
	if err := f.Result.names(absolute); err != nil {
		return nil, err
	}
	for i := range f.Instead {
		if err := f.Instead[i].Type.names(absolute); err != nil {
			return nil, err
		}
	}
	for i, base := range f.Bases {
		if f.Bases[i], err = absolute(base); err != nil {
			return nil, err
		}
	}
	for i, module := range f.Includes {
		if f.Includes[i] = b.near(path, module); !b.below(f.Includes[i]) {
			return nil, fmt.Errorf("there is no module %q", module)
		}
	}
	if f.Class && f.Result.IsZero() {
		f.Result = Type{Name: path}
	}
	return f, nil
}

// absolute resolves the name of a type in the entry at path: below the same library, a builtin, or
// a whole path.
func (b *Base) absolute(path, name string) (string, error) {
	library, _, _ := strings.Cut(path, ".")
	for _, candidate := range [...]string{library + "." + name, "builtins." + name, name} {
		candidate = b.canonical(candidate, maxSteps)
		if text, ok := b.entry(candidate); ok && isClass(text) {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("there is no type %q", name)
}

func isClass(text string) bool {
	for clause := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(clause) == "class" {
			return true
		}
	}
	return false
}

// has reports whether there is an entry at exactly this path.
func (b *Base) has(path string) bool {
	_, ok := b.entry(path)
	return ok
}

// entry returns the text at exactly this path.
func (b *Base) entry(path string) (string, bool) {
	if text, ok := b.user[path]; ok {
		return text, true
	}
	return find(facts, path)
}

// below reports whether there is an entry at the path or below it.
func (b *Base) below(path string) bool {
	if b.has(path) {
		return true
	}
	prefix := path + "."
	if strings.HasPrefix(facts[search(facts, prefix):], prefix) {
		return true
	}
	for p := range b.user {
		if strings.HasPrefix(p, prefix) {
			return true
		}
	}
	return false
}

// find returns the text of the line whose path is this one.
func find(lines, path string) (string, bool) {
	rest := lines[search(lines, path):]
	rest, ok := strings.CutPrefix(rest, path)
	if !ok || rest == "" || rest[0] != '\t' {
		return "", false
	}
	text, _, _ := strings.Cut(rest[1:], "\n")
	return text, true
}

// search returns the offset of the first line that is not below the path.
func search(lines, path string) int {
	lineOf := func(i int) int { return strings.LastIndexByte(lines[:i], '\n') + 1 }
	at := sort.Search(len(lines), func(i int) bool { return lines[lineOf(i):] >= path })
	if at == len(lines) {
		return at
	}
	return lineOf(at)
}

func cutLast(path string) (parent, name string, ok bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}
