package closure

// Lowering of expressions: each leaves its value in a register.

import (
	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// expr lowers an expression and returns the register of its value.
func (l *lowering) expr(e pyast.Expr) Reg {
	switch e := e.(type) {
	case *pyast.Name:
		return l.load(e.ID, e)
	case *pyast.Constant:
		if e.Kind == pyast.Str {
			l.noteText(e.Str)
		}
		r := l.reg()
		l.emit(&Const{Place: at(e), Dst: r, Value: e, Type: constantTypes[e.Kind]})
		return r
	case *pyast.Attribute:
		return l.attribute(e)
	case *pyast.Subscript:
		r := l.reg()
		if l.namespaceItem(e, func(name string) { l.emit(&Merge{at(e), r, l.load(name, e)}) },
			func() {
				l.emit(&Opaque{Place: at(e), Reason: "dynamic-code"})
				l.emit(&Anything{at(e), r})
			}) {
			return r
		}
		base := l.expr(e.Value)
		index := l.expr(e.Slice)
		l.emit(&Item{Place: at(e), Dst: r, Base: base, Index: index, Key: constantKey(e.Slice), Slice: isSlice(e.Slice)})
		return r
	case *pyast.Call:
		return l.call(e, false, false)
	case *pyast.BinOp:
		if e.Op == pyast.Mod && namespaceCall(e.Right) != "" { // "%(x)s" % globals()
			texts, _ := constants(e.Left)
			for _, t := range texts {
				for _, name := range namesIn(t, percentNames) {
					l.readIfBound(name, e)
				}
			}
		}
		a := l.expr(e.Left)
		b := l.expr(e.Right)
		return l.binary(e, operatorMethods[e.Op], a, b, false)
	case *pyast.UnaryOp:
		if e.Op == pyast.Not {
			l.truth(e.Operand)
			return l.constant(e, "builtins.bool")
		}
		a := l.expr(e.Operand)
		return l.binary(e, unaryMethods[e.Op], a, NoReg, false)
	case *pyast.Compare:
		return l.compare(e)
	case *pyast.BoolOp:
		r := l.reg()
		l.boolOp(e, r, e.Values)
		return r
	case *pyast.IfExp:
		l.truth(e.Test)
		r := l.reg()
		l.emitIfTest(e, l.test(e.Test), func() { l.emit(&Merge{at(e), r, l.expr(e.Body)}) }, func() { l.emit(&Merge{at(e), r, l.expr(e.Orelse)}) })
		return r
	case *pyast.NamedExpr:
		r := l.expr(e.Value)
		l.storeAt(e.Target.ID, r, BindWalrus, e, e.Target.Start)
		return r
	case *pyast.List:
		return l.display(e, "builtins.list", e.Elts)
	case *pyast.Tuple:
		return l.display(e, "builtins.tuple", e.Elts)
	case *pyast.Set:
		return l.display(e, "builtins.set", e.Elts)
	case *pyast.Dict:
		return l.dict(e)
	case *pyast.ListComp:
		return l.comprehension(e, e.Generators, "builtins.list", e.Elt, nil)
	case *pyast.SetComp:
		return l.comprehension(e, e.Generators, "builtins.set", e.Elt, nil)
	case *pyast.DictComp:
		return l.comprehension(e, e.Generators, "builtins.dict", e.Value, e.Key)
	case *pyast.GeneratorExp:
		return l.comprehension(e, e.Generators, "builtins.generator", e.Elt, nil)
	case *pyast.Lambda:
		defaults := l.defaults(e.Args)
		f := l.function(scope.Lambda, "<lambda>", e, e.Args, func(*Func) {
			l.emit(&Return{at(e.Body), l.expr(e.Body)})
		})
		r := l.reg()
		l.emit(&MakeFunc{at(e), r, f, defaults})
		return r
	case *pyast.JoinedStr:
		return l.joined(e)
	case *pyast.TemplateStr:
		return l.display(e, "string.templatelib.Template", templateParts(e.Values))
	case *pyast.FormattedValue, *pyast.Interpolation:
		l.formatted([]pyast.Expr{e})
		return l.constant(e, "builtins.str")
	case *pyast.Starred:
		return l.expr(e.Value)
	case *pyast.Slice:
		for _, x := range [3]pyast.Expr{e.Lower, e.Upper, e.Step} {
			l.optional(x)
		}
		return l.constant(e, "builtins.slice")
	case *pyast.Await:
		src := l.expr(e.Value)
		r := l.reg()
		l.emit(&Await{at(e), r, src})
		return r
	case *pyast.Yield:
		src := NoReg
		if e.Value != nil {
			src = l.expr(e.Value)
		}
		return l.yield(e, src, false)
	case *pyast.YieldFrom:
		return l.yield(e, l.expr(e.Value), true)
	case *pyast.Magic:
		return l.magic(e)
	case *pyast.BadExpr:
		l.opaqueText("syntax-error", e.Span, true)
	}
	return l.constant(e, "")
}

var constantTypes = map[pyast.ConstantKind]string{
	pyast.None: "builtins.NoneType", pyast.True: "builtins.bool", pyast.False: "builtins.bool",
	pyast.Ellipsis: "builtins.ellipsis", pyast.Int: "builtins.int", pyast.Float: "builtins.float",
	pyast.Complex: "builtins.complex", pyast.Str: "builtins.str", pyast.Bytes: "builtins.bytes",
}

var unaryMethods = map[pyast.UnaryOperator]string{pyast.Invert: "invert", pyast.UAdd: "pos", pyast.USub: "neg"}

var compareMethods = map[pyast.CmpOperator]string{
	pyast.Eq: "eq", pyast.NotEq: "ne", pyast.Lt: "lt", pyast.LtE: "le", pyast.Gt: "gt", pyast.GtE: "ge",
	pyast.In: "contains", pyast.NotIn: "contains",
}

func (l *lowering) attribute(e *pyast.Attribute) Reg {
	base := l.expr(e.Value)
	r := l.reg()
	l.emit(&Attr{at(e), r, base, l.scope.Mangle(e.Attr.Name)})
	return r
}

func (l *lowering) binary(n pyast.Node, op string, a, b Reg, compare bool) Reg {
	r := l.reg()
	l.emit(&Binary{at(n), r, op, a, b, compare})
	return r
}

// compare evaluates a chain up to the first comparison that fails.
func (l *lowering) compare(e *pyast.Compare) Reg {
	r := l.reg()
	var step func(left Reg, i int)
	step = func(left Reg, i int) {
		right := l.expr(e.Comparators[i])
		if m := compareMethods[e.Ops[i]]; m != "" {
			a, b := left, right
			if m == "contains" {
				a, b = right, left
			}
			l.emit(&Merge{at(e), r, l.binary(e, m, a, b, true)})
		} else {
			l.emit(&Merge{at(e), r, l.constant(e, "builtins.bool")})
		}
		if i+1 < len(e.Comparators) {
			l.emitIf(e, func() { step(right, i+1) }, nil)
		}
	}
	step(l.expr(e.Left), 0)
	return r
}

func (l *lowering) boolOp(e *pyast.BoolOp, r Reg, values []pyast.Expr) {
	if len(values) == 1 {
		l.emit(&Merge{at(e), r, l.expr(values[0])})
	} else {
		l.emit(&Merge{at(e), r, l.truth(values[0])})
		l.emitIf(e, func() { l.boolOp(e, r, values[1:]) }, nil)
	}
}

// truth evaluates an expression that is tested, which may run a method of its value.
func (l *lowering) truth(e pyast.Expr) Reg {
	r := l.expr(e)
	switch e.(type) {
	case *pyast.Name, *pyast.Attribute, *pyast.Subscript, *pyast.Call, *pyast.Await, *pyast.NamedExpr:
		l.binary(e, "bool", r, NoReg, false)
	}
	return r
}

func (l *lowering) display(n pyast.Node, typ string, elts []pyast.Expr) Reg {
	b := &Build{Place: at(n), Type: typ, Lazy: NoReg}
	for _, x := range elts {
		if s, ok := x.(*pyast.Starred); ok {
			b.Elems = append(b.Elems, Elem{Reg: l.expr(s.Value), Star: true, Ref: NoReg})
		} else {
			b.Elems = append(b.Elems, Elem{Reg: l.expr(x), Ref: NoReg})
		}
	}
	b.Dst = l.reg()
	l.emit(b)
	return b.Dst
}

func (l *lowering) dict(e *pyast.Dict) Reg {
	b := &Build{Place: at(e), Type: "builtins.dict", Lazy: NoReg}
	for i, v := range e.Values {
		if e.Keys[i] == nil {
			b.Elems = append(b.Elems, Elem{Reg: l.expr(v), Star: true, Ref: NoReg})
			continue
		}
		k := l.expr(e.Keys[i])
		b.Elems = append(b.Elems, Elem{Reg: l.expr(v), Key: constantKey(e.Keys[i]), Ref: k})
	}
	b.Dst = l.reg()
	l.emit(b)
	return b.Dst
}

// comprehension inlines the loops. The result is built once, around them, from the element
// that all rounds merge into.
func (l *lowering) comprehension(n pyast.Expr, gens []*pyast.Comprehension, typ string, elt, key pyast.Expr) Reg {
	outer, inner := l.scope, l.scopes.ByNode[n]
	elem, ref := l.reg(), NoReg
	if key != nil {
		ref = l.reg()
	}
	var round func(i int, iterable Reg)
	round = func(i int, iterable Reg) {
		g := gens[i]
		l.emit(&Loop{Place: at(g), Body: l.block(func() {
			r := l.reg()
			l.emit(&Iterate{at(g.Iter), r, iterable})
			l.target(g.Target, r, BindFor, g)
			l.filters(g, g.Ifs, func() {
				if i+1 < len(gens) {
					round(i+1, l.expr(gens[i+1].Iter))
					return
				}
				if key != nil {
					l.emit(&Merge{at(n), ref, l.expr(key)})
				}
				l.emit(&Merge{at(n), elem, l.expr(elt)})
			})
		})})
	}
	first := l.expr(gens[0].Iter)
	lazy := NoReg
	if typ == "builtins.generator" {
		lazy = l.reg()
		l.emit(&Lazy{at(n), lazy})
	}
	l.scope = inner
	round(0, first)
	l.scope = outer
	r := l.reg()
	l.emit(&Build{Place: at(n), Dst: r, Type: typ, Elems: []Elem{{Reg: elem, Ref: ref, Merged: true}}, Lazy: lazy})
	return r
}

func (l *lowering) filters(g *pyast.Comprehension, ifs []pyast.Expr, then func()) {
	if len(ifs) == 0 {
		then()
		return
	}
	l.truth(ifs[0])
	l.emitIf(g, func() { l.filters(g, ifs[1:], then) }, nil)
}

// joined evaluates an f-string: a text that is made of its parts.
func (l *lowering) joined(e *pyast.JoinedStr) Reg {
	r := l.constant(e, "builtins.str")
	for _, v := range e.Values {
		switch v := v.(type) {
		case *pyast.Constant:
			l.emit(&Merge{at(v), r, l.expr(v)})
		case *pyast.FormattedValue:
			l.emit(&Merge{at(v), r, l.field(v)})
		}
	}
	return r
}

// formatted evaluates the replacement fields of an f-string, format specifications included.
func (l *lowering) formatted(values []pyast.Expr) {
	for _, v := range values {
		switch v := v.(type) {
		case *pyast.Constant:
			l.noteText(v.Str)
		case *pyast.FormattedValue:
			l.field(v)
		case *pyast.Interpolation:
			l.expr(v.Value)
			if v.FormatSpec != nil {
				l.formatted(v.FormatSpec.Values)
			}
		}
	}
}

func (l *lowering) field(v *pyast.FormattedValue) Reg {
	r := l.binary(v, "str", l.expr(v.Value), NoReg, false)
	if v.FormatSpec != nil {
		l.formatted(v.FormatSpec.Values)
	}
	return r
}

func templateParts(values []pyast.Expr) []pyast.Expr {
	var parts []pyast.Expr
	for _, v := range values {
		if i, ok := v.(*pyast.Interpolation); ok {
			parts = append(parts, i.Value)
			if i.FormatSpec != nil {
				parts = append(parts, i.FormatSpec)
			}
		}
	}
	return parts
}

func (l *lowering) yield(n pyast.Node, src Reg, from bool) Reg {
	l.fn.Generator = true
	r := l.reg()
	l.emit(&Yield{at(n), r, src, from})
	return r
}

func (l *lowering) keywords(list []*pyast.Keyword) []Arg {
	var args []Arg
	for _, k := range list {
		a := Arg{Reg: l.expr(k.Value), Name: k.Arg.Name, Star2: k.Arg.Name == ""}
		a.Const, _ = k.Value.(*pyast.Constant)
		args = append(args, a)
	}
	return args
}

func (l *lowering) call(e *pyast.Call, discard, last bool) Reg {
	if r, ok := l.dynamicCall(e); ok {
		return r
	}
	c := &Call{Place: at(e), Discard: discard, Last: last, Node: e}
	if n, ok := e.Func.(*pyast.Name); ok && n.ID == "super" && len(e.Args) == 0 {
		return l.super(e)
	}
	c.Fn = l.expr(e.Func)
	for _, a := range e.Args {
		if s, ok := a.(*pyast.Starred); ok {
			c.Args = append(c.Args, Arg{Reg: l.expr(s.Value), Star: true})
			continue
		}
		arg := Arg{Reg: l.expr(a)}
		arg.Const, _ = a.(*pyast.Constant)
		c.Args = append(c.Args, arg)
	}
	c.Args = append(c.Args, l.keywords(e.Keywords)...)
	c.Args = append(c.Args, l.embedded(e, c.Args)...)
	c.Dst = l.reg()
	l.emit(c)
	return c.Dst
}

// super lowers a call without arguments to one with the method's class and first parameter,
// as the compiler's __class__ cell makes it.
func (l *lowering) super(e *pyast.Call) Reg {
	c := &Call{Place: at(e), Node: e, Fn: l.load("super", e)}
	method := l.fn
	for method.Outer != nil && method.Outer.Kind != scope.Class {
		method = method.Outer
	}
	if method.Outer != nil && len(method.Params) > 0 {
		self := l.reg()
		p := method.Params[0]
		if method != l.fn {
			method.Slots[p.Slot].Captured = true
		}
		l.emit(&Load{at(e), self, Var{Name: p.Name, Func: method, Slot: p.Slot}})
		c.Args = []Arg{{Reg: self}}
	}
	c.Dst = l.reg()
	l.emit(c)
	return c.Dst
}
