// Package magics is the table of IPython's magics, and of those of well-known extensions: one row a magic,
// which says what its line and its body are, what it reads and binds, and what a memo's hit would lose.
//
// A magic is added in two steps: a row in table.go, then go generate ./pyast/magics, which writes the part of
// the table that the runtime reads. A magic without a row may read and bind anything, unless its body runs
// elsewhere for all we know; nothing else in the program or the runtime tells magics apart by their names.
package magics

import "strings"

//go:generate go test -run TestRuntimeTable -update

// Magic is a row of the table.
type Magic struct {
	Name      string
	Extension bool // IPython and the kernel of Jupyter don't start with it
	Line      Line // of %name
	Body      Body // of %%name

	// Reads and Binds say which words of its line name variables that it reads and binds: options ("-i", which
	// stands for "-i a,b" and "-i=a,b"), or one of the places below.
	Reads, Binds []string
	Type         string // of what it binds, where that is known

	// Harmless says whether a line changes nothing that a later cell can see, so that a hit, which doesn't run
	// it, loses nothing. Where it is nil no line is.
	Harmless func(line string) bool
}

// IsHarmless reports whether a hit loses nothing that doesn't run the magic with this line.
func (m Magic) IsHarmless(line string) bool {
	return m.Harmless != nil && m.Harmless(strings.TrimSpace(line))
}

// IsAutomagic reports whether a line may name the magic without "%".
func (m Magic) IsAutomagic() bool { return m.Line != NoLine && !m.Extension }

// Places in a line, for Reads and Binds.
const (
	Words       = "words" // every word that is no option
	First       = "first" // the first word, if it is no option
	BeforeArrow = "<<"    // the word before "<<"
	Definitions = "def"   // what the body defines at its top
)

// Line is what stands behind %name.
type Line uint8

const (
	NoLine     Line = iota // there is no such magic, or we don't know it
	Options                // words for the magic itself, which touches nothing of the notebook but by Reads and Binds
	Code                   // Python that runs in the notebook's namespace
	Timed                  // Python that runs in a scope of its own
	Profiled               // "-f function", again and again, then Python that runs in the notebook's namespace
	Process                // words; the process is another afterwards: its directory, its environment
	Shell                  // a command
	Foreign                // words for a program in another language, which exchanges variables by Reads and Binds
	File                   // the path of a script or notebook that runs in the notebook's namespace
	Stored                 // names of variables that are saved, with -r restored
	StarImport             // options; all of the module of that name is bound
	Anything               // may read and bind any name
)

// Body is what stands under %%name.
type Body uint8

const (
	NoBody       Body = iota // there is no such cell magic, or we don't know it
	Cell                     // a cell of Python, which may begin with a cell magic again
	TimedCell                // such a cell, that runs in a scope of its own, behind the statement on the magic's line
	PlainCell                // Python that runs in the notebook's namespace, without magics of its own
	Profile                  // such Python, but of a magic that isn't IPython's own
	Script                   // a program for an interpreter of its own
	Markup                   // a text to be shown
	Written                  // the text of a file
	ForeignBody              // a program in another language, which exchanges variables by Reads and Binds
	AnythingBody             // may read and bind any name
)

// Of returns the row of a magic; the zero Magic if there is none.
func Of(name string) Magic { return rows[name] }

// All returns the table.
func All() []Magic { return table }

// IsCell reports whether the body is Python of the notebook that is read as a cell: the parser reads it, and the
// digest of a cell takes its form. This part of the table belongs to the definition of fdigest v1 (docs/fdigest.md,
// rule cell-magics): it can't change without a new version of the digest.
func (b Body) IsCell() bool { return b == Cell || b == TimedCell || b == PlainCell }

var rows = byName(table)

func byName(table []Magic) map[string]Magic {
	m := make(map[string]Magic, len(table))
	for _, row := range table {
		m[row.Name] = row
	}
	return m
}
