package closure

// Lowering of match statements and their patterns.

import "github.com/xetmemo/xetmemo-lint/pyast"

// match lowers the cases one after the other: a case that matches and whose guard holds runs
// its body and leaves. Captures bind as soon as the pattern matches, so a failing guard keeps
// them (PEP 634).
func (l *lowering) match(s *pyast.Match) {
	subject := l.expr(s.Subject)
	l.emit(&Block{at(s), l.block(func() {
		for _, c := range s.Cases {
			arm := func() {
				l.capture(c.Pattern, subject)
				body := func() {
					l.stmts(c.Body)
					l.emit(&Leave{at(c)})
				}
				if c.Guard == nil {
					body()
					return
				}
				l.truth(c.Guard)
				l.emitIf(c, body, nil)
			}
			if irrefutable(c.Pattern) {
				arm()
				if c.Guard == nil {
					break
				}
			} else {
				l.tested(c.Pattern, subject)
				l.emitIf(c, arm, nil)
			}
		}
	})})
}

func irrefutable(p pyast.Pattern) bool {
	switch p := p.(type) {
	case *pyast.MatchAs:
		return p.Pattern == nil || irrefutable(p.Pattern)
	case *pyast.MatchOr:
		return irrefutable(p.Patterns[len(p.Patterns)-1])
	}
	return false
}

// tested evaluates what a pattern compares with: values, classes and keys, and the attributes of the subject that it
// looks at.
func (l *lowering) tested(p pyast.Pattern, subject Reg) {
	parts := func(patterns []pyast.Pattern) {
		for _, x := range patterns {
			part := NoReg
			if readsAttributes(x) {
				part = l.part(x, subject)
			}
			l.tested(x, part)
		}
	}
	switch p := p.(type) {
	case *pyast.MatchValue:
		l.expr(p.Value)
	case *pyast.MatchClass:
		l.expr(p.Cls)
		parts(p.Patterns)
		for i, x := range p.KwdPatterns {
			r := l.reg()
			l.emit(&Attr{at(x), r, subject, p.KwdAttrs[i].Name})
			l.tested(x, r)
		}
	case *pyast.MatchMapping:
		l.exprs(p.Keys)
		parts(p.Patterns)
	case *pyast.MatchSequence:
		parts(p.Patterns)
	case *pyast.MatchAs:
		if p.Pattern != nil {
			l.tested(p.Pattern, subject)
		}
	case *pyast.MatchOr:
		for _, x := range p.Patterns {
			l.tested(x, subject)
		}
	}
}

// part takes any part of a subject.
func (l *lowering) part(n pyast.Node, subject Reg) Reg {
	r := l.reg()
	l.emit(&Item{Place: at(n), Dst: r, Base: subject, Index: NoReg})
	return r
}

// readsAttributes says whether a pattern names attributes: case Point(x=1).
func readsAttributes(p pyast.Pattern) bool {
	found := false
	pyast.Walk(p, func(n pyast.Node) bool {
		c, ok := n.(*pyast.MatchClass)
		found = found || ok && len(c.KwdPatterns) > 0
		return !found
	})
	return found
}

// capture binds the names of a pattern to the subject or its parts.
func (l *lowering) capture(p pyast.Pattern, subject Reg) {
	switch p := p.(type) {
	case *pyast.MatchAs:
		if p.Pattern != nil {
			l.capture(p.Pattern, subject)
		}
		if p.Name.Name != "" {
			l.storeAt(p.Name.Name, subject, BindMatch, p, p.Name.Start)
		}
	case *pyast.MatchStar:
		if p.Name.Name != "" {
			r := l.reg()
			l.emit(&Rest{at(p), r, subject})
			l.storeAt(p.Name.Name, r, BindMatch, p, p.Name.Start)
		}
	case *pyast.MatchSequence:
		for _, x := range p.Patterns {
			if star, ok := x.(*pyast.MatchStar); ok {
				l.capture(star, subject)
			} else if binding(x) {
				l.capture(x, l.part(x, subject))
			}
		}
	case *pyast.MatchMapping:
		for _, x := range p.Patterns {
			if binding(x) {
				l.capture(x, l.part(x, subject))
			}
		}
		if p.Rest.Name != "" {
			r := l.reg()
			l.emit(&Build{Place: at(p), Dst: r, Type: "builtins.dict", Elems: []Elem{{Reg: subject, Star: true, Ref: NoReg}}, Lazy: NoReg})
			l.storeAt(p.Rest.Name, r, BindMatch, p, p.Rest.Start)
		}
	case *pyast.MatchClass:
		for _, x := range p.Patterns {
			if binding(x) {
				l.capture(x, l.part(x, subject))
			}
		}
		for i, x := range p.KwdPatterns {
			if binding(x) {
				r := l.reg()
				l.emit(&Attr{at(x), r, subject, p.KwdAttrs[i].Name})
				l.capture(x, r)
			}
		}
	case *pyast.MatchOr:
		for _, x := range p.Patterns {
			if binding(x) {
				l.emitIf(x, func() { l.capture(x, subject) }, nil)
			}
		}
	}
}

// binding says whether a pattern captures anything.
func binding(p pyast.Pattern) bool {
	found := false
	pyast.Walk(p, func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.MatchAs:
			found = found || n.Name.Name != ""
		case *pyast.MatchStar:
			found = found || n.Name.Name != ""
		case *pyast.MatchMapping:
			found = found || n.Rest.Name != ""
		}
		return !found
	})
	return found
}
