package interp

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// The notebook's namespace as an object: g = globals(), get_ipython().user_ns. Its items are the
// notebook's globals. (globals()["x"] itself is taken for the variable when it is lowered.) And the shell
// under a name, which runs code that it is given as text.

const (
	namespaceType = "builtins.globals"
	shellType     = "IPython.core.interactiveshell.InteractiveShell"
)

// namespace returns the notebook's namespace.
func (r *runner) namespace() *Object {
	if r.g.namespace == nil {
		r.g.namespace = &Object{kind: dataObject, Type: namespaceType, unit: beforeAll, Unstorable: true}
	}
	return r.g.namespace
}

// named takes the global of a constant key, "'x", of the namespace; of any other key it is any global.
func (r *runner) named(key string, at closure.Instr) Value {
	name, constant := strings.CutPrefix(key, "'")
	switch {
	case !constant || r.frame.mod != r.g.main:
		r.unknownCode()
		return r.anything(at)
	case r.resolves(name):
		return r.loadGlobal(name)
	}
	return nil
}

// setNamed binds the global of a key, or deletes it.
func (r *runner) setNamed(key string, val Value, deletes bool, at closure.Instr) {
	name, constant := strings.CutPrefix(key, "'")
	if !constant || r.frame.mod != r.g.main {
		r.unknownCode()
		if !slices.Contains(r.g.bindsUnknown, r.unit) && r.unit != beforeAll {
			r.g.bindsUnknown = append(r.g.bindsUnknown, r.unit)
		}
		return
	}
	if deletes {
		b := &Binding{Name: name, Unit: r.unit, Pos: r.pos, deleted: true, module: r.g.main}
		r.set(r.g.main.variable(name), variable{defs: []*Binding{b}, unbound: true})
		return
	}
	if len(val) == 0 {
		val = r.alloc(at, partUnknown, "").Alone()
	}
	r.bind(name, val, &Binding{
		Name: name, Unit: r.unit, Pos: r.pos, Kind: closure.BindAssign, Function: isFunction(closure.BindAssign, val), module: r.g.main,
	})
}

// setAllNamed binds what a dict with constant keys says.
func (r *runner) setAllNamed(v Value, at closure.Instr) {
	for _, o := range v {
		for _, field := range o.order {
			if name, ok := field.text(); ok {
				r.setNamed("'"+name, o.fields[field], false, at)
			}
		}
		if o.Open || len(o.Elem) > 0 || len(o.order) == 0 && o.kind != scalarObject {
			r.setNamed("", nil, false, at)
		}
	}
}

// callNamespace calls a method of the namespace.
func (r *runner) callNamespace(name string, args Arguments, at closure.Instr) Value {
	key, ok := args.Text(0)
	if ok {
		key = "'" + key
	}
	switch name {
	case "get", "pop", "__getitem__", "setdefault":
		v := r.named(key, at)
		for _, d := range args.Pos[min(1, len(args.Pos)):] {
			v = v.Union(d)
		}
		if name == "pop" {
			r.setNamed(key, nil, true, at)
		}
		if name == "setdefault" {
			r.branchCall(func() { r.setNamed(key, v, false, at) })
		}
		return v
	case "update":
		if len(args.Pos) > 0 {
			r.setAllNamed(args.Pos[0], at)
		}
		for _, n := range args.Named {
			r.setNamed("'"+n.Name, n.Value, false, at)
		}
		return nil
	case "keys":
		return nil
	}
	return r.named("", at)
}

// callShell runs the code that a method of IPython's shell is given as text. ok is false where there is none, or it
// isn't constant.
func (r *runner) callShell(name string, args Arguments, at closure.Instr) (v Value, ok bool) {
	var words []string
	for n := range args.Pos {
		word, ok := args.Text(n)
		if !ok {
			break
		}
		words = append(words, word)
	}
	switch {
	case name == "push" && len(args.Pos) > 0:
		r.setAllNamed(args.Pos[0], at)
		return nil, true
	case len(words) == 0 || r.depth >= maxDepth:
		return nil, false
	case name == "run_line_magic" || name == "magic":
		r.runText("%"+strings.TrimPrefix(strings.Join(words, " "), "%"), true)
	case name == "run_cell_magic" && len(words) == 3:
		r.runText("%%"+words[0]+" "+words[1]+"\n"+words[2], true)
	case name == "run_cell" || name == "ex" || name == "ev":
		r.runText(words[0], true)
	default:
		return nil, false
	}
	return r.alloc(at, 0, "").Alone(), true
}

// runText runs source text in the globals of the running code, and returns the state that it ends in.
func (r *runner) runText(text string, notebook bool) {
	s := closure.Summarize(pyast.Parse(text, pyast.Options{Version: r.cell.Summary.File.Version, Notebook: notebook}))
	for name := range s.Binds {
		if r.frame.mod == r.g.main && !slices.Contains(r.g.binders[name], r.unit) && r.unit != beforeAll {
			r.g.binders[name] = append(r.g.binders[name], r.unit)
		}
	}
	outer, via, pos := r.frame, r.via, r.pos
	r.frame = r.newFrame(s.Body, nil, outer.mod)
	r.via = append(via[:len(via):len(via)], "exec")
	r.depth++
	r.exec(s.Body.Body)
	r.depth--
	r.frame, r.via, r.pos = outer, via, pos
}
