package interp

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// Mod summaries: which of its parameters a function of a local module may change, make each other's content, or return,
// found from its instructions without running them. They stand for calls past the budget.
//
// A register or local carries a set of parameters: it may hold one of them or a part of one. That is
// insensitive to the flow, so each body is gone through twice, and callees' summaries are applied to the sets. A
// callee's summary counts by what is known of it so far; where that grows, its callers are gone through again, until
// nothing grows any more: sets of parameters are finite. Functions of libraries count by what is known of them. Reads need no
// summary: what the arguments carry escapes.

// params is a set of parameters, by their position, and of parameters' parts. Those past the last share it.
type params uint64

const maxParams = 32

func param(n int) params { return 1 << min(n, maxParams-1) }

// parts returns the parts of what a set has.
func (p params) parts() params { return p<<maxParams | p>>maxParams<<maxParams }

// hasPart says whether a part of a parameter is in the set, has whether it or a part is.
func (p params) hasPart(n int) bool { return p&(param(n)<<maxParams) != 0 }
func (p params) has(n int) bool     { return p&(param(n)|param(n)<<maxParams) != 0 }

// of returns what a set of a callee's parameters is, where one of these is given.
func (p params) of(n int, given params) params {
	var found params
	if p&param(n) != 0 {
		found |= given
	}
	if p.hasPart(n) {
		found |= given.parts()
	}
	return found
}

// modSummary is what a function does with its parameters.
type modSummary struct {
	modFound
	key     modKey
	callers []*modSummary // those that this one's is applied in
	due     bool          // is to be made, or to be made again
}

// modFound is what has been found of it so far; it only grows.
type modFound struct {
	changes params
	returns params
	holds   [maxParams]params // of each parameter, those that it may hold afterwards
}

// modKey names a summary: methods are resolved by the class of self.
type modKey struct {
	f     *Object
	class *Object
}

// modSummaries are those of a notebook.
type modSummaries struct {
	of  map[modKey]*modSummary
	due []*modSummary // last first: what a body calls is made before it is gone through again
}

// modSummaryOf returns the summary of a function that is called with an instance of a class, or nil, as self.
func (r *runner) modSummaryOf(f, class *Object) *modSummary {
	t := &r.g.mods
	s := t.get(f, class)
	for len(t.due) > 0 {
		n := len(t.due) - 1
		next := t.due[n]
		t.due = t.due[:n]
		next.due = false
		before := next.modFound
		r.pass(next)
		if before != next.modFound {
			for _, c := range next.callers {
				t.again(c)
			}
		}
	}
	return s
}

// get returns a summary, which is due where it is new.
func (t *modSummaries) get(f, class *Object) *modSummary {
	key := modKey{f, class}
	s := t.of[key]
	if s == nil {
		if t.of == nil {
			t.of = map[modKey]*modSummary{}
		}
		s = &modSummary{key: key}
		t.of[key] = s
		t.again(s)
	}
	return s
}

func (t *modSummaries) again(s *modSummary) {
	if !s.due {
		s.due = true
		t.due = append(t.due, s)
	}
}

// pass goes through the body of a function once more.
func (r *runner) pass(s *modSummary) {
	fn := s.key.f.fn
	p := modPass{r: r, f: s.key.f, class: s.key.class, s: s, slots: make([]params, len(fn.Slots)), regs: make([]params, fn.Regs), made: map[closure.Reg]closure.Instr{}, local: map[int]closure.Instr{}}
	for n, x := range fn.Params {
		p.slots[x.Slot] = param(n)
	}
	p.rebound = reboundOutright(fn)
	closure.Each(fn.Body, p.step)
	for slot, outright := range p.rebound { // what loops carry round shows in the second pass
		if outright {
			p.slots[slot] = 0
		}
	}
	for n, x := range fn.Params {
		p.slots[x.Slot] |= param(n)
	}
	closure.Each(fn.Body, p.step)
}

// reboundOutright says of which slots every store stands in no branch, loop or inner function: what such a local held
// before a store, it doesn't hold after it, as in df = df.copy().
func reboundOutright(fn *closure.Func) map[int]bool {
	nested := map[int]int{} // stores of a slot that stand in another instruction
	count := func(i closure.Instr, by int) {
		if s, ok := i.(*closure.Store); ok && s.Var.Func == fn {
			nested[s.Var.Slot] += by
		}
	}
	closure.Each(fn.Body, func(i closure.Instr) { count(i, 1) })
	for _, i := range fn.Body {
		count(i, -1)
	}
	outright := make(map[int]bool, len(nested))
	for slot, n := range nested {
		outright[slot] = n == 0 && !fn.Slots[slot].Rebound
	}
	return outright
}

// modPass goes through one body.
type modPass struct {
	r       *runner
	f       *Object
	class   *Object
	s       *modSummary
	slots   []params
	regs    []params
	made    map[closure.Reg]closure.Instr // the attribute or global that a register was loaded from
	rebound map[int]bool                  // slots in which each store forgets what was there
	local   map[int]closure.Instr         // the same of what a local was last bound to, where that is the same each time
}

func (p *modPass) reg(reg closure.Reg) params {
	if reg == closure.NoReg {
		return 0
	}
	return p.regs[reg]
}

func (p *modPass) step(i closure.Instr) {
	switch i := i.(type) {
	case *closure.Load:
		if i.Var.Func == p.f.fn {
			p.regs[i.Dst] |= p.slots[i.Var.Slot]
			if made := p.local[i.Var.Slot]; made != nil {
				p.made[i.Dst] = made
			}
		} else {
			p.made[i.Dst] = i
		}
	case *closure.Store:
		if i.Var.Func == p.f.fn {
			if p.rebound[i.Var.Slot] {
				p.slots[i.Var.Slot] = 0
			}
			p.slots[i.Var.Slot] |= p.reg(i.Src)
			if made, bound := p.local[i.Var.Slot]; bound && made != p.made[i.Src] {
				p.local[i.Var.Slot] = nil
			} else {
				p.local[i.Var.Slot] = p.made[i.Src]
			}
		}
	case *closure.Import:
		p.made[i.Dst] = i
	case *closure.Merge:
		p.regs[i.Dst] |= p.reg(i.Src)
	case *closure.Build:
		for _, e := range i.Elems {
			p.regs[i.Dst] |= p.reg(e.Reg)
		}
	case *closure.Attr:
		p.regs[i.Dst] |= p.reg(i.Base).parts()
		p.made[i.Dst] = i
	case *closure.Item:
		p.regs[i.Dst] |= p.reg(i.Base).parts()
	case *closure.Iterate:
		p.regs[i.Dst] |= p.reg(i.Src).parts()
	case *closure.Rest:
		p.regs[i.Dst] |= p.reg(i.Src)
	case *closure.Await:
		p.regs[i.Dst] |= p.reg(i.Src)
	case *closure.SetAttr:
		p.change(p.reg(i.Base), p.reg(i.Src))
	case *closure.SetItem:
		p.change(p.reg(i.Base), p.reg(i.Src))
	case *closure.InPlace:
		p.regs[i.Dst] |= p.reg(i.A)
		p.change(p.reg(i.A), 0)
	case *closure.Call:
		p.call(i)
	case *closure.Return:
		p.s.returns |= p.reg(i.Src)
	case *closure.Yield:
		p.s.returns |= p.reg(i.Src)
	case *closure.With:
		p.regs[i.Dst] |= p.reg(i.Ctx)
	}
}

// change notes that parts of parameters are changed, and may hold src from then on.
func (p *modPass) change(base, src params) {
	p.s.changes |= base
	for n := range p.s.holds {
		if base.has(n) {
			p.s.holds[n] |= src &^ (param(n) | param(n)<<maxParams)
		}
	}
}

func (p *modPass) call(i *closure.Call) {
	p.made[i.Dst] = i
	a, isMethod := p.made[i.Fn].(*closure.Attr)
	if isMethod {
		if fns := p.inherited(a); len(fns) > 0 { // super().m(x)
			for _, f := range fns {
				p.apply(f, p.class, param(0), i)
			}
			return
		}
	}
	if isMethod && p.reg(a.Base) != 0 {
		base := p.reg(a.Base)
		if fns := p.methods(a); len(fns) > 0 {
			for _, f := range fns {
				p.apply(f, p.class, base, i)
			}
		} else if verb(a.Name) || i.Discard && changesThings(a.Name, false) {
			args := params(0)
			for _, x := range i.Args {
				args |= p.reg(x.Reg)
			}
			p.change(base, args)
		}
		return
	}
	for _, o := range p.callee(i.Fn, 0) {
		switch o.kind {
		case functionObject:
			var class *Object // of the self that a wrapper hands on
			if len(i.Args) > 0 && p.reg(i.Args[0].Reg) == param(0) {
				class = p.class
			}
			p.apply(o, class, 0, i)
		case classObject:
			for _, f := range p.r.lookup(o, "__init__", true) {
				if f.kind == functionObject {
					p.applyFrom(f, o, []params{0}, i)
				}
			}
			for _, a := range i.Args { // which it may keep
				p.regs[i.Dst] |= p.reg(a.Reg)
			}
		case libraryObject:
			p.applyLibrary(o.Type, i)
		}
	}
}

// applyLibrary counts with what is known of a library's function. Of one that isn't known the result may share with what
// it gets.
func (p *modPass) applyLibrary(path string, i *closure.Call) {
	f := p.r.g.opts.Knowledge.Lookup(path)
	last := path[strings.LastIndexByte(path, '.')+1:]
	if f == nil {
		given := p.given(i, knowledge.Param{All: true})
		p.regs[i.Dst] |= given.parts()
		if i.Discard && changesThings(last, false) {
			p.change(given, 0)
		} else if knowledge.MethodHas(last, knowledge.Changes|knowledge.ChangesFirst) {
			p.change(p.given(i, knowledge.Param{}), 0)
		}
		return
	}
	for _, refs := range [...][]knowledge.Ref{f.Mutates, f.MutatesHeld} {
		for _, ref := range refs {
			p.change(p.given(i, ref.Param), 0)
		}
	}
	for _, refs := range [...][]knowledge.Ref{f.Same, f.Holds} {
		for _, ref := range refs {
			p.regs[i.Dst] |= p.given(i, ref.Param)
		}
	}
	for _, refs := range [...][]knowledge.Ref{f.View, f.Elem, f.Elems} {
		for _, ref := range refs {
			p.regs[i.Dst] |= p.given(i, ref.Param).parts()
		}
	}
}

// given returns what the arguments hold that a fact speaks of.
func (p *modPass) given(i *closure.Call, of knowledge.Param) params {
	var v params
	for n, a := range i.Args {
		if of.All || a.Star || a.Star2 || a.Name == "" && n == of.Index || a.Name != "" && (a.Name == of.Name || of.Keywords) {
			v |= p.reg(a.Reg)
		}
	}
	return v
}

// methods returns what a method of self is: another object's class is not known here.
func (p *modPass) methods(a *closure.Attr) Value {
	if p.class == nil || p.reg(a.Base) != param(0) {
		return nil
	}
	var found Value
	for _, f := range p.r.lookup(p.class, a.Name, true) {
		switch f.kind {
		case functionObject:
			found = found.With(f)
		case wrapperObject:
			found = found.Union(f.Runs.Except(func(x *Object) bool { return x.kind != functionObject }))
		}
	}
	return found
}

// inherited returns the method that super() gives.
func (p *modPass) inherited(a *closure.Attr) Value {
	call, ok := p.made[a.Base].(*closure.Call)
	if !ok || p.class == nil {
		return nil
	}
	if fn, ok := p.made[call.Fn].(*closure.Load); !ok || fn.Var.Name != "super" {
		return nil
	}
	owner := p.f.fn.Outer
	for owner != nil && owner.Kind != scope.Class {
		owner = owner.Outer
	}
	var found Value
	for _, k := range behind(p.class, owner, map[*Object]bool{}) {
		found = found.Union(p.r.lookup(k, a.Name, false).Except(func(f *Object) bool { return f.kind != functionObject }))
	}
	return found
}

// callee returns the functions and classes that a register loaded from a global, or from attributes of one, may hold.
func (p *modPass) callee(reg closure.Reg, depth int) Value {
	if depth > 6 {
		return nil
	}
	switch i := p.made[reg].(type) {
	case *closure.Import:
		return unwrapped(p.r.imported(i, p.f.module))
	case *closure.Load:
		if i.Var.Func == nil {
			if v := p.f.module.vars[i.Var.Name]; v != nil {
				return unwrapped(v.val)
			}
			if path := "builtins." + i.Var.Name; p.r.g.opts.Knowledge.Lookup(path) != nil {
				return p.r.library(path).Alone()
			}
		}
		for e := p.f.env; e != nil; e = e.outer {
			if e.fn == i.Var.Func && e.captured != nil {
				return unwrapped(e.captured[i.Var.Slot])
			}
		}
	case *closure.Attr:
		var found Value
		for _, o := range p.callee(i.Base, depth+1) {
			switch o.kind {
			case moduleObject:
				found = found.Union(unwrapped(p.r.moduleAttribute(o.module, i.Name)))
			case classObject:
				found = found.Union(unwrapped(p.r.lookup(o, i.Name, true)))
			case libraryObject:
				found = found.With(p.r.library(o.Type + "." + i.Name))
			}
		}
		return found
	}
	return nil
}

// unwrapped takes what wrappers run for the wrappers.
func unwrapped(v Value) Value {
	var out Value
	for _, o := range v {
		if o.kind == wrapperObject {
			out = out.Union(o.Runs)
		} else {
			out = out.With(o)
		}
	}
	return out
}

// apply applies the summary of a function to a call of it, as a method of base where that is some.
func (p *modPass) apply(f, class *Object, base params, i *closure.Call) {
	var first []params
	if base != 0 {
		first = []params{base}
	}
	p.applyFrom(f, class, first, i)
}

func (p *modPass) applyFrom(f, class *Object, first []params, i *closure.Call) {
	s := p.r.g.mods.get(f, class)
	if !slices.Contains(s.callers, p.s) {
		s.callers = append(s.callers, p.s)
	}
	given := make([]params, len(f.fn.Params))
	copy(given, first)
	next := len(first)
	for _, a := range i.Args {
		v := p.reg(a.Reg)
		switch {
		case v == 0 && a.Name == "" && !a.Star && !a.Star2:
			next++
		case a.Star || a.Star2:
			for n := next; n < len(given); n++ {
				given[n] |= v
			}
		case a.Name != "":
			at := slices.IndexFunc(f.fn.Params, func(x closure.Param) bool { return x.Name == a.Name })
			if at < 0 {
				at = slices.IndexFunc(f.fn.Params, func(x closure.Param) bool { return x.Kind == closure.VarKeyword })
			}
			if at >= 0 {
				given[at] |= v
			}
		default:
			at := next
			if star := slices.IndexFunc(f.fn.Params, func(x closure.Param) bool { return x.Kind == closure.VarPositional }); star >= 0 && at > star {
				at = star
			}
			if at < len(given) {
				given[at] |= v
			}
			next++
		}
	}
	for n, v := range given {
		if v == 0 {
			continue
		}
		p.change(s.changes.of(n, v), 0)
		p.regs[i.Dst] |= s.returns.of(n, v)
		for m, w := range given {
			if w != 0 && s.holds[min(n, maxParams-1)].has(m) {
				p.change(v, w)
			}
		}
	}
}

// ofModule says that a function or class is one of a local module's.
func (o *Object) ofModule() bool {
	return (o.kind == functionObject || o.kind == classObject) && o.module != nil && o.module.source != nil
}

// callsModule says that calling an object runs a local module's code, or a library's: past the budget a summary or what
// is known of the library stands for the call.
func (o *Object) callsModule() bool {
	switch o.kind {
	case libraryObject, memberObject:
		return true
	case boundObject, wrapperObject:
		return len(o.Runs) > 0 && !slices.ContainsFunc(o.Runs, func(f *Object) bool { return !f.callsModule() })
	}
	return o.ofModule()
}

// callSummarised stands for a call past the budget of a function of a local module.
func (r *runner) callSummarised(f *Object, args Arguments, at closure.Instr) Value {
	r.escape(args.All())
	r.havoc(args.All().Except(func(o *Object) bool { return !o.isFunction() || o.callsModule() }), at) // which it may call
	var class *Object
	if len(args.Pos) > 0 && len(f.fn.Params) > 0 {
		for _, o := range args.Pos[0] {
			if len(o.Class) > 0 {
				class = o.Class[0]
				break
			}
		}
	}
	s := r.modSummaryOf(f, class)
	given := r.paramsGiven(f, args)
	made := r.alloc(at, partSummarised, "")
	made.Open = true
	result := made.Alone()
	for n, v := range given {
		if s.changes.has(n) {
			for _, o := range v {
				r.mutate(o, at)
			}
		}
		if s.changes.hasPart(n) { // of what it holds those that have methods to change themselves
			for _, o := range v {
				for _, x := range o.Contents() {
					if x.kind == dataObject && len(x.Class) > 0 {
						r.mutate(x, at)
					}
				}
			}
		}
		if s.returns&param(n) != 0 {
			result = result.Union(v)
		} else if s.returns.hasPart(n) {
			result = result.Union(r.partsOf(v))
		}
		if s.returns.has(n) { // or what is made of it, which changes it when it is changed
			for _, o := range v {
				if o.kind == dataObject && len(o.Class) > 0 {
					made.share(o)
				}
			}
		}
		for m, w := range given {
			if s.holds[min(n, maxParams-1)].has(m) {
				for _, o := range v {
					o.Hold(AnyItem, w)
				}
			}
		}
	}
	return made.instead(result)
}

// manyObjects is how many objects of no known class a summarised call may return before one object stands for all.
const manyObjects = 8

// instead returns a value in which o stands for what has no known class, where that is much.
func (o *Object) instead(v Value) Value {
	unknown := func(x *Object) bool {
		return (x.kind == dataObject || x.kind == memberObject) && len(x.Class) == 0 && x.Type == ""
	}
	known := v.Except(unknown)
	if len(v)-len(known) <= manyObjects {
		return v
	}
	for _, x := range v {
		if unknown(x) {
			o.share(x)
		}
	}
	return known.With(o)
}

// partsOf returns parts that stand for all that objects hold.
func (r *runner) partsOf(v Value) Value {
	var parts Value
	for _, o := range v {
		if o.kind == dataObject || o.kind == memberObject {
			p := o.part(AnyItem, "", r.unit)
			if p != o {
				p.Hold(AnyItem, o.Contents().Except(func(x *Object) bool { return x == p }))
			}
			parts = parts.With(p)
		} else if o.kind != scalarObject {
			parts = parts.With(o)
		}
	}
	return parts
}

// paramsGiven returns what each parameter gets.
func (r *runner) paramsGiven(f *Object, args Arguments) []Value {
	given := make([]Value, len(f.fn.Params))
	next := 0
	for n, p := range f.fn.Params {
		switch p.Kind {
		case closure.VarPositional:
			for ; next < len(args.Pos); next++ {
				given[n] = given[n].Union(args.Pos[next])
			}
			given[n] = given[n].Union(args.Rest)
			continue
		case closure.VarKeyword:
			for _, a := range args.Named {
				if !slices.ContainsFunc(f.fn.Params, func(q closure.Param) bool { return q.Name == a.Name }) {
					given[n] = given[n].Union(a.Value)
				}
			}
			continue
		case closure.PositionalOnly, closure.PositionalOrKeyword:
			if next < len(args.Pos) {
				given[n] = args.Pos[next]
				next++
				continue
			}
		}
		if a, ok := args.Get(p.Name); ok {
			given[n] = a.Value
		} else {
			given[n] = args.Rest
		}
	}
	return given
}
