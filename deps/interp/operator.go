package interp

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// binary evaluates an operator: by the special methods of notebook classes, else to a new
// object of the operands' type.
func (r *runner) binary(i *closure.Binary) Value {
	a, b := r.frame.regs[i.A], r.reg(i.B)
	if names := implicit[i.Op]; names != nil {
		r.askInstances(a, names, i)
		r.escapeSpecial(a)
		if i.Op == "str" {
			return r.addresses(a)
		}
		return nil
	}
	r.consult(a)
	r.consult(b)
	r.escapeSpecial(a)
	r.escapeSpecial(b)
	var v Value
	own := false
	for _, o := range a {
		if len(o.Class) > 0 {
			args := []Value{b}
			if i.B == closure.NoReg {
				args = nil
			}
			if x, ok := r.special(o, "__"+i.Op+"__", i, args...); ok {
				v, own = v.Union(x), true
			} else if i.Op == "ne" {
				if x, ok := r.special(o, "__eq__", i, args...); ok {
					v, own = v.Union(x), true
				}
			} else if i.Op == "contains" {
				if _, ok := r.iterateInstance(o, i); ok {
					own = true
				}
				r.branchCall(func() { r.special(o, "__getitem__", i, b) }) // Mapping's
			}
		}
	}
	for _, o := range b {
		if len(o.Class) > 0 {
			if x, ok := r.special(o, "__r"+i.Op+"__", i, a); ok {
				v, own = v.Union(x), true
			}
			if m := reflected[i.Op]; i.Compare && m != "" {
				if x, ok := r.special(o, "__"+m+"__", i, a); ok {
					v, own = v.Union(x), true
				}
			}
		}
	}
	v = v.Union(r.expression(a, b, i))
	if i.Op == "contains" {
		r.asIndex(b, i)
		for _, o := range a {
			if o.Iterator {
				r.mutate(o, i)
			}
			if knowledge.Has(o.Type, knowledge.Container) {
				r.asIndex(o.Contents(), i)
			}
		}
		return r.scalar("builtins.bool").Alone()
	}
	if own && len(a) <= 1 && len(b) <= 1 {
		return v
	}
	if i.Op == "mod" && !i.Compare { // "%s" % x
		for _, o := range a {
			if o.Type == "builtins.str" {
				r.askInstances(r.deep(b), implicit["str"], i)
			}
		}
	}
	typ, data := r.resultType(a, b, i)
	if !data {
		if typ == "" {
			return v
		}
		v = v.With(r.scalar(typ))
		if typ == "builtins.str" {
			v = v.Union(r.addresses(a.Union(b)))
		}
		return v
	}
	o := r.alloc(i, 0, typ)
	switch typ {
	case "builtins.list", "builtins.tuple", "builtins.dict", "builtins.set", "":
		for _, x := range a.Union(b) {
			if x.kind == dataObject {
				o.Hold(AnyItem, x.Contents())
				o.Keys = o.Keys.Union(x.Keys)
				o.Open = o.Open || x.Open || typ == ""
			}
		}
	}
	return v.With(o)
}

// expression returns what an operator of a library makes that keeps its operands, as the knowledge says: prompt | model.
func (r *runner) expression(a, b Value, i *closure.Binary) Value {
	var v Value
	ask := func(v, operands, others Value, method string) Value {
		for _, o := range operands {
			if o.kind != dataObject || o.Type == "" || inLanguage(o.Type) {
				continue
			}
			if f := r.g.opts.Knowledge.Method(o.Type, method); f != nil && len(f.Holds) > 0 && strings.HasSuffix(f.Path, method) {
				v = v.Union(r.applyFact(f, o, o.Type+"."+method, Arguments{Pos: []Value{others}}, i))
			}
		}
		return v
	}
	v = ask(v, a, b, "__"+i.Op+"__")
	return ask(v, b, a, "__r"+i.Op+"__")
}

// implicit are the methods that may run when a value is tested, put into a string or displayed.
var implicit = map[string][]string{
	"bool": {"__bool__", "__len__"},
	"str":  {"__format__", "__str__", "__repr__"},
	"display": {
		"_ipython_display_", "_repr_mimebundle_", "_repr_html_", "_repr_markdown_", "_repr_latex_", "_repr_svg_", "_repr_png_",
		"_repr_jpeg_", "_repr_json_", "__repr__", "__str__",
	},
}

// askInstances runs those of the methods that the instances of notebook classes in a value have.
func (r *runner) askInstances(v Value, names []string, at closure.Instr) {
	for _, o := range v {
		if len(o.Class) == 0 {
			continue
		}
		for _, name := range names {
			r.branchCall(func() { r.special(o, name, at) })
		}
	}
}

var reflected = map[string]string{"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}

// resultType returns the type of an operator's result and whether it is data that can change.
func (r *runner) resultType(a, b Value, i *closure.Binary) (typ string, data bool) {
	all := a.Union(b)
	strongest := 0
	for _, o := range all {
		if s := knowledge.Strength(o.Type); s > strongest && o.kind != libraryObject {
			typ, strongest = o.Type, s
		}
	}
	if strongest > 0 {
		return typ, true
	}
	numeric := ""
	for _, o := range all {
		if o.kind == memberObject && o.Type == "" && i.Compare && knowledge.Columns(o.owner.Type) != "" { // frame.column > 1
			return knowledge.Columns(o.owner.Type), true
		}
		if o.kind != scalarObject {
			return "", true
		}
		if numeric == "" || o.Type == "builtins.float" || o.Type == "builtins.str" {
			numeric = o.Type
		}
	}
	if i.Compare {
		return "builtins.bool", false
	}
	if len(a) == 0 && i.B == closure.NoReg || len(a) == 0 || len(b) == 0 && i.B != closure.NoReg {
		return "", false
	}
	return numeric, false
}

// inPlace evaluates the operator of an augmented assignment.
func (r *runner) inPlace(i *closure.InPlace) Value {
	a, b := r.frame.regs[i.A], r.frame.regs[i.B]
	var v Value
	for _, o := range a {
		if len(o.Class) > 0 {
			if x, ok := r.special(o, "__i"+i.Op+"__", i, b); ok {
				v = v.Union(x)
				continue
			}
			if x, ok := r.special(o, "__"+i.Op+"__", i, b); ok {
				v = v.Union(x)
				continue
			}
		}
		known := knowledge.Has(o.Type, knowledge.InPlace)
		if o.kind == scalarObject {
			v = v.With(r.sum(o, b, i))
			continue
		}
		if f := r.g.opts.Knowledge.Method(o.Type, "__i"+i.Op+"__"); f != nil && o.Type != "" {
			known = len(f.Mutates) > 0
		} else if o.Type == "" && (o.kind == dataObject || o.kind == memberObject && (mutableOperand(b) || o.ofArray())) {
			known = true
		}
		if !known {
			v = v.With(r.alloc(i, 0, o.Type))
			continue
		}
		r.mutate(o, i)
		r.mutateArray(o, i)
		for _, x := range o.array {
			r.mutate(x, i)
		}
		if !knowledge.Has(o.Type, knowledge.Array) {
			o.Hold(AnyItem, r.elements(b, i))
		}
		v = v.With(o)
		if o.Type == "" {
			v = v.With(r.alloc(i, 0, ""))
		}
	}
	if len(a) == 0 {
		v = v.With(r.alloc(i, partUnknown, ""))
	}
	for _, o := range b {
		if len(o.Class) > 0 {
			if x, ok := r.special(o, "__r"+i.Op+"__", i, a); ok {
				v = v.Union(x)
			}
		}
	}
	return v
}

// ofArray says that o is an element of an array: a row, where the array has more than one dimension.
func (o *Object) ofArray() bool {
	return o.step.isItem() && (knowledge.Has(o.owner.Type, knowledge.ViewParts) && !knowledge.Has(o.owner.Type, knowledge.Column) || o.owner.locates())
}

// mutableOperand says that the right side is a container: then so is the left.
func mutableOperand(b Value) bool {
	for _, o := range b {
		if knowledge.Has(o.Type, knowledge.InPlace) || o.Type == "builtins.tuple" {
			return true
		}
	}
	return false
}

// sum is the result of an operator on an immutable left side.
func (r *runner) sum(o *Object, b Value, i *closure.InPlace) *Object {
	for _, x := range b {
		if x.kind != scalarObject {
			return r.alloc(i, 0, x.Type)
		}
	}
	return o
}

// enterContext evaluates a context manager's __enter__.
func (r *runner) enterContext(ctx Value, i closure.Instr) Value {
	var v Value
	for _, o := range ctx {
		if len(o.Class) > 0 {
			x, ok := r.special(o, "__enter__", i)
			if !ok {
				x, ok = r.special(o, "__aenter__", i)
				x = r.await(x, i)
			}
			if ok {
				v = v.Union(x)
				continue
			}
		}
		if o.Type == "builtins.generator" { // from a function under contextlib.contextmanager
			v = v.Union(o.Elem)
			continue
		}
		if o.Type != "" && o.kind != scalarObject {
			if f := r.g.opts.Knowledge.Method(o.Type, "__enter__"); f != nil {
				v = v.Union(r.applyFact(f, o, o.Type+".__enter__", Arguments{}, i))
				continue
			}
		}
		v = v.With(o)
	}
	return v
}

func (r *runner) exitContext(ctx Value, i closure.Instr) {
	for _, o := range ctx {
		if len(o.Class) > 0 {
			if _, ok := r.special(o, "__exit__", i, nil, nil, nil); !ok {
				r.special(o, "__aexit__", i, nil, nil, nil)
			}
		}
	}
}

// maySwallow says whether an exception in the block may be suppressed. Notebook classes and
// generators may; of libraries' managers only those that exist for it.
func (r *runner) maySwallow(ctx Value) bool {
	for _, o := range ctx {
		if len(o.Class) > 0 || o.Type == "builtins.generator" || knowledge.Has(o.Type, knowledge.Swallows) || knowledge.Has(o.Maker, knowledge.Swallows) {
			return true
		}
	}
	return len(ctx) == 0
}

// compare runs the comparisons that order values.
func (r *runner) compare(v Value, at closure.Instr) {
	for _, x := range v {
		r.special(x, "__lt__", at, x.Alone())
		r.special(x, "__gt__", at, x.Alone())
	}
}
