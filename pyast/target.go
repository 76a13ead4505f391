package pyast

// targets parses what "for" or a comprehension binds: targets with commas between them.
func (p *parser) targets(what string) Expr {
	start := p.start
	x := p.starTarget()
	if p.tok == tComma {
		x = p.tupleFrom(start, x, (*parser).starTarget)
	}
	return p.assignable(x, "assign to")
}

// starTarget parses one target. It stops before "in".
func (p *parser) starTarget() Expr {
	if p.tok == tStar {
		return p.starred()
	}
	return p.arithmetic(1)
}

// assignable returns x if it can be bound, a BadExpr in the place of each part that can't
// be, with the error noted; verb is "assign to" or "delete".
func (p *parser) assignable(x Expr, verb string) Expr {
	switch x := x.(type) {
	case *Name, *Attribute, *Subscript, *BadExpr:
		return x
	case *Starred:
		if verb == "assign to" {
			x.Value = p.assignable(x.Value, verb)
			return x
		}
	case *Tuple:
		for i, e := range x.Elts {
			x.Elts[i] = p.assignable(e, verb)
		}
		return x
	case *List:
		for i, e := range x.Elts {
			x.Elts[i] = p.assignable(e, verb)
		}
		return x
	}
	if p.failed {
		return x
	}
	msg := "cannot " + verb + " " + describe(x)
	switch x.(type) {
	case *Constant, *Call, *BinOp, *Compare, *JoinedStr:
		if verb == "assign to" && p.tok == tEqual {
			msg += " here. Maybe you meant '==' instead of '='?"
		}
	}
	p.note(x.Pos(), msg)
	return &BadExpr{x.Pos()}
}

// single returns x if augmented or annotated assignment can bind it, else a BadExpr.
func (p *parser) single(x Expr, msg string) Expr {
	switch x.(type) {
	case *Name, *Attribute, *Subscript, *BadExpr:
		return x
	}
	if !p.failed {
		p.note(x.Pos(), msg)
	}
	return &BadExpr{x.Pos()}
}

// describe names the kind of x as CPython's messages do.
func describe(x Expr) string {
	switch x := x.(type) {
	case *Attribute:
		return "attribute"
	case *Subscript:
		return "subscript"
	case *Starred:
		return "starred"
	case *Name:
		return "name"
	case *List:
		return "list"
	case *Tuple:
		return "tuple"
	case *Lambda:
		return "lambda"
	case *Call:
		return "function call"
	case *BoolOp, *BinOp, *UnaryOp:
		return "expression"
	case *GeneratorExp:
		return "generator expression"
	case *Yield, *YieldFrom:
		return "yield expression"
	case *Await:
		return "await expression"
	case *ListComp:
		return "list comprehension"
	case *SetComp:
		return "set comprehension"
	case *DictComp:
		return "dict comprehension"
	case *Dict:
		return "dict literal"
	case *Set:
		return "set display"
	case *JoinedStr:
		return "f-string expression"
	case *TemplateStr:
		return "t-string expression"
	case *Compare:
		return "comparison"
	case *IfExp:
		return "conditional expression"
	case *NamedExpr:
		return "named expression"
	case *Constant:
		switch x.Kind {
		case None:
			return "None"
		case True:
			return "True"
		case False:
			return "False"
		case Ellipsis:
			return "ellipsis"
		}
		return "literal"
	}
	return "expression"
}
