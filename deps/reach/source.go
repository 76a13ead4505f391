package reach

// The text of a file in parts: what each binds, changes and names.

import (
	"cmp"
	"slices"
	"sync"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/digest"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Sources keeps what was found out about the text of modules, for all notebooks of a run. The
// zero value is ready; it may be used by several goroutines at once.
type Sources struct{ m sync.Map } // *closure.Summary → *source

// Forget drops all that was kept.
func (s *Sources) Forget() { s.m.Clear() }

// of returns the index of a file, made at first sight.
func (s *Sources) of(sum *closure.Summary) *source {
	v, ok := s.m.Load(sum)
	if !ok {
		v, _ = s.m.LoadOrStore(sum, &source{summary: sum})
	}
	src := v.(*source)
	src.once.Do(src.index)
	return src
}

// source is a file cut into parts: its statements as far as each is whole, which for compound
// ones is the header (the test of an if, what a for iterates over) that the statements inside
// stand under.
type source struct {
	once    sync.Once
	summary *closure.Summary
	parts   []*part // by start
	binds   map[string][]bind
	changes map[string][]*part
	stars   []*closure.ImportStar
	dynamic []closure.Mention
	names   []closure.Mention // by position, without those in annotations that no form holds

	mu sync.Mutex // of the forms of parts
}

// part is a simple statement, a definition, or the header of a compound statement.
type part struct {
	src   *source
	start pyast.Pos
	end   pyast.Pos // where the next part starts
	nodes []pyast.Node
	under *part // the header that decides whether it runs, and with what
	main  bool  // run only as a script: under if __name__ == "__main__"
	binds []*closure.GlobalBind
	forms [2]*partForm // without and with docstrings
}

type partForm struct {
	text []byte
	err  error
}

// bind is one way a global of the file gets its value: a part, or an import.
type bind struct {
	part *part
	*closure.GlobalBind
}

func (s *source) index() {
	f := s.summary.File
	s.cut(f.Body, nil, false)
	for i, p := range s.parts {
		p.src, p.end = s, pyast.Pos(len(f.Source))+1
		if i+1 < len(s.parts) {
			p.end = s.parts[i+1].start
		}
	}
	uses := s.summary.Uses()
	s.stars, s.dynamic = uses.Stars, uses.Dynamic
	s.names = unannotated(f, uses.Names)
	s.binds = map[string][]bind{}
	for i := range uses.Binds {
		b := &uses.Binds[i]
		if p := s.at(b.Pos); p != nil && !p.main {
			s.binds[b.Name] = append(s.binds[b.Name], bind{p, b})
			p.binds = append(p.binds, b)
		}
	}
	s.changes = map[string][]*part{}
	for _, u := range uses.Changes {
		if p := s.at(u.Pos); p != nil && !p.main {
			if parts := s.changes[u.Name]; len(parts) == 0 || parts[len(parts)-1] != p {
				s.changes[u.Name] = append(parts, p)
			}
		}
	}
}

// at returns the part that a place belongs to.
func (s *source) at(pos pyast.Pos) *part {
	i, found := slices.BinarySearchFunc(s.parts, pos, func(p *part, pos pyast.Pos) int { return cmp.Compare(p.start, pos) })
	if !found {
		i--
	}
	if i < 0 {
		return nil
	}
	return s.parts[i]
}

// mentions returns the names in a part, from a list in order of position.
func (p *part) mentions(list []closure.Mention) []closure.Mention {
	first, _ := slices.BinarySearchFunc(list, p.start, func(m closure.Mention, pos pyast.Pos) int { return cmp.Compare(m.Pos, pos) })
	last, _ := slices.BinarySearchFunc(list, p.end, func(m closure.Mention, pos pyast.Pos) int { return cmp.Compare(m.Pos, pos) })
	return list[first:last]
}

// form is the part's form: those of its nodes, one after the other.
func (p *part) form(namesDoc bool) ([]byte, error) {
	p.src.mu.Lock()
	defer p.src.mu.Unlock()
	at := 0
	if namesDoc {
		at = 1
	}
	if p.forms[at] == nil {
		f := &partForm{}
		for _, n := range p.nodes {
			var text []byte
			if text, f.err = digest.Form(p.src.summary.File, n, digest.Context{NamesDoc: namesDoc}); f.err != nil {
				break
			}
			f.text = append(f.text, text...)
		}
		p.forms[at] = f
	}
	return p.forms[at].text, p.forms[at].err
}

// cut makes parts of statements.
func (s *source) cut(body []pyast.Stmt, under *part, main bool) {
	for _, st := range body {
		header := func(nodes ...pyast.Node) *part {
			p := &part{start: st.Pos().Start, nodes: nodes, under: under, main: main}
			s.parts = append(s.parts, p)
			return p
		}
		switch st := st.(type) {
		case *pyast.If:
			p := header(st.Test)
			s.cut(st.Body, p, main || isMainTest(st.Test))
			s.cut(st.Orelse, p, main)
		case *pyast.While:
			p := header(st.Test)
			s.cut(st.Body, p, main)
			s.cut(st.Orelse, p, main)
		case *pyast.For:
			p := header(st.Iter, st.Target)
			s.cut(st.Body, p, main)
			s.cut(st.Orelse, p, main)
		case *pyast.With:
			p := header()
			for _, item := range st.Items {
				p.nodes = append(p.nodes, item)
			}
			s.cut(st.Body, p, main)
		case *pyast.Match:
			p := header(st.Subject)
			for _, c := range st.Cases {
				q := &part{start: c.Pos().Start, nodes: []pyast.Node{c.Pattern}, under: p, main: main}
				if c.Guard != nil {
					q.nodes = append(q.nodes, c.Guard)
				}
				s.parts = append(s.parts, q)
				s.cut(c.Body, q, main)
			}
		case *pyast.Try:
			s.cut(st.Body, under, main)
			for _, h := range st.Handlers {
				p := &part{start: h.Pos().Start, under: under, main: main}
				if h.Type != nil {
					p.nodes = append(p.nodes, h.Type)
				}
				s.parts = append(s.parts, p)
				s.cut(h.Body, p, main)
			}
			s.cut(st.Orelse, under, main)
			s.cut(st.Finalbody, under, main)
		default:
			p := header(st)
			p.start = startOf(st)
		}
	}
}

// startOf is where a statement starts, decorators included.
func startOf(st pyast.Stmt) pyast.Pos {
	start := st.Pos().Start
	var decorators []pyast.Expr
	switch st := st.(type) {
	case *pyast.FunctionDef:
		decorators = st.DecoratorList
	case *pyast.ClassDef:
		decorators = st.DecoratorList
	}
	for _, d := range decorators {
		start = min(start, d.Pos().Start)
	}
	return start
}

// isMainTest recognises __name__ == "__main__".
func isMainTest(e pyast.Expr) bool {
	c, ok := e.(*pyast.Compare)
	if !ok || len(c.Comparators) != 1 || c.Ops[0] != pyast.Eq {
		return false
	}
	sides := [2]pyast.Expr{c.Left, c.Comparators[0]}
	if _, isName := sides[0].(*pyast.Name); !isName {
		sides[0], sides[1] = sides[1], sides[0]
	}
	n, ok1 := sides[0].(*pyast.Name)
	s, ok2 := sides[1].(*pyast.Constant)
	return ok1 && ok2 && n.ID == "__name__" && s.Kind == pyast.Str && s.Str == "__main__"
}

// unannotated leaves out what stands in annotations that have no form (rules annotation and
// annotated-assignment of docs/fdigest.md): what they name isn't reached through them.
func unannotated(f *pyast.File, names []closure.Mention) []closure.Mention {
	var spans []pyast.Span
	var visit func(n pyast.Node, class bool)
	visit = func(n pyast.Node, class bool) {
		switch n := n.(type) {
		case *pyast.FunctionDef:
			if len(n.DecoratorList) == 0 {
				for _, list := range [][]*pyast.Arg{n.Args.Posonlyargs, n.Args.Args, n.Args.Kwonlyargs, {n.Args.Vararg, n.Args.Kwarg}} {
					for _, a := range list {
						if a != nil && a.Annotation != nil {
							spans = append(spans, a.Annotation.Pos())
						}
					}
				}
				if n.Returns != nil {
					spans = append(spans, n.Returns.Pos())
				}
			}
			class = false
		case *pyast.ClassDef:
			class = true
		case *pyast.AnnAssign:
			if !class {
				spans = append(spans, n.Annotation.Pos())
			}
		case pyast.Expr:
			return
		}
		pyast.Children(n, func(c pyast.Node) { visit(c, class) })
	}
	for _, s := range f.Body {
		visit(s, false)
	}
	if len(spans) == 0 {
		return names
	}
	slices.SortFunc(spans, func(a, b pyast.Span) int { return cmp.Compare(a.Start, b.Start) })
	kept := names[:0:0]
	at := 0
	for _, m := range names {
		for at < len(spans) && spans[at].End <= m.Pos {
			at++
		}
		if at == len(spans) || m.Pos < spans[at].Start {
			kept = append(kept, m)
		}
	}
	return kept
}
