package interp

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Arguments are the evaluated arguments of a call.
type Arguments struct {
	Pos    []Value
	Named  []Named
	Rest   Value // elements of *args and **kwargs: any parameter may get them
	Star   bool
	Consts []*pyast.Constant // of pos, nil where an argument is not constant
}

type Named struct {
	Name  string
	Value Value
	Const *pyast.Constant
}

func (a *Arguments) Get(name string) (Named, bool) {
	for _, n := range a.Named {
		if n.Name == name {
			return n, true
		}
	}
	return Named{}, false
}

// all returns every argument.
func (a *Arguments) All() Value {
	var v Value
	for _, p := range a.Pos {
		v = v.Union(p)
	}
	for _, n := range a.Named {
		v = v.Union(n.Value)
	}
	return v.Union(a.Rest)
}

// contain says whether any argument is such an object.
func (a *Arguments) contain(such func(*Object) bool) bool {
	for _, p := range a.Pos {
		if slices.ContainsFunc(p, such) {
			return true
		}
	}
	return slices.ContainsFunc(a.Named, func(n Named) bool { return slices.ContainsFunc(n.Value, such) }) || slices.ContainsFunc(a.Rest, such)
}

func (a *Arguments) Text(n int) (string, bool) {
	if n < len(a.Consts) && a.Consts[n] != nil && a.Consts[n].Kind == pyast.Str {
		return a.Consts[n].Str, true
	}
	return "", false
}

// callInstr evaluates a call.
func (r *runner) callInstr(i *closure.Call) Value {
	args := Arguments{}
	if n := len(i.Args); n > 0 {
		args.Pos, args.Consts = make([]Value, 0, n), make([]*pyast.Constant, 0, n)
	}
	for _, a := range i.Args {
		v := r.frame.regs[a.Reg]
		if a.Const == nil && r.frame.constants != nil {
			a.Const = r.frame.constants[a.Reg]
		}
		switch {
		case a.Star:
			args.Star = true
			args.Rest = args.Rest.Union(r.elements(v, i))
		case a.Star2:
			args.Star = true
			args.Rest = args.Rest.Union(r.contents(v, i))
		case a.Name != "":
			args.Named = append(args.Named, Named{a.Name, v, a.Const})
		case args.Star: // positions are unknown from here on
			args.Rest = args.Rest.Union(v)
		default:
			args.Pos = append(args.Pos, v)
			args.Consts = append(args.Consts, a.Const)
		}
	}
	fn := r.frame.regs[i.Fn]
	if len(fn) == 0 {
		r.escapeAll()
		return r.callUnknown(nil, "", args, i)
	}
	return r.call(fn, args, i)
}

// call calls every object that fn may be.
func (r *runner) call(fn Value, args Arguments, at closure.Instr) Value {
	switch len(fn) {
	case 0:
		return nil
	case 1:
		return r.callObject(fn[0], args, at)
	}
	var v Value
	if r.exhausted() {
		for _, o := range fn {
			v = v.Union(r.callObject(o, args, at))
		}
		return v
	}
	var ends []path
	for _, o := range fn { // one of them: what each binds may or may not be bound
		end, ok := r.branch(func() { v = v.Union(r.callObject(o, args, at)) })
		ends = append(ends, path{end, ok})
	}
	r.meet(ends...)
	return v
}

func (r *runner) callObject(o *Object, args Arguments, at closure.Instr) Value {
	if r.exhausted() && !o.callsModule() {
		r.mayRead(o.Alone())
		r.escape(args.All())
		return r.mayReturn(args.All().With(o.receiver()), true, at)
	}
	if r.nested >= maxNested || r.nested > maxDepth && r.spent() {
		r.mayRead(o.Alone())
		r.escape(args.All())
		r.havoc(args.All(), at)
		return r.mayReturn(args.All(), false, at)
	}
	r.steps++
	r.nested++
	defer func() { r.nested-- }()
	switch o.kind {
	case functionObject:
		return r.callFunction(o, nil, args, at)
	case boundObject:
		var v Value
		for _, f := range o.Runs {
			if f.kind == functionObject {
				v = v.Union(r.callFunction(f, o.self, args, at))
			} else {
				args := args
				args.Pos = append([]Value{o.self}, args.Pos...)
				args.Consts = append([]*pyast.Constant{nil}, args.Consts...)
				v = v.Union(r.callObject(f, args, at))
			}
		}
		return v
	case classObject:
		return r.instantiate(o, args, at)
	case wrapperObject:
		return r.callWrapper(o, args, at)
	case libraryObject:
		return r.callLibrary(o, args, at)
	case memberObject:
		return r.callMember(o, args, at)
	case dataObject:
		if len(o.Class) > 0 {
			if v, ok := r.special(o, "__call__", at, args.Pos...); ok {
				if len(args.Named) > 0 || args.Star { // again, with all of them
					v = v.Union(r.callNamed(o, "__call__", args, at))
				}
				return v
			}
			for _, name := range [...]string{"forward", "call"} { // layers are called by these
				if v := r.callNamed(o, name, args, at); v != nil {
					return v
				}
			}
		}
		if v, ok := r.callModel(r.g.opts.Library.Instance(o.Maker), Call{Path: o.Maker, Recv: o}, args, at); ok {
			return v
		}
		r.callInside(o.from, args, at)
		if v, ok := r.callTyped(o, args, at); ok {
			return v
		}
		r.escapeAll()
		return r.callUnknown(o, "__call__", args, at)
	}
	r.escapeAll()
	return r.callUnknown(nil, "", args, at)
}

// callNamed calls an instance's method with all arguments.
func (r *runner) callNamed(o *Object, name string, args Arguments, at closure.Instr) Value {
	var v Value
	for _, c := range o.Class {
		for _, f := range r.lookup(c, name, true) {
			if f.kind == functionObject {
				v = v.Union(r.callFunction(f, o.Alone(), args, at)).With(r.alloc(at, partForward, ""))
			}
		}
	}
	return v
}

// callFunction runs a function's body with the arguments bound to its parameters.
func (r *runner) callFunction(f *Object, self Value, args Arguments, at closure.Instr) Value {
	fn := f.fn
	if self != nil {
		args.Pos = append([]Value{self}, args.Pos...)
		args.Consts = append([]*pyast.Constant{nil}, args.Consts...)
	}
	name := f.qualname()
	r.noteFunction(f, name, r.via)
	if r.running(f, args) {
		return r.callNotRun(f, args, at)
	}
	if f.ofModule() && (r.depth >= maxDepth || r.spent()) {
		if v, ok := r.calledBefore(f, args); ok {
			return v
		}
		r.approximated(f)
		r.mayRead(f.Alone())
		version, via := r.version, r.via
		r.via = append(slices.Clone(via), name)
		v := r.callSummarised(f, args, at)
		r.via = via
		if r.version == version && !r.dead {
			r.calls[fn] = append(r.calls[fn], pastCall{f, args, version, v})
		}
		return v
	}
	if r.depth >= maxDepth || r.spent() {
		r.approximated(f)
		if r.ran[fn] {
			return r.callNotRun(f, args, at)
		}
		r.ran[fn] = true
	}
	version, mark := r.version, r.mark()
	if v, ok := r.calledBefore(f, args); ok {
		return v
	}
	outer, ctx, via, tries := r.frame, r.ctx, r.via, r.tries
	r.ctx = r.enter(at, fn)
	r.frame = r.newFrame(fn, f.env, f.module)
	r.stack = append(r.stack, activation{f, args.All(), args, r.frame, r.g.objects})
	if fn.Name != "<timeit>" {
		r.via = append(slices.Clone(via), name)
	}
	r.depth++
	r.bindParams(f, args, at)
	r.exec(fn.Body)
	fr := r.frame
	if !r.dead {
		fr.rets = append(fr.rets, r.since(fr.mark))
	}
	r.rollback(fr.mark)
	r.dead = false
	r.join(fr.rets)
	if fn.Generator && r.dead { // it is only made here
		r.dead = false
	}
	r.depth--
	r.stack = r.stack[:len(r.stack)-1]
	r.frame, r.ctx, r.via, r.tries = outer, ctx, via, tries
	result := r.returned(fr, at)
	if fn.Generator || fn.Async { // what is awaited in a later cell runs there, too
		r.keepLazy(result[0], mark)
	}
	if r.version == version && !r.dead {
		r.calls[fn] = append(r.calls[fn], pastCall{f, args, version, result})
	}
	return result
}

// pastCall is a call that was run and changed no global.
type pastCall struct {
	fn      *Object
	args    Arguments
	version int
	result  Value
}

// calledBefore returns the result of an earlier call with the same arguments in the same
// state, once contexts are no longer told apart. What it read and mutated was noted then.
func (r *runner) calledBefore(f *Object, args Arguments) (Value, bool) {
	if r.isExact() {
		return nil, false
	}
	for _, c := range r.calls[f.fn] {
		if c.fn == f && c.version == r.version && c.args.equal(&args) {
			return c.result, true
		}
	}
	return nil, false
}

func (a *Arguments) equal(b *Arguments) bool {
	if len(a.Pos) != len(b.Pos) || len(a.Named) != len(b.Named) || !a.Rest.equal(b.Rest) {
		return false
	}
	for i := range a.Pos {
		if !a.Pos[i].equal(b.Pos[i]) {
			return false
		}
	}
	for i := range a.Named {
		if a.Named[i].Name != b.Named[i].Name || !a.Named[i].Value.equal(b.Named[i].Value) {
			return false
		}
	}
	return a.alike(b)
}

// alike says that the same constants are given: the same branches of a body are run for them.
func (a *Arguments) alike(b *Arguments) bool {
	if a.Star != b.Star || len(a.Pos) != len(b.Pos) || len(a.Named) != len(b.Named) {
		return false
	}
	for i := range a.Pos {
		if !sameConstant(a.constant(i), b.constant(i)) {
			return false
		}
	}
	for i := range a.Named {
		if a.Named[i].Name != b.Named[i].Name || !sameConstant(a.Named[i].Const, b.Named[i].Const) {
			return false
		}
	}
	return true
}

// constant returns the constant that is given in a position, or nil.
func (a *Arguments) constant(n int) *pyast.Constant {
	if n < len(a.Consts) {
		return a.Consts[n]
	}
	return nil
}

// returned makes the value of a call from the frame that it ran in.
func (r *runner) returned(fr *frame, at closure.Instr) Value {
	fn := fr.fn
	if fn.Generator {
		g := r.allocIn(at, fn)
		g.Type, g.Unstorable, g.Iterator = "builtins.generator", true, true
		g.Hold(AnyItem, fr.yields)
		return g.Alone()
	}
	if fn.Async {
		c := r.alloc(at, partCoroutine, "builtins.coroutine")
		c.Unstorable = true
		c.Hold(AnyItem, fr.result)
		return c.Alone()
	}
	return fr.result
}

// allocIn returns the generator object of one of several functions called at one place.
func (r *runner) allocIn(at closure.Instr, fn *closure.Func) *Object {
	key := allocKey{at, r.enter(at, fn), partGenerator, ""}
	o := r.allocs[key]
	if o == nil {
		o = &Object{kind: dataObject, unit: r.unit, number: r.g.number()}
		r.allocs[key] = o
	}
	return o
}

// callNotRun stands for a call that is not run: of a function that is running already, or, past
// the budget, of one that has run. A body that is not run may do anything with what it gets: its
// arguments, defaults and the variables of the functions around it. It changes them if it changes
// anything, and calls the functions among them; they may hold each other afterwards, and what it
// returns may be any of them: one object stands for all that, whose content they share.
func (r *runner) callNotRun(f *Object, args Arguments, at closure.Instr) Value {
	r.mayRead(f.Alone())
	if r.running(f, args) {
		return r.callAgain(f, args, at)
	}
	given := args.All().Union(f.kept())
	r.escape(given)
	if f.fn.Changes() {
		r.havoc(given, at)
	}
	return r.mayReturn(given, false, at)
}

// kept returns what a function has besides what it is given: its defaults and the variables of the functions around it.
func (o *Object) kept() Value {
	var v Value
	for _, d := range o.defaults {
		v = v.Union(d)
	}
	for e := o.env; e != nil; e = e.outer {
		for _, c := range e.captured {
			v = v.Union(c)
		}
	}
	return v
}

// callAgain stands for a call of a function that is being run already, directly or through others: its rounds so far
// show what it does with what it gets in each place, and what it returns.
func (r *runner) callAgain(f *Object, args Arguments, at closure.Instr) Value {
	fns := r.deep(args.All()).Except(func(o *Object) bool { return !o.isFunction() })
	r.escape(fns)
	r.havoc(fns, at)
	var result Value
	for _, round := range r.stack {
		if round.f.fn != f.fn {
			continue
		}
		result = result.Union(round.frame.result)
		for n, v := range args.Pos {
			if n < len(round.given.Pos) {
				r.changeAlike(round.given.Pos[n], v, at)
			}
		}
	}
	return result
}

// changeAlike changes what a call gets in the place of something that an earlier one of the same function has changed.
func (r *runner) changeAlike(before, now Value, at closure.Instr) {
	before = r.deep(before)
	if !slices.ContainsFunc(before, func(o *Object) bool { return r.mutated[o] != nil }) {
		return
	}
	for _, o := range r.deep(now) {
		if o.kind == dataObject && !before.Has(o) {
			r.mutate(o, at)
		}
	}
}

// mayReturn returns what a call that is not run may return: any of what it was given, which may hold each
// other afterwards.
func (r *runner) mayReturn(given Value, changes bool, at closure.Instr) Value {
	if r.havocObject == nil {
		r.havocObject, r.inHavoc = &Object{kind: dataObject, unit: r.unit, Open: true}, map[*Object]bool{}
	}
	for _, o := range given {
		if changes && (o.kind == dataObject || o.kind == memberObject) {
			r.mutate(o, at)
		}
		if r.inHavoc[o] || o == r.havocObject || o.kind == scalarObject {
			continue
		}
		r.inHavoc[o] = true
		if o.kind == dataObject || o.kind == memberObject {
			o.share(r.havocObject)
		} else {
			r.havocObject.Hold(AnyItem, o.Alone())
		}
	}
	return r.havocObject.Alone()
}

// receiver returns the object that a method was taken from.
func (o *Object) receiver() *Object {
	if o.kind == memberObject {
		return o.owner
	}
	if len(o.self) == 1 {
		return o.self[0]
	}
	return nil
}

// havoc counts with the changes that code which is not run may make of what it gets hold of: of the
// objects, and of what the functions among them close over, have as defaults or are bound to.
// Functions that have not run yet are run.
func (r *runner) havoc(v Value, at closure.Instr) {
	given := Arguments{Rest: r.mayReturn(v, false, at), Star: true}
	var seen objectSet
	v.each(&seen, func(o *Object) bool {
		r.steps++
		switch o.kind {
		case functionObject:
			if !r.ran[o.fn] && !r.running(o, Arguments{}) {
				r.ran[o.fn] = true
				r.possibly(func() { r.branchCall(func() { r.callFunction(o, nil, given, at) }) })
			}
			return true
		case boundObject, wrapperObject:
			return true
		case classObject: // classes are made once, and used
			return false
		}
		r.mutate(o, at)
		return false
	})
}

// bindParams puts the arguments into the parameters' slots.
func (r *runner) bindParams(f *Object, args Arguments, at closure.Instr) {
	fn := f.fn
	next := 0
	used := map[string]bool{}
	for n, p := range fn.Params {
		var v Value
		constant := p.Value
		switch p.Kind {
		case closure.PositionalOnly, closure.PositionalOrKeyword:
			got := false
			if next < len(args.Pos) {
				v, got, constant = args.Pos[next], true, args.constant(next)
				next++
			} else if a, ok := args.Get(p.Name); ok && p.Kind == closure.PositionalOrKeyword {
				v, got, constant = a.Value, true, a.Const
				used[p.Name] = true
			}
			if args.Star && !got {
				rest := args.Rest
				if n == 0 && p.Kind == closure.PositionalOrKeyword {
					rest = r.mayBeSelf(f, rest)
				}
				v = v.Union(rest)
			}
			if !got && n < len(f.defaults) {
				v = v.Union(f.defaults[n])
			}
		case closure.KeywordOnly:
			if a, ok := args.Get(p.Name); ok {
				v, constant = a.Value, a.Const
				used[p.Name] = true
			} else {
				v = v.Union(args.Rest)
				if n < len(f.defaults) {
					v = v.Union(f.defaults[n])
				}
			}
		case closure.VarPositional:
			o := r.alloc(at, partArgs, "builtins.tuple")
			for ; next < len(args.Pos); next++ {
				o.Hold(AnyItem, args.Pos[next])
			}
			o.Hold(AnyItem, args.Rest)
			v = o.Alone()
		case closure.VarKeyword:
			o := r.alloc(at, partKeywords, "builtins.dict")
			for _, a := range args.Named {
				if !used[a.Name] && !slices.ContainsFunc(fn.Params, func(q closure.Param) bool { return q.Name == a.Name }) {
					o.Hold(TextKey(a.Name), a.Value)
				}
			}
			o.Hold(AnyItem, args.Rest)
			v = o.Alone()
		}
		if args.Star || fn.Slots[p.Slot].Rebound || r.spent() { // past the budget a body is run once, for all that it may get
			constant = nil
		}
		r.frame.vars[p.Slot] = variable{val: v, constant: constant}
		if fn.Slots[p.Slot].Captured {
			r.frame.env.capture(p.Slot, v)
		}
	}
}

// mayBeSelf leaves out what is certainly no self of a method, where it may get any of a few values: what is of another class.
func (r *runner) mayBeSelf(f *Object, given Value) Value {
	owner := f.fn.Outer
	if owner == nil || owner.Kind != scope.Class || f.fn.Params[0].Name != "self" {
		return given
	}
	return given.Except(func(o *Object) bool {
		switch o.kind {
		case dataObject:
			return len(o.Class) == 0 && o.Type != "" || len(o.Class) > 0 && !slices.ContainsFunc(o.Class, func(c *Object) bool { return inherits(c, owner, map[*Object]bool{}) })
		case classObject: // of a metaclass
			return !slices.ContainsFunc(o.Class, func(c *Object) bool { return inherits(c, owner, map[*Object]bool{}) })
		case memberObject:
			return false
		}
		return true
	})
}

// inherits says that a class has the body owner, or may have it: one of its bases has, or isn't known.
func inherits(c *Object, owner *closure.Func, seen map[*Object]bool) bool {
	if c.kind != classObject || c.fn == owner {
		return true
	}
	if seen[c] {
		return false
	}
	seen[c] = true
	return slices.ContainsFunc(c.bases, func(b *Object) bool { return b.kind != libraryObject && inherits(b, owner, seen) })
}

// instantiate calls a class.
func (r *runner) instantiate(c *Object, args Arguments, at closure.Instr) Value {
	r.noteFunction(c, c.qualname(), r.via)
	var made Value
	for _, meta := range c.Class {
		if f := r.lookup(meta, "__call__", true); len(f) > 0 { // it may make the instance as usual
			a := args
			a.Pos = append([]Value{{c}}, a.Pos...)
			made = made.Union(r.call(f, a, at))
		}
	}
	o := r.instance(c, at)
	self := o.Alone()
	for _, f := range r.lookup(c, "__new__", true) {
		a := args
		a.Pos = append([]Value{{c}}, a.Pos...)
		made := f
		if f.kind == wrapperObject && len(f.Runs) > 0 {
			made = f.Runs[0]
		}
		if made.kind == functionObject {
			self = self.Union(r.callFunction(made, nil, a, at))
		}
	}
	init := r.lookup(c, "__init__", true)
	for _, x := range self {
		r.callBound(init, x, args, at)
	}
	if len(init) == 0 { // a dataclass, a named tuple, or a library's __init__
		if knowledge.Has(o.Type, knowledge.Container) { // class Stack(list)
			r.fillContainer(o, args, at)
		}
		o.Hold(AnyItem, args.All())
		for _, a := range args.Named {
			o.Hold(Attr(a.Name), a.Value)
		}
		r.fillFields(o, c, at, map[*Object]bool{})
		r.askObservers(o, o.library(), args.All(), at)
		for _, n := range args.Named {
			for _, f := range r.lookup(c, n.Name, true) {
				r.askObservers(o, f.library(), n.Value, at)
			}
		}
		for _, x := range self {
			r.callBound(r.lookup(c, "__post_init__", true), x, Arguments{}, at)
		}
	}
	return self.Union(made)
}

// callBound calls what a class has for a method, decorated or not, with an instance.
func (r *runner) callBound(fns Value, self *Object, args Arguments, at closure.Instr) {
	for _, f := range fns {
		switch f.kind {
		case functionObject:
			r.callFunction(f, self.Alone(), args, at)
		case wrapperObject:
			a := args
			a.Pos = append([]Value{self.Alone()}, a.Pos...)
			a.Consts = append([]*pyast.Constant{nil}, a.Consts...)
			r.callObject(f, a, at)
		}
	}
}

func (r *runner) instance(c *Object, at closure.Instr) *Object {
	key := allocKey{at, r.enter(at, c.fn), partInstance, ""}
	o := r.allocs[key]
	if o == nil {
		o = &Object{kind: dataObject, unit: r.unit, definition: definition{Class: c.Alone()}, number: r.g.number()}
		for _, path := range outsideBases(c, map[*Object]bool{}) {
			if path != "builtins.object" && path != "abc.ABC" && path != "enum.Enum" && path != "typing.NamedTuple" && path != "typing.Protocol" && !strings.HasPrefix(path, "typing.") {
				o.Type, o.Open = path, true
			}
		}
		c.holders = append(c.holders, o) // what changes in the class changes in its instances
		r.allocs[key] = o
	}
	return o
}

// callWrapper calls what a library made of functions.
func (r *runner) callWrapper(o *Object, args Arguments, at closure.Instr) Value {
	a := args
	if len(o.Elem) > 0 || o.Type == partialPath { // bound arguments come first
		a.Rest = a.Rest.Union(o.Elem)
		a.Star = true
		if len(o.fields) > 0 {
			var bound []Value
			for n := 0; o.fields[Nth(n)] != nil || n < int(o.Bound); n++ {
				bound = append(bound, o.fields[Nth(n)])
			}
			a.Pos = append(bound, a.Pos...)
			a.Consts = nil
		}
	}
	for _, dec := range o.from { // contextlib.ContextDecorator
		r.runMethods(dec.Alone(), []string{"__enter__", "__exit__"}, at)
		r.callAny(dec, "", args, at)
	}
	v := r.call(o.Runs, a, at)
	switch o.Type {
	case "contextlib.contextmanager", "contextlib.asynccontextmanager":
		return v
	}
	return v.With(r.alloc(at, partWrapped, ""))
}

// special calls an instance's special method; ok is false when its class has none.
func (r *runner) special(o *Object, name string, at closure.Instr, args ...Value) (v Value, ok bool) {
	for _, c := range o.Class {
		for _, f := range r.lookup(c, name, true) {
			ok = true
			v = v.Union(r.call(r.bindInstance(f, o, c, at), Arguments{Pos: args}, at))
		}
	}
	return v, ok
}

// callInside calls functions that a library's object was made from, with what it was given.
func (r *runner) callInside(fns Value, args Arguments, at closure.Instr) {
	if len(fns) == 0 {
		return
	}
	if r.inside >= maxInside || r.spent() {
		r.escape(fns.Union(args.All()))
		if slices.ContainsFunc(fns, func(o *Object) bool { return !o.callsModule() || o.kind == libraryObject || o.kind == memberObject }) {
			r.havoc(fns.Union(args.All()), at)
		}
		return
	}
	r.inside++
	r.unsure++
	defer func() { r.inside--; r.unsure-- }()
	given := Arguments{Rest: r.deep(args.All()), Star: true}
	var seen objectSet
	fns.each(&seen, func(o *Object) bool {
		switch o.kind {
		case functionObject:
			r.branchCall(func() { r.callFunction(o, nil, given, at) })
			return false
		case boundObject, wrapperObject, libraryObject, memberObject:
			r.branchCall(func() { r.callObject(o, given, at) })
			return false
		case classObject:
			return false
		case dataObject:
			if len(o.Class) > 0 {
				r.branchCall(func() { r.callNamed(o, "__call__", given, at) })
			}
			return len(o.Class) == 0
		}
		return true
	})
}

// deep returns the objects and what they hold, a few levels down.
func (r *runner) deep(v Value) Value {
	var out, next Value
	var seen objectSet
	add := func(v Value) {
		for _, o := range v {
			if seen.add(o) {
				next = append(next, o)
			}
		}
	}
	add(v)
	levels := 4
	if r.exhausted() {
		levels = 1
	}
	for level := range levels {
		here := next
		next = nil
		for _, o := range here {
			out = append(out, o)
			r.steps++
			if level < levels-1 && (o.kind == dataObject || o.kind == memberObject) {
				add(o.Elem)
				for _, f := range o.order {
					add(o.fields[f])
				}
			}
		}
	}
	return out
}

// registering returns the method of a wrapper that gives it one more function: property.setter, dispatch.register.
func (r *runner) registering(o *Object, name string) Value {
	step := Selector{registerStep, name}
	m := &Object{kind: memberObject, location: location{owner: o, step: step}, unit: r.unit}
	if p := o.parts[step]; p != nil {
		return p.Alone()
	}
	if o.parts == nil {
		o.parts = map[Selector]*Object{}
	}
	o.parts[step] = m
	return m.Alone()
}

// mutate notes that an object's content may change.
func (r *runner) mutate(o *Object, at closure.Instr) {
	if o.kind == scalarObject || o.kind == libraryObject || r.unit == beforeAll {
		return
	}
	r.log.mutated = append(r.log.mutated, o)
	if r.mutated[o] == nil {
		r.mutated[o] = &Mutation{Pos: r.pos, Via: slices.Clone(r.via)}
		r.order = append(r.order, o)
	}
	if o.Iterator {
		r.drain(o, at)
	}
}

// fillContainer puts what list(xs), dict(pairs) and the like get into an instance of a class derived from them.
func (r *runner) fillContainer(o *Object, args Arguments, at closure.Instr) {
	for _, x := range args.All() {
		o.Keys = o.Keys.Union(x.Keys)
		if x.IsMapping() {
			o.Hold(AnyItem, x.Contents())
		}
	}
	for _, x := range r.elements(args.All(), at) {
		o.Hold(AnyItem, x.Alone())
		if o.IsMapping() {
			o.Hold(AnyItem, x.Contents())
		}
	}
}

// runMethods runs the methods of these names that the classes of instances have, and returns what they do.
func (r *runner) runMethods(v Value, names []string, at closure.Instr) Value {
	var out Value
	for _, x := range v {
		for _, n := range names {
			if got, ok := r.special(x, n, at, Value(nil)); ok {
				out = out.Union(got)
			}
		}
	}
	return out
}
