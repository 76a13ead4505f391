package interp

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Calls of what knowledge has a fact of.

// applyFact does what is known of a callable.
func (r *runner) applyFact(f *knowledge.Fact, recv *Object, path string, args Arguments, at closure.Instr) Value {
	k := factCall{r, f, recv, args, at}
	call, _ := at.(*closure.Call)
	if call != nil && call.Decorator {
		if v := r.decorated(r.library(path), r.functionsIn(args.All()), args, at); v != nil {
			return v
		}
	}
	asked := k.values(f.Asks)
	if fns := r.functionsIn(asked).Union(asked.classes()); len(fns) > 0 {
		answers := k.callBack(fns)
		if knowledge.Has(path, knowledge.Compares) { // sorted(xs, key=Key)
			r.compare(answers, at)
		}
	}
	called := k.values(f.Calls)
	results := Value(nil)
	if fns := r.functionsIn(called).Union(called.classes()); len(fns) > 0 {
		results = k.callBack(fns)
	}
	if f.Carries && (f.Iterator || recv != nil) { // called when it is read, or by a later call
		if fns := r.functionsIn(args.All()); len(fns) > 0 {
			results = results.Union(k.callBack(fns))
		}
	}
	k.callUnnamed(path)
	for _, o := range k.values(f.Consumes) {
		if o.Iterator || len(o.Class) > 0 {
			r.iterateObject(o, at)
		}
	}
	for _, o := range k.values(f.Mutates) {
		r.mutate(o, at)
	}
	spares := knowledge.Has(libraryOf(path), knowledge.SparesData)
	for _, o := range r.deep(k.values(f.MutatesHeld)) {
		if spares && isData(o) {
			continue // the estimators in it are fitted, not the data
		}
		if !o.isFunction() { // they change what they change when they are called
			r.mutate(o, at)
		}
	}
	if len(f.Keeps)+len(f.KeepsElems) > 0 {
		keepers := k.values(f.Mutates) // heapq.heappush(heap, x)
		if recv != nil {
			keepers = recv.Alone()
		}
		for _, o := range keepers {
			k.keep(o)
		}
	}
	unseeded := false
	for _, e := range f.Effects {
		if k.happens(e.When) {
			r.libraryEffect(e.Kind, path)
			unseeded = unseeded || f.Class && e.Kind == knowledge.Random
		}
	}
	for _, o := range r.deep(k.values(f.Draws)) {
		if o.unseeded && o.unit != r.unit { // where it is made, that is the effect
			r.libraryEffect(knowledge.Random, o.Maker)
		}
	}
	v := k.result(path, results)
	for _, o := range v {
		o.unseeded = o.unseeded || unseeded && o.Maker == path
	}
	return v
}

// keep makes an object hold what the fact says is kept.
func (k *factCall) keep(o *Object) {
	if kept := k.values(k.f.Keeps); len(kept) > 0 {
		o.Hold(AnyItem, kept)
		if !inLanguage(o.Type) {
			o.from = o.from.Union(k.carried(kept))
		}
	}
	if sources := k.values(k.f.KeepsElems); len(sources) > 0 {
		o.Hold(AnyItem, k.elements(sources, k.at))
		for _, s := range sources {
			o.Keys = o.Keys.Union(s.Keys)
			o.Hold(AnyItem, s.Contents())
		}
	}
}

type factCall struct {
	*runner
	f    *knowledge.Fact
	recv *Object
	args Arguments
	at   closure.Instr
}

// values returns the objects that a fact's references mean in this call.
func (k *factCall) values(refs []knowledge.Ref) Value {
	var v Value
	for _, ref := range refs {
		if k.holds(ref.When) {
			v = v.Union(k.param(ref.Param))
		}
	}
	return v
}

func (k *factCall) param(p knowledge.Param) Value {
	if p.Self {
		if k.recv == nil {
			return nil
		}
		return k.recv.Alone()
	}
	if p.All {
		return k.args.All()
	}
	if p.Keywords {
		var v Value
		for _, n := range k.args.Named {
			v = v.Union(n.Value)
		}
		return v
	}
	if p.Index >= 0 && p.Index < len(k.args.Pos) {
		return k.args.Pos[p.Index]
	}
	if n, ok := k.args.Get(p.Name); ok && p.Name != "" {
		return n.Value
	}
	return k.args.Rest
}

// happens evaluates the condition of an effect. An effect is a finding: an argument of which nothing says that it may be
// None counts as given.
func (k *factCall) happens(c *knowledge.Condition) bool {
	if !k.holds(c) {
		return false
	}
	for ; c != nil; c = c.And {
		given, constant := k.constant(c.Param)
		if c.Op == knowledge.Unless && given && constant == nil && !k.args.Star && !mayBeNone(k.param(c.Param)) {
			return false
		}
	}
	return true
}

func mayBeNone(v Value) bool {
	return slices.ContainsFunc(v, func(o *Object) bool { return o.Type == "builtins.NoneType" })
}

// holds evaluates a condition; an argument that is not constant counts as any value.
func (k *factCall) holds(c *knowledge.Condition) bool {
	if c == nil {
		return true
	}
	if c.And != nil && !k.holds(c.And) {
		return false
	}
	given, constant := k.constant(c.Param)
	isFalse := constant != nil && (constant.Kind == pyast.False || constant.Kind == pyast.None)
	isTrue := constant != nil && constant.Kind == pyast.True
	switch c.Op {
	case knowledge.If:
		return given && !isFalse
	case knowledge.IfNot:
		return given && !isTrue
	case knowledge.IfAddress:
		return given && len(k.addresses(k.deep(k.param(c.Param)))) > 0
	}
	return !given || isFalse || constant == nil
}

func (k *factCall) constant(p knowledge.Param) (given bool, c *pyast.Constant) {
	if p.Index >= 0 && p.Index < len(k.args.Pos) {
		if p.Index < len(k.args.Consts) {
			c = k.args.Consts[p.Index]
		}
		return true, c
	}
	if n, ok := k.args.Get(p.Name); ok && p.Name != "" {
		return true, n.Const
	}
	return k.args.Star, nil
}

// result makes the value of the call.
func (k *factCall) result(path string, results Value) Value {
	fns := k.functionsIn(k.args.All())
	if k.f.Carries && len(fns) > 0 && !k.f.Class && k.f.Result.IsZero() { // a function again: partial, vectorize
		return k.wrapper(k.library(path), fns, k.at).Alone()
	}
	given, all := k.given(results)
	if all {
		return given
	}
	fresh := k.fresh(path)
	k.link(fresh)
	for _, o := range fresh {
		if o.kind != scalarObject {
			o.Maker = path
			k.fill(o, results, fns)
		}
	}
	return given.Union(fresh)
}

// given returns what the result may be of what the call was given, and whether it can be nothing else.
func (k *factCall) given(results Value) (v Value, all bool) {
	f := k.f
	v = k.values(f.Same)
	if len(f.Same) > 0 && f.Same[0].All && len(k.args.Pos) == 1 && len(f.Elem) > 0 { // max(xs), not max(x, y)
		v = nil
	}
	if len(f.Elem) > 0 {
		for _, o := range k.values(f.Elem) {
			v = v.Union(k.element(o))
		}
		if f.Result.IsZero() {
			if len(v) == 0 && results == nil {
				return nil, true
			}
			return v.Union(results), true
		}
	}
	if len(f.Same) > 0 {
		if f.Same[0].Self || f.Result.IsZero() && len(v) > 0 {
			return v, true
		}
		v = v.Except(func(o *Object) bool { return o.kind == scalarObject }) // out=None, default_rng(1)
	}
	return v, false
}

// fresh makes the new objects that the call returns.
func (k *factCall) fresh(path string) Value {
	r, f, at := k.runner, k.f, k.at
	switch {
	case f.Class && f.Immutable:
		return r.scalar(f.Path).Alone()
	case f.Class:
		o := r.alloc(at, 0, f.Path)
		o.Unstorable, o.Iterator = o.Unstorable || f.Opaque, o.Iterator || f.Iterator
		return o.Alone()
	case f.Result.Like != nil:
		return k.alike(k.param(*f.Result.Like))
	}
	t := f.Result
	for _, v := range f.Instead {
		if k.holds(&v.When) {
			t = v.Type
			break
		}
	}
	v := r.typed(at, 0, t)
	if joinsTexts(path) {
		v = v.Union(r.addresses(k.args.All().With(k.recv)))
	}
	return v
}

// alike makes new objects of the types that values have.
func (k *factCall) alike(v Value) Value {
	var fresh Value
	for _, o := range v {
		if o.kind == scalarObject {
			fresh = fresh.With(o)
		} else if !slices.ContainsFunc(fresh, func(x *Object) bool { return x.kind != scalarObject && x.Type == o.Type }) {
			fresh = fresh.With(k.alloc(k.at, len(fresh), o.Type))
		}
	}
	if fresh == nil {
		fresh = k.alloc(k.at, 0, "").Alone()
	}
	for _, o := range fresh {
		o.Open = o.kind != scalarObject
	}
	return fresh
}

// link notes what a library keeps of new objects, and which of their parts share their content.
func (k *factCall) link(fresh Value) {
	keeps := hasEffect(k.f, knowledge.PyplotState)
	for _, o := range k.deep(fresh) {
		if keeps && knowledge.Has(o.Type, knowledge.KeptOpen) {
			k.g.keptOpen = k.g.keptOpen.With(o)
		}
		if !k.f.Linked || fresh.Has(o) || o.kind == scalarObject {
			continue
		}
		for _, p := range k.deep(fresh) {
			if !fresh.Has(p) {
				o.share(p)
			}
		}
	}
}

// fill makes a new object hold what the fact says: what the functions that were called gave, and these functions.
func (k *factCall) fill(o *Object, results, fns Value) {
	r, f := k.runner, k.f
	o.Unstorable = o.Unstorable || f.Opaque
	o.Iterator = o.Iterator || f.Iterator
	for _, s := range k.values(f.View) {
		k.fillView(o, s)
	}
	o.Hold(AnyItem, k.held())
	if f.Class && !inLanguage(f.Path) {
		o.from = o.from.Union(r.carried(k.held()))
	}
	if f.Class && len(f.Holds) > 0 {
		for _, n := range k.args.Named {
			o.Hold(Attr(n.Name), n.Value)
		}
	}
	if len(f.Elems) > 0 {
		k.fillElements(o, k.values(f.Elems))
	}
	if len(results) > 0 {
		o.Hold(AnyItem, results)
	}
	switch {
	case f.Carries || len(f.Calls) > 0 && f.Class:
		o.from = o.from.Union(k.withUnpacked(fns))
		o.Hold(AnyItem, fns)
	case len(f.Calls) > 0 && f.Iterator && len(fns) > 0: // its elements are what they return
		o.Runs, o.Open = o.Runs.Union(fns), false
	}
	if f.Result.IsZero() && !f.Class {
		o.Open = true
	}
}

// fillView makes o a view of s.
func (k *factCall) fillView(o, s *Object) {
	if k.copiesOnWrite(o) && k.copiesOnWrite(s) {
		return
	}
	o.share(s)
	for _, x := range k.deep(o.Contents()) { // a, b = np.split(base, 2)
		x.share(s)
	}
	if knowledge.Has(s.Type, knowledge.Container) || s.Iterator || knowledge.Has(o.Type, knowledge.Container) {
		o.Hold(AnyItem, s.Contents())
	}
	s.shareElements(o)
}

// fillElements makes o hold the elements of values.
func (k *factCall) fillElements(o *Object, src Value) {
	o.Hold(AnyItem, k.elements(src, k.at))
	for _, s := range src {
		o.Keys = o.Keys.Union(s.Keys)
		if o.Type == "builtins.dict" || strings.HasPrefix(o.Type, "collections.") || o.Type == s.Type {
			o.Hold(AnyItem, s.Contents())
		}
		o.Open = o.Open && s.Open
	}
}

func hasEffect(f *knowledge.Fact, kind knowledge.EffectKind) bool {
	return slices.ContainsFunc(f.Effects, func(e knowledge.Effect) bool { return e.Kind == kind })
}

// held returns what the result holds. A function that was only called is not kept.
func (k *factCall) held() Value {
	v := k.values(k.f.Holds)
	if k.f.Carries || len(k.f.Calls)+len(k.f.Asks) == 0 {
		return v
	}
	called := k.values(k.f.Calls).Union(k.values(k.f.Asks))
	return v.Except(func(o *Object) bool { return called.Has(o) && (o.fn != nil || o.kind == boundObject) })
}

// element takes any element out of a container.
func (k *factCall) element(o *Object) Value {
	if o.kind == scalarObject {
		return nil
	}
	if len(o.Class) > 0 {
		if v, ok := k.special(o, "__next__", k.at); ok {
			return v
		}
	}
	v := o.Contents()
	if o.Open || !knowledge.Has(o.Type, knowledge.Container) && o.Type != "builtins.generator" && !o.Iterator {
		v = v.With(o.part(AnyItem, "", k.unit))
	}
	return v
}
