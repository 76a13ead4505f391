package knowledge

// Traits: what types, functions and names of methods are like, whatever is done with them.

import (
	_ "embed"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed traits.txt
var traits string

// Trait is a set of the words that traits.yaml has.
type Trait uint32

// The traits (README.md says what each means).
const (
	Container Trait = 1 << iota
	Mapping
	InPlace
	SingleElements
	ImmutableElements
	Selects
	Array
	Frame
	Column
	ViewParts
	YieldsElements
	Compares
	Swallows
	KeptOpen
	Data
	Arrays
	SparesData
	Changes
	ChangesReceiver
	ChangesFirst
	Locates
	Drawing
)

var traitWords = map[string]Trait{
	"container": Container, "mapping": Mapping, "in-place": InPlace, "single-elements": SingleElements,
	"immutable-elements": ImmutableElements, "selects": Selects, "array": Array, "frame": Frame, "column": Column,
	"view-parts": ViewParts, "yields-elements": YieldsElements, "compares": Compares, "swallows": Swallows, "kept-open": KeptOpen,
	"data": Data, "arrays": Arrays, "spares-data": SparesData, "changes": Changes, "changes-receiver": ChangesReceiver, "changes-first": ChangesFirst,
	"locates": Locates, "drawing": Drawing,
}

// traitLine is what one line of traits.txt says.
type traitLine struct {
	traits   Trait
	strength int
	copies   int
	columns  string
}

// namePattern is a pattern of names of methods, with the traits of the names that match.
type namePattern struct {
	pattern string
	traits  Trait
}

// anyType is what stands for a type in the lines about names of methods.
const anyType = "*."

type traitTable struct {
	lines    map[string]traitLine
	patterns []namePattern
}

var table = sync.OnceValue(func() *traitTable {
	t := &traitTable{lines: map[string]traitLine{}}
	for line := range strings.Lines(traits) {
		at, words, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		found, err := parseTraits(words)
		if err != nil {
			continue // the test of the generator says what is wrong
		}
		if name, ok := strings.CutPrefix(at, anyType); ok && strings.Contains(name, "*") {
			t.patterns = append(t.patterns, namePattern{name, found.traits})
			continue
		}
		t.lines[at] = found
	}
	return t
})

func parseTraits(words string) (line traitLine, err error) {
	for word := range strings.SplitSeq(words, "; ") {
		word, value, _ := strings.Cut(word, " ")
		switch trait, ok := traitWords[word]; {
		case ok && value == "":
			line.traits |= trait
		case word == "strength":
			if line.strength, err = strconv.Atoi(value); err != nil {
				return line, fmt.Errorf("strength %q is no number", value)
			}
		case word == "copies-from":
			if line.copies, err = strconv.Atoi(value); err != nil {
				return line, fmt.Errorf("copies-from %q is no number", value)
			}
		case word == "columns" && value != "":
			line.columns = value
		default:
			return line, fmt.Errorf("%q is no trait", word)
		}
	}
	return line, nil
}

// CheckTraits says what is wrong with the text of a line of traits.
func CheckTraits(words string) error {
	_, err := parseTraits(words)
	return err
}

// Has says whether what a dotted path names, a type, a function or a library, has one of these traits.
func Has(path string, any Trait) bool { return table().lines[path].traits&any != 0 }

// Strength says which type an operator's result has: that of the stronger operand. Types that
// don't decide it have none.
func Strength(typ string) int { return table().lines[typ].strength }

// CopiesFrom is the major version of its library from which on parts of a type and what its methods give are copies,
// as far as writing into them goes; 0 if there is none.
func CopiesFrom(typ string) int { return table().lines[typ].copies }

// Columns returns the type of what a text as key takes out of a type, "" where it takes none.
func Columns(typ string) string { return table().lines[typ].columns }

// MethodHas says whether a method of this name, of any type, has one of these traits.
func MethodHas(name string, any Trait) bool {
	t := table()
	if t.lines[anyType+name].traits&any != 0 {
		return true
	}
	for _, p := range t.patterns {
		if p.traits&any == 0 {
			continue
		}
		if ok, _ := path.Match(p.pattern, name); ok {
			return true
		}
	}
	return false
}
