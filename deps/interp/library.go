package interp

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Calls into libraries, in the order of docs/semantics.md section 3: what the knowledge says of the
// callable, by the type of its receiver; where it says nothing, the shape of the call.

// callLibrary calls what a dotted path names.
func (r *runner) callLibrary(o *Object, args Arguments, at closure.Instr) Value {
	mark := r.mark()
	r.consult(args.All())
	r.escapeTo(o, "", args, at)
	v := r.callPath(o, args, at)
	for _, x := range r.deep(v) {
		if x.Iterator && x.kind == dataObject && !args.All().Has(x) {
			r.keepLazy(x, mark)
			for _, src := range args.All() { // what it iterates over is part of its content
				if src.kind != scalarObject && src != x {
					src.holders = append(src.holders, x)
				}
			}
		}
	}
	return v
}

// escapeTo lets escape what a library gets: it may call any of it. The functions of the language and of what
// handles its containers call what is known of them; a decorator calls nothing yet.
func (r *runner) escapeTo(recv *Object, name string, args Arguments, at closure.Instr) {
	if recv != nil && recv.kind == classObject && strings.HasPrefix(name, "__") { // super().__new__(cls)
		return
	}
	if c, ok := at.(*closure.Call); len(r.latent) == 0 || ok && c.Decorator {
		return
	}
	escape := r.escape
	if recv != nil && (recv.kind == libraryObject && callsKnown(recv.Type) || knowledge.Has(recv.Type, knowledge.Container) && recv.Type != "collections.Counter") && !args.contain(foreign) {
		if runsAll[recv.Type] {
			return
		}
		escape = r.escapeSpecial
	} else if recv != nil && recv.kind != libraryObject {
		escape(recv.Alone())
	}
	if recv != nil && recv.kind == libraryObject {
		if f := r.g.opts.Knowledge.Lookup(recv.Type); f != nil && f.Class && slices.ContainsFunc(f.Holds, func(ref knowledge.Ref) bool { return ref.All }) {
			return // they are called later
		}
	}
	escape(args.All())
}

// callsKnown says of a function or type that all that it calls of its arguments, besides special methods, is known.
func callsKnown(path string) bool {
	return inLanguage(path) || strings.HasPrefix(path, "random.") || strings.HasPrefix(path, "itertools.") ||
		strings.HasPrefix(path, "heapq.") || strings.HasPrefix(path, "bisect.") || strings.HasPrefix(path, "copy.") || strings.HasPrefix(path, "operator.")
}

// runsAll are the builtins of which the special methods that they call of their arguments are run, too.
var runsAll = map[string]bool{
	"builtins.len": true, "builtins.isinstance": true, "builtins.type": true, "builtins.id": true, "builtins.range": true,
	"builtins.enumerate": true, "builtins.zip": true, "builtins.list": true, "builtins.tuple": true, "builtins.iter": true,
	"builtins.next": true, "builtins.super": true, "builtins.callable": true, "builtins.getattr": true, "builtins.setattr": true,
	"builtins.hasattr": true, "builtins.issubclass": true,
}

func (r *runner) callPath(o *Object, args Arguments, at closure.Instr) Value {
	if v, done := r.callModel(r.g.opts.Library.Function(o.Type), Call{Path: o.Type, callee: o}, args, at); done {
		return v
	}
	if f := r.g.opts.Knowledge.Lookup(o.Type); f != nil {
		r.decided(ByKnowledge, at)
		if f.Attr && o.parts[itself] != nil { // called as what it is: stats.norm(0, 1)
			if v, ok := r.callTyped(o.parts[itself], args, at); ok {
				return v
			}
		}
		if recv, rest, ok := r.unbound(o.Type, args); ok { // list.append(x, 1)
			var v Value
			for _, x := range recv {
				v = v.Union(r.applyFact(f, x, o.Type, rest, at))
			}
			return v
		}
		return r.applyFact(f, nil, o.Type, args, at)
	}
	return r.callUnknown(o, "", args, at)
}

// decided notes what decided a call's effect; where it is evaluated again, the least sure counts.
func (r *runner) decided(d Decision, at closure.Instr) {
	if c, ok := at.(*closure.Call); ok {
		if old, seen := r.g.Decided[c]; !seen || d > old {
			r.g.Decided[c] = d
		}
	}
}

// unbound takes the receiver of a method that was taken from its class out of the arguments.
func (r *runner) unbound(path string, args Arguments) (recv Value, rest Arguments, ok bool) {
	i := strings.LastIndexByte(path, '.')
	if len(args.Pos) == 0 && args.Star {
		args.Pos = []Value{args.Rest}
	}
	if i < 0 || len(args.Pos) == 0 || !r.g.opts.Knowledge.IsType(path[:i]) {
		return nil, args, false
	}
	for _, o := range args.Pos[0] {
		if o.Type == "" || o.Type == path[:i] || r.g.opts.Knowledge.Method(o.Type, path[i+1:]) != nil && o.kind != scalarObject {
			recv = recv.With(o)
		}
	}
	rest = args
	rest.Pos = rest.Pos[1:]
	if len(rest.Consts) > 0 {
		rest.Consts = rest.Consts[1:]
	}
	return recv, rest, len(recv) > 0
}

// callMember calls a method of a library's object.
func (r *runner) callMember(m *Object, args Arguments, at closure.Instr) Value {
	owner := m.owner
	if m.step.isItem() || owner == nil { // an element, called
		r.escapeAll()
		return r.callUnknown(m, "__call__", args, at)
	}
	name := m.step.name
	if owner.kind == wrapperObject {
		return r.callWrapperMethod(owner, name, args)
	}
	if owner.kind == classObject && name == "_make" { // of a named tuple
		return r.instantiate(owner, Arguments{Rest: r.elements(args.All(), at), Star: true}, at)
	}
	if owner.Type == namespaceType {
		return r.callNamespace(name, args, at)
	}
	if owner.Type == shellType {
		if v, ok := r.callShell(name, args, at); ok {
			return v
		}
	}
	r.consult(args.All())
	r.escapeTo(owner, name, args, at)
	if len(owner.from) > 0 {
		r.callHeld(owner, name, args, at)
	}
	if v, ok := r.callTyped(m, args, at); ok { // an attribute: frame.plot(x="a")
		return v
	}
	if len(owner.Class) > 0 {
		r.callOwn(owner, name, args, at)
	}
	if owner.Type != "" {
		if v, done := r.callModel(r.g.opts.Library.Method(name), Call{Recv: owner}, args, at); done {
			r.decided(ByType, at)
			return v
		}
		if f := r.g.opts.Knowledge.Method(owner.Type, name); f != nil && !(isGuess(f) && r.isGuessed(owner)) {
			r.decided(ByType, at)
			return r.applyFact(f, owner, owner.Type+"."+name, args, at)
		}
	}
	if owner.kind == scalarObject {
		return nil
	}
	return r.callUnknown(owner, name, args, at)
}

// isGuess says that an entry stands for any other name of its type.
func isGuess(f *knowledge.Fact) bool { return strings.HasSuffix(f.Path, ".*") }

// isGuessed says that o is an attribute of a name that stands in no entry: a column of a frame, or what an extension
// has added to frames.
func (r *runner) isGuessed(o *Object) bool {
	if o.kind != memberObject || o.owner == nil || !o.step.isAttr() {
		return false
	}
	f := r.g.opts.Knowledge.Method(o.owner.Type, o.step.name)
	return f != nil && isGuess(f)
}

// callTyped calls an object by its type's __call__.
func (r *runner) callTyped(o *Object, args Arguments, at closure.Instr) (Value, bool) {
	if o.Type == "" {
		return nil, false
	}
	f := r.g.opts.Knowledge.Method(o.Type, "__call__")
	if f == nil || callsSelf(f) { // then what it calls is called already
		return nil, false
	}
	r.decided(ByType, at)
	return r.applyFact(f, o, o.Type+".__call__", args, at), true
}

// callWrapperMethod calls property.setter and the like: the wrapper gets one more function.
func (r *runner) callWrapperMethod(w *Object, name string, args Arguments) Value {
	fns := r.functionsIn(args.All())
	if len(fns) == 0 { // register(int): the function comes next
		return Value{&Object{kind: memberObject, location: location{owner: w, step: Selector{registerStep, name}}, unit: r.unit}}
	}
	if w.Type == propertyPath {
		w.Hold(Attr(name), fns)
	} else {
		w.Runs = w.Runs.Union(fns)
		for _, f := range fns {
			f.holders = append(f.holders, w)
		}
	}
	return w.Alone()
}

// callUnknown calls something of which nothing is known. recv is the receiver and name its
// method, or the library function itself, or nil.
func (r *runner) callUnknown(recv *Object, name string, args Arguments, at closure.Instr) Value {
	r.escapeTo(recv, name, args, at)
	r.noteUnknown(at)
	fns := r.functionsIn(args.All())
	call, _ := at.(*closure.Call)
	decorator := call != nil && call.Decorator
	if !decorator {
		r.callInside(fns, args, at)
	} else {
		if recv != nil && (recv.kind == memberObject || recv.by != nil || recv.kind == dataObject && classLike(recv.Type[strings.LastIndexByte(recv.Type, '.')+1:])) {
			r.register(recv, fns.Union(args.All().classes()), args, at)
		}
		if v := r.decorated(recv, fns, args, at); v != nil {
			return v
		}
	}
	path := ""
	if recv != nil && recv.kind == libraryObject {
		path = recv.Type
	}
	for _, n := range args.Named {
		switch {
		case n.Name == "out":
			for _, o := range n.Value {
				r.mutate(o, at)
			}
		case n.Name == "inplace" && recv != nil && path == "" && (n.Const == nil || n.Const.Kind != pyast.False):
			r.mutate(recv, at)
		}
	}
	r.callMethodsOf(args, at)
	result := r.alloc(at, 0, "")
	result.Open = true
	result.from = result.from.Union(fns)
	for _, o := range args.All() {
		if o.kind == classObject {
			result.from = result.from.With(o)
		}
	}
	if recv != nil && path == "" {
		result.by = recv
		result.from = result.from.Union(recv.from).Union(r.carried(recv.inParts()))
		if ofNamedTuples[name] {
			result.Hold(AnyItem, recv.Contents())
		}
	}
	for _, f := range fns {
		f.holders = append(f.holders, result)
	}
	if path != "" {
		result.Maker = path
		if last := path[strings.LastIndexByte(path, '.')+1:]; classLike(last) {
			result.Type = path
			result.Hold(AnyItem, args.All())
			result.from = result.from.Union(r.carried(args.All()))
			for _, n := range args.Named {
				result.Hold(Attr(n.Name), n.Value)
			}
			return result.Alone()
		} else if call != nil && call.Discard && changesThings(last, call.Last) {
			r.changeGiven(args, false, at)
		} else if len(args.Pos) > 0 && knowledge.MethodHas(last, knowledge.Changes|knowledge.ChangesFirst) {
			for _, o := range args.Pos[0] {
				r.mutate(o, at)
			}
		}
		r.decided(ByNothing, at)
		return result.Alone()
	}
	if recv == nil {
		r.decided(ByNothing, at)
		return result.Alone()
	}
	forChange := call != nil && call.Discard && forChange(recv, name, len(fns) > 0, call.Last)
	switch {
	case len(fns) > 0 && registers(name):
		r.decided(ByShape, at)
		r.register(recv, fns, args, at)
		recv.Hold(AnyItem, args.All())
	case verb(name), forChange:
		r.decided(ByShape, at)
		r.mutate(recv, at)
		recv.Hold(AnyItem, args.All())
		if !verb(name) {
			r.changeGiven(args, true, at)
		}
	case name == "__call__":
		r.decided(ByNothing, at)
	default:
		recv.Hold(AnyItem, fns)
		r.decided(ByShape, at)
	}
	if recv.kind == dataObject && len(recv.from) > 0 && name == "__call__" {
		result.from = result.from.Union(recv.from)
	}
	return result.Alone()
}

// register hands functions and classes to a library's object, which keeps them and may call them at once. What
// made the object for that keeps them, too: @app.get("/") changes app.
func (r *runner) register(o *Object, given Value, args Arguments, at closure.Instr) {
	if len(given) == 0 {
		return
	}
	r.escape(given)
	r.callInside(given, args, at)
	for _, c := range given.classes() {
		r.callAny(r.instance(c, at), "", Arguments{}, at)
	}
	for range maxParts {
		r.mutate(o, at)
		keeper := o
		for keeper.owner != nil {
			keeper = keeper.owner
		}
		keeper.from = keeper.from.Union(given)
		if o = keeper.by; o == nil {
			return
		}
	}
}

// registers says that a method of that name keeps the functions that it gets, whatever it returns.
func registers(name string) bool {
	switch name {
	case "on", "once", "subscribe", "connect", "listen", "observe", "hook", "attach", "bind":
		return true
	}
	return strings.HasPrefix(name, "on_") || strings.HasPrefix(name, "register") || strings.HasPrefix(name, "add_") || strings.HasPrefix(name, "subscribe_")
}

// ofNamedTuples are the methods of named tuples whose results hold what their receivers hold.
var ofNamedTuples = map[string]bool{"_replace": true, "_asdict": true}

// decorated is the result of a library's decorator: the class itself, or a wrapper that calls
// the function. Nil when nothing of ours is decorated.
func (r *runner) decorated(dec *Object, fns Value, args Arguments, at closure.Instr) Value {
	var v Value
	for _, o := range args.All() {
		if o.kind == classObject {
			v = v.With(o)
		}
	}
	if len(v) > 0 {
		return v
	}
	if len(fns) == 0 {
		return nil
	}
	w := r.wrapper(dec, fns, at)
	if dec != nil && len(dec.Class) > 0 {
		w.from = w.from.With(dec)
	}
	if dec != nil && dec.field { // @field.validator
		dec.Hold(fieldAsked, fns)
	}
	return w.Alone()
}

func (r *runner) wrapper(dec *Object, fns Value, at closure.Instr) *Object {
	w := r.alloc(at, partWrapper, "")
	w.kind = wrapperObject
	w.Runs = w.Runs.Union(fns)
	if dec != nil {
		w.Type, w.Maker, w.field = dec.Type, dec.Maker, dec.field
	}
	for _, f := range fns {
		f.holders = append(f.holders, w)
	}
	return w
}

// classLike says that a name looks like a class: calling it makes an object that keeps what it
// is given.
func classLike(name string) bool {
	c, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(c) && strings.ToUpper(name) != name || len(name) <= 4 && unicode.IsUpper(c)
}

// verb says that a method of that name changes its receiver, whatever it returns.
func verb(name string) bool {
	return knowledge.MethodHas(name, knowledge.Changes|knowledge.ChangesReceiver)
}

// isData says that an object is no estimator: one of the language, of a library of arrays or frames, or of unknown type.
func isData(o *Object) bool {
	library := libraryOf(o.Type)
	return len(o.Class) == 0 && (library == "" || library == "builtins" || library == "collections" || knowledge.Has(library, knowledge.Data))
}

// libraryOf is the first word of a dotted path.
func libraryOf(path string) string {
	name, _, _ := strings.Cut(path, ".")
	return name
}

// inLanguage says that a type is a container of the language, which calls nothing that it holds.
func inLanguage(typ string) bool {
	return strings.HasPrefix(typ, "builtins.") || strings.HasPrefix(typ, "collections.")
}
