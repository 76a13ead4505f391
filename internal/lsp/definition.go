package lsp

// Where a name is bound.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// definition is where a name is bound: for a global that a cell reads, the bindings that may have
// made the value that arrives there; for what comes from a local module, its place in the file.
func (s *server) definition(p *documentPosition) (any, *responseError) {
	sym := s.symbolAt(p)
	if sym == nil {
		return []location{}, nil
	}
	if sym.nb != nil && sym.module == nil {
		if list := s.arriving(sym); len(list) > 0 {
			return list, nil
		}
	}
	list := []location{}
	for _, at := range s.places(sym) {
		if at.binds && (sym.module == nil || at.uri == s.uriOfPath(sym.module.Path)) {
			list = append(list, s.location(at))
		}
	}
	if sym.module != nil && len(list) == 0 { // a submodule, or a name that is made in some other way
		list = append(list, location{URI: s.uriOfPath(sym.module.Path)})
	}
	return list, nil
}

func (s *server) location(at namedPlace) location {
	return location{at.uri, s.encoding.span(at.text, int(at.span.Start), int(at.span.End))}
}

// arriving are the bindings of a global that reach a cell's read of it. In the cell itself a
// binding above the place counts.
func (s *server) arriving(sym *symbol) []location {
	all := s.places(sym)
	var own []namedPlace
	for _, at := range all {
		if at.uri == sym.doc.uri && at.binds && at.span.Start <= sym.span.Start {
			own = append(own, at)
		}
	}
	var list []location
	for _, r := range sym.loaded.Graph.Cells[sym.unit].Reads {
		if r.Name != sym.name {
			continue
		}
		for _, b := range r.Defs {
			if b.Unit < 0 {
				continue
			}
			uri := sym.nb.cells[sym.loaded.Code[b.Unit]].uri
			if m, name := s.importedFrom(sym, b.Unit); m != nil {
				for _, at := range s.modulePlaces(&symbol{name: name, module: m}) {
					if at.binds && at.uri == s.uriOfPath(m.Path) {
						list = append(list, s.location(at))
					}
				}
				continue
			}
			if i := nearest(all, uri, b.Pos); i >= 0 {
				list = append(list, s.location(all[i]))
			}
		}
	}
	if len(own) > 0 {
		list = append([]location{s.location(own[len(own)-1])}, list...)
	}
	return slices.Compact(list)
}

// nearest is the binding place in a document that a binding's position belongs to: the position is
// where the statement starts, the place is its name.
func nearest(all []namedPlace, uri string, pos pyast.Pos) int {
	found := -1
	for i, at := range all {
		if at.uri == uri && at.binds && at.span.Start >= pos && (found < 0 || at.span.Start < all[found].span.Start) {
			found = i
		}
	}
	return found
}
