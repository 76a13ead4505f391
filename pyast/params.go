package pyast

// parameters parses the parameters of a function up to the token that ends them: tRparen of
// a def, which may annotate them, or tColon of a lambda.
func (p *parser) parameters(closing token, annotated bool) *Arguments {
	a := p.argLists.new()
	start := p.start
	a.Start, a.End = Pos(start), Pos(start)
	if p.tok == closing || p.tok == tSpecColon {
		return a
	}
	args, defaults := p.args.mark(), p.exprs.mark()
	var kwDefaults []Expr
	star, slash := false, false
	bareStar := Span{}
	for p.tok != closing && p.tok != tSpecColon && !p.failed {
		if a.Kwarg != nil {
			p.fail(p.here(), "arguments cannot follow var-keyword argument")
			break
		}
		switch p.tok {
		case tSlash:
			switch {
			case slash:
				p.fail(p.here(), "/ may appear only once")
			case star:
				p.fail(p.here(), "/ must be ahead of *")
			case p.args.mark() == args:
				p.fail(p.here(), "at least one argument must precede /")
			default:
				slash = true
				a.Posonlyargs = p.args.pop(args)
				p.next()
			}
		case tStar:
			if star {
				p.fail(p.here(), "* argument may appear only once")
				break
			}
			star = true
			a.Args = p.args.pop(args)
			bareStar = p.here()
			p.next()
			if p.tok == tName {
				bareStar = Span{}
				a.Vararg = p.parameter(annotated, true)
				if p.tok == tEqual {
					p.fail(p.here(), "var-positional argument cannot have default value")
				}
			}
		case tDoubleStar:
			p.next()
			a.Kwarg = p.parameter(annotated, false)
			if p.tok == tEqual {
				p.fail(p.here(), "var-keyword argument cannot have default value")
			}
		default:
			arg := p.parameter(annotated, false)
			p.args.push(arg)
			switch {
			case p.tok == tEqual:
				p.next()
				if p.tok == tComma || p.tok == closing {
					p.fail(p.here(), "expected default value expression")
					break
				}
				x := p.expression()
				if star {
					kwDefaults = append(kwDefaults, x)
				} else {
					p.exprs.push(x)
				}
			case star:
				kwDefaults = append(kwDefaults, nil)
			case p.exprs.mark() > defaults:
				p.note(arg.Span, "parameter without a default follows parameter with a default")
				p.exprs.push(&BadExpr{arg.Span})
			}
		}
		if p.tok != tComma {
			break
		}
		p.next()
	}
	if star {
		a.Kwonlyargs = p.args.pop(args)
		a.KwDefaults = kwDefaults
		if bareStar.End > 0 && a.Kwonlyargs == nil && !p.failed {
			p.fail(bareStar, "named arguments must follow bare *")
		}
	} else {
		a.Args = p.args.pop(args)
	}
	a.Defaults = p.exprs.pop(defaults)
	a.Span = p.span(start)
	return a
}

// parameter parses a name and its annotation. star says that it follows "*", where the
// annotation may be starred (PEP 646).
func (p *parser) parameter(annotated, star bool) *Arg {
	start := p.start
	arg := p.argNodes.new()
	arg.Name = p.identifier()
	if annotated && p.tok == tColon {
		p.next()
		if star && p.tok == tStar {
			arg.Annotation = p.starred()
		} else {
			arg.Annotation = p.expression()
		}
	}
	arg.Span = p.span(start)
	return arg
}

// typeParams parses the type parameters after a name (PEP 695), none where no "[" stands.
func (p *parser) typeParams() []TypeParam {
	if p.tok != tLbracket {
		return nil
	}
	p.next()
	if p.tok == tRbracket {
		p.fail(p.here(), "type parameter list cannot be empty")
		return nil
	}
	var params []TypeParam
	for p.tok != tRbracket && !p.failed {
		start := p.start
		kind := p.tok
		if kind == tStar || kind == tDoubleStar {
			p.next()
		}
		name := p.identifier()
		var bound, def Expr
		if p.tok == tColon {
			if kind != tName {
				p.fail(p.here(), "cannot use bound with "+map[token]string{tStar: "TypeVarTuple", tDoubleStar: "ParamSpec"}[kind])
				return params
			}
			p.next()
			bound = p.expression()
		}
		if p.tok == tEqual {
			p.next()
			if kind == tStar && p.tok == tStar {
				def = p.starred()
			} else {
				def = p.expression()
			}
		}
		switch span := p.span(start); kind {
		case tStar:
			params = append(params, &TypeVarTuple{span, name, def})
		case tDoubleStar:
			params = append(params, &ParamSpec{span, name, def})
		default:
			params = append(params, &TypeVar{span, name, bound, def})
		}
		if p.tok != tComma {
			break
		}
		p.next()
	}
	p.expect(tRbracket)
	return params
}
