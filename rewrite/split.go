package rewrite

// Moving imports and definitions to cells of their own.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// A Split moves imports and definitions of a cell to a cell of their own above it, where a hit of
// the memo does not skip them.
//
// Whole lines move, with the comments right above them. A statement moves if it is an import, a
// def or a class, or an if or try of nothing else, and if what runs at once of it (decorators,
// defaults, bases, class bodies) reads no name that the statements left behind bind. Moving can
// still change what the code does where an import or a decorator has effects; that is why it is
// never done unasked.
type Split struct {
	Cell    int    // of the notebook
	Above   string // the source of the new cell
	Changes []ipynb.Change
}

// Split plans the split of a unit. It is nil if that would not make the cell memoizable: its
// imports and definitions that later cells use can't move, it can't be memoized for other
// reasons too, or nothing would be left.
func (b *Book) Split(unit int) *Split {
	why := b.WhyNot(unit)
	if len(why) == 0 || b.Graph.Cells[unit].Summary == nil {
		return nil
	}
	s := splitter{file: b.Graph.Cells[unit].Summary.File, source: b.Cells[b.Code[unit]].Source}
	s.find()
	for _, r := range why {
		if r.Code != deps.ReasonLiveImport && r.Code != deps.ReasonLiveDefinition || !s.moves(r.Name) {
			return nil
		}
	}
	if len(s.moved) == len(s.file.Body) {
		return nil
	}
	return s.plan(b.Code[unit])
}

// CanSplit says whether Split has a plan.
func (b *Book) CanSplit(unit int) bool { return b.Split(unit) != nil }

// ApplySplits returns the notebook's bytes with the splits made, and for each new cell the number
// of the cell that it stands above.
func (b *Book) ApplySplits(splits []*Split) ([]byte, error) {
	var edits []ipynb.Edit
	for _, s := range splits {
		inserted, err := b.InsertCell(s.Cell, s.Above)
		if err != nil {
			return nil, err
		}
		changed, err := b.ReplaceAll(s.Cell, s.Changes)
		if err != nil {
			return nil, err
		}
		edits = append(append(edits, inserted...), changed...)
	}
	return ipynb.Apply(b.Src, edits)
}

type splitter struct {
	file   *pyast.File
	source string
	moved  []movedLines
}

// movedLines are the lines of a statement that moves.
type movedLines struct {
	stmt       pyast.Stmt
	start, end int // of whole lines, with the last one's end
	binds      []string
}

// moves says whether the statement that binds the name moves.
func (s *splitter) moves(name string) bool {
	return slices.ContainsFunc(s.moved, func(m movedLines) bool { return slices.Contains(m.binds, name) })
}

// find finds the statements that can move: one that reads what stays behind stays too, until
// nothing changes.
func (s *splitter) find() {
	stays := map[pyast.Stmt]bool{}
	for {
		var left []string // names that statements left behind bind
		s.moved = s.moved[:0]
		for i, stmt := range s.file.Body {
			if m, ok := s.lines(i); ok && !stays[stmt] && movable(stmt) {
				m.binds = boundBy(stmt)
				s.moved = append(s.moved, m)
			} else {
				left = append(left, boundBy(stmt)...)
			}
		}
		changed := false
		for _, m := range s.moved {
			clash := func(n string) bool { return slices.Contains(left, n) }
			if slices.ContainsFunc(m.binds, clash) || slices.ContainsFunc(readAtOnce(m.stmt), clash) {
				stays[m.stmt], changed = true, true
			}
		}
		if !changed {
			return
		}
	}
}

// movable says whether a statement only imports and defines.
func movable(stmt pyast.Stmt) bool {
	all := func(body []pyast.Stmt) bool {
		return !slices.ContainsFunc(body, func(s pyast.Stmt) bool { return !movable(s) })
	}
	switch s := stmt.(type) {
	case *pyast.ImportFrom:
		return !slices.ContainsFunc(s.Names, func(a *pyast.Alias) bool { return a.Name.Name == "*" })
	case *pyast.Import, *pyast.FunctionDef, *pyast.ClassDef, *pyast.Pass:
		return true
	case *pyast.If:
		return all(s.Body) && all(s.Orelse)
	case *pyast.Try:
		for _, h := range s.Handlers {
			if !all(h.Body) {
				return false
			}
		}
		return all(s.Body) && all(s.Orelse) && all(s.Finalbody)
	}
	return false
}

// boundBy are the names that a statement binds at the cell's top level.
func boundBy(stmt pyast.Stmt) []string {
	var names []string
	pyast.Walk(stmt, func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.FunctionDef:
			names = append(names, n.Name.Name)
			return false
		case *pyast.ClassDef:
			names = append(names, n.Name.Name)
			return false
		case *pyast.Lambda:
			return false
		case *pyast.Alias:
			name, _, _ := strings.Cut(n.Name.Name, ".")
			if n.Asname.Name != "" {
				name = n.Asname.Name
			}
			names = append(names, name)
		case *pyast.ExceptHandler:
			names = append(names, n.Name.Name)
		case *pyast.MatchAs:
			names = append(names, n.Name.Name)
		case *pyast.MatchStar:
			names = append(names, n.Name.Name)
		case *pyast.MatchMapping:
			names = append(names, n.Rest.Name)
		case *pyast.Assign:
			for _, t := range n.Targets {
				names = append(names, targets(t)...)
			}
		case *pyast.AugAssign:
			names = append(names, targets(n.Target)...)
		case *pyast.AnnAssign:
			names = append(names, targets(n.Target)...)
		case *pyast.NamedExpr:
			names = append(names, targets(n.Target)...)
		case *pyast.TypeAlias:
			names = append(names, targets(n.Name)...)
		case *pyast.For:
			names = append(names, targets(n.Target)...)
		case *pyast.WithItem:
			if n.OptionalVars != nil {
				names = append(names, targets(n.OptionalVars)...)
			}
		case *pyast.Delete:
			for _, t := range n.Targets {
				names = append(names, targets(t)...)
			}
		}
		return true
	})
	return names
}

// targets are the names in the target of an assignment.
func targets(e pyast.Expr) []string {
	var names []string
	switch e := e.(type) {
	case *pyast.Name:
		names = append(names, e.ID)
	case *pyast.Starred:
		names = targets(e.Value)
	case *pyast.Tuple:
		for _, x := range e.Elts {
			names = append(names, targets(x)...)
		}
	case *pyast.List:
		for _, x := range e.Elts {
			names = append(names, targets(x)...)
		}
	}
	return names
}

// readAtOnce are the names that a statement reads when it runs, functions' bodies left out.
func readAtOnce(stmt pyast.Stmt) []string {
	var names []string
	var visit func(n pyast.Node)
	visit = func(n pyast.Node) {
		switch n := n.(type) {
		case *pyast.Name:
			names = append(names, n.ID)
		case *pyast.FunctionDef:
			for _, d := range n.DecoratorList {
				visit(d)
			}
			if n.Args != nil {
				pyast.Children(n.Args, visit)
			}
			if n.Returns != nil {
				visit(n.Returns)
			}
			return
		case *pyast.Lambda:
			if n.Args != nil {
				pyast.Children(n.Args, visit)
			}
			return
		}
		pyast.Children(n, visit)
	}
	visit(stmt)
	return names
}

// lines are the whole lines of a statement and of the comments right above it. ok is false where
// it shares them with another statement.
func (s *splitter) lines(i int) (m movedLines, ok bool) {
	stmt := s.file.Body[i]
	start, end := int(stmt.Pos().Start), int(stmt.Pos().End)
	for _, d := range decorators(stmt) {
		start = min(start, int(d.Pos().Start))
	}
	start = strings.LastIndexAny(s.source[:start], "\r\n") + 1
	if i > 0 && int(s.file.Body[i-1].Pos().End) > start {
		return m, false
	}
	end = ipynb.LineEnd(s.source, end)
	if i+1 < len(s.file.Body) && int(s.file.Body[i+1].Pos().Start) < end {
		return m, false
	}
	for start > 0 {
		above := strings.LastIndexAny(strings.TrimRight(s.source[:start], "\r\n"), "\r\n") + 1
		text := strings.TrimSpace(s.source[above:start])
		if !strings.HasPrefix(text, "#") || strings.Contains(text, header.Magic) || strings.Count(s.source[above:start], "\n") > 1 {
			break
		}
		start = above
	}
	return movedLines{stmt: stmt, start: start, end: end}, true
}

func decorators(stmt pyast.Stmt) []pyast.Expr {
	switch s := stmt.(type) {
	case *pyast.FunctionDef:
		return s.DecoratorList
	case *pyast.ClassDef:
		return s.DecoratorList
	}
	return nil
}

// plan writes the moved lines one after the other, definitions apart by blank lines, and takes
// them out of the cell with the blank lines that follow them.
func (s *splitter) plan(cell int) *Split {
	p := &Split{Cell: cell}
	var above strings.Builder
	blank := 0
	for i, m := range s.moved {
		text := strings.TrimRight(s.source[m.start:m.end], "\r\n")
		_, isDef := m.stmt.(*pyast.FunctionDef)
		_, isClass := m.stmt.(*pyast.ClassDef)
		if i > 0 {
			gap := 0
			if isDef || isClass {
				gap = 2
			}
			above.WriteString(strings.Repeat("\n", 1+max(gap, blank)))
		}
		above.WriteString(strings.ReplaceAll(text, "\r\n", "\n"))
		blank = 0
		if isDef || isClass {
			blank = 2
		}
		end := m.end
		for end < len(s.source) && strings.Trim(s.source[end:ipynb.LineEnd(s.source, end)], " \t\r\n") == "" {
			end = ipynb.LineEnd(s.source, end)
		}
		start := m.start
		if end == len(s.source) { // the line end before goes too
			for start > 0 && strings.IndexByte(" \t\r\n", s.source[start-1]) >= 0 {
				start--
			}
		}
		if n := len(p.Changes); n > 0 && p.Changes[n-1].End >= start {
			p.Changes[n-1].End = end
			continue
		}
		p.Changes = append(p.Changes, ipynb.Change{Start: start, End: end})
	}
	p.Above = above.String()
	return p
}
