package interp

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
)

// Fields of dataclasses and their like. What field() makes stands in the class; an instance has
// the argument, the default, or what the factory makes in its place.

// factoryOf is the keyword under which a maker of fields takes a factory.
var factoryOf = map[string]string{
	"dataclasses.field": "default_factory", "pydantic.Field": "default_factory", "pydantic.fields.Field": "default_factory",
	"attr.ib": "factory", "attr.attrib": "factory", "attr.field": "factory", "attrs.field": "factory",
	"attr.Factory": "factory", "attrs.Factory": "factory",
}

// fieldAt is the place where an instance's field is filled: each gets an object of its own.
type fieldAt struct {
	closure.Instr
	field selector
}

func isField(o *object) bool { return factoryOf[o.maker] != "" }

func addFields() {
	for path, keyword := range factoryOf {
		specialCalls[path] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			f := r.alloc(at, 0, "")
			f.maker = path
			for _, n := range args.named {
				switch n.name {
				case keyword:
					f.hold(attr("factory"), n.val)
				case "default":
					f.hold(attr("default"), n.val)
				case "validator", "converter":
					f.hold(attr("asked"), r.functionsIn(n.val))
				}
			}
			if len(args.pos) > 0 && strings.HasSuffix(path, ".Factory") {
				f.hold(attr("factory"), args.pos[0])
			} else if len(args.pos) > 0 {
				f.hold(attr("default"), args.pos[0])
			}
			for _, inner := range f.fields[attr("default")] { // default=Factory(list)
				f.hold(attr("factory"), inner.fields[attr("factory")])
			}
			return f.alone(), true
		}
	}
}

// askField runs a field's validators and converters on what it is set to.
func (r *runner) askField(field, o *object, set value, at closure.Instr) {
	for _, fn := range field.fields[attr("asked")] {
		given := arguments{rest: r.deep(set.with(o)), star: true}
		r.branchCall(func() { r.call(fn.alone(), given, at) })
	}
}

// askObservers runs the methods that a class has under decorators of a library, where an attribute which that
// library keeps is set: traitlets.observe, sqlalchemy.orm.validates, pydantic.field_validator.
func (r *runner) askObservers(o *object, library string, set value, at closure.Instr) {
	if library == "" {
		return
	}
	given := arguments{rest: r.deep(set.with(o)), star: true}
	seen := map[*object]bool{}
	var ask func(class *object)
	ask = func(class *object) {
		if seen[class] {
			return
		}
		seen[class] = true
		for _, name := range class.order {
			for _, w := range class.fields[name] {
				if w.kind == wrapperObject && w.library() == library {
					r.branchCall(func() { r.call(w.made, arguments{pos: []value{o.alone()}, rest: given.rest, star: true}, at) })
				}
			}
		}
		for _, b := range class.bases {
			ask(b)
		}
	}
	for _, c := range o.class {
		ask(c)
	}
}

// library returns the name of the library that made an object, "" where it is none or the standard one.
func (o *object) library() string {
	path := o.typ
	if path == "" {
		path = o.maker
	}
	name, _, ok := strings.Cut(path, ".")
	if !ok || inLanguage(path) || o.kind != dataObject && o.kind != wrapperObject {
		return ""
	}
	switch name {
	case "functools", "contextlib", "dataclasses", "abc", "enum", "typing":
		return ""
	}
	return name
}

// fillFields gives an instance what its class's fields, and those of the bases, say.
func (r *runner) fillFields(o, class *object, at closure.Instr, seen map[*object]bool) {
	if seen[class] {
		return
	}
	seen[class] = true
	for _, name := range class.order {
		for _, f := range class.fields[name] {
			if isField(f) {
				made := r.call(f.fields[attr("factory")], arguments{}, fieldAt{at, name})
				o.hold(name, f.fields[attr("default")].union(made))
				r.askField(f, o, o.contents(), at)
			}
		}
	}
	for _, f := range class.fields[attr("__attrs_post_init__")] {
		r.call(r.methods(f.alone(), o.alone()), arguments{}, at)
	}
	for _, b := range class.bases {
		if b.kind == classObject {
			r.fillFields(o, b, at, seen)
		}
	}
}
