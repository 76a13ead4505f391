package pyast

// statement parses one logical line or one compound statement and pushes what it finds onto
// p.stmts.
func (p *parser) statement() {
	p.assigned = false
	p.height, p.depth = 0, 0
	mark, start := p.stmts.mark(), p.start
	switch p.tok {
	case tIndent:
		p.note(p.here(), "unexpected indent")
		p.next()
		for p.tok != tDedent && p.tok != tEOF {
			p.statement()
		}
		if p.tok == tDedent {
			p.next()
		}
		return
	case tDedent: // of an indentation that no line has opened
		p.next()
		return
	case tNewline:
		p.next()
		return
	case tMagic:
		p.magicLine()
	case tIf:
		p.push(p.ifStmt())
	case tFor:
		p.push(p.forStmt(p.start, false))
	case tWhile:
		p.push(p.whileStmt())
	case tDef:
		p.push(p.functionDef(p.start, nil, false))
	case tClass:
		p.push(p.classDef(p.start, nil))
	case tTry:
		p.push(p.tryStmt())
	case tWith:
		p.push(p.withStmt(p.start, false))
	case tAsync:
		p.push(p.asyncStmt(nil))
	case tAt:
		p.push(p.decorated())
	case tName:
		if p.name == "match" {
			if m := p.matchStmt(); m != nil {
				p.push(m)
				break
			}
		}
		p.simpleLine()
	default:
		p.simpleLine()
	}
	if p.failed {
		p.recover(mark, start)
	}
}

// push takes a statement. A compound statement that failed before its first block ended is
// nil; its place becomes a BadStmt.
func (p *parser) push(s Stmt) {
	if s != nil {
		p.stmts.push(s)
	}
}

// simpleLine parses simple statements with ";" between them and the line break. It reports
// whether the line is whole; p.failed doesn't, for the first token of the next line may have failed.
func (p *parser) simpleLine() bool {
	for {
		s := p.simpleStmt()
		if p.failed {
			return false
		}
		p.stmts.push(s)
		if p.tok == tSemi {
			if e, ok := s.(*ExprStmt); ok {
				e.Semicolon = true
			}
			p.next()
			if p.tok != tNewline {
				continue
			}
		}
		break
	}
	if p.tok != tNewline {
		p.unexpected()
		return false
	}
	p.next()
	return true
}

func (p *parser) simpleStmt() Stmt {
	start := p.start
	switch p.tok {
	case tReturn:
		p.next()
		var x Expr
		if p.startsExpression() {
			x = p.starExpressions()
		}
		return &Return{p.span(start), x}
	case tImport:
		return p.importStmt()
	case tFrom:
		return p.importFrom()
	case tRaise:
		p.next()
		var exc, cause Expr
		if p.startsExpression() {
			exc = p.expression()
			if p.tok == tFrom {
				p.next()
				cause = p.expression()
			}
		}
		return &Raise{p.span(start), exc, cause}
	case tPass:
		p.next()
		return &Pass{p.span(start)}
	case tBreak:
		p.next()
		return &Break{p.span(start)}
	case tContinue:
		p.next()
		return &Continue{p.span(start)}
	case tDel:
		return p.deleteStmt()
	case tAssert:
		p.next()
		test := p.expression()
		var msg Expr
		if p.tok == tComma {
			p.next()
			msg = p.expression()
		}
		return &Assert{p.span(start), test, msg}
	case tGlobal:
		names := p.nameList()
		return &Global{p.span(start), names}
	case tNonlocal:
		names := p.nameList()
		return &Nonlocal{p.span(start), names}
	case tName:
		if p.name == "type" {
			if s := p.typeAlias(); s != nil {
				return s
			}
		}
	}
	return p.expressionStmt()
}

func (p *parser) nameList() []Identifier {
	var names []Identifier
	for {
		p.next()
		names = append(names, p.identifier())
		if p.tok != tComma {
			return names
		}
	}
}

func (p *parser) deleteStmt() Stmt {
	start := p.start
	p.next()
	mark := p.exprs.mark()
	for {
		x := p.arithmetic(1)
		p.exprs.push(p.assignable(x, "delete"))
		if p.tok != tComma {
			break
		}
		p.next()
		if p.tok == tNewline || p.tok == tSemi {
			break
		}
	}
	return &Delete{p.span(start), p.exprs.pop(mark)}
}

// typeAlias parses "type X = …" (PEP 695), nil where "type" is an ordinary name: then
// nothing is taken.
func (p *parser) typeAlias() Stmt {
	start := p.start
	saved := p.scanner
	p.next()
	if p.tok != tName {
		p.scanner = saved
		return nil
	}
	n := p.names.new()
	*n = Name{p.here(), p.name}
	p.next()
	params := p.typeParams()
	if p.tok != tEqual {
		p.unexpected()
		return nil
	}
	p.next()
	value := p.expression()
	return &TypeAlias{p.span(start), n, params, value}
}

// expressionStmt parses an expression and the assignment that may follow it.
func (p *parser) expressionStmt() Stmt {
	start := p.start
	if p.tok == tYield {
		x := p.yield()
		if p.tok == tEqual {
			p.fail(x.Pos(), "assignment to yield expression not possible")
		}
		return p.exprStmt(start, x)
	}
	x := p.starExpressions()
	switch p.tok {
	case tEqual:
		return p.assign(start, x)
	case tAugmented:
		op := p.augOp
		x = p.single(x, "'"+describe(x)+"' is an illegal expression for augmented assignment")
		p.next()
		value := p.assignedValue()
		return &AugAssign{p.span(start), x, op, value}
	case tColon:
		return p.annotated(start, x)
	case tWalrus:
		p.fail(p.here(), "invalid syntax: ':=' needs parentheses here")
	}
	if p.tok == tName || p.tok == tString || p.tok == tNumber {
		p.missingParentheses(x)
	}
	return p.exprStmt(start, x)
}

func (p *parser) exprStmt(start int, x Expr) Stmt {
	s := p.exprStmts.new()
	*s = ExprStmt{p.span(start), x, false}
	return s
}

// missingParentheses fails at Python 2's print and exec statements.
func (p *parser) missingParentheses(x Expr) {
	if n, ok := x.(*Name); ok && (n.ID == "print" || n.ID == "exec") {
		p.fail(Span{n.Start, Pos(p.end)}, "missing parentheses in call to '"+n.ID+"'. Did you mean "+n.ID+"(...)?")
	}
}

// assign parses the rest of an assignment whose first target is x.
func (p *parser) assign(start int, x Expr) Stmt {
	mark := p.exprs.mark()
	for p.tok == tEqual {
		p.exprs.push(p.assignable(x, "assign to"))
		p.next()
		if p.magics && !p.assigned {
			if m := p.assignedMagic(); m != nil {
				x = m
				break
			}
		}
		p.assigned = true
		if p.tok == tYield {
			x = p.yield()
			if p.tok == tEqual {
				p.fail(x.Pos(), "assignment to yield expression not possible")
			}
			break
		}
		x = p.starExpressions()
	}
	a := p.assigns.new()
	*a = Assign{p.span(start), p.exprs.pop(mark), x}
	return a
}

// assignedValue parses the one value of an augmented or annotated assignment.
func (p *parser) assignedValue() Expr {
	if p.tok == tYield {
		return p.yield()
	}
	return p.starExpressions()
}

// annotated parses ": annotation" and the value that may follow.
func (p *parser) annotated(start int, x Expr) Stmt {
	_, name := x.(*Name)
	simple := name && !p.parenthesised(x, start)
	what := "illegal target for annotation"
	switch x.(type) {
	case *List, *Tuple:
		what = "only single target (not " + describe(x) + ") can be annotated"
	}
	x = p.single(x, what)
	p.next()
	annotation := p.expression()
	var value Expr
	if p.tok == tEqual {
		p.next()
		if p.magics && !p.assigned {
			value = p.assignedMagic()
		}
		if value == nil {
			value = p.assignedValue()
		}
	}
	return &AnnAssign{p.span(start), x, annotation, value, simple}
}

func (p *parser) importStmt() Stmt {
	start := p.start
	mark := p.aliases.mark()
	for {
		p.next()
		at := p.start
		a := p.aliasNodes.new()
		a.Name = p.dottedName()
		p.asName(a)
		a.Span = p.span(at)
		p.aliases.push(a)
		if p.tok != tComma {
			break
		}
	}
	return &Import{p.span(start), p.aliases.pop(mark)}
}

// dottedName takes a name with dots. White space around the dots is not part of it.
func (p *parser) dottedName() Identifier {
	id := p.identifier()
	if p.tok != tDot {
		return id
	}
	name := id.Name
	contiguous := true
	for p.tok == tDot {
		if p.start != int(id.End) {
			contiguous = false
		}
		p.next()
		part := p.identifier()
		if part.Start != id.End+1 || int(part.End-part.Start) != len(part.Name) {
			contiguous = false
		}
		if contiguous {
			name = p.src[id.Start:part.End]
		} else {
			name += "." + part.Name
		}
		id.End = part.End
	}
	if p.failed {
		return id
	}
	id.Name = name
	return id
}

func (p *parser) asName(a *Alias) {
	if p.tok == tAs {
		p.next()
		a.Asname = p.identifier()
	}
}

func (p *parser) importFrom() Stmt {
	start := p.start
	p.next()
	s := &ImportFrom{}
	for {
		if p.tok == tDot {
			s.Level++
		} else if p.tok == tEllipsis {
			s.Level += 3
		} else {
			break
		}
		p.next()
	}
	if p.tok != tImport || s.Level == 0 {
		s.Module = p.dottedName()
	}
	p.expect(tImport)
	mark := p.aliases.mark()
	switch p.tok {
	case tStar:
		a := p.aliasNodes.new()
		*a = Alias{Span: p.here(), Name: Identifier{p.here(), "*"}}
		p.aliases.push(a)
		p.next()
	case tLparen:
		p.next()
		for {
			p.alias()
			if p.tok != tComma {
				break
			}
			p.next()
			if p.tok == tRparen {
				break
			}
		}
		p.expect(tRparen)
	default:
		for {
			p.alias()
			if p.tok != tComma {
				break
			}
			p.next()
			if p.tok == tNewline {
				p.fail(p.here(), "trailing comma not allowed without surrounding parentheses")
			}
		}
	}
	s.Names = p.aliases.pop(mark)
	s.Span = p.span(start)
	return s
}

func (p *parser) alias() {
	at := p.start
	a := p.aliasNodes.new()
	a.Name = p.identifier()
	p.asName(a)
	a.Span = p.span(at)
	p.aliases.push(a)
}
