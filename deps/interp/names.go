package interp

import (
	"maps"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// loadVar reads a variable.
func (r *runner) loadVar(v *closure.Var) Value {
	if v.Func == nil {
		return r.loadGlobal(v.Name)
	}
	if v.Func == r.frame.fn {
		slot := &r.frame.vars[v.Slot]
		val := slot.val
		if v.Func.Slots[v.Slot].Rebound {
			val = val.Union(r.frame.env.captured[v.Slot])
		}
		if v.Outer != nil && slot.unbound {
			return val.Union(r.loadVar(v.Outer))
		}
		return val
	}
	for e := r.frame.env; e != nil; e = e.outer {
		if e.fn == v.Func {
			return e.captured[v.Slot]
		}
	}
	return nil
}

// loadGlobal reads a global of the module whose code runs.
func (r *runner) loadGlobal(name string) Value {
	m := r.frame.mod
	g := m.vars[name]
	if g == nil || g.unbound && len(g.defs) == 0 {
		if m == r.g.main { // a generator may run when it is bound
			r.log.read, r.log.late = append(r.log.read, name), append(r.log.late, name)
		}
		return r.loadUnbound(m, name)
	}
	if m == r.g.main {
		r.log.read = append(r.log.read, name)
		r.readGlobal(name, g, r.via)
		if g.unbound && r.knowsBuiltin(name) {
			return r.held(g).With(r.library("builtins." + name))
		}
	}
	v := r.held(g)
	r.carry(v)
	return v
}

// loadUnbound reads a name that nothing has bound so far: a builtin, a name that only later
// cells bind, one from code we can't see, or one that nothing binds.
func (r *runner) loadUnbound(m *module, name string) Value {
	if m != r.g.main {
		if r.knowsBuiltin(name) {
			return r.library("builtins." + name).Alone()
		}
		return nil
	}
	if r.readUnbound(name, r.via) {
		return nil
	}
	switch {
	case r.knowsBuiltin(name):
		return r.library("builtins." + name).Alone()
	case name == "display":
		return r.library("IPython.display.display").Alone()
	case name == "get_ipython":
		return r.library("IPython.get_ipython").Alone()
	}
	return nil
}

// readUnbound notes a read of a global that nothing has bound so far and says whether some
// cell of the notebook is taken to bind it.
func (r *runner) readUnbound(name string, via []string) bool {
	units := r.g.binders[name]
	if len(units) == 0 && !r.knowsBuiltin(name) && !isProvided(name) {
		if w, ok := r.g.bindsUnknownBefore(r.unit); ok {
			r.g.binders[name] = []int{w}
			v := r.g.main.variable(name)
			b := &Binding{Name: name, Unit: w, Kind: closure.BindUnknown, module: r.g.main}
			*v = variable{defs: []*Binding{b}}
			for i := range r.trail { // it was so all along
				if r.trail[i].v == v {
					r.trail[i].old = *v
				}
			}
			c := r.g.Cells[w]
			c.Bound = append(c.Bound, &Bound{Name: name, Must: true, Kind: closure.BindUnknown})
			r.readGlobal(name, v, via)
			return true
		}
	}
	if len(units) > 0 {
		if (r.knowsBuiltin(name) || isProvided(name)) && !slices.Contains(units, r.unit) {
			return false // a builtin, or IPython's own, until a later cell shadows it
		}
		r.note(name, nil, via, true)
		return true
	}
	if !r.knowsBuiltin(name) && !isProvided(name) {
		r.noteUndefined(name, via)
	}
	return false
}

// bindsUnknownBefore returns the last cell before or at i that may bind any name.
func (g *Notebook) bindsUnknownBefore(i int) (int, bool) {
	found, ok := 0, false
	for _, w := range g.bindsUnknown {
		if w <= i && (!ok || w > found) {
			found, ok = w, true
		}
	}
	return found, ok
}

// readGlobal notes a read of a global of the notebook if its value may be from before the cell.
func (r *runner) readGlobal(name string, v *variable, via []string) {
	before := func(d *Binding) bool { return d.Unit != r.unit && !d.deleted }
	own := !slices.ContainsFunc(v.defs, before)
	if own && (!v.unbound || !r.boundBefore(name) || r.knowsBuiltin(name)) {
		return
	}
	read := r.note(name, v.val, via, own)
	for _, d := range v.defs {
		if before(d) && !slices.Contains(read.Defs, d) {
			read.Defs = append(read.Defs, d)
		}
	}
}

// boundBefore says whether a path without a binding makes the name a read: some cell must bind it.
func (r *runner) boundBefore(name string) bool { return len(r.g.binders[name]) > 0 }

// note returns the cell's read of a name, which is made here if this is the first.
func (r *runner) note(name string, val Value, via []string, later bool) *Read {
	if r.unit == beforeAll {
		return &Read{}
	}
	read := r.cell.reads[name]
	if read == nil {
		read = &Read{Name: name, Pos: r.pos, Via: slices.Clone(via), Later: true, val: val}
		r.cell.reads[name] = read
		r.cell.Reads = append(r.cell.Reads, read)
	}
	read.Later = read.Later && later
	read.Seen = read.Seen || r.sure()
	return read
}

// isProvided says that IPython puts a name into the notebook's namespace: inputs and results by their numbers, too.
func isProvided(name string) bool {
	if number, ok := strings.CutPrefix(name, "_"); ok && number != "" {
		number = strings.TrimPrefix(number, "i")
		if number != "" && strings.Trim(number, "0123456789") == "" {
			return true
		}
	}
	return provided[name]
}

// noteUndefined notes the read of a name that no cell binds.
func (r *runner) noteUndefined(name string, via []string) {
	read := r.cell.undefined[name]
	if read == nil {
		read = &Read{Name: name, Pos: r.pos, Via: slices.Clone(via)}
		r.cell.undefined[name] = read
		r.cell.Undefined = append(r.cell.Undefined, read)
	}
	read.Seen = read.Seen || r.sure()
}

// provided are the names that IPython puts into the notebook's namespace.
var provided = map[string]bool{
	"display": true, "get_ipython": true, "In": true, "Out": true, "exit": true, "quit": true, "_": true, "__": true, "___": true,
	"_i": true, "_ii": true, "_iii": true, "_ih": true, "_oh": true, "_dh": true, "__name__": true, "__file__": true,
	"__doc__": true, "__builtins__": true, "__builtin__": true, "__package__": true, "__spec__": true, "__loader__": true,
	"__annotations__": true, "__debug__": true, "__import__": true, "__build_class__": true, "__class__": true, "_exit_code": true,
	"__session__": true, "__IPYTHON__": true, "copyright": true, "credits": true, "license": true, "help": true, "WindowsError": true,
}

func (r *runner) knowsBuiltin(name string) bool {
	if isProvided(name) {
		return false
	}
	return builtinNames[name] || r.g.opts.Knowledge.Lookup("builtins."+name) != nil
}

// isBuiltin says whether a name still means the builtin here.
func (r *runner) isBuiltin(name string) bool {
	v := r.frame.mod.vars[name]
	return v == nil || v.unbound && len(v.defs) == 0
}

// resolves says whether a name has a value here: the notebook binds it, or it is a builtin.
func (r *runner) resolves(name string) bool {
	v := r.frame.mod.vars[name]
	return v != nil && len(v.defs) > 0 || r.knowsBuiltin(name) || isProvided(name)
}

// isColumn says whether data certainly has a column of that name: a dict, or a frame made of one.
func (r *runner) isColumn(name string, data []closure.Reg) bool {
	for _, reg := range data {
		v := r.frame.regs[reg]
		if len(v) == 1 && (v[0].Type == "builtins.dict" && v[0].fields[TextKey(name)] != nil || slices.Contains(v[0].columns, TextKey(name))) {
			return true
		}
	}
	return false
}

// storeVar binds a variable.
func (r *runner) storeVar(v *closure.Var, val Value, i *closure.Store) {
	if len(val) == 0 { // whatever it is, it has a name from here on
		o := r.alloc(i, 0, "")
		o.Open = true
		val = o.Alone()
	}
	if v.Func == nil {
		r.bind(v.Name, val, r.bindingOf(v.Name, val, i))
		return
	}
	if v.Func == r.frame.fn {
		slot := &r.frame.vars[v.Slot]
		r.set(slot, variable{val: val})
		if v.Func.Slots[v.Slot].Captured {
			r.frame.env.capture(v.Slot, val)
		}
		return
	}
	for e := r.frame.env; e != nil; e = e.outer {
		if e.fn == v.Func {
			e.capture(v.Slot, val)
			for _, f := range e.funcs { // their content is what they close over
				r.mutate(f, i)
			}
			return
		}
	}
}

// bindingKey tells apart the bindings that one statement makes.
type bindingKey struct {
	store              *closure.Store
	module             *module
	pos                pyast.Pos
	function, imported bool
}

// bindingOf returns the binding that a store makes. It is the same in each round of a loop, which
// else would never see that nothing changes any more.
func (r *runner) bindingOf(name string, val Value, i *closure.Store) *Binding {
	key := bindingKey{store: i, module: r.frame.mod, pos: r.pos, function: isFunction(i.Kind, val)}
	if key.function && key.module == r.g.main {
		r.g.functions[place{r.frame.fn.Summary, i.At()}] = true
	}
	if i.Kind == closure.BindImport {
		key.imported = len(val) > 0
		for _, o := range val {
			key.imported = key.imported && (o.kind == libraryObject || o.kind == moduleObject)
		}
	}
	b := r.bindings[key]
	if b == nil {
		b = &Binding{
			Name: name, Unit: r.unit, Pos: r.pos, Kind: i.Kind, Imported: key.imported, Function: key.function, Node: i.Node,
			module: key.module, store: i, in: r.frame.fn,
		}
		r.bindings[key] = b
	}
	return b
}

// isFunction says whether a binding makes its name a function or class, or one wrapped.
func isFunction(kind closure.BindKind, val Value) bool {
	switch kind {
	case closure.BindDef, closure.BindClass, closure.BindLambda:
		return true
	}
	return slices.ContainsFunc(val, func(o *Object) bool {
		return o.kind == functionObject || o.kind == classObject || o.kind == wrapperObject || o.kind == boundObject
	})
}

// capture adds to what a variable that inner functions use may hold. Those functions hold it.
func (e *env) capture(slot int, val Value) {
	old := e.captured[slot]
	merged := old.Union(val)
	e.captured[slot] = merged
	for _, x := range merged[len(old):] {
		if x.kind != scalarObject {
			x.holders = append(x.holders, e.funcs...)
		}
	}
}

// bind binds a global of the running module.
func (r *runner) bind(name string, val Value, b *Binding) {
	m := r.frame.mod
	if m == r.g.main && !slices.Contains(r.g.binders[name], r.unit) && r.unit != beforeAll {
		r.g.binders[name] = append(r.g.binders[name], r.unit)
	}
	if m != r.g.main && m != r.mod { // a function of a local module: it may run at any time
		v := m.variable(name)
		v.merge(variable{val: val, defs: []*Binding{b}})
		return
	}
	if m == r.g.main {
		r.log.bound = append(r.log.bound, lazyBind{name, val, b.Kind})
	}
	r.set(m.variable(name), variable{val: val, defs: []*Binding{b}})
}

func (r *runner) deleteVar(v *closure.Var, i *closure.Delete) {
	if v.Func == nil {
		g := r.frame.mod.variable(v.Name)
		b := &Binding{Name: v.Name, Unit: r.unit, Pos: r.pos, deleted: true, module: r.frame.mod}
		if i.Except {
			b.Kind = closure.BindExcept
		}
		r.set(g, variable{defs: []*Binding{b}, unbound: true})
		return
	}
	if v.Func == r.frame.fn {
		r.set(&r.frame.vars[v.Slot], variable{unbound: true})
	}
}

// runUnseen takes code that we can't see into: it may read its tokens, and bind anything.
func (r *runner) runUnseen(i *closure.Opaque) {
	for _, t := range i.Tokens {
		if v := r.frame.mod.vars[t.Name]; v != nil && len(v.defs) > 0 {
			if len(r.via) == 0 {
				r.pos = t.Pos
			}
			r.escape(r.loadGlobal(t.Name))
		}
	}
	if i.Code != "" && r.runConstant(i) {
		return
	}
	if r.frame.mod != r.g.main && i.Binds {
		r.frame.mod.bindsUnknown = true
	}
	r.noteEffect(Effect{Kind: EffectKind(i.Reason), Pos: r.pos, Via: r.via, ReadsAny: i.Reason == string(RunsCode)})
}

// anything returns what the globals of the running module hold, and what else code may make: that
// carries the notebook's functions.
func (r *runner) anything(at closure.Instr) Value {
	made, pair := r.alloc(at, 0, ""), r.alloc(at, 1, "builtins.tuple")
	v := made.Alone()
	m := r.frame.mod
	for _, name := range slices.Sorted(maps.Keys(m.vars)) {
		for _, o := range m.vars[name].val {
			switch o.kind {
			case dataObject, memberObject:
				v = v.With(o)
			case functionObject, wrapperObject, boundObject:
				if m == r.g.main {
					made.from = made.from.With(o)
				}
			}
		}
	}
	pair.Hold(AnyItem, made.from) // of globals().items()
	made.Hold(AnyItem, pair.Alone())
	return v
}

// embedded reads what a computed string may name: variables in the strings written so far.
func (r *runner) embedded() Value {
	var v Value
	seen := map[string]bool{}
	note := func(s *closure.Summary) {
		if s == nil {
			return
		}
		for _, name := range s.Embedded {
			if g := r.frame.mod.vars[name]; !seen[name] && g != nil && len(g.defs) > 0 {
				seen[name] = true
				v = v.Union(r.loadGlobal(name))
				r.escape(v)
			}
		}
	}
	if r.frame.mod != r.g.main {
		note(r.frame.mod.source.Summary)
		return v
	}
	for _, c := range r.g.Cells[:r.unit+1] {
		note(c.Summary)
	}
	return v
}

// runConstant runs the code that a global holds, where only constants were assigned to it.
func (r *runner) runConstant(i *closure.Opaque) bool {
	v := r.frame.mod.vars[i.Code]
	if v == nil || v.unbound || r.depth >= maxDepth {
		return false
	}
	var texts []string
	for _, d := range v.defs {
		a, ok := d.Node.(*pyast.Assign)
		if !ok || d.Kind != closure.BindAssign || len(a.Targets) != 1 {
			return false
		}
		code := a.Value
		if call, ok := code.(*pyast.Call); ok && len(call.Args) > 0 { // compile("x = 1", "<name>", "exec")
			if f, ok := call.Func.(*pyast.Name); ok && f.ID == "compile" && r.isBuiltin("compile") {
				code = call.Args[0]
			}
		}
		c, ok := code.(*pyast.Constant)
		if !ok || c.Kind != pyast.Str {
			return false
		}
		texts = append(texts, c.Str)
	}
	var ends []path
	for _, text := range texts {
		end, ok := r.branch(func() { r.runText(text, false) })
		ends = append(ends, path{end, ok})
	}
	r.meet(ends...)
	return true
}

// builtinNames are the builtins that are called or named so often that no look-up is made.
var builtinNames = map[string]bool{
	"print": true, "len": true, "range": true, "True": true, "False": true, "None": true, "Exception": true,
	"ArithmeticError": true, "AssertionError": true, "AttributeError": true, "BaseException": true, "BaseExceptionGroup": true,
	"BlockingIOError": true, "BrokenPipeError": true, "BufferError": true, "BytesWarning": true, "ChildProcessError": true,
	"ConnectionAbortedError": true, "ConnectionError": true, "ConnectionRefusedError": true, "ConnectionResetError": true,
	"DeprecationWarning": true, "EOFError": true, "Ellipsis": true, "EncodingWarning": true, "EnvironmentError": true,
	"ExceptionGroup": true, "FileExistsError": true, "FileNotFoundError": true, "FloatingPointError": true, "FutureWarning": true,
	"GeneratorExit": true, "IOError": true, "ImportError": true, "ImportWarning": true, "IndentationError": true, "IndexError": true,
	"InterruptedError": true, "IsADirectoryError": true, "KeyError": true, "KeyboardInterrupt": true, "LookupError": true,
	"MemoryError": true, "ModuleNotFoundError": true, "NameError": true, "NotADirectoryError": true, "NotImplemented": true,
	"NotImplementedError": true, "OSError": true, "OverflowError": true, "PendingDeprecationWarning": true, "PermissionError": true,
	"ProcessLookupError": true, "RecursionError": true, "ReferenceError": true, "ResourceWarning": true, "RuntimeError": true,
	"RuntimeWarning": true, "StopAsyncIteration": true, "StopIteration": true, "SyntaxError": true, "SyntaxWarning": true,
	"SystemError": true, "SystemExit": true, "TabError": true, "TimeoutError": true, "TypeError": true, "UnboundLocalError": true,
	"UnicodeDecodeError": true, "UnicodeEncodeError": true, "UnicodeError": true, "UnicodeTranslateError": true, "UnicodeWarning": true,
	"UserWarning": true, "ValueError": true, "Warning": true, "ZeroDivisionError": true,
	"abs": true, "aiter": true, "all": true, "anext": true, "any": true, "ascii": true, "bin": true, "bool": true, "breakpoint": true,
	"bytearray": true, "bytes": true, "callable": true, "chr": true, "classmethod": true, "compile": true, "complex": true,
	"delattr": true, "dict": true, "dir": true, "divmod": true, "enumerate": true, "eval": true, "exec": true, "filter": true,
	"float": true, "format": true, "frozenset": true, "getattr": true, "globals": true, "hasattr": true, "hash": true, "hex": true,
	"id": true, "input": true, "int": true, "isinstance": true, "issubclass": true, "iter": true, "list": true, "locals": true,
	"map": true, "max": true, "memoryview": true, "min": true, "next": true, "object": true, "oct": true, "open": true, "ord": true,
	"pow": true, "property": true, "repr": true, "reversed": true, "round": true, "set": true, "setattr": true, "slice": true,
	"sorted": true, "staticmethod": true, "str": true, "sum": true, "super": true, "tuple": true, "type": true, "vars": true, "zip": true,
}
