package interp

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/closure/scope"
)

// Mod summaries: which of its parameters a function of a local module may change, make each other's content, or return,
// found from its instructions without running them. They stand for calls past the budget.
//
// A register or local carries a set of parameters: it may hold one of them or a part of one. That is
// insensitive to the flow, so each body is gone through a few times, and callees' summaries are applied to the sets. A
// callee that is being summarised counts by what is known of it so far; its component is gone through again
// until nothing is added. Reads need no summary: what the arguments carry escapes.

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
	changes params
	returns params
	holds   [maxParams]params // of each parameter, those that it may hold afterwards

	done, busy, waiting bool
	depth, low          int // among those that are being made: its own, and the outermost's that it depends on
}

// modKey names a summary: methods are resolved by the class of self.
type modKey struct {
	f     *Object
	class *Object
}

// maxPasses bounds how often a body is gone through; each pass but the last adds something.
const maxPasses = 8

// modSummaryOf returns the summary of a function that is called with an instance of a class, or nil, as self.
func (r *runner) modSummaryOf(f, class *Object) *modSummary {
	if r.g.mods.of == nil {
		r.g.mods.of = map[modKey]*modSummary{}
	}
	key := modKey{f, class}
	s := r.g.mods.of[key]
	if s == nil {
		s = &modSummary{}
		r.g.mods.of[key] = s
	}
	if s.done || s.busy || s.waiting {
		return s
	}
	t := &r.g.mods
	s.busy, s.depth = true, t.depth
	t.depth++
	first := len(t.waiting)
	for range maxPasses {
		t.release(first, false)
		before, changes := *s, t.changes
		s.low = s.depth
		p := modPass{r: r, f: f, class: class, s: s, slots: make([]params, len(f.fn.Slots)), regs: make([]params, f.fn.Regs), made: map[closure.Reg]closure.Instr{}}
		for n, x := range f.fn.Params {
			p.slots[x.Slot] = param(n)
		}
		closure.Each(f.fn.Body, p.step) // what loops carry round shows in the second
		closure.Each(f.fn.Body, p.step)
		if before.changes != s.changes || before.returns != s.returns || before.holds != s.holds {
			t.changes++
		}
		if t.changes == changes || s.low < s.depth { // an outer one goes through the component
			break
		}
	}
	s.busy = false
	t.depth--
	if s.low < s.depth {
		s.waiting = true
		t.waiting = append(t.waiting, s)
	} else {
		s.done = true
		t.release(first, true)
	}
	return s
}

// modSummaries are those of a notebook.
type modSummaries struct {
	of      map[modKey]*modSummary
	depth   int           // of those that are being made, within each other
	waiting []*modSummary // made but for what outer ones of their component add
	changes int           // passes that added something
}

// release takes those that wait, from the first on, for done, or for to be made again.
func (t *modSummaries) release(first int, done bool) {
	for _, w := range t.waiting[first:] {
		w.waiting, w.done = false, done
	}
	t.waiting = t.waiting[:first]
}

// modPass goes through one body.
type modPass struct {
	r     *runner
	f     *Object
	class *Object
	s     *modSummary
	slots []params
	regs  []params
	made  map[closure.Reg]closure.Instr // the attribute or global that a register was loaded from
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
		} else {
			p.made[i.Dst] = i
		}
	case *closure.Store:
		if i.Var.Func == p.f.fn {
			p.slots[i.Var.Slot] |= p.reg(i.Src)
		}
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
		}
	}
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
	case *closure.Load:
		if i.Var.Func == nil {
			if v := p.f.module.vars[i.Var.Name]; v != nil {
				return unwrapped(v.val)
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
	s := p.r.modSummaryOf(f, class)
	switch {
	case s.busy:
		p.s.low = min(p.s.low, s.depth)
	case s.waiting:
		p.s.low = min(p.s.low, s.low)
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
	for _, o := range args.All() { // what is made of a module's instances may be made on them
		if o.kind == dataObject && len(o.Class) > 0 {
			made.share(o)
		}
	}
	for n, v := range given {
		if s.changes.has(n) {
			for _, o := range v {
				r.mutate(o, at)
			}
		}
		if s.changes.hasPart(n) { // of what it holds those that have methods to change themselves
			for _, o := range r.deep(v) {
				if o.kind == dataObject && len(o.Class) > 0 {
					r.mutate(o, at)
				}
			}
		}
		if s.returns.has(n) {
			result = result.Union(v)
		}
		for m, w := range given {
			if s.holds[min(n, maxParams-1)].has(m) {
				for _, o := range v {
					o.Hold(AnyItem, w)
				}
			}
		}
	}
	return result
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
