package digest

import "github.com/xetmemo/xetmemo-lint/pyast"

func (w *writer) expr(n pyast.Expr) {
	switch n := n.(type) {
	case *pyast.Name:
		w.open("Name")
		w.field("id")
		w.sized('i', n.ID)
	case *pyast.Constant:
		w.open("Constant")
		w.field("value")
		w.constant(n)
	case *pyast.Attribute:
		w.open("Attribute")
		w.identifier("attr", n.Attr)
		w.child("value", n.Value)
	case *pyast.Call:
		w.open("Call")
		list(w, "args", n.Args)
		w.child("func", n.Func)
		list(w, "keywords", n.Keywords)
	case *pyast.Subscript:
		w.open("Subscript")
		w.child("slice", n.Slice)
		w.child("value", n.Value)
	case *pyast.Slice:
		w.open("Slice")
		w.child("lower", n.Lower)
		w.child("step", n.Step)
		w.child("upper", n.Upper)
	case *pyast.BoolOp:
		w.open("BoolOp")
		w.operator("op", n.Op.String())
		list(w, "values", n.Values)
	case *pyast.BinOp:
		w.open("BinOp")
		w.child("left", n.Left)
		w.operator("op", n.Op.String())
		w.child("right", n.Right)
	case *pyast.UnaryOp:
		w.open("UnaryOp")
		w.operator("op", n.Op.String())
		w.child("operand", n.Operand)
	case *pyast.Compare:
		w.open("Compare")
		list(w, "comparators", n.Comparators)
		w.child("left", n.Left)
		w.field("ops")
		for i, op := range n.Ops {
			w.separate(i)
			w.open(op.String())
			w.close()
		}
		w.out = append(w.out, ']')
	case *pyast.NamedExpr:
		w.open("NamedExpr")
		w.child("target", n.Target)
		w.child("value", n.Value)
	case *pyast.Lambda:
		w.open("Lambda")
		w.child("args", n.Args)
		w.child("body", n.Body)
	case *pyast.IfExp:
		w.open("IfExp")
		w.child("body", n.Body)
		w.child("orelse", n.Orelse)
		w.child("test", n.Test)
	case *pyast.Dict:
		w.open("Dict")
		list(w, "keys", n.Keys)
		list(w, "values", n.Values)
	case *pyast.Set:
		w.open("Set")
		list(w, "elts", n.Elts)
	case *pyast.List:
		w.open("List")
		list(w, "elts", n.Elts)
	case *pyast.Tuple:
		w.open("Tuple")
		list(w, "elts", n.Elts)
	case *pyast.ListComp:
		w.open("ListComp")
		w.child("elt", n.Elt)
		list(w, "generators", n.Generators)
	case *pyast.SetComp:
		w.open("SetComp")
		w.child("elt", n.Elt)
		list(w, "generators", n.Generators)
	case *pyast.GeneratorExp:
		w.open("GeneratorExp")
		w.child("elt", n.Elt)
		list(w, "generators", n.Generators)
	case *pyast.DictComp:
		w.open("DictComp")
		list(w, "generators", n.Generators)
		w.child("key", n.Key)
		w.child("value", n.Value)
	case *pyast.Await:
		w.open("Await")
		w.child("value", n.Value)
	case *pyast.Yield:
		w.open("Yield")
		w.child("value", n.Value)
	case *pyast.YieldFrom:
		w.open("YieldFrom")
		w.child("value", n.Value)
	case *pyast.Starred:
		w.open("Starred")
		w.child("value", n.Value)
	case *pyast.JoinedStr:
		w.open("JoinedStr")
		list(w, "values", n.Values)
	case *pyast.TemplateStr:
		w.open("TemplateStr")
		list(w, "values", n.Values)
	case *pyast.FormattedValue:
		w.open("FormattedValue")
		w.integer("conversion", n.Conversion)
		w.formatSpec(n.FormatSpec)
		w.child("value", n.Value)
	case *pyast.Interpolation:
		w.open("Interpolation")
		w.integer("conversion", n.Conversion)
		w.formatSpec(n.FormatSpec)
		w.field("str")
		w.sized('s', n.Str)
		w.child("value", n.Value)
	case *pyast.Magic:
		w.magic(n)
		return
	default:
		w.refuse(n)
		return
	}
	w.close()
}

// formatSpec leaves out one without parts (rule empty-spec).
func (w *writer) formatSpec(spec *pyast.JoinedStr) {
	if spec != nil && len(spec.Values) > 0 {
		w.child("format_spec", spec)
	}
}

func (w *writer) pattern(n pyast.Pattern) {
	switch n := n.(type) {
	case *pyast.MatchValue:
		w.open("MatchValue")
		w.child("value", n.Value)
	case *pyast.MatchSingleton:
		w.open("MatchSingleton")
		w.field("value")
		w.constant(&pyast.Constant{Kind: n.Value})
	case *pyast.MatchSequence:
		w.open("MatchSequence")
		list(w, "patterns", n.Patterns)
	case *pyast.MatchMapping:
		w.open("MatchMapping")
		list(w, "keys", n.Keys)
		list(w, "patterns", n.Patterns)
		w.identifier("rest", n.Rest)
	case *pyast.MatchClass:
		w.open("MatchClass")
		w.child("cls", n.Cls)
		w.identifiers("kwd_attrs", n.KwdAttrs)
		list(w, "kwd_patterns", n.KwdPatterns)
		list(w, "patterns", n.Patterns)
	case *pyast.MatchStar:
		w.open("MatchStar")
		w.identifier("name", n.Name)
	case *pyast.MatchAs:
		w.open("MatchAs")
		w.identifier("name", n.Name)
		w.child("pattern", n.Pattern)
	case *pyast.MatchOr:
		w.open("MatchOr")
		list(w, "patterns", n.Patterns)
	default:
		w.refuse(n)
		return
	}
	w.close()
}

// magic writes the call that IPython puts in the place of its own syntax.
func (w *writer) magic(n *pyast.Magic) {
	switch {
	case n.Kind == pyast.Shell:
		w.shellCall("system", n.Text)
	case n.Kind == pyast.ShellCapture:
		w.shellCall("getoutput", n.Text)
	case n.Kind == pyast.Help && n.Name == "":
		w.shellCall("show_usage")
	default:
		w.shellCall("run_line_magic", n.Name, n.Text)
	}
}

// shellCall writes the call of a method of get_ipython() with strings.
func (w *writer) shellCall(method string, args ...string) {
	w.open("Call")
	if len(args) > 0 {
		w.field("args")
		for i, arg := range args {
			w.separate(i)
			w.open("Constant")
			w.field("value")
			w.sized('s', arg)
			w.close()
		}
		w.out = append(w.out, ']')
	}
	w.out = append(w.out, " func (Attribute attr "...)
	w.sized('i', method)
	w.out = append(w.out, " value (Call func (Name id i11:get_ipython))))"...)
}
