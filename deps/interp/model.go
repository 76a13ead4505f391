package interp

// The one door out of the interpreter: models of what library functions do that no fact can say
// (deps/interp/models), and what such a model may do.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Library knows the models of libraries. Each method returns nil where there is none.
type Library interface {
	// Function returns the model of what a dotted path names.
	Function(path string) Model
	// Method returns the model of the methods of a name. It looks at the receiver's type itself.
	Method(name string) Model
	// Instance returns the model of calling an object that the function at a path made.
	Instance(maker string) Model
}

// noLibrary knows no models.
type noLibrary struct{}

func (noLibrary) Function(string) Model { return nil }
func (noLibrary) Method(string) Model   { return nil }
func (noLibrary) Instance(string) Model { return nil }

// Model does what a function does when it is called. done is false where the facts about it, or
// its shape, are to be taken after all.
type Model func(c *Call) (v Value, done bool)

// Call is one call of a function, a method or an object of a library.
type Call struct {
	Path string  // of the function
	Recv *Object // of a method; or the object that is called
	Args Arguments

	run    *runner
	callee *Object // what the path names
	at     closure.Instr
}

// callModel runs a model, nil for none.
func (r *runner) callModel(m Model, c Call, args Arguments, at closure.Instr) (Value, bool) {
	if m == nil {
		return nil, false
	}
	c.run, c.Args, c.at = r, args, at
	return m(&c)
}

// Given is the argument at a place or under a keyword, whichever the call gives.
func (c *Call) Given(n int, name string) Value {
	if n < len(c.Args.Pos) {
		return c.Args.Pos[n]
	}
	named, _ := c.Args.Get(name)
	return named.Value
}

// Method is the model of a method called as a function: of the first argument.
func (c *Call) Method() (recv Value, rest Call) {
	rest = *c
	if len(c.Args.Pos) == 0 {
		return nil, rest
	}
	recv, rest.Args.Pos = c.Args.Pos[0], c.Args.Pos[1:]
	if len(rest.Args.Consts) > 0 {
		rest.Args.Consts = rest.Args.Consts[1:]
	}
	return recv, rest
}

// New returns the object that the call makes, of a type; part tells apart several that one call makes.
func (c *Call) New(part int, typ string) *Object { return c.run.alloc(c.at, part, typ) }

// NewIterator returns an iterator that the call makes; stored says that it can't be hashed or pickled.
func (c *Call) NewIterator(part int, typ string, unstorable bool) *Object {
	it := c.New(part, typ)
	it.Iterator, it.Unstorable = true, unstorable
	return it
}

// NewTask returns an awaitable of a type that gives v, and does again what happened since the mark.
func (c *Call) NewTask(v Value, since Mark) Value {
	return c.run.pending(v, since, c.at)
}

// Gather returns a task that runs coroutines and gives v.
func (c *Call) Gather(coroutines, v Value) Value {
	t := c.run.pending(v, c.run.mark(), c.at)
	t[0].Runs = t[0].Runs.Union(coroutines)
	return t
}

// Schedule returns a task that runs coroutines, and gives what they return.
func (c *Call) Schedule(coroutines Value) Value { return c.run.scheduled(coroutines, c.at) }

// Await is what awaitables give.
func (c *Call) Await(v Value) Value { return c.run.await(v, c.at) }

// Mark is the present place in the log of what the run did.
func (c *Call) Mark() Mark { return c.run.mark() }

// Wrap returns an object that runs functions when it is called.
func (c *Call) Wrap(fns Value) *Object { return c.run.wrapper(c.callee, fns, c.at) }

// Scalar is any immutable value of a type.
func (c *Call) Scalar(typ string) Value { return c.run.scalar(typ).Alone() }

// Named is what a dotted path names.
func (c *Call) Named(path string) Value { return c.run.library(path).Alone() }

// Super is super() of an object.
func (c *Call) Super(self Value) Value {
	return Value{&Object{kind: superObject, unit: c.run.unit, definition: definition{self: self}}}
}

// Fact does what the facts say of the call.
func (c *Call) Fact() Value {
	return c.run.applyFact(c.run.g.opts.Knowledge.Lookup(c.Path), nil, c.Path, c.Args, c.at)
}

// Elements are what iterating values gives, read to the end at once.
func (c *Call) Elements(v Value) Value { return c.run.elements(v, c.at) }

// Under is what mappings hold under their keys.
func (c *Call) Under(v Value) Value { return c.run.contents(v, c.at) }

// Iterate is what iterating one object gives.
func (c *Call) Iterate(o *Object) Value { return c.run.iterateObject(o, c.at) }

// Inside is what an object holds, and a part that stands for what it may hold besides.
func (c *Call) Inside(o *Object) Value { return o.inside(c.run.unit) }

// Deep are the objects and what they hold, a few levels down.
func (c *Call) Deep(v Value) Value { return c.run.deep(v) }

// Carried are the functions and the instances of notebook classes in values.
func (c *Call) Carried(v Value) Value { return c.run.carried(v) }

// Functions are the functions among values: directly, or as instances that can be called.
func (c *Call) Functions(v Value) Value { return c.run.functionsIn(v) }

// Attribute takes an attribute of values.
func (c *Call) Attribute(v Value, name string) Value { return c.run.attribute(v, name, c.at) }

// SomeAttribute takes an attribute of a name that isn't known.
func (c *Call) SomeAttribute(v Value) Value { return c.run.anyAttribute(v, c.at) }

// SetAttribute stores an attribute in values.
func (c *Call) SetAttribute(v Value, name string, to Value) {
	c.run.setAttribute(v, name, to, c.at)
}

// Mutate notes that an object's content may change.
func (c *Call) Mutate(o *Object) { c.run.mutate(o, c.at) }

// Run calls functions.
func (c *Call) Run(fns Value, args Arguments) Value { return c.run.call(fns, args, c.at) }

// RunMaybe calls functions that may or may not be called.
func (c *Call) RunMaybe(fns Value, args Arguments) (v Value) {
	c.run.branchCall(func() { v = c.run.call(fns, args, c.at) })
	return v
}

// Special runs a special method of an instance; ok is false where its class has none.
func (c *Call) Special(o *Object, name string, args ...Value) (v Value, ok bool) {
	return c.run.special(o, name, c.at, args...)
}

// Methods runs the methods of these names that the classes of instances have.
func (c *Call) Methods(v Value, names ...string) Value { return c.run.runMethods(v, names, c.at) }

// RunMethod runs a method of an instance with all arguments.
func (c *Call) RunMethod(o *Object, name string, args Arguments) Value {
	return c.run.callNamed(o, name, args, c.at)
}

// Compare runs the comparisons that order values.
func (c *Call) Compare(v Value) { c.run.compare(v, c.at) }

// AsIndex runs what a sequence or mapping asks of an instance that is its index or key.
func (c *Call) AsIndex(v Value) { c.run.asIndex(v, c.at) }

// Instance is a new instance of a class of the notebook.
func (c *Call) Instance(class *Object) *Object { return c.run.instance(class, c.at) }

// Copy is a new instance of a class with what another one holds.
func (c *Call) Copy(o, class *Object) *Object {
	made := c.run.instance(class, c.at)
	for _, f := range o.order {
		made.Hold(f, o.fields[f])
	}
	made.Hold(AnyItem, o.Elem)
	return made
}

// CopyDeep is a new instance of a class with copies of what another one holds: nothing but its functions
// is the same.
func (c *Call) CopyDeep(o, class *Object) *Object {
	made := c.run.instance(class, c.at)
	made.Open = true
	for _, f := range o.order {
		made.Hold(f, o.fields[f].Except(func(x *Object) bool { return x.kind == dataObject || x.kind == memberObject }))
	}
	return made
}

// NewContainer is a container of a type that a copy of values makes.
func (c *Call) NewContainer(typ string) *Object { return c.run.alloc(c.at, partContainer, typ) }

// Enter evaluates the __enter__ of context managers.
func (c *Call) Enter(v Value) Value { return c.run.enterContext(v, c.at) }

// Exit runs their __exit__.
func (c *Call) Exit(v Value) { c.run.exitContext(v, c.at) }

// InNotebook says that the call stands in code of the notebook, not of a local module.
func (c *Call) InNotebook() bool { return c.run.frame.mod == c.run.g.main }

// Globals is the notebook's namespace.
func (c *Call) Globals() Value { return c.run.namespace().Alone() }

// Bind binds a global of the code that calls.
func (c *Call) Bind(name string, v Value) {
	r := c.run
	r.bind(name, v, &Binding{Name: name, Unit: r.unit, Pos: r.pos, Kind: closure.BindAssign, module: r.frame.mod})
}

// BindAny notes that the call may bind any global.
func (c *Call) BindAny() { c.run.bindsAny(c.Path) }

// Texts are the texts that the first argument, as it is written, stands for, and whether these are
// all. ok is false where the call isn't written with one.
func (c *Call) Texts() (texts []string, known, ok bool) {
	call, isCall := c.at.(*closure.Call)
	if !isCall || call.Node == nil || len(call.Node.Args) == 0 || len(c.Args.Pos) == 0 {
		return nil, false, false
	}
	texts, known = c.run.textsOf(call.Node.Args[0])
	return texts, known, true
}

// KeptOpen are the objects that libraries keep until they are closed, in order of making.
func (c *Call) KeptOpen() Value { return c.run.g.keptOpen }

// KeepOpen says which they keep from now on.
func (c *Call) KeepOpen(v Value) { c.run.g.keptOpen = v }

// DeclareField says that an object stands in a class for a field of its instances: what makes
// its default, what the default is, and which functions see what it is set to.
func (c *Call) DeclareField(o *Object, factory, defaults, asked Value) {
	o.field = true
	o.Hold(fieldFactory, factory)
	o.Hold(fieldDefault, defaults)
	o.Hold(fieldAsked, asked)
}

// FieldFactory is what makes the default of a field that an object stands for.
func (o *Object) FieldFactory() Value { return o.fields[fieldFactory] }

// Holds returns what an object holds under a selector.
func (o *Object) Holds(s Selector) Value { return o.fields[s] }

// MadeOn says that stores into parts of o are stores into the array x.
func (o *Object) MadeOn(x *Object) {
	o.array = o.array.With(x)
	x.holders = append(x.holders, o)
}

// HasColumnsOf says that o certainly has a column for each constant key of a dict.
func (o *Object) HasColumnsOf(dict *Object) { o.columns = dict.order }

// Carry makes o, which a library made, carry a function or instance that it may call later.
func (o *Object) Carry(x *Object) { o.from = o.from.With(x) }

// IsData says that o has content: it is no function, class, module or immutable value.
func (o *Object) IsData() bool { return o.kind == dataObject }

// IsScalar says that o is an immutable value.
func (o *Object) IsScalar() bool { return o.kind == scalarObject }

// IsDefinition says that o is a function or class, or what a library made of one: a copy of it is itself.
func (o *Object) IsDefinition() bool {
	return o.kind == functionObject || o.kind == classObject || o.kind == wrapperObject
}

// IsTrue says that an argument is the constant True.
func (n Named) IsTrue() bool { return n.Const != nil && n.Const.Kind == pyast.True }

// Prepend returns the arguments with one more in front.
func (a Arguments) Prepend(v Value) Arguments {
	a.Pos = append([]Value{v}, a.Pos...)
	a.Consts = append([]*pyast.Constant{nil}, a.Consts...)
	return a
}

// PairOf is a pair of a key and what a mapping has under it.
func (c *Call) PairOf(mapping *Object, part int) Value {
	pair := c.New(part, "builtins.tuple")
	pair.Hold(Nth(0), mapping.Keys)
	pair.Hold(Nth(1), mapping.inside(c.run.unit))
	return pair.Alone()
}

// IsMapping says that o is a dict or like one.
func (o *Object) IsMapping() bool { return knowledge.Has(o.Type, knowledge.Mapping) }

// HoldCarried makes arrays or frames hold the functions and instances among the arguments: they are
// of objects.
func (c *Call) HoldCarried(v Value) {
	if found := c.run.carried(c.Args.All()); len(found) > 0 {
		for _, o := range v {
			o.Hold(AnyItem, found)
		}
	}
}

// Prefix are the positional arguments that o was given under places, from the first on.
func (o *Object) Prefix() []Value {
	var found []Value
	for n := 0; len(o.fields[Nth(n)]) > 0; n++ {
		found = append(found, o.fields[Nth(n)])
	}
	return slices.Clip(found)
}
