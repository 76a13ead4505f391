package pyast

// Version is a Python version, minor number only: 11 is 3.11.
type Version int

// Options says how a source is to be read.
type Options struct {
	// Version is the Python the source is written for; 0 is the newest known. It decides
	// meanings (annotation scopes), never acceptance: what any version from 3.8 on accepts
	// is accepted.
	Version Version
	// Notebook turns IPython's own syntax on.
	Notebook bool
	// PythonMagic reports whether the body of the cell magic is Python that runs in the
	// notebook's namespace or in a scope of its own (time, capture, timeit). Nil stands for
	// the function PythonMagic.
	PythonMagic func(name string) bool
	// Automagic reports whether a cell of one line that begins with this name of a magic runs the magic, as IPython
	// does where no variable has the name. Valid says that the line is Python, too. Nil stands for never.
	Automagic func(name string, valid bool) bool
}

// File is the tree of one cell or module.
type File struct {
	Source  string
	Version Version
	// CellMagics are the leading "%%" lines, outermost first: more than one where magics nest.
	CellMagics []CellMagic
	// RawBody is set when the last of CellMagics is not PythonMagic: the body is not Python
	// and Body is empty. RawBodySpan is the body's place.
	RawBody     bool
	RawBodySpan Span
	Body        []Stmt
	// Automagic is the name that Options.Automagic was asked about.
	Automagic string
	// Comments are the spans of all comments, "#" included, in source order.
	Comments []Span
	// Errors are the places where the source is not Python, in source order.
	Errors []Error
	// Lines are the offsets of the starts of lines.
	Lines []Pos

	base Pos // of Source, where it is a part of a larger source
}

// CellMagic is one "%%name text" line.
type CellMagic struct {
	Span     // of the line, without its newline
	Name     string
	Text     string
	TextSpan Span
}

// Error is a place where the source is not Python.
type Error struct {
	Span
	Msg string
}
