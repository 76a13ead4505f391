package interp

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// arguments are the evaluated arguments of a call.
type arguments struct {
	pos    []value
	named  []namedValue
	rest   value // elements of *args and **kwargs: any parameter may get them
	star   bool
	consts []*pyast.Constant // of pos, nil where an argument is not constant
}

type namedValue struct {
	name     string
	val      value
	constant *pyast.Constant
}

func (a *arguments) get(name string) (namedValue, bool) {
	for _, n := range a.named {
		if n.name == name {
			return n, true
		}
	}
	return namedValue{}, false
}

// all returns every argument.
func (a *arguments) all() value {
	var v value
	for _, p := range a.pos {
		v = v.union(p)
	}
	for _, n := range a.named {
		v = v.union(n.val)
	}
	return v.union(a.rest)
}

// contain says whether any argument is such an object.
func (a *arguments) contain(such func(*object) bool) bool {
	for _, p := range a.pos {
		if slices.ContainsFunc(p, such) {
			return true
		}
	}
	return slices.ContainsFunc(a.named, func(n namedValue) bool { return slices.ContainsFunc(n.val, such) }) || slices.ContainsFunc(a.rest, such)
}

func (a *arguments) str(n int) (string, bool) {
	if n < len(a.consts) && a.consts[n] != nil && a.consts[n].Kind == pyast.Str {
		return a.consts[n].Str, true
	}
	return "", false
}

// callInstr evaluates a call.
func (r *runner) callInstr(i *closure.Call) value {
	args := arguments{}
	if n := len(i.Args); n > 0 {
		args.pos, args.consts = make([]value, 0, n), make([]*pyast.Constant, 0, n)
	}
	for _, a := range i.Args {
		v := r.frame.regs[a.Reg]
		switch {
		case a.Star:
			args.star = true
			args.rest = args.rest.union(r.elements(v, i))
		case a.Star2:
			args.star = true
			args.rest = args.rest.union(r.contents(v, i))
		case a.Name != "":
			args.named = append(args.named, namedValue{a.Name, v, a.Const})
		case args.star: // positions are unknown from here on
			args.rest = args.rest.union(v)
		default:
			args.pos = append(args.pos, v)
			args.consts = append(args.consts, a.Const)
		}
	}
	fn := r.frame.regs[i.Fn]
	if len(fn) == 0 {
		r.releaseAll()
		return r.callUnknown(nil, "", args, i)
	}
	return r.call(fn, args, i)
}

// call calls every object that fn may be.
func (r *runner) call(fn value, args arguments, at closure.Instr) value {
	switch len(fn) {
	case 0:
		return nil
	case 1:
		return r.callObject(fn[0], args, at)
	}
	var v value
	if r.exhausted() {
		for _, o := range fn {
			v = v.union(r.callObject(o, args, at))
		}
		return v
	}
	var ends []path
	for _, o := range fn { // one of them: what each binds may or may not be bound
		end, ok := r.branch(func() { v = v.union(r.callObject(o, args, at)) })
		ends = append(ends, path{end, ok})
	}
	r.meet(ends...)
	return v
}

func (r *runner) callObject(o *object, args arguments, at closure.Instr) value {
	if r.exhausted() {
		r.reach(o.alone())
		r.release(args.all())
		return r.unrun(args.all().with(o.receiver()), true, at)
	}
	if r.nested >= maxNested || r.nested > maxDepth && r.spent() {
		r.reach(o.alone())
		r.release(args.all())
		r.touch(args.all(), at)
		return r.unrun(args.all(), false, at)
	}
	r.steps++
	r.nested++
	defer func() { r.nested-- }()
	switch o.kind {
	case functionObject:
		return r.callFunction(o, nil, args, at)
	case boundObject:
		var v value
		for _, f := range o.made {
			if f.kind == functionObject {
				v = v.union(r.callFunction(f, o.self, args, at))
			} else {
				args := args
				args.pos = append([]value{o.self}, args.pos...)
				args.consts = append([]*pyast.Constant{nil}, args.consts...)
				v = v.union(r.callObject(f, args, at))
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
		if len(o.class) > 0 {
			if v, ok := r.special(o, "__call__", at, args.pos...); ok {
				if len(args.named) > 0 || args.star { // again, with all of them
					v = v.union(r.callNamed(o, "__call__", args, at))
				}
				return v
			}
			for _, name := range [...]string{"forward", "call"} { // torch and keras call these
				if v := r.callNamed(o, name, args, at); v != nil {
					return v
				}
			}
		}
		if v, ok := r.callGetter(o, args, at); ok {
			return v
		}
		r.callInside(o.from, args, at)
		if v, ok := r.callTyped(o, args, at); ok {
			return v
		}
		r.releaseAll()
		return r.callUnknown(o, "__call__", args, at)
	}
	r.releaseAll()
	return r.callUnknown(nil, "", args, at)
}

// callNamed calls an instance's method with all arguments.
func (r *runner) callNamed(o *object, name string, args arguments, at closure.Instr) value {
	var v value
	for _, c := range o.class {
		for _, f := range r.lookup(c, name, true) {
			if f.kind == functionObject {
				v = v.union(r.callFunction(f, o.alone(), args, at)).with(r.alloc(at, partForward, ""))
			}
		}
	}
	return v
}

// callFunction runs a function's body with the arguments bound to its parameters.
func (r *runner) callFunction(f *object, self value, args arguments, at closure.Instr) value {
	fn := f.fn
	if self != nil {
		args.pos = append([]value{self}, args.pos...)
		args.consts = append([]*pyast.Constant{nil}, args.consts...)
	}
	name := f.qualname()
	r.noteFunction(f, name, r.via)
	if r.running(f, args) {
		return r.callBeyond(f, args, at)
	}
	if r.depth >= maxDepth || r.spent() {
		if r.ran[fn] {
			return r.callBeyond(f, args, at)
		}
		r.ran[fn] = true
	}
	version, mark := r.version, r.mark()
	if v, ok := r.calledBefore(f, args); ok {
		return v
	}
	outer, ctx, via, tries := r.frame, r.ctx, r.via, r.tries
	r.ctx = r.enter(at, fn)
	r.stack = append(r.stack, activation{f, args.all(), r.g.objects})
	r.frame = r.newFrame(fn, f.env, f.module)
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
	fn      *object
	args    arguments
	version int
	result  value
}

// calledBefore returns the result of an earlier call with the same arguments in the same
// state, once contexts are no longer told apart. What it read and mutated was noted then.
func (r *runner) calledBefore(f *object, args arguments) (value, bool) {
	if r.steps <= r.exact {
		return nil, false
	}
	for _, c := range r.calls[f.fn] {
		if c.fn == f && c.version == r.version && c.args.equal(&args) {
			return c.result, true
		}
	}
	return nil, false
}

func (a *arguments) equal(b *arguments) bool {
	if len(a.pos) != len(b.pos) || len(a.named) != len(b.named) || !a.rest.equal(b.rest) {
		return false
	}
	for i := range a.pos {
		if !a.pos[i].equal(b.pos[i]) {
			return false
		}
	}
	for i := range a.named {
		if a.named[i].name != b.named[i].name || !a.named[i].val.equal(b.named[i].val) {
			return false
		}
	}
	return true
}

// returned makes the value of a call from the frame that it ran in.
func (r *runner) returned(fr *frame, at closure.Instr) value {
	fn := fr.fn
	if fn.Generator {
		g := r.allocIn(at, fn)
		g.typ, g.opaque, g.iter = "builtins.generator", true, true
		g.hold(anyItem, fr.yields)
		return g.alone()
	}
	if fn.Async {
		c := r.alloc(at, partCoroutine, "builtins.coroutine")
		c.opaque = true
		c.hold(anyItem, fr.result)
		return c.alone()
	}
	return fr.result
}

// allocIn returns the generator object of one of several functions called at one place.
func (r *runner) allocIn(at closure.Instr, fn *closure.Func) *object {
	key := allocKey{at, r.enter(at, fn), partGenerator, ""}
	o := r.allocs[key]
	if o == nil {
		o = &object{kind: dataObject, unit: r.unit, number: r.g.number()}
		r.allocs[key] = o
	}
	return o
}

// callBeyond stands for a call that is not run: of a function that is running already, or, past
// the budget, of one that has run. A body that is not run may do anything with what it gets: its
// arguments, defaults and the variables of the functions around it. It changes them if it changes
// anything, and calls the functions among them; they may hold each other afterwards, and what it
// returns may be any of them: one object stands for all that, whose content they share.
func (r *runner) callBeyond(f *object, args arguments, at closure.Instr) value {
	r.reach(f.alone())
	if r.frame.fn == f.fn && r.running(f, args) { // recursion: its rounds so far show what it does with data
		fns := r.deep(args.all()).except(func(o *object) bool { return !o.isFunction() })
		r.release(fns)
		r.touch(fns, at)
		return r.frame.result
	}
	given := args.all()
	for _, d := range f.defaults {
		given = given.union(d)
	}
	for e := f.env; e != nil; e = e.outer {
		for _, c := range e.captured {
			given = given.union(c)
		}
	}
	r.release(given)
	if f.fn.Changes() {
		r.touch(given, at)
	}
	return r.unrun(given, false, at)
}

// unrun returns what a call that is not run may return: any of what it was given, which may hold each
// other afterwards.
func (r *runner) unrun(given value, changes bool, at closure.Instr) value {
	if r.beyond == nil {
		r.beyond, r.within = &object{kind: dataObject, unit: r.unit, open: true}, map[*object]bool{}
	}
	for _, o := range given {
		if changes && (o.kind == dataObject || o.kind == memberObject) {
			r.mutate(o, at)
		}
		if r.within[o] || o == r.beyond || o.kind == scalarObject {
			continue
		}
		r.within[o] = true
		if o.kind == dataObject || o.kind == memberObject {
			o.share(r.beyond)
		} else {
			r.beyond.hold(anyItem, o.alone())
		}
	}
	return r.beyond.alone()
}

// receiver returns the object that a method was taken from.
func (o *object) receiver() *object {
	if o.kind == memberObject {
		return o.owner
	}
	if len(o.self) == 1 {
		return o.self[0]
	}
	return nil
}

// touch counts with the changes that code which is not run may make of what it gets hold of: of the
// objects, and of what the functions among them close over, have as defaults or are bound to.
// Functions that have not run yet are run.
func (r *runner) touch(v value, at closure.Instr) {
	given := arguments{rest: r.unrun(v, false, at), star: true}
	var seen objectSet
	v.each(&seen, func(o *object) bool {
		r.steps++
		switch o.kind {
		case functionObject:
			if !r.ran[o.fn] && !r.running(o, arguments{}) {
				r.ran[o.fn] = true
				r.branchCall(func() { r.callFunction(o, nil, given, at) })
			}
			return true
		case boundObject, wrapperObject:
			return true
		}
		r.mutate(o, at)
		return false
	})
}

// bindParams puts the arguments into the parameters' slots.
func (r *runner) bindParams(f *object, args arguments, at closure.Instr) {
	fn := f.fn
	next := 0
	used := map[string]bool{}
	for n, p := range fn.Params {
		var v value
		switch p.Kind {
		case closure.PositionalOnly, closure.PositionalOrKeyword:
			got := false
			if next < len(args.pos) {
				v, got = args.pos[next], true
				next++
			} else if a, ok := args.get(p.Name); ok && p.Kind == closure.PositionalOrKeyword {
				v, got = a.val, true
				used[p.Name] = true
			}
			if args.star && !got {
				v = v.union(args.rest)
			}
			if !got && n < len(f.defaults) {
				v = v.union(f.defaults[n])
			}
		case closure.KeywordOnly:
			if a, ok := args.get(p.Name); ok {
				v = a.val
				used[p.Name] = true
			} else {
				v = v.union(args.rest)
				if n < len(f.defaults) {
					v = v.union(f.defaults[n])
				}
			}
		case closure.VarPositional:
			o := r.alloc(at, partArgs, "builtins.tuple")
			for ; next < len(args.pos); next++ {
				o.hold(anyItem, args.pos[next])
			}
			o.hold(anyItem, args.rest)
			v = o.alone()
		case closure.VarKeyword:
			o := r.alloc(at, partKeywords, "builtins.dict")
			for _, a := range args.named {
				if !used[a.name] && !slices.ContainsFunc(fn.Params, func(q closure.Param) bool { return q.Name == a.name }) {
					o.hold(textKey(a.name), a.val)
				}
			}
			o.hold(anyItem, args.rest)
			v = o.alone()
		}
		r.frame.vars[p.Slot] = variable{val: v}
		if fn.Slots[p.Slot].Captured {
			r.frame.env.capture(p.Slot, v)
		}
	}
}

// instantiate calls a class.
func (r *runner) instantiate(c *object, args arguments, at closure.Instr) value {
	r.noteFunction(c, c.qualname(), r.via)
	var made value
	for _, meta := range c.class {
		if f := r.lookup(meta, "__call__", true); len(f) > 0 { // it may make the instance as usual
			a := args
			a.pos = append([]value{{c}}, a.pos...)
			made = made.union(r.call(f, a, at))
		}
	}
	o := r.instance(c, at)
	self := o.alone()
	for _, f := range r.lookup(c, "__new__", true) {
		a := args
		a.pos = append([]value{{c}}, a.pos...)
		made := f
		if f.kind == wrapperObject && len(f.made) > 0 {
			made = f.made[0]
		}
		if made.kind == functionObject {
			self = self.union(r.callFunction(made, nil, a, at))
		}
	}
	init := r.lookup(c, "__init__", true)
	for _, x := range self {
		r.callBound(init, x, args, at)
	}
	if len(init) == 0 { // a dataclass, a named tuple, or a library's __init__
		if sequenceTypes[o.typ] { // class Stack(list)
			r.fillContainer(o, args, at)
		}
		o.hold(anyItem, args.all())
		for _, a := range args.named {
			o.hold(attr(a.name), a.val)
		}
		r.fillFields(o, c, at, map[*object]bool{})
		r.askObservers(o, o.library(), args.all(), at)
		for _, n := range args.named {
			for _, f := range r.lookup(c, n.name, true) {
				r.askObservers(o, f.library(), n.val, at)
			}
		}
		for _, x := range self {
			r.callBound(r.lookup(c, "__post_init__", true), x, arguments{}, at)
		}
	}
	return self.union(made)
}

// callBound calls what a class has for a method, decorated or not, with an instance.
func (r *runner) callBound(fns value, self *object, args arguments, at closure.Instr) {
	for _, f := range fns {
		switch f.kind {
		case functionObject:
			r.callFunction(f, self.alone(), args, at)
		case wrapperObject:
			a := args
			a.pos = append([]value{self.alone()}, a.pos...)
			a.consts = append([]*pyast.Constant{nil}, a.consts...)
			r.callObject(f, a, at)
		}
	}
}

func (r *runner) instance(c *object, at closure.Instr) *object {
	key := allocKey{at, r.enter(at, c.fn), partInstance, ""}
	o := r.allocs[key]
	if o == nil {
		o = &object{kind: dataObject, unit: r.unit, class: c.alone(), number: r.g.number()}
		for _, path := range outsideBases(c, map[*object]bool{}) {
			if path != "builtins.object" && path != "abc.ABC" && path != "enum.Enum" && path != "typing.NamedTuple" && path != "typing.Protocol" && !strings.HasPrefix(path, "typing.") {
				o.typ, o.open = path, true
			}
		}
		c.holders = append(c.holders, o) // what changes in the class changes in its instances
		r.allocs[key] = o
	}
	return o
}

// callWrapper calls what a library made of functions.
func (r *runner) callWrapper(o *object, args arguments, at closure.Instr) value {
	a := args
	if len(o.elem) > 0 || o.typ == "functools.partial" { // bound arguments come first
		a.rest = a.rest.union(o.elem)
		a.star = true
		if len(o.fields) > 0 {
			var bound []value
			for n := 0; o.fields[nth(n)] != nil || n < int(o.bound); n++ {
				bound = append(bound, o.fields[nth(n)])
			}
			a.pos = append(bound, a.pos...)
			a.consts = nil
		}
	}
	for _, dec := range o.from { // contextlib.ContextDecorator
		r.runMethods(dec.alone(), []string{"__enter__", "__exit__"}, at)
		r.callAny(dec, "", args, at)
	}
	v := r.call(o.made, a, at)
	switch o.typ {
	case "contextlib.contextmanager", "contextlib.asynccontextmanager":
		return v
	}
	return v.with(r.alloc(at, partWrapped, ""))
}

// special calls an instance's special method; ok is false when its class has none.
func (r *runner) special(o *object, name string, at closure.Instr, args ...value) (v value, ok bool) {
	for _, c := range o.class {
		for _, f := range r.lookup(c, name, true) {
			ok = true
			v = v.union(r.call(r.bindInstance(f, o, c, at), arguments{pos: args}, at))
		}
	}
	return v, ok
}

// callInside calls functions that a library's object was made from, with what it was given.
func (r *runner) callInside(fns value, args arguments, at closure.Instr) {
	if len(fns) == 0 {
		return
	}
	if r.inside >= maxInside || r.spent() {
		r.release(fns.union(args.all()))
		r.touch(fns.union(args.all()), at)
		return
	}
	r.inside++
	defer func() { r.inside-- }()
	given := arguments{rest: r.deep(args.all()), star: true}
	var seen objectSet
	fns.each(&seen, func(o *object) bool {
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
			if len(o.class) > 0 {
				r.branchCall(func() { r.callNamed(o, "__call__", given, at) })
			}
			return len(o.class) == 0
		}
		return true
	})
}

// deep returns the objects and what they hold, a few levels down.
func (r *runner) deep(v value) value {
	var out value
	var seen objectSet
	level := v
	for range 4 {
		var next value
		for _, o := range level {
			if !seen.add(o) {
				continue
			}
			out = append(out, o)
			r.steps++
			if o.kind == dataObject || o.kind == memberObject {
				next = append(next, o.elem...)
				for _, f := range o.order {
					next = append(next, o.fields[f]...)
				}
			}
		}
		level = next
	}
	return out
}

// branchCall runs a call that may or may not happen.
func (r *runner) branchCall(call func()) {
	end, ok := r.branch(call)
	r.meet(path{end, ok}, path{delta{}, true})
}

// remember keeps a function given to a wrapper's method (property.setter, dispatch.register):
// the result is the wrapper, with one more function.
func (r *runner) remember(o *object, name string, at closure.Instr) value {
	step := selector{registerStep, name}
	m := &object{kind: memberObject, step: step, owner: o, unit: r.unit}
	if p := o.parts[step]; p != nil {
		return p.alone()
	}
	if o.parts == nil {
		o.parts = map[selector]*object{}
	}
	o.parts[step] = m
	return m.alone()
}

// mutate notes that an object's content may change.
func (r *runner) mutate(o *object, at closure.Instr) {
	if o.kind == scalarObject || o.kind == libraryObject || r.unit == beforeAll {
		return
	}
	r.log.mutated = append(r.log.mutated, o)
	if r.mutated[o] == nil {
		r.mutated[o] = &Mutation{Pos: r.pos, Via: slices.Clone(r.via)}
		r.order = append(r.order, o)
	}
	if o.iter {
		r.drain(o, at)
	}
}
