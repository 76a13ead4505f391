package deps

import "github.com/xetmemo/xetmemo-lint/closure"

// Fields of dataclasses and their like. What field() makes stands in the class; an instance has
// the argument, the default, or what the factory makes in its place.

// factoryOf is the keyword under which a maker of fields takes a factory.
var factoryOf = map[string]string{
	"dataclasses.field": "default_factory", "pydantic.Field": "default_factory", "pydantic.fields.Field": "default_factory",
	"attr.ib": "factory", "attr.attrib": "factory", "attr.field": "factory", "attrs.field": "factory",
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
					f.hold(".factory", n.val)
				case "default":
					f.hold(".default", n.val)
				}
			}
			if len(args.pos) > 0 {
				f.hold(".default", args.pos[0])
			}
			return f.alone(), true
		}
	}
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
				o.hold(name, f.fields[".default"].union(r.call(f.fields[".factory"], arguments{}, at)))
			}
		}
	}
	for _, b := range class.bases {
		if b.kind == classObject {
			r.fillFields(o, b, at, seen)
		}
	}
}
