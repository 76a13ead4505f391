package interp

import (
	"maps"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// attribute takes an attribute of every object that the base may be.
func (r *runner) attribute(base Value, name string, at closure.Instr) Value {
	base = r.having(base, name)
	var v Value
	for _, o := range base {
		if (o.kind == dataObject || o.kind == memberObject) && o.Type == "" && len(o.Class) == 0 {
			r.escapeNamed(name)
		}
		v = v.Union(r.attributeOf(o, name, at))
	}
	if len(base) == 0 {
		r.escapeNamed(name)
	}
	return v
}

// having leaves out what certainly has no attribute of that name, where something else has it: what is a frame or a
// series is a frame where it is pivoted.
func (r *runner) having(base Value, name string) Value {
	if len(base) < 2 {
		return base
	}
	has := func(o *Object) (known, has bool) {
		if o.kind != dataObject || len(o.Class) > 0 || !r.g.opts.Knowledge.IsType(o.Type) {
			return false, false
		}
		f := r.g.opts.Knowledge.Method(o.Type, name)
		return true, f != nil && !strings.HasSuffix(f.Path, ".*")
	}
	if !slices.ContainsFunc(base, func(o *Object) bool { _, has := has(o); return has }) {
		return base
	}
	return base.Except(func(o *Object) bool { known, has := has(o); return known && !has })
}

func (r *runner) attributeOf(o *Object, name string, at closure.Instr) Value {
	switch o.kind {
	case moduleObject:
		v := r.moduleAttribute(o.module, name)
		r.mayRead(v)
		return v
	case libraryObject:
		path := o.Type + "." + name
		lib := r.library(path)
		if f := r.g.opts.Knowledge.Lookup(path); f != nil && f.Attr {
			for _, e := range f.Effects {
				r.libraryEffect(e.Kind, path)
			}
			if f.Result.Name != "" && lib.parts == nil {
				t := r.typed(at, 0, f.Result)
				for _, x := range t { // one object for all cells
					x.unit = beforeAll
				}
				t[0].Maker = path
				lib.parts = map[Selector]*Object{itself: t[0]}
			}
			if p := lib.parts[itself]; p != nil {
				p.Type = f.Result.Name
				return Value{p, lib}
			}
		}
		return lib.Alone()
	case superObject:
		return r.superAttribute(o, name, at)
	case boundObject, functionObject, wrapperObject:
		if v := o.fields[Attr(name)]; len(v) > 0 {
			return v
		}
		if o.kind == boundObject && name == "__self__" {
			return o.self
		}
		if o.kind == wrapperObject {
			switch name {
			case "setter", "getter", "deleter":
				return r.library(propertyPath + "." + name).Alone().Union(r.registering(o, name))
			case "register", "cache_clear", "cache_info":
				return r.registering(o, name)
			case "__wrapped__", "func":
				return o.Runs
			}
		}
		return Value{o.part(Attr(name), "", r.unit)}
	case classObject:
		if v := r.lookup(o, name, true); len(v) > 0 {
			return r.bindClass(v, o, at)
		}
		for _, meta := range o.Class {
			var v Value
			for _, f := range r.lookup(meta, name, true) {
				v = v.Union(r.bindInstance(f, o, meta, at))
			}
			if len(v) > 0 {
				return v
			}
		}
		for _, path := range outsideBases(o, map[*Object]bool{}) {
			return r.library(path + "." + name).Alone()
		}
		return Value{o.part(Attr(name), "", r.unit)}
	case scalarObject:
		return Value{r.memberOf(o, name)}
	}
	return r.dataAttribute(o, name, at)
}

// dataAttribute takes an attribute of an instance or of any other data.
func (r *runner) dataAttribute(o *Object, name string, at closure.Instr) Value {
	own := o.fields[Attr(name)]
	if o.Type == shellType && (name == "user_ns" || name == "user_global_ns") {
		return r.namespace().Alone()
	}
	if name == "__class__" {
		return o.Class
	}
	if name == "__dict__" {
		return Value{o.part(dunderDict, "", r.unit)}
	}
	var v Value
	for _, c := range o.Class {
		if len(own) == 0 && slices.ContainsFunc(c.fields[Attr(name)], func(f *Object) bool { return f.kind == functionObject }) {
			return r.methods(c.fields[Attr(name)], o.Alone()) // not what the class inherits
		}
		for _, f := range r.lookup(c, name, true) {
			if f.field {
				v = v.Union(o.Elem) // the arguments
				continue
			}
			v = v.Union(r.bindInstance(f, o, c, at))
		}
		if len(v) == 0 && len(own) == 0 {
			for _, g := range r.lookup(c, "__getattr__", true) {
				v = v.Union(r.call(g.Alone(), Arguments{Pos: []Value{{o}, nil}}, at))
			}
		}
		for _, g := range r.lookup(c, "__getattribute__", true) {
			v = v.Union(r.call(g.Alone(), Arguments{Pos: []Value{{o}, nil}}, at))
		}
	}
	v = own.Union(v)
	if len(v) > 0 && (o.Type == "" || len(o.Class) > 0) && !o.Open {
		return v
	}
	if len(v) == 0 || o.Open || o.Type != "" {
		if len(v) == 0 && len(o.Class) > 0 { // not known after all
			r.escape(o.Alone())
		}
		m := r.memberOf(o, name)
		if (len(o.Class) > 0 || o.Type == "") && len(o.Elem) > 0 && len(v) == 0 { // a dataclass's or named tuple's fields
			v = v.Union(o.Elem)
		}
		v = v.With(m)
	}
	return v
}

// anyAttribute is a getattr by a computed name: any attribute that the object may have.
func (r *runner) anyAttribute(base Value, at closure.Instr) Value {
	var v Value
	for _, o := range base {
		switch o.kind {
		case moduleObject:
			r.load(o.module)
			for _, n := range slices.Sorted(maps.Keys(o.module.vars)) {
				if !strings.HasPrefix(n, "__") {
					v = v.Union(o.module.vars[n].val)
				}
			}
			r.effect(RunsCode, "getattr")
		case libraryObject:
			v = v.With(r.library(o.Type + ".?"))
		case dataObject:
			v = v.Union(o.Contents())
			for _, c := range o.Class {
				for _, f := range c.order {
					for _, x := range c.fields[f] {
						if x.kind == functionObject {
							v = v.With(r.method(x, o.Alone()))
						}
					}
				}
			}
			v = v.With(o.part(AnyAttr, "", r.unit))
		default:
			v = v.Union(o.Contents())
		}
	}
	return v
}

// memberOf returns the object for an attribute of data of which nothing is stored: a method
// when it is called, else a part.
func (r *runner) memberOf(o *Object, name string) *Object {
	typ := ""
	if o.Type != "" {
		if f := r.g.opts.Knowledge.Method(o.Type, name); f != nil && f.Attr {
			if len(f.Same) > 0 {
				return o
			}
			if len(f.Mutates) > 0 && o.parts[Attr(name)] == nil { // computed when it is first asked for, and kept
				r.mutate(o, nil)
			}
			typ = f.Result.Name
			if f.Result.Like != nil && f.Result.Like.Self {
				typ = o.Type
			}
			if k := r.g.opts.Knowledge.Lookup(typ); typ != "" && k != nil && k.Immutable && typ != "builtins.tuple" {
				return r.scalar(typ)
			}
		}
	}
	m := o.part(Attr(name), typ, r.unit)
	o.shareElements(m)
	return m
}

// shareElements makes a part of an array of objects, like a row or a flat view of it, hold these objects, too.
func (o *Object) shareElements(part *Object) {
	if len(o.Elem) > 0 && part != o && knowledge.Has(o.Type, knowledge.Array) {
		part.Hold(AnyItem, o.Elem)
	}
}

// bindInstance applies the descriptor rules to a class attribute taken from an instance.
func (r *runner) bindInstance(f, self, class *Object, at closure.Instr) Value {
	switch f.kind {
	case functionObject:
		return r.method(f, self.Alone()).Alone()
	case wrapperObject:
		switch f.Type {
		case propertyPath, "functools.cached_property":
			return r.call(f.Runs, Arguments{Pos: []Value{{self}}}, at)
		case staticPath:
			return f.Runs
		case classPath:
			return r.methods(f.Runs, class.Alone())
		}
		return r.method(f, self.Alone()).Alone()
	case dataObject:
		for _, c := range f.Class { // a descriptor of the notebook's own
			if get := r.lookup(c, "__get__", true); len(get) > 0 {
				return r.call(r.methods(get, f.Alone()), Arguments{Pos: []Value{{self}, {class}}}, at)
			}
		}
	}
	return f.Alone()
}

const (
	propertyPath = "builtins.property"
	staticPath   = "builtins.staticmethod"
	classPath    = "builtins.classmethod"
)

// bindClass applies them to an attribute taken from the class itself.
func (r *runner) bindClass(v Value, class *Object, at closure.Instr) Value {
	var out Value
	for _, f := range v {
		switch {
		case f.kind == wrapperObject && f.Type == staticPath:
			out = out.Union(f.Runs)
		case f.kind == wrapperObject && f.Type == classPath:
			out = out.Union(r.methods(f.Runs, class.Alone()))
		default:
			out = out.With(f)
		}
	}
	return out
}

func (r *runner) methods(fns Value, self Value) Value {
	var v Value
	for _, f := range fns {
		v = v.With(r.method(f, self))
	}
	return v
}

// method returns the bound method of a function and an object, one for each pair.
func (r *runner) method(f *Object, self Value) *Object {
	if len(self) == 1 {
		s := self[0]
		step := Selector{methodStep, f.Type}
		if f.fn != nil {
			step.name = f.fn.Qualname
		}
		if p := s.parts[step]; p != nil && p.Runs.Has(f) {
			return p
		}
		b := &Object{kind: boundObject, unit: s.unit, definition: definition{self: self, Runs: f.Alone()}}
		if s.parts == nil {
			s.parts = map[Selector]*Object{}
		}
		s.parts[step] = b
		s.holders = append(s.holders, b)
		return b
	}
	return &Object{kind: boundObject, unit: r.unit, definition: definition{self: self, Runs: f.Alone()}}
}

// superAttribute looks behind the class whose method is running.
func (r *runner) superAttribute(o *Object, name string, at closure.Instr) Value {
	owner := r.frame.fn
	for owner != nil && owner.Kind != scope.Class {
		owner = owner.Outer
	}
	var v Value
	for _, self := range o.self {
		classes := self.Class
		if self.kind == classObject {
			classes = self.Alone()
		}
		for _, c := range classes {
			for _, k := range behind(c, owner, map[*Object]bool{}) {
				found := r.lookup(k, name, false)
				for _, f := range found {
					if self.kind == classObject {
						v = v.Union(r.bindClass(f.Alone(), self, at))
					} else {
						v = v.Union(r.bindInstance(f, self, c, at))
					}
				}
			}
		}
		if len(v) == 0 {
			v = v.With(r.memberOf(self, name))
		}
	}
	return v
}

// behind returns the classes in c's ancestry whose body is owner; all of it if none is.
func behind(c *Object, owner *closure.Func, seen map[*Object]bool) Value {
	if seen[c] {
		return nil
	}
	seen[c] = true
	if c.fn == owner {
		return c.Alone()
	}
	var v Value
	for _, b := range c.bases {
		if b.kind == classObject {
			v = v.Union(behind(b, owner, seen))
		}
	}
	return v
}

// setAttribute stores or deletes an attribute.
func (r *runner) setAttribute(base Value, name string, src Value, at closure.Instr) {
	for _, o := range base {
		switch o.kind {
		case moduleObject:
			if v := o.module.variable(name); len(src) > 0 {
				v.merge(variable{val: src, defs: []*Binding{{Name: name, Unit: beforeAll, Kind: closure.BindAssign, module: o.module}}})
			}
			r.mutate(o, at)
			continue
		case libraryObject:
			r.effect(knowledge.ProcessState, o.Type+"."+name)
			continue
		case scalarObject:
			continue
		}
		done := false
		if len(o.Class) > 0 && o.Type != "" && !r.g.opts.Knowledge.IsType(o.Type) { // the library may see it
			r.escape(o.Alone())
			r.askObservers(o, o.library(), src, at)
		}
		for _, c := range o.Class {
			for _, f := range r.lookup(c, name, true) {
				if f.field {
					r.askField(f, o, src, at)
				} else if f.kind == wrapperObject && f.Type == propertyPath {
					if i, ok := at.(*closure.SetAttr); ok && i.Src == closure.NoReg {
						r.call(f.fields[Attr("deleter")], Arguments{Pos: []Value{{o}}}, at)
						done = true
						continue
					}
					for _, setter := range f.fields[Attr("setter")] {
						r.call(setter.Alone(), Arguments{Pos: []Value{{o}, src}}, at)
						done = true
					}
				} else if f.kind == dataObject {
					if len(f.Class) == 0 {
						r.askObservers(o, f.library(), src, at)
					}
					for _, d := range f.Class {
						for _, set := range r.lookup(d, "__set__", true) {
							r.call(r.methods(set.Alone(), f.Alone()), Arguments{Pos: []Value{{o}, src}}, at)
						}
					}
				}
			}
			for _, f := range r.lookup(c, "__setattr__", true) {
				r.call(f.Alone(), Arguments{Pos: []Value{{o}, nil, src}}, at)
			}
		}
		if done {
			continue
		}
		o.Hold(Attr(name), src)
		r.mutate(o, at)
	}
}

// item takes an element or slice.
func (r *runner) item(base, index Value, i *closure.Item) Value {
	r.consult(base)
	r.asIndex(index, i)
	r.callIndex(base, index, i)
	var v Value
	for _, o := range base {
		v = v.Union(r.itemOf(o, index, i))
	}
	return v
}

// consult notes the effects of looking into a value of a library's module: os.environ["HOME"], dict(os.environ).
func (r *runner) consult(v Value) {
	for _, o := range v {
		name, typ := o.Maker, o.Type
		switch {
		case o.kind == libraryObject: // from os import environ
			f := r.g.opts.Knowledge.Lookup(o.Type)
			if f == nil || !f.Attr {
				continue
			}
			name, typ = o.Type, f.Result.Name
		case o.kind != dataObject || o.unit != beforeAll || o.Maker == "":
			continue
		}
		if f := r.g.opts.Knowledge.Method(typ, "__iter__"); f != nil {
			for _, e := range f.Effects {
				r.libraryEffect(e.Kind, name)
			}
		}
	}
}

// callIndex calls the functions in an index of a frame: df.loc[lambda d: d.x > 1].
func (r *runner) callIndex(base, index Value, at closure.Instr) {
	fns := r.functionsIn(index)
	if len(fns) == 0 {
		return
	}
	for _, o := range base {
		frame := o
		if o.locates() {
			frame = o.owner
		} else if !knowledge.Has(o.Type, knowledge.Frame) {
			continue
		}
		for _, fn := range fns {
			r.branchCall(func() { r.call(fn.Alone(), Arguments{Pos: []Value{frame.Alone()}}, at) })
		}
	}
}

// asIndex runs what a sequence or mapping asks of an instance that is its index or key.
func (r *runner) asIndex(index Value, at closure.Instr) {
	for _, x := range index {
		if len(x.Class) == 0 {
			continue
		}
		for _, name := range [...]string{"__index__", "__hash__", "__eq__"} {
			r.special(x, name, at, nil)
		}
	}
}

// dunderDict is the part of an object that vars() and __dict__ give: its items are the
// object's attributes.
var dunderDict = Attr("__dict__")

func (o *Object) namespace() bool { return o.kind == memberObject && o.step == dunderDict }

// locates says that o takes elements by label or place: frame.loc, frame.iloc.
func (o *Object) locates() bool {
	return o.kind == memberObject && o.step.kind == attrStep && (knowledge.MethodHas(o.step.name, knowledge.Locates))
}

func (r *runner) itemOf(o *Object, index Value, i *closure.Item) Value {
	if o.Type == namespaceType {
		return r.named(i.Key, i)
	}
	if o.namespace() {
		if f, ok := o.owner.fields[Attr(strings.TrimPrefix(i.Key, "'"))]; ok {
			return f
		}
		return o.owner.Contents().With(o.part(AnyItem, "", r.unit))
	}
	if len(o.Class) > 0 && !i.Unpack {
		if v, ok := r.special(o, "__getitem__", i, index); ok {
			return v
		}
		if v, ok := r.special(o, "__missing__", i, index); ok {
			return v.Union(o.Contents())
		}
	}
	if i.Unpack && len(o.Class) > 0 {
		if v, ok := r.iterateInstance(o, i); ok {
			return v
		}
	}
	switch o.kind {
	case scalarObject:
		if o.Type == "builtins.str" || o.Type == "builtins.bytes" && i.Slice {
			return o.Alone()
		}
		return nil
	case libraryObject, moduleObject, functionObject, classObject, boundObject:
		if o.kind == libraryObject {
			return o.Alone()
		}
		r.escape(o.Alone())
		return o.Elem // an enumeration's members
	}
	if o.Iterator && i.Unpack {
		r.mutate(o, i)
	}
	if o.Type == "collections.defaultdict" { // a missing key is put in
		r.mutate(o, i)
		if len(o.Runs) > 0 {
			r.branchCall(func() { o.Hold(AnyItem, r.call(o.Runs, Arguments{}, i)) })
		}
		if v := o.Contents(); len(v) > 0 && !o.Open {
			return v
		}
		return o.Contents().With(o.part(AnyItem, "", r.unit))
	}
	if o.Type != "" && !i.Unpack && !knowledge.Has(o.Type, knowledge.Container) {
		if f := r.g.opts.Knowledge.Method(o.Type, "__getitem__"); f != nil && !f.Result.IsZero() && len(f.Elem)+len(f.View) == 0 {
			return r.applyFact(f, o, o.Type+".__getitem__", Arguments{Pos: []Value{index}}, i) // made anew
		}
	}
	if i.Slice && !i.Unpack && !copies(o, index, i) && !r.copiesOnWrite(o) {
		return r.slice(o, i)
	}
	v := o.Elem
	if i.Key != "" {
		f, ok := o.fields[Key(i.Key)]
		if strings.HasPrefix(i.Key, "-") { // from the end: any
			f, ok = o.Contents(), true
		}
		v = f.Union(v)
		if ok && !o.Open {
			return v
		}
	} else {
		v = o.Contents()
	}
	if knowledge.Has(o.Type, knowledge.Container) && !o.Open {
		return v
	}
	column := strings.HasPrefix(i.Key, "'") && knowledge.Columns(o.Type) != ""
	if copies(o, index, i) || (i.Slice || column) && r.copiesOnWrite(o) {
		typ := o.Type
		if o.locates() {
			typ = o.owner.Type
		} else if column {
			typ = knowledge.Columns(o.Type)
		}
		return v.With(r.alloc(i, 0, typ))
	}
	if knowledge.Has(o.Type, knowledge.ImmutableElements) || i.Key != "" && knowledge.Has(o.Type, knowledge.SingleElements) {
		return v
	}
	typ := ""
	if strings.HasPrefix(i.Key, "'") {
		typ = knowledge.Columns(o.Type)
	}
	step := AnyItem
	if i.Key != "" {
		step = Key(i.Key)
	}
	if len(o.Elem) > 0 && knowledge.Has(o.Type, knowledge.Array) && typ == "" { // a row, or what is in it
		typ = o.Type
	}
	p := o.part(step, typ, r.unit)
	o.shareElements(p)
	return v.With(p)
}

// copies says whether an index makes a copy: a list, mask or frame as index does, alone or as the rows or columns of
// an array, .loc or .iloc.
func copies(o *Object, index Value, i *closure.Item) bool {
	if !knowledge.Has(o.Type, knowledge.Array) && !o.locates() {
		return false
	}
	frame := knowledge.Has(o.Type, knowledge.Frame) || o.locates()
	picks := func(x *Object) bool { // frames ask a function: df.loc[lambda d: d.a > 1]
		return knowledge.Has(x.Type, knowledge.Selects) || frame && x.isFunction()
	}
	for _, x := range index {
		if picks(x) || x.Type == "builtins.tuple" && !knowledge.Has(o.Type, knowledge.Frame) && slices.ContainsFunc(x.Contents(), picks) {
			return true
		}
	}
	return false
}

// copiesOnWrite says that parts of o, or of what o locates, are copies where they are written into. Where the version
// of the library is not known, they are taken for what they are in any.
func (r *runner) copiesOnWrite(o *Object) bool {
	if o.locates() {
		o = o.owner
	}
	from := knowledge.CopiesFrom(o.Type)
	return from > 0 && r.g.opts.Major != nil && r.g.opts.Major(libraryOf(o.Type)) >= from
}

// slice takes a part of a sequence: a copy of a list, a view of an array or frame.
func (r *runner) slice(o *Object, i *closure.Item) Value {
	switch o.Type {
	case "builtins.list", "builtins.tuple", "builtins.bytearray", "collections.deque":
		n := r.alloc(i, 0, o.Type)
		n.Hold(AnyItem, o.inside(r.unit))
		n.Open = o.Open
		return n.Alone()
	case "builtins.str", "builtins.bytes", "builtins.range":
		return nil
	}
	typ := o.Type
	if o.locates() {
		typ = ""
	}
	n := o.part(slice, typ, r.unit)
	n.Hold(AnyItem, o.Contents())
	return n.Alone()
}

// setItem stores or deletes an element.
func (r *runner) setItem(base, index Value, constant string, src Value, at closure.Instr) {
	r.asIndex(index, at)
	r.callIndex(base, index, at)
	for _, o := range base {
		if o.Type == namespaceType {
			i, ok := at.(*closure.SetItem)
			r.setNamed(constant, src, ok && i.Src == closure.NoReg, at)
			continue
		}
		if len(o.Class) > 0 {
			name := "__setitem__"
			args := []Value{index, src}
			if i, ok := at.(*closure.SetItem); ok && i.Src == closure.NoReg {
				name, args = "__delitem__", args[:1]
			}
			if _, ok := r.special(o, name, at, args...); ok {
				continue
			}
		}
		if o.kind == libraryObject {
			r.effect(knowledge.ProcessState, o.Type)
			continue
		}
		if !knowledge.Has(o.Type, knowledge.Array) { // else it is copied in
			field := AnyItem
			if constant != "" && !strings.HasPrefix(constant, "-") {
				field = Key(constant)
			}
			o.Hold(field, src)
			if name, ok := field.text(); ok && o.namespace() {
				o.owner.Hold(Attr(name), src)
			}
			o.Keys = o.Keys.Union(index)
		}
		r.mutate(o, at)
		r.mutateArray(o, at)
	}
}

// mutateArray stores into the arrays that the series, or the frame which o is a part of, was made on.
func (r *runner) mutateArray(o *Object, at closure.Instr) {
	p := o.owner
	if knowledge.Has(o.Type, knowledge.Column) {
		p = o
	}
	for ; p != nil; p = p.owner {
		for _, x := range p.array {
			r.mutate(x, at)
		}
	}
}

// elements returns what iterating gives, for a value that is read to its end at once.
func (r *runner) elements(v Value, at closure.Instr) Value {
	r.consult(v)
	var out Value
	for _, o := range v {
		out = out.Union(r.iterateObject(o, at))
	}
	return out
}

// contents returns what mappings hold under their keys.
func (r *runner) contents(v Value, at closure.Instr) Value {
	r.consult(v)
	var out Value
	for _, o := range v {
		for _, name := range [...]string{"keys", "__iter__", "__getitem__"} { // a mapping of the notebook's own
			if x, ok := r.special(o, name, at, Value(nil)); ok && name == "__getitem__" {
				out = out.Union(x)
			}
		}
		out = out.Union(o.Contents())
	}
	return out
}

// iterate takes the elements of a loop's iterable.
func (r *runner) iterate(v Value, at closure.Instr) Value { return r.elements(v, at) }

func (r *runner) iterateObject(o *Object, at closure.Instr) Value {
	if len(o.Class) > 0 {
		if v, ok := r.iterateInstance(o, at); ok {
			return v
		}
	}
	switch o.kind {
	case scalarObject:
		if o.Type == "builtins.str" {
			return o.Alone()
		}
		return nil
	case libraryObject:
		return o.Alone()
	case functionObject, classObject, boundObject, moduleObject, superObject, wrapperObject:
		return o.Elem
	}
	if o.Iterator {
		r.mutate(o, at)
	}
	if foreign(o) || len(o.Class) > 0 {
		r.escape(o.Alone())
	}
	switch o.Type {
	case "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "collections.deque", "builtins.generator":
		v := o.Contents()
		if o.Open {
			v = v.With(o.part(AnyItem, "", r.unit))
		}
		return v
	case "builtins.range", "builtins.bytes", "builtins.bytearray":
		return r.scalar("builtins.int").Alone()
	}
	switch {
	case o.IsMapping():
		return o.Keys
	case knowledge.Columns(o.Type) != "": // their names
		return r.scalar("builtins.str").Alone()
	case knowledge.Has(o.Type, knowledge.YieldsElements):
		return o.Contents()
	}
	f := r.g.opts.Knowledge.Method(o.Type, "__iter__")
	if knowledge.Has(o.Type, knowledge.ViewParts) && f != nil && len(f.Elems) == 1 && f.Elems[0].Self && len(f.View) == 0 { // what was put into it
		return o.Contents()
	}
	if o.Type != "" && f != nil && len(f.Result.Args) > 0 && len(f.View)+len(f.Elems)+len(f.Holds)+len(f.Same) == 0 {
		for _, x := range o.Contents() { // a dataset of ours
			if len(x.Class) > 0 {
				r.branchCall(func() { r.iterateObject(x, at) })
			}
		}
		return r.typed(at, partElement, f.Result.Args[0]) // made anew
	}
	if !o.Open && (len(o.Class) > 0 || o.Iterator && len(o.Contents()) > 0) {
		return o.Contents()
	}
	return o.Contents().With(o.part(AnyItem, "", r.unit))
}

// iterateInstance iterates an instance of a notebook class by its own methods.
func (r *runner) iterateInstance(o *Object, at closure.Instr) (Value, bool) {
	it, ok := r.special(o, "__iter__", at)
	if !ok {
		it, ok = r.special(o, "__aiter__", at)
	}
	if !ok {
		return r.special(o, "__getitem__", at, nil)
	}
	var v Value
	for _, x := range it {
		if next, ok := r.special(x, "__next__", at); ok {
			v = v.Union(next)
		} else if next, ok := r.special(x, "__anext__", at); ok {
			v = v.Union(r.await(next, at))
		} else if x != o {
			v = v.Union(r.iterateObject(x, at))
		}
	}
	return v, true
}
