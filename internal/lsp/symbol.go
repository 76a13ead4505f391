package lsp

// What a place in a text names.

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/deps/imports"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// A symbol is what a place in a text names. There are three kinds: a variable of one block of one
// file; a global of a notebook, whatever its cell; a global of a local module, which open
// notebooks import by name or reach as an attribute.
type symbol struct {
	name string
	span pyast.Span // of the place

	doc   *document    // the text that the place is in
	owner *scope.Scope // of a block's variable

	nb     *notebook // of a notebook's global
	loaded *load.Notebook
	unit   int

	module *deps.Module // of a module's global
}

// namedPlace is a place that names a symbol, in a document or a module's file.
type namedPlace struct {
	uri, text string
	span      pyast.Span
	binds     bool
}

// symbolAt finds the symbol that a position names, nil for none.
func (s *server) symbolAt(p *documentPosition) *symbol {
	d := s.documents[p.TextDocument.URI]
	if d == nil {
		return nil
	}
	offset := s.encoding.offset(d.text, p.Position)
	if d.notebook == nil {
		return s.symbolInFile(d, offset)
	}
	nb, loaded, _, unit := s.find(d.uri)
	if loaded == nil || unit < 0 {
		return nil
	}
	sym := &symbol{doc: d, nb: nb, loaded: loaded, unit: unit}
	if w, ok := headerWord(loaded, unit, offset); ok {
		sym.name, sym.span = w.name, w.Span
		return sym
	}
	summary := loaded.Graph.Cells[unit].Summary
	if m, name, span := moduleMember(loaded, summary, offset); m != nil {
		sym.name, sym.span, sym.module = name, span, m
		return sym
	}
	top, found := scope.Occurrences(summary.File)
	for _, o := range found {
		if within(o.Span, offset) {
			sym.name, sym.span = o.Name, o.Span
			if o.Owner != top {
				sym.owner, sym.nb = o.Owner, nil
			}
			return sym
		}
	}
	for _, m := range summary.Uses().Names { // in magics and strings
		span := pyast.Span{Start: m.Pos, End: m.Pos + pyast.Pos(len(m.Name))}
		if m.Path == "" && within(span, offset) && textAt(d.text, span) == m.Name {
			sym.name, sym.span = m.Name, span
			return sym
		}
	}
	return nil
}

func (s *server) symbolInFile(d *document, offset int) *symbol {
	if d.language != "python" {
		return nil
	}
	file := d.python()
	top, found := scope.Occurrences(file)
	for _, o := range found {
		if !within(o.Span, offset) {
			continue
		}
		sym := &symbol{name: o.Name, span: o.Span, doc: d}
		if o.Owner != top {
			sym.owner = o.Owner
		} else if path := pathOf(d.uri); path != "" {
			sym.module = &deps.Module{Path: path, Summary: closure.Summarize(file)}
		}
		return sym
	}
	return nil
}

func textAt(text string, span pyast.Span) string {
	if int(span.End) > len(text) {
		return ""
	}
	return text[span.Start:span.End]
}

// places are all places that name the symbol, in the open notebooks and in the module's file.
func (s *server) places(sym *symbol) []namedPlace {
	switch {
	case sym.module != nil:
		return s.modulePlaces(sym)
	case sym.nb != nil:
		return globalPlaces(sym.nb, sym.loaded, sym.name)
	}
	var list []namedPlace
	file := s.fileOf(sym.doc)
	if file == nil {
		return nil
	}
	_, found := scope.Occurrences(file)
	for _, o := range found {
		// the scopes of another walk are others: a block is known by its place
		if o.Name == sym.name && sameBlock(o.Owner, sym.owner) {
			list = append(list, namedPlace{uri: sym.doc.uri, text: sym.doc.text, span: o.Span, binds: o.Binds})
		}
	}
	return list
}

func (s *server) fileOf(d *document) *pyast.File {
	if d.notebook == nil {
		return d.python()
	}
	if _, loaded, _, unit := s.find(d.uri); loaded != nil && unit >= 0 {
		return loaded.Graph.Cells[unit].Summary.File
	}
	return nil
}

func sameBlock(a, b *scope.Scope) bool {
	if a == nil || b == nil || a.Kind != b.Kind {
		return a == b
	}
	if a.Node == nil || b.Node == nil {
		return a.Node == b.Node
	}
	return a.Node.Pos() == b.Node.Pos()
}

// globalPlaces are the places in a notebook's Python cells that name one of its globals.
func globalPlaces(nb *notebook, loaded *load.Notebook, name string) []namedPlace {
	var list []namedPlace
	for unit, index := range loaded.Code {
		summary := loaded.Graph.Cells[unit].Summary
		if summary == nil {
			continue
		}
		c := nb.cells[index]
		at := map[pyast.Pos]bool{}
		add := func(start pyast.Pos, length int, binds bool) {
			if !at[start] {
				at[start] = true
				list = append(list, namedPlace{c.uri, c.text, pyast.Span{Start: start, End: start + pyast.Pos(length)}, binds})
			}
		}
		top, found := scope.Occurrences(summary.File)
		for _, o := range found {
			if o.Owner == top && o.Name == name {
				add(o.Start, int(o.End-o.Start), o.Binds)
			}
		}
		for _, m := range summary.Uses().Names { // in magics and strings
			if m.Name == name && m.Path == "" && m.Import == nil {
				add(m.Pos, len(name), false)
			}
		}
		for _, w := range headerWords(loaded, unit) {
			if w.name == name {
				add(w.Start, len(name), false)
			}
		}
	}
	return list
}

// modulePlaces are the places that name a module's global: in its file, and in open notebooks.
func (s *server) modulePlaces(sym *symbol) []namedPlace {
	var list []namedPlace
	file := sym.module.Summary.File
	uri := s.uriOfPath(sym.module.Path)
	top, found := scope.Occurrences(file)
	for _, o := range found {
		if o.Owner == top && o.Name == sym.name {
			list = append(list, namedPlace{uri: uri, text: file.Source, span: o.Span, binds: o.Binds})
		}
	}
	for _, nb := range s.opened {
		loaded := s.analyse(nb)
		if loaded == nil {
			continue
		}
		resolver := imports.NewResolver(loaded.Modules)
		names := map[string]bool{} // globals that import it
		for unit, index := range loaded.Code {
			summary := loaded.Graph.Cells[unit].Summary
			if summary == nil {
				continue
			}
			c := nb.cells[index]
			for _, b := range summary.Uses().Binds {
				if b.Import == nil || b.Import.Name != sym.name {
					continue
				}
				if t := resolver.Resolve(b.Import, nil); samePath(t.Module, sym.module) {
					names[b.Name] = true
				}
			}
			for _, m := range members(loaded, summary) {
				if m.name == sym.name && samePath(m.module, sym.module) {
					list = append(list, namedPlace{uri: c.uri, text: c.text, span: m.Span})
				}
			}
		}
		for name := range names {
			list = append(list, globalPlaces(nb, loaded, name)...)
		}
	}
	return list
}

func samePath(a, b *deps.Module) bool { return a != nil && b != nil && a.Path == b.Path }

// uriOfPath is the URI of a file, as the client writes it where it is open.
func (s *server) uriOfPath(path string) string {
	for uri, d := range s.documents {
		if d.notebook == nil && pathOf(uri) == path {
			return uri
		}
	}
	return uriOf(path)
}

// inFile returns a local module, or nil where it is none of one Python file.
func inFile(m *deps.Module) *deps.Module {
	if m == nil || filepath.Ext(m.Path) != ".py" {
		return nil
	}
	return m
}

// member is a name that is taken from a local module: utils.norm, or from utils import norm.
type member struct {
	pyast.Span
	name   string
	module *deps.Module
}

// moduleMember is the member that a place names.
func moduleMember(loaded *load.Notebook, summary *closure.Summary, offset int) (*deps.Module, string, pyast.Span) {
	for _, m := range members(loaded, summary) {
		if within(m.Span, offset) {
			return m.module, m.name, m.Span
		}
	}
	return nil, "", pyast.Span{}
}

// members are the places in a cell that take something of a local module.
func members(loaded *load.Notebook, summary *closure.Summary) []member {
	resolver := imports.NewResolver(loaded.Modules)
	modules := moduleNames(loaded, resolver)
	var list []member
	var visit func(n pyast.Node)
	visit = func(n pyast.Node) {
		switch n := n.(type) {
		case *pyast.Attribute:
			if m := inFile(moduleAt(n.Value, modules, resolver)); m != nil {
				list = append(list, member{n.Attr.Span, n.Attr.Name, m})
			}
		case *pyast.ImportFrom:
			if m := inFile(resolver.Local(imports.Absolute(n.Module.Name, n.Level, nil))); m != nil {
				for _, a := range n.Names {
					list = append(list, member{a.Name.Span, a.Name.Name, m})
				}
			}
		}
		pyast.Children(n, visit)
	}
	for _, st := range summary.File.Body {
		visit(st)
	}
	return list
}

// moduleNames are the globals of a notebook that its imports make local modules.
func moduleNames(loaded *load.Notebook, resolver *imports.Resolver) map[string]*deps.Module {
	modules := map[string]*deps.Module{}
	for _, c := range loaded.Graph.Cells {
		if c.Summary == nil {
			continue
		}
		for _, b := range c.Summary.Uses().Binds {
			if b.Import == nil {
				continue
			}
			t := resolver.Resolve(b.Import, nil)
			if t.Module != nil && t.Name != "" {
				t.Module = resolver.Submodule(t.Module, t.Name)
			}
			if t.Module != nil {
				modules[b.Name] = t.Module
			}
		}
	}
	return modules
}

// moduleAt is the local module that an expression names, nil for any other.
func moduleAt(e pyast.Expr, modules map[string]*deps.Module, resolver *imports.Resolver) *deps.Module {
	path := pyast.Dotted(e)
	if path == "" {
		return nil
	}
	first, rest, _ := strings.Cut(path, ".")
	m := modules[first]
	for m != nil && rest != "" {
		first, rest, _ = strings.Cut(rest, ".")
		m = resolver.Submodule(m, first)
	}
	return m
}

// word is a name in a header.
type word struct {
	pyast.Span
	name   string
	option string // "input" or "output"
}

func headerWord(loaded *load.Notebook, unit, offset int) (word, bool) {
	for _, w := range headerWords(loaded, unit) {
		if within(w.Span, offset) {
			return w, true
		}
	}
	return word{}, false
}

var identifierPattern = regexp.MustCompile(`[\pL_][\pL\pN_]*`)

// headerWords are the names in the lists of a unit's header, those in expressions too.
func headerWords(loaded *load.Notebook, unit int) []word {
	found := loaded.Find(unit)
	if found.Header == nil {
		return nil
	}
	var list []word
	for _, option := range [...]string{"input", "output"} {
		start, end, ok := found.Header.Option(option)
		if !ok {
			continue
		}
		text := found.Header.Text[start:end]
		equals := strings.IndexByte(text, '=') + 1
		for _, at := range identifierPattern.FindAllStringIndex(text[equals:], -1) {
			from := start + equals + at[0]
			if before := found.Header.Text[from-1]; before == '.' || before == '"' || before == '\'' {
				continue // an attribute, or text
			}
			name := text[equals+at[0] : equals+at[1]]
			list = append(list, word{pyast.Span{Start: found.Span.Start + pyast.Pos(from), End: found.Span.Start + pyast.Pos(from+len(name))}, name, option})
		}
	}
	slices.SortFunc(list, func(a, b word) int { return int(a.Start - b.Start) })
	return list
}

// isIdentifier says whether a text is one name.
func isIdentifier(text string) bool {
	at := identifierPattern.FindStringIndex(text)
	return at != nil && at[0] == 0 && at[1] == len(text)
}
