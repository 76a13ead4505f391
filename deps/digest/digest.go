// Package digest turns source into fdigest v1: one number over the functions and classes that a
// cell reaches, the same from Go and from Python. docs/fdigest.md is the definition, and its rules
// are named in comments here; runtime-py/xetcache/source/fdigest.py is the other side.
//
// The package writes the forms of nodes. Which nodes a cell reaches, and under what names, is the
// caller's to say.
package digest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Shown is the number of hex digits by which a digest is shown.
const Shown = 12

// Pair is a form under its name: "__main__.f" for the notebook, else the path of the module from
// its import root and the qualified name.
type Pair struct {
	Name string
	Form []byte
}

// Sum returns the digest of pairs in hex, 64 digits. The pairs may come in any order; forms of one
// name count in the order given.
func Sum(pairs []Pair) string {
	sorted := slices.Clone(pairs)
	slices.SortStableFunc(sorted, func(a, b Pair) int { return cmp.Compare(a.Name, b.Name) })
	h := sha256.New()
	h.Write([]byte("fdigest1\n"))
	var length []byte
	for _, p := range sorted {
		length = append(strconv.AppendInt(length[:0], int64(len(p.Name)), 10), ':')
		h.Write(length)
		h.Write([]byte(p.Name))
		length = append(strconv.AppendInt(length[:0], int64(len(p.Form)), 10), ':')
		h.Write(length)
		h.Write(p.Form)
		h.Write([]byte("\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Context is what a form depends on beyond its node.
type Context struct {
	// SpecialClass says that the node stands in the scope of a Special class, or of a class that
	// stands in one, with no function between.
	SpecialClass bool
	// NamesDoc says that code reached together with the node names __doc__, so that docstrings
	// stay.
	NamesDoc bool
}

// Special reports whether a class is decorated or derived (rule method-docstring).
func Special(c *pyast.ClassDef) bool {
	return len(c.DecoratorList)+len(c.Bases)+len(c.Keywords) > 0
}

// Opaque is the error of source that has no form.
type Opaque struct {
	pyast.Span // of what has none
	Msg        string
}

func (e *Opaque) Error() string { return "no source digest: " + e.Msg }

// Form returns the form of a function, a class, a lambda, a statement that binds, or any other node
// of the file's tree. The error is an *Opaque: the node has a place that isn't Python or uses a name
// that is newer than Unicode 12.1.
func Form(f *pyast.File, n pyast.Node, c Context) ([]byte, error) {
	span := n.Pos()
	for _, d := range decorators(n) {
		span.Start = min(span.Start, d.Pos().Start)
	}
	if err := check(f, span); err != nil {
		return nil, err
	}
	w := writer{keepDocs: c.NamesDoc, out: make([]byte, 0, 8*(span.End-span.Start))}
	if c.SpecialClass {
		w.where = specialClass
	}
	w.node(n)
	if w.err != nil {
		return nil, w.err
	}
	return w.out, nil
}

// check returns an error if there is something in span that Python, or Unicode 12.1, doesn't have.
func check(f *pyast.File, span pyast.Span) *Opaque {
	for _, e := range f.Errors {
		if e.Start < span.End && e.End > span.Start || e.Start == e.End && e.Start >= span.Start && e.Start <= span.End {
			return &Opaque{e.Span, e.Msg}
		}
	}
	if i := strings.IndexByte(f.Source, 0); i >= 0 {
		return &Opaque{pyast.Span{Start: pyast.Pos(i), End: pyast.Pos(i + 1)}, "source code cannot contain null bytes"}
	}
	if at, found := newerName(f, span); found {
		return &Opaque{at, f.Source[at.Start:at.End] + " is newer than Unicode 12.1"}
	}
	return nil
}

func decorators(n pyast.Node) []pyast.Expr {
	switch n := n.(type) {
	case *pyast.FunctionDef:
		return n.DecoratorList
	case *pyast.ClassDef:
		return n.DecoratorList
	}
	return nil
}

// NamesDoc reports whether the code of a form names __doc__, as an identifier or as a string.
func NamesDoc(form []byte) bool {
	return bytes.Contains(form, []byte("i7:__doc__")) || bytes.Contains(form, []byte("s7:__doc__"))
}
