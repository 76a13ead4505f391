package scope

// The places in the text that name variables, for editors.

import (
	"cmp"
	"slices"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// An Occurrence is a place in the text that names a variable.
type Occurrence struct {
	pyast.Span
	Name  string
	Owner *Scope // the block that holds the variable; the module's for globals and builtins
	Binds bool   // the place binds, deletes or declares it
}

// Occurrences returns the places that name variables, by position: what an editor jumps between
// and renames. Names within strings and magics are not among them.
func Occurrences(f *pyast.File) (module *Scope, found []Occurrence) {
	var places []Occurrence
	scopes := resolve(f, &places)
	found = places[:0]
	for _, o := range places {
		if symbol := o.Owner.Lookup(o.Name); symbol != nil && symbol.Owner != nil {
			o.Owner = symbol.Owner
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, func(a, b Occurrence) int { return cmp.Compare(a.Start, b.Start) })
	return scopes.Module, slices.CompactFunc(found, func(a, b Occurrence) bool { return a.Span == b.Span })
}

// record keeps a place, with the block that it stands in for its owner until all are resolved.
func (r *resolver) record(id pyast.Identifier, use Use) {
	if r.places != nil && id.End > id.Start {
		*r.places = append(*r.places, Occurrence{Span: id.Span, Name: id.Name, Owner: r.scope, Binds: use&(binds|DeclaredGlobal|DeclaredNonlocal) != 0})
	}
}

func identifier(n *pyast.Name) pyast.Identifier { return pyast.Identifier{Span: n.Span, Name: n.ID} }
