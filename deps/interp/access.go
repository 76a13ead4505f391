package interp

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/closure/scope"
)

// attribute takes an attribute of every object that the base may be.
func (r *runner) attribute(base value, name string, at closure.Instr) value {
	var v value
	for _, o := range base {
		if (o.kind == dataObject || o.kind == memberObject) && o.typ == "" && len(o.class) == 0 {
			r.releaseNamed(name)
		}
		v = v.union(r.attributeOf(o, name, at))
	}
	if len(base) == 0 {
		r.releaseNamed(name)
	}
	return v
}

func (r *runner) attributeOf(o *object, name string, at closure.Instr) value {
	switch o.kind {
	case moduleObject:
		v := r.moduleAttribute(o.module, name)
		r.reach(v)
		return v
	case libraryObject:
		path := o.typ + "." + name
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
				t[0].maker = path
				lib.parts = map[selector]*object{itself: t[0]}
			}
			if p := lib.parts[itself]; p != nil {
				p.typ = f.Result.Name
				return value{p, lib}
			}
		}
		return lib.alone()
	case superObject:
		return r.superAttribute(o, name, at)
	case boundObject, functionObject, wrapperObject:
		if v := o.fields[attr(name)]; len(v) > 0 {
			return v
		}
		if o.kind == boundObject && name == "__self__" {
			return o.self
		}
		if o.kind == wrapperObject {
			switch name {
			case "setter", "getter", "deleter":
				return r.library(propertyPath + "." + name).alone().union(r.remember(o, name, at))
			case "register", "cache_clear", "cache_info":
				return r.remember(o, name, at)
			case "__wrapped__", "func":
				return o.made
			}
		}
		return value{o.part(attr(name), "", r.unit)}
	case classObject:
		if v := r.lookup(o, name, true); len(v) > 0 {
			return r.bindClass(v, o, at)
		}
		for _, meta := range o.class {
			var v value
			for _, f := range r.lookup(meta, name, true) {
				v = v.union(r.bindInstance(f, o, meta, at))
			}
			if len(v) > 0 {
				return v
			}
		}
		for _, path := range outsideBases(o, map[*object]bool{}) {
			return r.library(path + "." + name).alone()
		}
		return value{o.part(attr(name), "", r.unit)}
	case scalarObject:
		return value{r.memberOf(o, name)}
	}
	return r.dataAttribute(o, name, at)
}

// dataAttribute takes an attribute of an instance or of any other data.
func (r *runner) dataAttribute(o *object, name string, at closure.Instr) value {
	own := o.fields[attr(name)]
	if o.typ == shellType && (name == "user_ns" || name == "user_global_ns") {
		return r.namespace().alone()
	}
	if name == "__class__" {
		return o.class
	}
	if name == "__dict__" {
		return value{o.part(dunderDict, "", r.unit)}
	}
	var v value
	for _, c := range o.class {
		if len(own) == 0 && slices.ContainsFunc(c.fields[attr(name)], func(f *object) bool { return f.kind == functionObject }) {
			return r.methods(c.fields[attr(name)], o.alone()) // not what the class inherits
		}
		for _, f := range r.lookup(c, name, true) {
			if isField(f) {
				v = v.union(o.elem) // the arguments
				continue
			}
			v = v.union(r.bindInstance(f, o, c, at))
		}
		if len(v) == 0 && len(own) == 0 {
			for _, g := range r.lookup(c, "__getattr__", true) {
				v = v.union(r.call(g.alone(), arguments{pos: []value{{o}, nil}}, at))
			}
		}
		for _, g := range r.lookup(c, "__getattribute__", true) {
			v = v.union(r.call(g.alone(), arguments{pos: []value{{o}, nil}}, at))
		}
	}
	v = own.union(v)
	if len(v) > 0 && (o.typ == "" || len(o.class) > 0) && !o.open {
		return v
	}
	if len(v) == 0 || o.open || o.typ != "" {
		if len(v) == 0 && len(o.class) > 0 { // not known after all
			r.release(o.alone())
		}
		m := r.memberOf(o, name)
		if (len(o.class) > 0 || o.typ == "") && len(o.elem) > 0 && len(v) == 0 { // a dataclass's or named tuple's fields
			v = v.union(o.elem)
		}
		v = v.with(m)
	}
	return v
}

// memberOf returns the object for an attribute of data of which nothing is stored: a method
// when it is called, else a part.
func (r *runner) memberOf(o *object, name string) *object {
	typ := ""
	if o.typ != "" {
		if f := r.g.opts.Knowledge.Method(o.typ, name); f != nil && f.Attr {
			if len(f.Same) > 0 {
				return o
			}
			if len(f.Mutates) > 0 && o.parts[attr(name)] == nil { // computed when it is first asked for, and kept
				r.mutate(o, nil)
			}
			typ = f.Result.Name
			if f.Result.Like != nil && f.Result.Like.Self {
				typ = o.typ
			}
			if k := r.g.opts.Knowledge.Lookup(typ); typ != "" && k != nil && k.Immutable && typ != "builtins.tuple" {
				return r.scalar(typ)
			}
		}
	}
	m := o.part(attr(name), typ, r.unit)
	return m
}

// bindInstance applies the descriptor rules to a class attribute taken from an instance.
func (r *runner) bindInstance(f, self, class *object, at closure.Instr) value {
	switch f.kind {
	case functionObject:
		return r.method(f, self.alone()).alone()
	case wrapperObject:
		switch f.typ {
		case propertyPath, "functools.cached_property":
			return r.call(f.made, arguments{pos: []value{{self}}}, at)
		case staticPath:
			return f.made
		case classPath:
			return r.methods(f.made, class.alone())
		}
		return r.method(f, self.alone()).alone()
	case dataObject:
		for _, c := range f.class { // a descriptor of the notebook's own
			if get := r.lookup(c, "__get__", true); len(get) > 0 {
				return r.call(r.methods(get, f.alone()), arguments{pos: []value{{self}, {class}}}, at)
			}
		}
	}
	return f.alone()
}

const (
	propertyPath = "builtins.property"
	staticPath   = "builtins.staticmethod"
	classPath    = "builtins.classmethod"
)

// bindClass applies them to an attribute taken from the class itself.
func (r *runner) bindClass(v value, class *object, at closure.Instr) value {
	var out value
	for _, f := range v {
		switch {
		case f.kind == wrapperObject && f.typ == staticPath:
			out = out.union(f.made)
		case f.kind == wrapperObject && f.typ == classPath:
			out = out.union(r.methods(f.made, class.alone()))
		default:
			out = out.with(f)
		}
	}
	return out
}

func (r *runner) methods(fns value, self value) value {
	var v value
	for _, f := range fns {
		v = v.with(r.method(f, self))
	}
	return v
}

// method returns the bound method of a function and an object, one for each pair.
func (r *runner) method(f *object, self value) *object {
	if len(self) == 1 {
		s := self[0]
		step := selector{methodStep, f.typ}
		if f.fn != nil {
			step.name = f.fn.Qualname
		}
		if p := s.parts[step]; p != nil && p.made.has(f) {
			return p
		}
		b := &object{kind: boundObject, unit: s.unit, self: self, made: f.alone()}
		if s.parts == nil {
			s.parts = map[selector]*object{}
		}
		s.parts[step] = b
		s.holders = append(s.holders, b)
		return b
	}
	return &object{kind: boundObject, unit: r.unit, self: self, made: f.alone()}
}

// superAttribute looks behind the class whose method is running.
func (r *runner) superAttribute(o *object, name string, at closure.Instr) value {
	owner := r.frame.fn
	for owner != nil && owner.Kind != scope.Class {
		owner = owner.Outer
	}
	var v value
	for _, self := range o.self {
		classes := self.class
		if self.kind == classObject {
			classes = self.alone()
		}
		for _, c := range classes {
			for _, k := range behind(c, owner, map[*object]bool{}) {
				found := r.lookup(k, name, false)
				for _, f := range found {
					if self.kind == classObject {
						v = v.union(r.bindClass(f.alone(), self, at))
					} else {
						v = v.union(r.bindInstance(f, self, c, at))
					}
				}
			}
		}
		if len(v) == 0 {
			v = v.with(r.memberOf(self, name))
		}
	}
	return v
}

// behind returns the classes in c's ancestry whose body is owner; all of it if none is.
func behind(c *object, owner *closure.Func, seen map[*object]bool) value {
	if seen[c] {
		return nil
	}
	seen[c] = true
	if c.fn == owner {
		return c.alone()
	}
	var v value
	for _, b := range c.bases {
		if b.kind == classObject {
			v = v.union(behind(b, owner, seen))
		}
	}
	return v
}

// setAttribute stores or deletes an attribute.
func (r *runner) setAttribute(base value, name string, src value, at closure.Instr) {
	for _, o := range base {
		switch o.kind {
		case moduleObject:
			if v := o.module.variable(name); len(src) > 0 {
				v.merge(variable{val: src, defs: []*Binding{{Name: name, Unit: beforeAll, Kind: closure.BindAssign, module: o.module}}})
			}
			r.mutate(o, at)
			continue
		case libraryObject:
			r.effect("process-state", o.typ+"."+name)
			continue
		case scalarObject:
			continue
		}
		done := false
		if len(o.class) > 0 && o.typ != "" && !r.g.opts.Knowledge.IsType(o.typ) { // the library may see it
			r.release(o.alone())
			r.askObservers(o, o.library(), src, at)
		}
		for _, c := range o.class {
			for _, f := range r.lookup(c, name, true) {
				if isField(f) {
					r.askField(f, o, src, at)
				} else if f.kind == wrapperObject && f.typ == propertyPath {
					if i, ok := at.(*closure.SetAttr); ok && i.Src == closure.NoReg {
						r.call(f.fields[attr("deleter")], arguments{pos: []value{{o}}}, at)
						done = true
						continue
					}
					for _, setter := range f.fields[attr("setter")] {
						r.call(setter.alone(), arguments{pos: []value{{o}, src}}, at)
						done = true
					}
				} else if f.kind == dataObject {
					if len(f.class) == 0 {
						r.askObservers(o, f.library(), src, at)
					}
					for _, d := range f.class {
						for _, set := range r.lookup(d, "__set__", true) {
							r.call(r.methods(set.alone(), f.alone()), arguments{pos: []value{{o}, src}}, at)
						}
					}
				}
			}
			for _, f := range r.lookup(c, "__setattr__", true) {
				r.call(f.alone(), arguments{pos: []value{{o}, nil, src}}, at)
			}
		}
		if done {
			continue
		}
		o.hold(attr(name), src)
		r.mutate(o, at)
	}
}

// item takes an element or slice.
func (r *runner) item(base, index value, i *closure.Item) value {
	r.consult(base)
	r.asIndex(index, i)
	r.callIndex(base, index, i)
	var v value
	for _, o := range base {
		v = v.union(r.itemOf(o, index, i))
	}
	return v
}

// consult notes the effects of looking into a value of a library's module: os.environ["HOME"], dict(os.environ).
func (r *runner) consult(v value) {
	for _, o := range v {
		name, typ := o.maker, o.typ
		switch {
		case o.kind == libraryObject: // from os import environ
			f := r.g.opts.Knowledge.Lookup(o.typ)
			if f == nil || !f.Attr {
				continue
			}
			name, typ = o.typ, f.Result.Name
		case o.kind != dataObject || o.unit != beforeAll || o.maker == "":
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
func (r *runner) callIndex(base, index value, at closure.Instr) {
	fns := r.functionsIn(index)
	if len(fns) == 0 {
		return
	}
	for _, o := range base {
		frame := o
		if o.locates() {
			frame = o.owner
		} else if o.typ != "pandas.DataFrame" && o.typ != "pandas.Series" {
			continue
		}
		for _, fn := range fns {
			r.branchCall(func() { r.call(fn.alone(), arguments{pos: []value{frame.alone()}}, at) })
		}
	}
}

// asIndex runs what a sequence or mapping asks of an instance that is its index or key.
func (r *runner) asIndex(index value, at closure.Instr) {
	for _, x := range index {
		if len(x.class) == 0 {
			continue
		}
		for _, name := range [...]string{"__index__", "__hash__", "__eq__"} {
			r.special(x, name, at, nil)
		}
	}
}

// dunderDict is the part of an object that vars() and __dict__ give: its items are the
// object's attributes.
var dunderDict = attr("__dict__")

func (o *object) namespace() bool { return o.kind == memberObject && o.step == dunderDict }

// locates says that o takes elements by label or place: frame.loc, frame.iloc.
func (o *object) locates() bool {
	return o.kind == memberObject && (o.step == attr("loc") || o.step == attr("iloc"))
}

func (r *runner) itemOf(o *object, index value, i *closure.Item) value {
	if o.typ == namespaceType {
		return r.named(i.Key, i)
	}
	if o.namespace() {
		if f, ok := o.owner.fields[attr(strings.TrimPrefix(i.Key, "'"))]; ok {
			return f
		}
		return o.owner.contents().with(o.part(anyItem, "", r.unit))
	}
	if len(o.class) > 0 && !i.Unpack {
		if v, ok := r.special(o, "__getitem__", i, index); ok {
			return v
		}
		if v, ok := r.special(o, "__missing__", i, index); ok {
			return v.union(o.contents())
		}
	}
	if i.Unpack && len(o.class) > 0 {
		if v, ok := r.iterateInstance(o, i); ok {
			return v
		}
	}
	switch o.kind {
	case scalarObject:
		if o.typ == "builtins.str" || o.typ == "builtins.bytes" && i.Slice {
			return o.alone()
		}
		return nil
	case libraryObject, moduleObject, functionObject, classObject, boundObject:
		if o.kind == libraryObject {
			return o.alone()
		}
		r.release(o.alone())
		return o.elem // an enumeration's members
	}
	if o.iter && i.Unpack {
		r.mutate(o, i)
	}
	if o.typ == "collections.defaultdict" { // a missing key is put in
		r.mutate(o, i)
		if len(o.made) > 0 {
			r.branchCall(func() { o.hold(anyItem, r.call(o.made, arguments{}, i)) })
		}
		if v := o.contents(); len(v) > 0 && !o.open {
			return v
		}
		return o.contents().with(o.part(anyItem, "", r.unit))
	}
	if o.typ != "" && !i.Unpack && !sequenceTypes[o.typ] {
		if f := r.g.opts.Knowledge.Method(o.typ, "__getitem__"); f != nil && !f.Result.IsZero() && len(f.Elem)+len(f.View) == 0 {
			return r.applyFact(f, o, o.typ+".__getitem__", arguments{pos: []value{index}}, i) // made anew
		}
	}
	if i.Slice && !i.Unpack {
		return r.slice(o, i)
	}
	v := o.elem
	if i.Key != "" {
		f, ok := o.fields[key(i.Key)]
		if strings.HasPrefix(i.Key, "-") { // from the end: any
			f, ok = o.contents(), true
		}
		v = f.union(v)
		if ok && !o.open {
			return v
		}
	} else {
		v = o.contents()
	}
	if sequenceTypes[o.typ] && !o.open {
		return v
	}
	if copies(o, index, i) {
		typ := o.typ
		if o.locates() {
			typ = o.owner.typ
		}
		return v.with(r.alloc(i, 0, typ))
	}
	typ := elementTypes[o.typ]
	if o.typ == "pandas.DataFrame" && strings.HasPrefix(i.Key, "'") {
		typ = "pandas.Series"
	}
	if typ == "scalar" && i.Key != "" || immutableElements[o.typ] {
		return v
	}
	if typ == "scalar" {
		typ = ""
	}
	step := anyItem
	if i.Key != "" {
		step = key(i.Key)
	}
	return v.with(o.part(step, typ, r.unit))
}

// sequenceTypes are the containers whose elements are objects of their own.
var sequenceTypes = map[string]bool{
	"builtins.list": true, "builtins.tuple": true, "builtins.dict": true, "collections.deque": true,
	"collections.defaultdict": true, "collections.OrderedDict": true, "collections.Counter": true, "builtins.set": true,
}

// elementTypes say what an index takes out of a library's container: a value that shares
// content, of that type, or with "scalar" one that doesn't.
var elementTypes = map[string]string{
	"pandas.Series": "scalar", "pandas.Index": "scalar", "builtins.range": "scalar", "array.array": "scalar",
	"builtins.bytearray": "scalar", "builtins.memoryview": "scalar",
}

var immutableElements = map[string]bool{"builtins.range": true, "builtins.bytearray": true, "array.array": true, "pandas.Index": true}

// copies says whether an index makes a copy: a list, mask or frame as index does, alone or as the rows or columns of
// an array, .loc or .iloc.
func copies(o *object, index value, i *closure.Item) bool {
	switch o.typ {
	case "pandas.DataFrame", "pandas.Series", "numpy.ndarray":
	default:
		if !o.locates() {
			return false
		}
	}
	picks := func(x *object) bool {
		switch x.typ {
		case "builtins.list", "pandas.Series", "pandas.DataFrame", "numpy.ndarray", "pandas.Index":
			return true
		}
		return false
	}
	for _, x := range index {
		if picks(x) || x.typ == "builtins.tuple" && o.typ != "pandas.DataFrame" && o.typ != "pandas.Series" && slices.ContainsFunc(x.contents(), picks) {
			return true
		}
	}
	return false
}

// slice takes a part of a sequence: a copy of a list, a view of an array or frame.
func (r *runner) slice(o *object, i *closure.Item) value {
	switch o.typ {
	case "builtins.list", "builtins.tuple", "builtins.bytearray", "collections.deque":
		n := r.alloc(i, 0, o.typ)
		n.hold(anyItem, o.inside(r.unit))
		n.open = o.open
		return n.alone()
	case "builtins.str", "builtins.bytes", "builtins.range":
		return nil
	}
	typ := o.typ
	if o.locates() {
		typ = ""
	}
	n := o.part(slice, typ, r.unit)
	n.hold(anyItem, o.contents())
	return n.alone()
}

// setItem stores or deletes an element.
func (r *runner) setItem(base, index value, constant string, src value, at closure.Instr) {
	r.asIndex(index, at)
	r.callIndex(base, index, at)
	for _, o := range base {
		if o.typ == namespaceType {
			i, ok := at.(*closure.SetItem)
			r.setNamed(constant, src, ok && i.Src == closure.NoReg, at)
			continue
		}
		if len(o.class) > 0 {
			name := "__setitem__"
			args := []value{index, src}
			if i, ok := at.(*closure.SetItem); ok && i.Src == closure.NoReg {
				name, args = "__delitem__", args[:1]
			}
			if _, ok := r.special(o, name, at, args...); ok {
				continue
			}
		}
		if o.kind == libraryObject {
			r.effect("process-state", o.typ)
			continue
		}
		switch o.typ {
		case "numpy.ndarray", "pandas.DataFrame", "pandas.Series": // copied in
		default:
			field := anyItem
			if constant != "" && !strings.HasPrefix(constant, "-") {
				field = key(constant)
			}
			o.hold(field, src)
			if name, ok := field.text(); ok && o.namespace() {
				o.owner.hold(attr(name), src)
			}
			o.keys = o.keys.union(index)
		}
		r.mutate(o, at)
		r.mutateArray(o, at)
	}
}

// mutateArray stores into the arrays that the series, or the frame which o is a part of, was made on.
func (r *runner) mutateArray(o *object, at closure.Instr) {
	p := o.owner
	if o.typ == "pandas.Series" {
		p = o
	}
	for ; p != nil; p = p.owner {
		for _, x := range p.array {
			r.mutate(x, at)
		}
	}
}

// elements returns what iterating gives, for a value that is read to its end at once.
func (r *runner) elements(v value, at closure.Instr) value {
	r.consult(v)
	var out value
	for _, o := range v {
		out = out.union(r.iterateObject(o, at))
	}
	return out
}

// contents returns what mappings hold under their keys.
func (r *runner) contents(v value, at closure.Instr) value {
	r.consult(v)
	var out value
	for _, o := range v {
		for _, name := range [...]string{"keys", "__iter__", "__getitem__"} { // a mapping of the notebook's own
			if x, ok := r.special(o, name, at, value(nil)); ok && name == "__getitem__" {
				out = out.union(x)
			}
		}
		out = out.union(o.contents())
	}
	return out
}

// iterate takes the elements of a loop's iterable.
func (r *runner) iterate(v value, at closure.Instr) value { return r.elements(v, at) }

func (r *runner) iterateObject(o *object, at closure.Instr) value {
	if len(o.class) > 0 {
		if v, ok := r.iterateInstance(o, at); ok {
			return v
		}
	}
	switch o.kind {
	case scalarObject:
		if o.typ == "builtins.str" {
			return o.alone()
		}
		return nil
	case libraryObject:
		return o.alone()
	case functionObject, classObject, boundObject, moduleObject, superObject, wrapperObject:
		return o.elem
	}
	if o.iter {
		r.mutate(o, at)
	}
	if foreign(o) || len(o.class) > 0 {
		r.release(o.alone())
	}
	switch o.typ {
	case "builtins.dict", "collections.defaultdict", "collections.OrderedDict", "collections.Counter":
		return o.keys
	case "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "collections.deque", "builtins.generator":
		v := o.contents()
		if o.open {
			v = v.with(o.part(anyItem, "", r.unit))
		}
		return v
	case "builtins.range", "builtins.bytes", "builtins.bytearray":
		return r.scalar("builtins.int").alone()
	case "pandas.DataFrame":
		return r.scalar("builtins.str").alone()
	case "pandas.Series", "pandas.Index":
		return o.contents()
	}
	f := r.g.opts.Knowledge.Method(o.typ, "__iter__")
	if sharing[o.typ] && f != nil && len(f.Elems) == 1 && f.Elems[0].Self && len(f.View) == 0 { // what was put into it
		return o.contents()
	}
	if o.typ != "" && f != nil && len(f.Result.Args) > 0 && len(f.View)+len(f.Elems)+len(f.Holds)+len(f.Same) == 0 {
		for _, x := range o.contents() { // a dataset of ours
			if len(x.class) > 0 {
				r.branchCall(func() { r.iterateObject(x, at) })
			}
		}
		return r.typed(at, partElement, f.Result.Args[0]) // made anew
	}
	if !o.open && (len(o.class) > 0 || o.iter && len(o.contents()) > 0) {
		return o.contents()
	}
	return o.contents().with(o.part(anyItem, "", r.unit))
}

// iterateInstance iterates an instance of a notebook class by its own methods.
func (r *runner) iterateInstance(o *object, at closure.Instr) (value, bool) {
	it, ok := r.special(o, "__iter__", at)
	if !ok {
		it, ok = r.special(o, "__aiter__", at)
	}
	if !ok {
		return r.special(o, "__getitem__", at, nil)
	}
	var v value
	for _, x := range it {
		if next, ok := r.special(x, "__next__", at); ok {
			v = v.union(next)
		} else if next, ok := r.special(x, "__anext__", at); ok {
			v = v.union(r.await(next, at))
		} else if x != o {
			v = v.union(r.iterateObject(x, at))
		}
	}
	return v, true
}
