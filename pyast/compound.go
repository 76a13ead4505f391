package pyast

// block parses ":" and the statements it leads in: a line break and an indented block, or
// simple statements on the same line. what names the statement in messages. ok is false where
// the statement has no block, so that it is lost.
func (p *parser) block(what string) (body []Stmt, ok bool) {
	p.expect(tColon)
	if p.failed {
		return nil, false
	}
	mark := p.stmts.mark()
	if p.tok != tNewline {
		if !p.simpleLine() {
			p.stmts.drop(mark)
			return nil, false
		}
		return p.stmts.pop(mark), true
	}
	end := Pos(p.prevEnd)
	p.next()
	if p.tok != tIndent {
		p.note(Span{end, end}, "expected an indented block after "+what)
		p.before = len(p.errors) // it belongs to the line above the present one
		p.stmts.push(&BadStmt{Span{end, end}})
		return p.stmts.pop(mark), true
	}
	p.next()
	for p.tok != tDedent && p.tok != tEOF {
		p.statement()
	}
	if p.tok == tDedent {
		p.next()
	}
	return p.stmts.pop(mark), true
}

func (p *parser) ifStmt() Stmt {
	var chain []*If
	for {
		start := p.start
		p.next()
		test := p.namedExpression()
		body, ok := p.block("'if' statement")
		if !ok {
			break
		}
		chain = append(chain, &If{p.span(start), test, body, nil})
		if p.tok != tElif {
			break
		}
		p.height, p.depth = 0, 0
		if len(chain) >= maxHeight {
			p.fail(p.here(), "too many 'elif' clauses")
			break
		}
	}
	if chain == nil {
		return nil
	}
	last := len(chain) - 1
	chain[last].Orelse = p.elseBlock()
	for i := last - 1; i >= 0; i-- {
		chain[i].Orelse = p.stmts.one(chain[i+1])
	}
	end := chain[last].Span
	p.extend(&end, chain[last].Orelse)
	for _, c := range chain {
		c.End = end.End
	}
	return chain[0]
}

// elseBlock parses the "else" clause, if there is one.
func (p *parser) elseBlock() []Stmt {
	if p.tok != tElse {
		return nil
	}
	p.next()
	body, _ := p.block("'else' statement")
	return body
}

func (p *parser) whileStmt() Stmt {
	start := p.start
	p.next()
	test := p.namedExpression()
	body, ok := p.block("'while' statement")
	if !ok {
		return nil
	}
	s := &While{p.span(start), test, body, nil}
	s.Orelse = p.elseBlock()
	p.extend(&s.Span, s.Orelse)
	return s
}

// extend makes span reach to the last token if there is a clause with the given body. A clause that
// failed has none.
func (p *parser) extend(span *Span, body []Stmt) {
	if body != nil {
		span.End = Pos(p.prevEnd)
	}
}

func (p *parser) forStmt(start int, async bool) Stmt {
	p.next()
	target := p.targets("for")
	p.expect(tIn)
	iter := p.starExpressions()
	body, ok := p.block("'for' statement")
	if !ok {
		return nil
	}
	s := &For{p.span(start), async, target, iter, body, nil}
	s.Orelse = p.elseBlock()
	p.extend(&s.Span, s.Orelse)
	return s
}

func (p *parser) asyncStmt(decorators []Expr) Stmt {
	start := p.start
	p.next()
	switch {
	case p.tok == tDef:
		return p.functionDef(start, decorators, true)
	case p.tok == tFor && decorators == nil:
		return p.forStmt(start, true)
	case p.tok == tWith && decorators == nil:
		return p.withStmt(start, true)
	}
	p.unexpected()
	return nil
}

func (p *parser) decorated() Stmt {
	mark := p.exprs.mark()
	for p.tok == tAt {
		p.next()
		p.exprs.push(p.namedExpression())
		p.expect(tNewline)
	}
	decorators := p.exprs.pop(mark)
	switch p.tok {
	case tDef:
		return p.functionDef(p.start, decorators, false)
	case tClass:
		return p.classDef(p.start, decorators)
	case tAsync:
		return p.asyncStmt(decorators)
	}
	p.unexpected()
	return nil
}

func (p *parser) functionDef(start int, decorators []Expr, async bool) Stmt {
	p.next()
	name := p.identifier()
	params := p.typeParams()
	p.expect(tLparen)
	args := p.parameters(tRparen, true)
	p.expect(tRparen)
	var returns Expr
	if p.tok == tArrow {
		p.next()
		returns = p.expression()
	}
	body, ok := p.block("function definition")
	if !ok {
		return nil
	}
	return &FunctionDef{p.span(start), async, decorators, name, params, args, returns, body}
}

func (p *parser) classDef(start int, decorators []Expr) Stmt {
	p.next()
	name := p.identifier()
	params := p.typeParams()
	var bases []Expr
	var keywords []*Keyword
	if p.tok == tLparen {
		bases, keywords = p.arguments(false)
	}
	body, ok := p.block("class definition")
	if !ok {
		return nil
	}
	return &ClassDef{p.span(start), decorators, name, params, bases, keywords, body}
}

func (p *parser) withStmt(start int, async bool) Stmt {
	p.next()
	items, ok := p.parenthesisedItems()
	if !ok {
		items = nil
		for {
			items = append(items, p.withItem())
			if p.tok != tComma {
				break
			}
			p.next()
		}
	}
	body, ok := p.block("'with' statement")
	if !ok {
		return nil
	}
	return &With{p.span(start), async, items, body}
}

// parenthesisedItems parses "(a as b, c):". Only the ":" after the closing parenthesis tells
// it from an expression that begins with one, so it is tried first and undone if it fails.
func (p *parser) parenthesisedItems() ([]*WithItem, bool) {
	if p.tok != tLparen {
		return nil, false
	}
	saved := p.scanner
	depth, height := p.depth, p.height
	p.next()
	var items []*WithItem
	for p.startsExpression() && p.tok != tStar {
		items = append(items, p.withItem())
		if p.tok != tComma {
			break
		}
		p.next()
	}
	if items != nil && p.tok == tRparen {
		p.next()
		if p.tok == tColon {
			return items, true
		}
	}
	p.scanner = saved
	p.depth, p.height = depth, height
	p.dropLists()
	return nil, false
}

func (p *parser) withItem() *WithItem {
	start := p.start
	w := &WithItem{ContextExpr: p.expression()}
	if p.tok == tAs {
		p.next()
		w.OptionalVars = p.assignable(p.starTarget(), "assign to")
	}
	w.Span = p.span(start)
	return w
}

func (p *parser) tryStmt() Stmt {
	start := p.start
	p.next()
	body, ok := p.block("'try' statement")
	if !ok {
		return nil
	}
	s := &Try{Span: p.span(start), Body: body}
	star, plain := false, false
	for p.tok == tExcept {
		p.height, p.depth = 0, 0
		at := p.start
		p.next()
		starred := p.tok == tStar
		if starred {
			p.next()
			star = true
		} else {
			plain = true
		}
		if star && plain {
			p.fail(p.span(at), "cannot have both 'except' and 'except*' on the same 'try'")
			return s
		}
		h := &ExceptHandler{}
		if p.tok != tColon {
			p.exceptTypes(h)
		} else if starred {
			p.fail(p.here(), "expected one or more exception types")
		}
		if h.Body, ok = p.block("'except' statement"); !ok {
			return s
		}
		h.Span = p.span(at)
		s.Handlers = append(s.Handlers, h)
		s.End = h.End
	}
	s.Star = star
	if s.Handlers != nil && p.tok == tElse {
		s.Orelse = p.elseBlock()
		p.extend(&s.Span, s.Orelse)
	}
	if p.tok == tFinally {
		p.next()
		s.Finalbody, _ = p.block("'finally' statement")
		p.extend(&s.Span, s.Finalbody)
	}
	if s.Handlers == nil && s.Finalbody == nil && !p.failed {
		p.note(Span{Pos(start), Pos(start + len("try"))}, "expected 'except' or 'finally' block")
	}
	return s
}

// exceptTypes parses what follows "except": an expression, or several without parentheses
// where no name follows (PEP 758).
func (p *parser) exceptTypes(h *ExceptHandler) {
	start := p.start
	h.Type = p.expression()
	if p.tok == tComma {
		h.Type = p.tupleFrom(start, h.Type, (*parser).expression)
		if p.tok == tAs {
			p.fail(h.Type.Pos(), "multiple exception types must be parenthesized when using 'as'")
		}
	}
	if p.tok == tAs {
		p.next()
		h.Name = p.identifier()
	}
}
