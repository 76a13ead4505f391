package pyast

// Places in text that was put together of parts.

import "sort"

// sourceMap says where parts of a text that was put together come from. Each entry holds from
// its offset in the text to that of the next one.
type sourceMap []mapped

type mapped struct {
	at    int
	orig  Pos
	point bool // the part was added at orig
}

func (m *sourceMap) add(at int, orig Pos)      { *m = append(*m, mapped{at, orig, false}) }
func (m *sourceMap) addPoint(at int, orig Pos) { *m = append(*m, mapped{at, orig, true}) }

// pos returns the place of the byte at p: an empty one where it was added.
func (m sourceMap) pos(p Pos) Span {
	i := sort.Search(len(m), func(i int) bool { return m[i].at > int(p) }) - 1
	switch {
	case i < 0:
		return Span{p, p}
	case m[i].point:
		return Span{m[i].orig, m[i].orig}
	}
	at := m[i].orig + p - Pos(m[i].at)
	return Span{at, at + 1}
}

// span maps the end through the last byte, for the byte behind it may be in another part.
func (m sourceMap) span(s Span) Span {
	start := m.pos(s.Start).Start
	end := start
	if s.End > s.Start {
		end = max(start, m.pos(s.End-1).End)
	}
	return Span{start, end}
}

// move maps all places of f, and keeps them in [low, high).
func (m sourceMap) move(f *File, low, high Pos) {
	f.moveSpans(func(s *Span) {
		*s = m.span(*s)
		s.Start = min(max(s.Start, low), high)
		s.End = min(max(s.End, s.Start), high)
	})
}

// place gives every node that embeds Span a way to change it.
func (s *Span) place() *Span { return s }

// moveSpans calls move for every place in f but those of CellMagics, RawBodySpan and Lines.
func (f *File) moveSpans(move func(*Span)) {
	for i := range f.Comments {
		move(&f.Comments[i])
	}
	for i := range f.Errors {
		move(&f.Errors[i].Span)
	}
	name := func(id *Identifier) { move(&id.Span) }
	names := func(ids []Identifier) {
		for i := range ids {
			move(&ids[i].Span)
		}
	}
	visit := func(n Node) bool {
		move(n.(interface{ place() *Span }).place())
		switch n := n.(type) {
		case *FunctionDef:
			name(&n.Name)
		case *ClassDef:
			name(&n.Name)
		case *ImportFrom:
			name(&n.Module)
		case *Global:
			names(n.Names)
		case *Nonlocal:
			names(n.Names)
		case *Attribute:
			name(&n.Attr)
		case *Arg:
			name(&n.Name)
		case *Keyword:
			name(&n.Arg)
		case *Alias:
			name(&n.Name)
			name(&n.Asname)
		case *ExceptHandler:
			name(&n.Name)
		case *MatchMapping:
			name(&n.Rest)
		case *MatchClass:
			names(n.KwdAttrs)
		case *MatchStar:
			name(&n.Name)
		case *MatchAs:
			name(&n.Name)
		case *TypeVar:
			name(&n.Name)
		case *ParamSpec:
			name(&n.Name)
		case *TypeVarTuple:
			name(&n.Name)
		case *Magic:
			move(&n.TextSpan)
		}
		return true
	}
	for _, s := range f.Body {
		Walk(s, visit)
	}
}
