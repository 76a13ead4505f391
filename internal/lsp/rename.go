package lsp

// Renaming changes a variable of a block, or a global of a notebook in all its cells and headers. What
// can't be renamed everywhere is not renamed at all: names that come from modules, names that
// appear in a text which doesn't spell them, and new names that are taken.

import (
	"fmt"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

func (s *server) prepareRename(p *documentPosition) (any, *responseError) {
	sym := s.symbolAt(p)
	if sym == nil {
		return nil, nil
	}
	if _, fault := s.renamable(sym); fault != nil {
		return nil, fault
	}
	return object{"range": s.encoding.span(sym.doc.text, int(sym.span.Start), int(sym.span.End)), "placeholder": sym.name}, nil
}

func (s *server) rename(p *struct {
	documentPosition
	NewName string `json:"newName"`
}) (any, *responseError) {
	sym := s.symbolAt(&p.documentPosition)
	if sym == nil {
		return nil, &responseError{requestFailed, "there is no name here", nil}
	}
	if !isName(p.NewName) {
		return nil, &responseError{requestFailed, fmt.Sprintf("%q is no name", p.NewName), nil}
	}
	places, fault := s.renamable(sym)
	if fault != nil {
		return nil, fault
	}
	if p.NewName != sym.name {
		if where := s.taken(sym, p.NewName); where != "" {
			return nil, &responseError{requestFailed, p.NewName + " is used already: " + where, nil}
		}
	}
	byURI := map[string][]textEdit{}
	var order []string
	for _, at := range places {
		if byURI[at.uri] == nil {
			order = append(order, at.uri)
		}
		byURI[at.uri] = append(byURI[at.uri], textEdit{s.location(at).Range, p.NewName})
	}
	e := &workspaceEdit{}
	for _, uri := range order {
		s.addEdits(e, s.documents[uri], byURI[uri]...)
	}
	return e, nil
}

// renamable are the places to change, or why the symbol can't be renamed.
func (s *server) renamable(sym *symbol) ([]namedPlace, *responseError) {
	refuse := func(format string, args ...any) ([]namedPlace, *responseError) {
		return nil, &responseError{requestFailed, sym.name + " can't be renamed: " + fmt.Sprintf(format, args...), nil}
	}
	if sym.module != nil {
		return refuse("it belongs to the module %s", sym.module.Path)
	}
	if m := s.origin(sym); m.module != nil {
		return refuse("it is imported from %s", m.module.Path)
	}
	places := s.places(sym)
	bound := false
	for _, at := range places {
		bound = bound || at.binds
		if s.documents[at.uri] == nil || textAt(at.text, at.span) != sym.name {
			return refuse("a text uses it that doesn't spell it as a name (%s)", s.whereIs(at))
		}
	}
	if !bound {
		return refuse("no cell binds it")
	}
	if sym.nb != nil {
		for unit := range sym.loaded.Code {
			summary := sym.loaded.Graph.Cells[unit].Summary
			if summary == nil {
				continue
			}
			for _, b := range summary.Uses().Binds {
				if b.Name == sym.name && b.Import != nil && !strings.Contains(textFrom(summary.File.Source, b.Pos), " as "+sym.name) {
					return refuse("it is imported; import it under another name first, with as")
				}
			}
		}
	}
	return places, nil
}

// textFrom is the rest of the line at a place.
func textFrom(text string, pos pyast.Pos) string {
	return text[min(int(pos), len(text)):ipynb.LineEnd(text, min(int(pos), len(text)))]
}

func (s *server) whereIs(at namedPlace) string {
	line := s.encoding.position(at.text, int(at.span.Start)).Line + 1
	if d := s.documents[at.uri]; d != nil && d.notebook != nil {
		for i, c := range d.notebook.cells {
			if c.document == d {
				return fmt.Sprintf("cell %d line %d", i, line)
			}
		}
	}
	return fmt.Sprintf("line %d", line)
}

// taken says where a name is used that a renamed one would mean something else beside: anywhere
// in the cells of the notebook, or in the file.
func (s *server) taken(sym *symbol, name string) string {
	docs := []*document{sym.doc}
	if sym.nb != nil {
		docs = nil
		for _, c := range sym.nb.cells {
			docs = append(docs, c.document)
		}
	}
	for _, d := range docs {
		file := s.fileOf(d)
		if file == nil {
			continue
		}
		_, found := scope.Occurrences(file)
		for _, o := range found {
			if o.Name == name {
				return s.whereIs(namedPlace{uri: d.uri, text: d.text, span: o.Span})
			}
		}
	}
	return ""
}

// isName says whether a text can be a variable: a name that is no keyword.
func isName(text string) bool {
	if !isIdentifier(text) {
		return false
	}
	f := pyast.Parse(text+" = 1", pyast.Options{})
	if len(f.Errors) > 0 || len(f.Body) != 1 {
		return false
	}
	a, ok := f.Body[0].(*pyast.Assign)
	if !ok || len(a.Targets) != 1 {
		return false
	}
	n, ok := a.Targets[0].(*pyast.Name)
	return ok && n.ID == text
}
