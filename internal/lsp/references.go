package lsp

// All places that name the same.

import (
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/deps/imports"
)

// references are all places that name what a place names, those in headers included.
func (s *server) references(p *struct {
	documentPosition
	Context struct {
		IncludeDeclaration bool `json:"includeDeclaration"`
	} `json:"context"`
}) (any, *responseError) {
	list := []location{}
	sym := s.symbolAt(&p.documentPosition)
	if sym == nil {
		return list, nil
	}
	for _, at := range s.places(s.origin(sym)) {
		if textAt(at.text, at.span) != "" && (p.Context.IncludeDeclaration || !at.binds) {
			list = append(list, s.location(at))
		}
	}
	return list, nil
}

// highlights are the places in the same document.
func (s *server) highlights(p *documentPosition) (any, *responseError) {
	list := []object{}
	sym := s.symbolAt(p)
	if sym == nil {
		return list, nil
	}
	const read, write = 2, 3
	for _, at := range s.places(sym) {
		if at.uri != p.TextDocument.URI {
			continue
		}
		kind := read
		if at.binds {
			kind = write
		}
		list = append(list, object{"range": s.location(at).Range, "kind": kind})
	}
	return list, nil
}

// origin is the module's global behind a notebook's, where that is imported by name from a local
// module.
func (s *server) origin(sym *symbol) *symbol {
	if sym.nb == nil || sym.module != nil {
		return sym
	}
	for unit := range sym.loaded.Code {
		if m, name := s.importedFrom(sym, unit); m != nil {
			return &symbol{name: name, span: sym.span, doc: sym.doc, module: m}
		}
	}
	return sym
}

// importedFrom is the local module that a cell imports the symbol's name from, and its name there.
func (s *server) importedFrom(sym *symbol, unit int) (*deps.Module, string) {
	summary := sym.loaded.Graph.Cells[unit].Summary
	if summary == nil {
		return nil, ""
	}
	resolver := imports.NewResolver(sym.loaded.Modules)
	for _, b := range summary.Uses().Binds {
		if b.Name == sym.name && b.Import != nil && b.Import.Name != "" {
			if t := resolver.Resolve(b.Import, nil); inFile(t.Module) != nil {
				return t.Module, t.Name
			}
		}
	}
	return nil, ""
}
