package interp

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
)

// Fields of dataclasses and their like (models declare them: Call.DeclareField). What field() makes stands in the class; an instance has
// the argument, the default, or what the factory makes in its place.

// What the object that stands for a field holds.
var (
	fieldFactory = Attr("factory") // makes the default
	fieldDefault = Attr("default")
	fieldAsked   = Attr("asked") // sees what the field is set to
)

// fieldAt is the place where an instance's field is filled: each gets an object of its own.
type fieldAt struct {
	closure.Instr
	field Selector
}

// askField runs a field's validators and converters on what it is set to.
func (r *runner) askField(field, o *Object, set Value, at closure.Instr) {
	for _, fn := range field.fields[fieldAsked] {
		given := Arguments{Rest: r.deep(set.With(o)), Star: true}
		r.branchCall(func() { r.call(fn.Alone(), given, at) })
	}
}

// askObservers runs the methods that a class has under decorators of a library, where an attribute which that
// library keeps is set: observers, validators.
func (r *runner) askObservers(o *Object, library string, set Value, at closure.Instr) {
	if library == "" {
		return
	}
	given := Arguments{Rest: r.deep(set.With(o)), Star: true}
	seen := map[*Object]bool{}
	var ask func(class *Object)
	ask = func(class *Object) {
		if seen[class] {
			return
		}
		seen[class] = true
		for _, name := range class.order {
			for _, w := range class.fields[name] {
				if w.kind == wrapperObject && w.library() == library {
					r.branchCall(func() { r.call(w.Runs, Arguments{Pos: []Value{o.Alone()}, Rest: given.Rest, Star: true}, at) })
				}
			}
		}
		for _, b := range class.bases {
			ask(b)
		}
	}
	for _, c := range o.Class {
		ask(c)
	}
}

// library returns the name of the library that made an object, "" where it is none or the standard one.
func (o *Object) library() string {
	path := o.Type
	if path == "" {
		path = o.Maker
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
func (r *runner) fillFields(o, class *Object, at closure.Instr, seen map[*Object]bool) {
	if seen[class] {
		return
	}
	seen[class] = true
	for _, name := range class.order {
		for _, f := range class.fields[name] {
			if f.field {
				made := r.call(f.fields[fieldFactory], Arguments{}, fieldAt{at, name})
				o.Hold(name, f.fields[fieldDefault].Union(made))
				r.askField(f, o, o.Contents(), at)
			}
		}
	}
	for _, f := range class.fields[Attr("__attrs_post_init__")] {
		r.call(r.methods(f.Alone(), o.Alone()), Arguments{}, at)
	}
	for _, b := range class.bases {
		if b.kind == classObject {
			r.fillFields(o, b, at, seen)
		}
	}
}
