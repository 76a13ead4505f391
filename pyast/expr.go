package pyast

// Parsing of expressions.

import "fmt"

// maxDepth bounds the nesting of expressions, brackets or none; maxHeight the length of a
// chain such as a+a+a… or a.b.c…, whose tree grows to the left while the parser loops.
const (
	maxDepth  = 1000
	maxHeight = 3000
)

// enter is called where an expression contains another without a loop; leave undoes it.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.here(), "expression nested too deeply")
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }

// grow notes one more link of a chain.
func (p *parser) grow() {
	p.height++
	if p.height > maxHeight {
		p.fail(p.here(), "expression nested too deeply")
	}
}

// starExpressions parses what may stand after "=" or "return": expressions with commas and
// stars between them.
func (p *parser) starExpressions() Expr {
	start := p.start
	x := p.starExpression()
	if p.tok != tComma {
		return x
	}
	return p.tupleFrom(start, x, (*parser).starExpression)
}

func (p *parser) starExpression() Expr {
	if p.tok == tStar {
		return p.starred()
	}
	return p.expression()
}

// starred parses "*" and its operand, which can't be a comparison.
func (p *parser) starred() Expr {
	start := p.start
	p.next()
	x := p.arithmetic(1)
	return &Starred{p.span(start), x}
}

// tupleFrom parses the rest of a tuple without parentheses whose first element is x.
func (p *parser) tupleFrom(start int, x Expr, element func(*parser) Expr) Expr {
	mark := p.exprs.mark()
	p.exprs.push(x)
	for p.tok == tComma {
		p.next()
		if !p.startsExpression() {
			break
		}
		p.exprs.push(element(p))
	}
	elts := p.exprs.pop(mark)
	t := p.tuples.new()
	*t = Tuple{p.span(start), elts}
	return t
}

// startsExpression reports whether the current token can begin an element of a list.
func (p *parser) startsExpression() bool {
	switch p.tok {
	case tName, tNumber, tString, tFString, tLparen, tLbracket, tLbrace, tEllipsis, tStar,
		tPlus, tMinus, tTilde, tFalse, tNone, tTrue, tAwait, tLambda, tNot:
		return true
	}
	return false
}

// namedExpression parses an expression, with ":=" or without.
func (p *parser) namedExpression() Expr {
	start := p.start
	x := p.expression()
	if p.tok != tWalrus {
		return x
	}
	target, ok := x.(*Name)
	if !ok || p.parenthesised(x, start) {
		p.fail(x.Pos(), "cannot use assignment expressions with "+describe(x))
		return x
	}
	p.next()
	value := p.expression()
	return &NamedExpr{p.span(start), target, value}
}

// parenthesised reports whether x, whose first token was at start, was in parentheses.
func (p *parser) parenthesised(x Expr, start int) bool {
	return int(x.Pos().Start) != start
}

func (p *parser) starNamedExpression() Expr {
	if p.tok == tStar {
		return p.starred()
	}
	return p.namedExpression()
}

// expression parses a conditional expression, a lambda or less.
func (p *parser) expression() Expr {
	if !p.enter() {
		return p.bad()
	}
	start := p.start
	var x Expr
	if p.tok == tLambda {
		x = p.lambda()
	} else if x = p.disjunction(); p.tok == tIf {
		p.next()
		test := p.disjunction()
		if p.tok != tElse {
			p.fail(p.span(start), "expected 'else' after 'if' expression")
		}
		p.next()
		orelse := p.expression()
		x = &IfExp{p.span(start), test, x, orelse}
	}
	p.leave()
	return x
}

func (p *parser) disjunction() Expr {
	start := p.start
	x := p.conjunction()
	if p.tok != tOr {
		return x
	}
	mark := p.exprs.mark()
	p.exprs.push(x)
	for p.tok == tOr {
		p.next()
		p.exprs.push(p.conjunction())
	}
	return &BoolOp{p.span(start), Or, p.exprs.pop(mark)}
}

func (p *parser) conjunction() Expr {
	start := p.start
	x := p.inversion()
	if p.tok != tAnd {
		return x
	}
	mark := p.exprs.mark()
	p.exprs.push(x)
	for p.tok == tAnd {
		p.next()
		p.exprs.push(p.inversion())
	}
	return &BoolOp{p.span(start), And, p.exprs.pop(mark)}
}

func (p *parser) inversion() Expr {
	if p.tok != tNot {
		return p.comparison()
	}
	start := p.start
	p.next()
	if !p.enter() {
		return p.bad()
	}
	x := p.inversion()
	p.leave()
	return &UnaryOp{p.span(start), Not, x}
}

func (p *parser) comparison() Expr {
	start := p.start
	x := p.arithmetic(1)
	op, ok := p.compareOp()
	if !ok {
		return x
	}
	mark := p.exprs.mark()
	var few [4]CmpOperator
	ops := few[:0]
	for ok {
		ops = append(ops, op)
		p.exprs.push(p.arithmetic(1))
		op, ok = p.compareOp()
	}
	c := p.compares.new()
	*c = Compare{p.span(start), x, p.cmpOps.copy(ops), p.exprs.pop(mark)}
	return c
}

// compareOp takes a comparison operator, of one token or two.
func (p *parser) compareOp() (op CmpOperator, ok bool) {
	switch p.tok {
	case tEqEqual:
		op = Eq
	case tNotEqual:
		op = NotEq
	case tLess:
		op = Lt
	case tLessEqual:
		op = LtE
	case tGreater:
		op = Gt
	case tGreaterEqual:
		op = GtE
	case tIn:
		op = In
	case tIs:
		p.next()
		if p.tok == tNot {
			p.next()
			return IsNot, true
		}
		return Is, true
	case tNot:
		p.next()
		if p.tok != tIn {
			p.unexpected()
			return NotIn, false
		}
		op = NotIn
	default:
		return 0, false
	}
	p.next()
	return op, true
}

// arithmetic parses binary operators of at least the precedence floor by precedence
// climbing.
func (p *parser) arithmetic(floor uint8) Expr {
	start := p.start
	outer := p.height
	p.height = 0
	x := p.unary()
	for {
		b := binary[p.tok]
		if b.prec < floor || b.prec == 0 {
			break
		}
		p.next()
		y := p.arithmetic(b.prec + 1)
		op := p.binOps.new()
		*op = BinOp{p.span(start), x, b.op, y}
		x = op
		p.grow()
	}
	p.height = max(p.height, outer)
	return x
}

func (p *parser) unary() Expr {
	var op UnaryOperator
	switch p.tok {
	case tPlus:
		op = UAdd
	case tMinus:
		op = USub
	case tTilde:
		op = Invert
	default:
		return p.power()
	}
	start := p.start
	p.next()
	if !p.enter() {
		return p.bad()
	}
	x := p.unary()
	p.leave()
	u := p.unaryOps.new()
	*u = UnaryOp{p.span(start), op, x}
	return u
}

func (p *parser) power() Expr {
	start := p.start
	var x Expr
	if p.tok == tAwait {
		p.next()
		x = p.primary()
		x = &Await{p.span(start), x}
	} else {
		x = p.primary()
	}
	if p.tok != tDoubleStar {
		return x
	}
	p.next()
	if !p.enter() {
		return p.bad()
	}
	y := p.unary()
	p.leave()
	return &BinOp{p.span(start), x, Pow, y}
}

// primary parses an atom and the attributes, calls and subscripts after it.
func (p *parser) primary() Expr {
	start := p.start
	x := p.atom()
	for {
		switch p.tok {
		case tDot:
			p.next()
			attr := p.identifier()
			a := p.attributes.new()
			*a = Attribute{p.span(start), x, attr}
			x = a
		case tLparen:
			x = p.call(start, x)
		case tLbracket:
			p.next()
			slice := p.slices()
			p.expect(tRbracket)
			s := p.subscripts.new()
			*s = Subscript{p.span(start), x, slice}
			x = s
		default:
			return x
		}
		p.grow()
	}
}

// slices parses what stands between the brackets of a subscript.
func (p *parser) slices() Expr {
	start := p.start
	x := p.slice()
	if p.tok == tComma {
		return p.sliceTuple(start, x)
	}
	if _, ok := x.(*Starred); ok {
		return &Tuple{p.span(start), p.exprs.one(x)}
	}
	return x
}

func (p *parser) sliceTuple(start int, x Expr) Expr {
	mark := p.exprs.mark()
	p.exprs.push(x)
	for p.tok == tComma {
		p.next()
		if p.tok == tRbracket {
			break
		}
		p.exprs.push(p.slice())
	}
	return &Tuple{p.span(start), p.exprs.pop(mark)}
}

func (p *parser) slice() Expr {
	start := p.start
	if p.tok == tStar {
		return p.starred()
	}
	var lower, upper, step Expr
	if p.tok != tColon {
		lower = p.namedExpression()
		if p.tok != tColon {
			return lower
		}
		if _, walrus := lower.(*NamedExpr); walrus && !p.parenthesised(lower, start) {
			p.unexpected()
			return lower
		}
	}
	p.next()
	if p.tok != tColon && p.tok != tComma && p.tok != tRbracket {
		upper = p.expression()
	}
	if p.tok == tColon {
		p.next()
		if p.tok != tComma && p.tok != tRbracket {
			step = p.expression()
		}
	}
	return &Slice{p.span(start), lower, upper, step}
}

func (p *parser) atom() Expr {
	start := p.start
	switch p.tok {
	case tName:
		n := p.names.new()
		n.Span = p.here()
		n.ID = p.name
		p.next()
		return n
	case tNumber:
		return p.numberConstant()
	case tString, tFString:
		return p.strings()
	case tNone:
		return p.singleton(None)
	case tTrue:
		return p.singleton(True)
	case tFalse:
		return p.singleton(False)
	case tEllipsis:
		return p.singleton(Ellipsis)
	case tLparen:
		return p.group()
	case tLbracket:
		p.next()
		elts, generators := p.elements(tRbracket)
		p.expect(tRbracket)
		if generators != nil {
			return &ListComp{p.span(start), elts[0], generators}
		}
		return &List{p.span(start), elts}
	case tLbrace:
		return p.braces()
	}
	p.unexpected()
	return p.bad()
}

func (p *parser) singleton(kind ConstantKind) Expr {
	c := p.constants.new()
	c.Span = p.here()
	c.Kind = kind
	p.next()
	return c
}

// group parses what begins with "(": a tuple, a generator, a yield or an expression.
func (p *parser) group() Expr {
	start := p.start
	p.next()
	if p.tok == tRparen {
		p.next()
		return &Tuple{Span: p.span(start)}
	}
	if p.tok == tYield {
		x := p.yield()
		p.expect(tRparen)
		return x
	}
	first := p.start
	x := p.starNamedExpression()
	switch p.tok {
	case tComma:
		x = p.tupleFrom(first, x, (*parser).starNamedExpression)
		p.expect(tRparen)
		if t, ok := x.(*Tuple); ok {
			t.Span = p.span(start)
		}
		return x
	case tFor, tAsync:
		generators := p.comprehensions(x)
		p.expect(tRparen)
		return &GeneratorExp{p.span(start), x, generators}
	}
	if _, ok := x.(*Starred); ok && !p.failed && p.tok == tRparen {
		p.fail(x.Pos(), "cannot use starred expression here")
	}
	p.expect(tRparen)
	return x
}

// elements parses the inside of a list or set display or comprehension up to the closing
// bracket.
func (p *parser) elements(closing token) ([]Expr, []*Comprehension) {
	mark := p.exprs.mark()
	for p.tok != closing && !p.failed {
		x := p.starNamedExpression()
		p.exprs.push(x)
		if (p.tok == tFor || p.tok == tAsync) && p.exprs.mark() == mark+1 {
			generators := p.comprehensions(x)
			return p.exprs.pop(mark), generators
		}
		if p.tok != tComma {
			break
		}
		p.next()
	}
	return p.exprs.pop(mark), nil
}

// braces parses a dict or a set.
func (p *parser) braces() Expr {
	start := p.start
	p.next()
	if p.tok == tRbrace {
		p.next()
		return &Dict{Span: p.span(start)}
	}
	if p.tok == tDoubleStar {
		return p.dict(start, nil)
	}
	if p.tok == tStar {
		return p.set(start, nil)
	}
	first := p.start
	x := p.namedExpression()
	if p.tok == tColon {
		if _, walrus := x.(*NamedExpr); walrus && !p.parenthesised(x, first) {
			p.unexpected()
			return x
		}
		return p.dict(start, x)
	}
	return p.set(start, x)
}

func (p *parser) set(start int, x Expr) Expr {
	mark := p.exprs.mark()
	if x != nil {
		if p.tok == tFor || p.tok == tAsync {
			generators := p.comprehensions(x)
			p.expect(tRbrace)
			return &SetComp{p.span(start), x, generators}
		}
		p.exprs.push(x)
		if p.tok == tComma {
			p.next()
		} else {
			p.expect(tRbrace)
			return &Set{p.span(start), p.exprs.pop(mark)}
		}
	}
	rest, generators := p.elements(tRbrace)
	if generators != nil {
		if x != nil {
			p.fail(rest[0].Pos(), "did you forget parentheses around the comprehension target?")
		}
		p.exprs.drop(mark)
		p.expect(tRbrace)
		return &SetComp{p.span(start), rest[0], generators}
	}
	for _, r := range rest {
		p.exprs.push(r)
	}
	p.expect(tRbrace)
	return &Set{p.span(start), p.exprs.pop(mark)}
}

// dict parses a dict from its first key on, which is nil where "**" stands.
func (p *parser) dict(start int, key Expr) Expr {
	keys, values := p.exprs.mark(), p.values.mark()
	for {
		if key == nil {
			p.next() // "**"
			p.values.push(p.arithmetic(1))
			if p.tok == tFor || p.tok == tAsync {
				p.fail(p.here(), "dict unpacking cannot be used in dict comprehension")
			}
		} else {
			p.expect(tColon)
			if p.tok == tStar {
				p.fail(p.here(), "cannot use a starred expression in a dictionary value")
			}
			value := p.expression()
			if (p.tok == tFor || p.tok == tAsync) && p.exprs.mark() == keys {
				generators := p.comprehensions(value)
				p.expect(tRbrace)
				return &DictComp{p.span(start), key, value, generators}
			}
			p.values.push(value)
		}
		p.exprs.push(key)
		if p.tok != tComma {
			break
		}
		p.next()
		if p.tok == tRbrace {
			break
		}
		if p.tok == tDoubleStar {
			key = nil
		} else {
			key = p.expression()
		}
	}
	p.expect(tRbrace)
	return &Dict{p.span(start), p.exprs.pop(keys), p.values.pop(values)}
}

// comprehensions parses the "for" clauses after the element elt.
func (p *parser) comprehensions(elt Expr) []*Comprehension {
	if s, ok := elt.(*Starred); ok {
		p.fail(s.Span, "iterable unpacking cannot be used in comprehension")
	}
	var generators []*Comprehension
	for p.tok == tFor || p.tok == tAsync {
		start := p.start
		c := &Comprehension{}
		if p.tok == tAsync {
			c.Async = true
			p.next()
		}
		p.expect(tFor)
		c.Target = p.targets("for")
		p.expect(tIn)
		c.Iter = p.disjunction()
		mark := p.exprs.mark()
		for p.tok == tIf {
			p.next()
			p.exprs.push(p.disjunction())
		}
		c.Ifs = p.exprs.pop(mark)
		c.Span = p.span(start)
		generators = append(generators, c)
	}
	return generators
}

// yield parses "yield" and what it yields.
func (p *parser) yield() Expr {
	start := p.start
	p.next()
	if p.tok == tFrom {
		p.next()
		x := p.expression()
		return &YieldFrom{p.span(start), x}
	}
	var x Expr
	if p.startsExpression() {
		x = p.starExpressions()
	}
	return &Yield{p.span(start), x}
}

// lambda parses "lambda", its parameters and its body.
func (p *parser) lambda() Expr {
	start := p.start
	p.next()
	args := p.parameters(tColon, false)
	if p.tok == tSpecColon {
		p.fail(Span{Pos(start), Pos(p.end)}, "lambda expressions need parentheses in an f-string")
		return p.bad()
	}
	p.expect(tColon)
	body := p.expression()
	return &Lambda{p.span(start), args, body}
}

// call parses the arguments of a call of fn, whose first token was at start.
func (p *parser) call(start int, fn Expr) Expr {
	args, keywords := p.arguments(true)
	c := p.calls.new()
	*c = Call{p.span(start), fn, args, keywords}
	return c
}

// arguments parses "(…)" after a function or a class name. A generator may stand without
// parentheses of its own where it is the only argument of a call.
func (p *parser) arguments(generator bool) ([]Expr, []*Keyword) {
	open := p.start
	p.next()
	if p.tok == tRparen {
		p.next()
		return nil, nil
	}
	args, keywords := p.exprs.mark(), p.keywords.mark()
	unpacked := false // "**" was seen
	for p.tok != tRparen && !p.failed {
		start := p.start
		switch p.tok {
		case tStar:
			p.next()
			x := p.expression()
			s := &Starred{p.span(start), x}
			if unpacked {
				p.note(s.Span, "iterable argument unpacking follows keyword argument unpacking")
			}
			p.exprs.push(s)
		case tDoubleStar:
			p.next()
			x := p.expression()
			k := p.keywordNodes.new()
			*k = Keyword{p.span(start), Identifier{}, x}
			p.keywords.push(k)
			unpacked = true
		default:
			x := p.namedExpression()
			switch p.tok {
			case tEqual:
				name, ok := x.(*Name)
				if !ok || p.parenthesised(x, start) {
					p.fail(x.Pos(), keywordTarget(x))
					break
				}
				p.next()
				value := p.expression()
				k := p.keywordNodes.new()
				*k = Keyword{p.span(start), Identifier{name.Span, name.ID}, value}
				p.keywords.push(k)
			case tFor, tAsync:
				generators := p.comprehensions(x)
				if !generator || p.tok != tRparen || p.exprs.mark() != args || p.keywords.mark() != keywords {
					p.fail(p.span(start), "generator expression must be parenthesized")
					break
				}
				p.next()
				p.exprs.push(&GeneratorExp{p.span(open), x, generators})
				return p.exprs.pop(args), nil
			default:
				p.positional(x, keywords, unpacked)
			}
		}
		if p.tok != tComma {
			break
		}
		p.next()
	}
	p.expect(tRparen)
	return p.exprs.pop(args), p.keywords.pop(keywords)
}

// positional takes a positional argument, which may not follow a keyword.
func (p *parser) positional(x Expr, keywords int, unpacked bool) {
	switch {
	case unpacked:
		p.note(x.Pos(), "positional argument follows keyword argument unpacking")
	case p.keywords.mark() > keywords:
		p.note(x.Pos(), "positional argument follows keyword argument")
	}
	p.exprs.push(x)
}

func keywordTarget(x Expr) string {
	if c, ok := x.(*Constant); ok && (c.Kind == True || c.Kind == False || c.Kind == None) {
		return "cannot assign to " + describe(x)
	}
	return "expression cannot contain assignment, perhaps you meant \"==\"?"
}

// unexpected fails at the current token.
func (p *parser) unexpected() {
	switch p.tok {
	case tEOF, tNewline:
		p.fail(p.here(), "invalid syntax: unexpected end of line")
	case tIndent:
		p.fail(p.here(), "unexpected indent")
	case tDedent:
		p.fail(p.here(), "invalid syntax: unexpected end of block")
	case tFail:
	default:
		p.fail(p.here(), fmt.Sprintf("invalid syntax: unexpected %q", p.src[p.start:p.end]))
	}
}
