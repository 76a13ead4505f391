package pyast

// Walk calls visit for n and then, where that returned true, for every node below n: in
// source order, each before its own parts. Decorators come before what they decorate. Parts
// that are absent and identifiers are not visited. Walk does not allocate, and it recurses no
// deeper than Parse lets a tree be high.
func Walk(n Node, visit func(Node) bool) {
	if visit(n) {
		Children(n, func(c Node) { Walk(c, visit) })
	}
}

// Children calls f for each direct part of n, in source order. The parts of a type that has
// them interleaved (parameters and their defaults, keys and values) come interleaved too.
func Children(n Node, f func(Node)) {
	switch n := n.(type) {
	case *FunctionDef:
		each(n.DecoratorList, f)
		each(n.TypeParams, f)
		f(n.Args)
		opt(n.Returns, f)
		each(n.Body, f)
	case *ClassDef:
		each(n.DecoratorList, f)
		each(n.TypeParams, f)
		merge(n.Bases, n.Keywords, f)
		each(n.Body, f)
	case *Return:
		opt(n.Value, f)
	case *Delete:
		each(n.Targets, f)
	case *Assign:
		each(n.Targets, f)
		f(n.Value)
	case *TypeAlias:
		f(n.Name)
		each(n.TypeParams, f)
		f(n.Value)
	case *AugAssign:
		f(n.Target)
		f(n.Value)
	case *AnnAssign:
		f(n.Target)
		f(n.Annotation)
		opt(n.Value, f)
	case *For:
		f(n.Target)
		f(n.Iter)
		each(n.Body, f)
		each(n.Orelse, f)
	case *While:
		f(n.Test)
		each(n.Body, f)
		each(n.Orelse, f)
	case *If:
		f(n.Test)
		each(n.Body, f)
		each(n.Orelse, f)
	case *With:
		each(n.Items, f)
		each(n.Body, f)
	case *Match:
		f(n.Subject)
		each(n.Cases, f)
	case *Raise:
		opt(n.Exc, f)
		opt(n.Cause, f)
	case *Try:
		each(n.Body, f)
		each(n.Handlers, f)
		each(n.Orelse, f)
		each(n.Finalbody, f)
	case *Assert:
		f(n.Test)
		opt(n.Msg, f)
	case *Import:
		each(n.Names, f)
	case *ImportFrom:
		each(n.Names, f)
	case *ExprStmt:
		f(n.Value)
	case *BoolOp:
		each(n.Values, f)
	case *NamedExpr:
		f(n.Target)
		f(n.Value)
	case *BinOp:
		f(n.Left)
		f(n.Right)
	case *UnaryOp:
		f(n.Operand)
	case *Lambda:
		f(n.Args)
		f(n.Body)
	case *IfExp:
		f(n.Body)
		f(n.Test)
		f(n.Orelse)
	case *Dict:
		for i, v := range n.Values {
			opt(n.Keys[i], f)
			f(v)
		}
	case *Set:
		each(n.Elts, f)
	case *ListComp:
		f(n.Elt)
		each(n.Generators, f)
	case *SetComp:
		f(n.Elt)
		each(n.Generators, f)
	case *DictComp:
		f(n.Key)
		f(n.Value)
		each(n.Generators, f)
	case *GeneratorExp:
		f(n.Elt)
		each(n.Generators, f)
	case *Await:
		f(n.Value)
	case *Yield:
		opt(n.Value, f)
	case *YieldFrom:
		f(n.Value)
	case *Compare:
		f(n.Left)
		each(n.Comparators, f)
	case *Call:
		f(n.Func)
		merge(n.Args, n.Keywords, f)
	case *FormattedValue:
		f(n.Value)
		if n.FormatSpec != nil {
			f(n.FormatSpec)
		}
	case *Interpolation:
		f(n.Value)
		if n.FormatSpec != nil {
			f(n.FormatSpec)
		}
	case *JoinedStr:
		each(n.Values, f)
	case *TemplateStr:
		each(n.Values, f)
	case *Attribute:
		f(n.Value)
	case *Subscript:
		f(n.Value)
		f(n.Slice)
	case *Starred:
		f(n.Value)
	case *List:
		each(n.Elts, f)
	case *Tuple:
		each(n.Elts, f)
	case *Slice:
		opt(n.Lower, f)
		opt(n.Upper, f)
		opt(n.Step, f)
	case *Arguments:
		n.children(f)
	case *Arg:
		opt(n.Annotation, f)
	case *Keyword:
		f(n.Value)
	case *WithItem:
		f(n.ContextExpr)
		opt(n.OptionalVars, f)
	case *Comprehension:
		f(n.Target)
		f(n.Iter)
		each(n.Ifs, f)
	case *ExceptHandler:
		opt(n.Type, f)
		each(n.Body, f)
	case *MatchCase:
		f(n.Pattern)
		opt(n.Guard, f)
		each(n.Body, f)
	case *MatchValue:
		f(n.Value)
	case *MatchSequence:
		each(n.Patterns, f)
	case *MatchMapping:
		for i, k := range n.Keys {
			f(k)
			f(n.Patterns[i])
		}
	case *MatchClass:
		f(n.Cls)
		each(n.Patterns, f)
		each(n.KwdPatterns, f)
	case *MatchAs:
		if n.Pattern != nil {
			f(n.Pattern)
		}
	case *MatchOr:
		each(n.Patterns, f)
	case *TypeVar:
		opt(n.Bound, f)
		opt(n.DefaultValue, f)
	case *ParamSpec:
		opt(n.DefaultValue, f)
	case *TypeVarTuple:
		opt(n.DefaultValue, f)
	}
}

// children visits each parameter and behind it its default.
func (a *Arguments) children(f func(Node)) {
	required := len(a.Posonlyargs) + len(a.Args) - len(a.Defaults)
	i := 0
	for _, args := range [2][]*Arg{a.Posonlyargs, a.Args} {
		for _, arg := range args {
			f(arg)
			if i >= required {
				f(a.Defaults[i-required])
			}
			i++
		}
	}
	if a.Vararg != nil {
		f(a.Vararg)
	}
	for i, arg := range a.Kwonlyargs {
		f(arg)
		opt(a.KwDefaults[i], f)
	}
	if a.Kwarg != nil {
		f(a.Kwarg)
	}
}

func each[T Node](nodes []T, f func(Node)) {
	for _, n := range nodes {
		f(n)
	}
}

func opt(e Expr, f func(Node)) {
	if e != nil {
		f(e)
	}
}

// merge visits positional and keyword arguments in the order in which they stand.
func merge(args []Expr, keywords []*Keyword, f func(Node)) {
	i := 0
	for _, a := range args {
		for i < len(keywords) && keywords[i].Start < a.Pos().Start {
			f(keywords[i])
			i++
		}
		f(a)
	}
	each(keywords[i:], f)
}
