package pyast

// matchStmt parses a match statement (PEP 634), nil where "match" is an ordinary name: then
// nothing is taken. A line that begins with match is a match statement if it goes on as an
// expression and ends with ":".
func (p *parser) matchStmt() Stmt {
	start := p.start
	saved := p.scanner
	p.next()
	if !p.startsExpression() {
		p.scanner = saved
		return nil
	}
	ambiguous := false
	switch p.tok {
	case tLparen, tLbracket, tMinus, tPlus, tStar, tNot:
		ambiguous = true
	}
	subject := p.subject()
	if ambiguous {
		ok := p.tok == tColon
		if ok {
			colon := p.scanner
			p.next()
			ok = p.tok == tNewline
			p.scanner = colon
		}
		if !ok {
			p.scanner = saved
			p.depth, p.height = 0, 0
			p.dropLists()
			return nil
		}
	}
	p.expect(tColon)
	if p.tok != tNewline {
		p.unexpected()
		return nil
	}
	end := Pos(p.prevEnd)
	p.next()
	s := &Match{Subject: subject}
	if p.tok != tIndent {
		p.note(Span{end, end}, "expected an indented block after 'match' statement")
		p.before = len(p.errors) // it belongs to the line above the present one
		s.Span = p.span(start)
		return s
	}
	p.next()
	for p.tok != tDedent && p.tok != tEOF {
		p.height, p.depth = 0, 0
		mark, at := p.stmts.mark(), p.start
		if p.tok == tName && p.name == "case" {
			if c := p.matchCase(); c != nil {
				s.Cases = append(s.Cases, c)
			}
		} else {
			p.fail(p.here(), "expected 'case'")
		}
		if p.failed {
			p.recover(mark, at)
			p.stmts.drop(mark)
		}
	}
	if p.tok == tDedent {
		p.next()
	}
	s.Span = p.span(start)
	return s
}

// subject parses what "match" is given: a tuple may lack parentheses.
func (p *parser) subject() Expr {
	start := p.start
	x := p.starNamedExpression()
	if p.tok == tComma {
		return p.tupleFrom(start, x, (*parser).starNamedExpression)
	}
	if s, ok := x.(*Starred); ok && !p.failed {
		p.fail(s.Span, "invalid syntax: a lone starred expression")
	}
	return x
}

func (p *parser) matchCase() *MatchCase {
	start := p.start
	p.next()
	c := &MatchCase{Pattern: p.openPattern()}
	if p.tok == tIf {
		p.next()
		c.Guard = p.namedExpression()
	}
	body, ok := p.block("'case' statement")
	if !ok {
		return nil
	}
	c.Body = body
	c.Span = p.span(start)
	return c
}

// openPattern parses the pattern of a case: a sequence may lack brackets.
func (p *parser) openPattern() Pattern {
	start := p.start
	x := p.starPattern()
	if p.tok != tComma {
		if s, ok := x.(*MatchStar); ok && !p.failed {
			p.fail(s.Span, "invalid syntax: a lone starred pattern")
		}
		return x
	}
	mark := p.patterns.mark()
	p.patterns.push(x)
	for p.tok == tComma {
		p.next()
		if p.tok == tColon || p.tok == tIf {
			break
		}
		p.patterns.push(p.starPattern())
	}
	elts := p.patterns.pop(mark)
	return &MatchSequence{p.span(start), elts}
}

func (p *parser) starPattern() Pattern {
	if p.tok != tStar {
		return p.pattern()
	}
	start := p.start
	p.next()
	name := p.captureName()
	return &MatchStar{p.span(start), name}
}

// captureName takes the name of a capture: "_" captures nothing and gives an empty name.
func (p *parser) captureName() Identifier {
	id := p.identifier()
	if id.Name == "_" {
		id.Name = ""
	}
	return id
}

// pattern parses alternatives and "as".
func (p *parser) pattern() Pattern {
	if !p.enter() {
		return &MatchAs{Span: p.here()}
	}
	start := p.start
	x := p.closedPattern()
	if p.tok == tVbar {
		mark := p.patterns.mark()
		p.patterns.push(x)
		for p.tok == tVbar {
			p.next()
			p.patterns.push(p.closedPattern())
		}
		elts := p.patterns.pop(mark)
		x = &MatchOr{p.span(start), elts}
	}
	if p.tok == tAs {
		p.next()
		name := p.identifier()
		if name.Name == "_" && !p.failed {
			p.fail(name.Span, "cannot use '_' as a target")
		}
		x = &MatchAs{p.span(start), x, name}
	}
	p.leave()
	return x
}

func (p *parser) closedPattern() Pattern {
	start := p.start
	switch p.tok {
	case tNone:
		p.next()
		return &MatchSingleton{p.span(start), None}
	case tTrue:
		p.next()
		return &MatchSingleton{p.span(start), True}
	case tFalse:
		p.next()
		return &MatchSingleton{p.span(start), False}
	case tNumber, tMinus, tString, tFString:
		x := p.literalPattern()
		return &MatchValue{p.span(start), x}
	case tName:
		return p.namePattern()
	case tLparen, tLbracket:
		return p.sequencePattern()
	case tLbrace:
		return p.mappingPattern()
	}
	p.unexpected()
	return &MatchAs{Span: p.here()}
}

// literalPattern parses a signed number, a complex number such as -1+2j, or a string.
func (p *parser) literalPattern() Expr {
	start := p.start
	if p.tok == tString || p.tok == tFString {
		return p.strings()
	}
	x := p.signedNumber()
	if p.tok != tPlus && p.tok != tMinus {
		return x
	}
	if isImaginary(x) {
		p.note(x.Pos(), "real number required in complex literal")
	}
	op := Add
	if p.tok == tMinus {
		op = Sub
	}
	p.next()
	if p.tok != tNumber {
		p.unexpected()
		return x
	}
	y := p.numberConstant()
	if !isImaginary(y) {
		p.note(y.Pos(), "imaginary number required in complex literal")
	}
	return &BinOp{p.span(start), x, op, y}
}

func isImaginary(x Expr) bool {
	if u, ok := x.(*UnaryOp); ok {
		x = u.Operand
	}
	c, ok := x.(*Constant)
	return ok && c.Kind == Complex
}

func (p *parser) signedNumber() Expr {
	start := p.start
	minus := p.tok == tMinus
	if minus {
		p.next()
	}
	if p.tok != tNumber {
		p.unexpected()
		return p.bad()
	}
	x := p.numberConstant()
	if minus {
		return &UnaryOp{p.span(start), USub, x}
	}
	return x
}

// namePattern parses what a name begins: a capture, a value a.b, or a class.
func (p *parser) namePattern() Pattern {
	start := p.start
	id := p.identifier()
	if id.Name == "_" { // never a value or a class
		return &MatchAs{Span: p.span(start)}
	}
	if p.tok != tDot && p.tok != tLparen {
		return &MatchAs{p.span(start), nil, id}
	}
	x := p.dotted(id)
	if p.tok != tLparen {
		return &MatchValue{p.span(start), x}
	}
	return p.classPattern(start, x)
}

// dotted parses the attributes after a name.
func (p *parser) dotted(id Identifier) Expr {
	n := p.names.new()
	*n = Name{id.Span, id.Name}
	var x Expr = n
	for p.tok == tDot {
		p.next()
		attr := p.identifier()
		a := p.attributes.new()
		*a = Attribute{p.span(int(id.Start)), x, attr}
		x = a
		p.grow()
	}
	return x
}

func (p *parser) classPattern(start int, cls Expr) Pattern {
	c := &MatchClass{Cls: cls}
	p.next()
	mark := p.patterns.mark()
	for p.tok != tRparen && !p.failed {
		saved := p.scanner
		if p.tok == tName {
			id := p.identifier()
			if p.tok == tEqual {
				p.next()
				c.KwdAttrs = append(c.KwdAttrs, id)
				c.KwdPatterns = append(c.KwdPatterns, p.pattern())
				if p.tok != tComma {
					break
				}
				p.next()
				continue
			}
			p.scanner = saved
		}
		x := p.pattern()
		if c.KwdAttrs != nil && !p.failed {
			p.note(x.Pos(), "positional patterns follow keyword patterns")
		}
		p.patterns.push(x)
		if p.tok != tComma {
			break
		}
		p.next()
	}
	c.Patterns = p.patterns.pop(mark)
	p.expect(tRparen)
	c.Span = p.span(start)
	return c
}

// sequencePattern parses "[…]" or "(…)"; a single pattern in parentheses is that pattern.
func (p *parser) sequencePattern() Pattern {
	start := p.start
	closing := tRbracket
	if p.tok == tLparen {
		closing = tRparen
	}
	p.next()
	mark := p.patterns.mark()
	comma := false
	for p.tok != closing && !p.failed {
		p.patterns.push(p.starPattern())
		if p.tok != tComma {
			break
		}
		comma = true
		p.next()
	}
	elts := p.patterns.pop(mark)
	p.expect(closing)
	if closing == tRparen && len(elts) == 1 && !comma {
		if s, ok := elts[0].(*MatchStar); ok && !p.failed {
			p.fail(s.Span, "invalid syntax: a lone starred pattern")
		}
		return elts[0]
	}
	return &MatchSequence{p.span(start), elts}
}

func (p *parser) mappingPattern() Pattern {
	start := p.start
	m := &MatchMapping{}
	p.next()
	keys, mark := p.exprs.mark(), p.patterns.mark()
	for p.tok != tRbrace && !p.failed {
		if m.Rest.Name != "" {
			p.fail(p.here(), "double star pattern must be the last (right-most) subpattern in mapping")
			break
		}
		if p.tok == tDoubleStar {
			p.next()
			m.Rest = p.identifier()
			if m.Rest.Name == "_" && !p.failed {
				p.fail(m.Rest.Span, "cannot use '_' as a target")
			}
		} else {
			p.exprs.push(p.mappingKey())
			p.expect(tColon)
			p.patterns.push(p.pattern())
		}
		if p.tok != tComma {
			break
		}
		p.next()
	}
	m.Keys, m.Patterns = p.exprs.pop(keys), p.patterns.pop(mark)
	p.expect(tRbrace)
	m.Span = p.span(start)
	return m
}

// mappingKey parses a literal or a dotted name.
func (p *parser) mappingKey() Expr {
	switch p.tok {
	case tNone:
		return p.singleton(None)
	case tTrue:
		return p.singleton(True)
	case tFalse:
		return p.singleton(False)
	case tName:
		id := p.identifier()
		if p.tok == tDot {
			return p.dotted(id)
		}
		if !p.failed {
			p.fail(id.Span, "mapping pattern keys may only match literals and attribute lookups")
		}
		return p.bad()
	}
	return p.literalPattern()
}
