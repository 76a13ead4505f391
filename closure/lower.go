package closure

// Lowering turns the tree into the instructions of code.go in one pass, in Python's order of
// evaluation. It decides everything about a name that the cell's own text decides (its scope,
// its slot) and nothing that another cell could change. Three constructs lose their own
// shape here because nothing after this package needs to tell them apart:
//
//   - comprehensions and type parameter scopes are inlined into the body around them, with
//     slots of their own, as CPython does since 3.12 (PEP 709). A generator expression is
//     taken to run where it stands: what it reads later, it may as well read now;
//   - short circuits, conditional expressions, chained comparisons and filters become If;
//   - a match statement is a Block that each case may leave.
//
// Class bodies stay bodies of their own, run by MakeClass.

import (
	"strconv"

	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

type slotKey struct {
	scope *scope.Scope
	name  string
}

type lowering struct {
	sum    *Summary
	file   *pyast.File
	scopes *scope.Scopes
	fn     *Func
	scope  *scope.Scope
	out    []Instr
	slots  map[slotKey]int
	frames map[*scope.Scope]*Func
	last   pyast.Stmt // the cell's last statement
}

func (l *lowering) emit(i Instr) {
	l.out = append(l.out, i)
	l.sum.Size++
}

// block collects the instructions that body emits.
func (l *lowering) block(body func()) []Instr {
	saved := l.out
	l.out = nil
	body()
	code := l.out
	l.out = saved
	return code
}

func (l *lowering) reg() Reg {
	l.fn.Regs++
	return Reg(l.fn.Regs - 1)
}

func at(n pyast.Node) Place { return Place(n.Pos().Start) }

// cell lowers the whole file as the module body.
func (l *lowering) cell() {
	f := &Func{Kind: scope.Module, Name: "<module>", Summary: l.sum}
	l.sum.Body = f
	l.fn, l.scope = f, l.scopes.Module
	l.frames[l.scope] = f
	if n := len(l.file.Body); n > 0 {
		l.last = l.file.Body[n-1]
	}
	f.Body = l.block(func() { l.cellMagics(l.file.CellMagics) })
	findFree(f)
}

func (l *lowering) stmts(list []pyast.Stmt) {
	for _, s := range list {
		l.stmt(s)
	}
}

// function lowers a body with a scope of its own and returns it.
func (l *lowering) function(kind scope.Kind, name string, n pyast.Node, args *pyast.Arguments, body func(f *Func)) *Func {
	inner := l.scopes.ByNode[n]
	f := &Func{Kind: kind, Name: name, Node: n, Outer: l.fn, Summary: l.sum}
	f.Qualname = name
	if l.fn.Kind != scope.Module {
		sep := "."
		if l.fn.Kind == scope.Function || l.fn.Kind == scope.Lambda {
			sep = ".<locals>."
		}
		f.Qualname = l.fn.Qualname + sep + name
	}
	l.sum.Funcs = append(l.sum.Funcs, f)
	fn, outer, out, last := l.fn, l.scope, l.out, l.last
	l.fn, l.scope, l.out, l.last = f, inner, nil, nil
	l.frames[inner] = f
	if args != nil {
		l.params(args)
	}
	body(f)
	f.Body = l.out
	l.fn, l.scope, l.out, l.last = fn, outer, out, last
	findFree(f)
	return f
}

func (l *lowering) params(a *pyast.Arguments) {
	add := func(p *pyast.Arg, kind ParamKind, value pyast.Expr) {
		if p == nil {
			return
		}
		constant, _ := value.(*pyast.Constant)
		l.fn.Params = append(l.fn.Params, Param{
			Name: p.Name.Name, Slot: l.slot(l.scope, l.scope.Mangle(p.Name.Name)), Kind: kind,
			Default: value != nil, Value: constant, Annotation: annotationName(p.Annotation),
		})
	}
	plain := len(a.Posonlyargs) + len(a.Args) - len(a.Defaults)
	defaultAt := func(i int) pyast.Expr {
		if i < plain {
			return nil
		}
		return a.Defaults[i-plain]
	}
	for i, p := range a.Posonlyargs {
		add(p, PositionalOnly, defaultAt(i))
	}
	for i, p := range a.Args {
		add(p, PositionalOrKeyword, defaultAt(len(a.Posonlyargs)+i))
	}
	add(a.Vararg, VarPositional, nil)
	for i, p := range a.Kwonlyargs {
		var value pyast.Expr
		if i < len(a.KwDefaults) {
			value = a.KwDefaults[i]
		}
		add(p, KeywordOnly, value)
	}
	add(a.Kwarg, VarKeyword, nil)
}

// annotationName is the dotted name that an annotation consists of, quoted or not, or "".
func annotationName(e pyast.Expr) string {
	switch e := e.(type) {
	case *pyast.Name:
		return e.ID
	case *pyast.Attribute:
		if base := annotationName(e.Value); base != "" {
			return base + "." + e.Attr.Name
		}
	case *pyast.Constant:
		if e.Kind == pyast.Str {
			return e.Str
		}
	}
	return ""
}

// slot returns the slot of a local, making it at first sight.
func (l *lowering) slot(owner *scope.Scope, name string) int {
	key := slotKey{owner, name}
	if s, ok := l.slots[key]; ok {
		return s
	}
	f := l.frame(owner)
	f.Slots = append(f.Slots, Slot{Name: name})
	l.slots[key] = len(f.Slots) - 1
	return len(f.Slots) - 1
}

// frame is the body that holds the scope's variables.
func (l *lowering) frame(s *scope.Scope) *Func {
	for l.frames[s] == nil {
		s = s.Parent
	}
	return l.frames[s]
}

// variable resolves a name as the current scope means it.
func (l *lowering) variable(name string) Var {
	name = l.scope.Mangle(name)
	y := l.scope.Symbols[name]
	if y == nil || y.Owner == nil || y.Owner.Kind == scope.Module {
		return Var{Name: name}
	}
	if y.Owner.Kind == scope.Class && y.Owner != l.scope {
		return Var{Name: name} // __class__: its uses are reads of the class by name
	}
	v := Var{Name: name, Func: l.frame(y.Owner), Slot: l.slot(y.Owner, name)}
	if v.Func != l.fn {
		v.Func.Slots[v.Slot].Captured = true
	}
	if l.scope.Kind == scope.Class && y.Owner == l.scope {
		v.Outer = &Var{Name: name}
	}
	return v
}

func (l *lowering) load(name string, n pyast.Node) Reg {
	v := l.variable(name)
	if v.Func == nil || v.Outer != nil {
		l.noteLoad(v.Name, n.Pos().Start)
	}
	r := l.reg()
	l.emit(&Load{at(n), r, v})
	return r
}

func (l *lowering) noteLoad(name string, pos pyast.Pos) {
	if _, ok := l.sum.Loads[name]; !ok {
		l.sum.Loads[name] = pos
	}
}

func (l *lowering) store(name string, src Reg, kind BindKind, n pyast.Node) {
	l.storeAt(name, src, kind, n, n.Pos().Start)
}

func (l *lowering) storeAt(name string, src Reg, kind BindKind, n pyast.Node, pos pyast.Pos) {
	v := l.variable(name)
	if v.Func == nil {
		l.noteBind(v.Name, pos)
	} else if v.Func != l.fn {
		v.Func.Slots[v.Slot].Rebound = true
	}
	l.emit(&Store{Place(pos), v, src, kind, n})
}

func (l *lowering) noteBind(name string, pos pyast.Pos) {
	if _, ok := l.sum.Binds[name]; !ok {
		l.sum.Binds[name] = pos
	}
}

func (l *lowering) delete(name string, n pyast.Node, except bool) {
	v := l.variable(name)
	if v.Func == nil {
		if _, ok := l.sum.Deletes[v.Name]; !ok {
			l.sum.Deletes[v.Name] = n.Pos().Start
		}
	}
	l.emit(&Delete{at(n), v, except})
}

func (l *lowering) constant(n pyast.Node, typ string) Reg {
	r := l.reg()
	l.emit(&Const{Place: at(n), Dst: r, Type: typ})
	return r
}

func (l *lowering) stmt(s pyast.Stmt) {
	switch s := s.(type) {
	case *pyast.FunctionDef:
		l.functionDef(s)
	case *pyast.ClassDef:
		l.classDef(s)
	case *pyast.Return:
		r := NoReg
		if s.Value != nil {
			r = l.expr(s.Value)
		}
		l.emit(&Return{at(s), r})
	case *pyast.Delete:
		for _, t := range s.Targets {
			l.deleteTarget(t)
		}
	case *pyast.Assign:
		l.assign(s)
	case *pyast.TypeAlias:
		l.store(s.Name.ID, l.constant(s, "typing.TypeAliasType"), BindTypeAlias, s)
	case *pyast.AugAssign:
		l.augAssign(s)
	case *pyast.AnnAssign:
		l.annAssign(s)
	case *pyast.For:
		l.forLoop(s)
	case *pyast.While:
		l.whileLoop(s)
	case *pyast.If:
		l.ifStmt(s)
	case *pyast.With:
		l.with(s, s.Items)
	case *pyast.Match:
		l.match(s)
	case *pyast.Raise:
		l.optional(s.Exc)
		l.optional(s.Cause)
		l.emit(&Raise{at(s)})
	case *pyast.Try:
		l.try(s)
	case *pyast.Assert:
		l.truth(s.Test)
		if s.Msg != nil {
			l.emitIf(s, func() { l.expr(s.Msg); l.emit(&Raise{at(s)}) }, nil)
		}
	case *pyast.Import:
		for _, a := range s.Names {
			r := l.reg()
			l.emit(&Import{Place: at(a), Dst: r, Module: a.Name.Name, Whole: a.Asname.Name != ""})
			l.store(a.Binding().Name, r, BindImport, s)
		}
	case *pyast.ImportFrom:
		for _, a := range s.Names {
			if a.Name.Name == "*" {
				l.sum.ImportsStar = true
				l.emit(&ImportStar{at(a), s.Module.Name, s.Level})
				continue
			}
			r := l.reg()
			l.emit(&Import{Place: at(a), Dst: r, Module: s.Module.Name, Level: s.Level, Name: a.Name.Name})
			l.store(a.Binding().Name, r, BindImport, s)
		}
	case *pyast.ExprStmt:
		l.exprStmt(s)
	case *pyast.Break:
		l.emit(&Break{at(s)})
	case *pyast.Continue:
		l.emit(&Continue{at(s)})
	case *pyast.BadStmt:
		l.opaqueText("syntax-error", s.Span, true)
	}
}

// whileLoop is an endless loop that a failing test leaves, since the test runs at least once.
func (l *lowering) whileLoop(s *pyast.While) {
	l.emit(&Loop{Place: at(s), Endless: true, Body: l.block(func() {
		l.truth(s.Test)
		if alwaysTrue(s.Test) {
			l.stmts(s.Body)
			return
		}
		l.emitIf(s, func() { l.stmts(s.Body) }, func() {
			l.stmts(s.Orelse)
			l.emit(&Break{at(s)})
		})
	})})
}

func alwaysTrue(e pyast.Expr) bool {
	c, ok := e.(*pyast.Constant)
	return ok && (c.Kind == pyast.True || c.Kind == pyast.Int && c.Str != "0")
}

// emitIf emits a branch; a nil side is empty.
func (l *lowering) emitIf(n pyast.Node, then, orelse func()) { l.emitIfTest(n, nil, then, orelse) }

// emitIfTest emits a branch of which it may be known which side runs.
func (l *lowering) emitIfTest(n pyast.Node, test *Test, then, orelse func()) {
	i := &If{Place: at(n), Test: test}
	if then != nil {
		i.Then = l.block(then)
	}
	if orelse != nil {
		i.Else = l.block(orelse)
	}
	l.emit(i)
}

func (l *lowering) optional(e pyast.Expr) {
	if e != nil {
		l.expr(e)
	}
}

// ifStmt keeps a chain of elifs flat on the stack: each Else holds the next If.
func (l *lowering) ifStmt(s *pyast.If) {
	l.truth(s.Test)
	l.emitIfTest(s, l.test(s.Test), func() { l.stmts(s.Body) }, func() { l.stmts(s.Orelse) })
}

func (l *lowering) functionDef(s *pyast.FunctionDef) {
	decorators := l.exprs(s.DecoratorList)
	defaults := l.defaults(s.Args)
	leave := l.enterTypeParams(s)
	if l.scopes.EagerAnnotations {
		for p := range s.Args.All() {
			l.optional(p.Annotation)
		}
		l.optional(s.Returns)
	}
	f := l.function(scope.Function, s.Name.Name, s, s.Args, func(f *Func) {
		f.Async = s.Async
		f.Decorated = len(decorators) > 0
		l.stmts(s.Body)
	})
	leave()
	r := l.reg()
	l.emit(&MakeFunc{at(s), r, f, defaults})
	r = l.decorate(decorators, s.DecoratorList, r)
	l.storeAt(s.Name.Name, r, BindDef, s, s.Name.Start)
}

func (l *lowering) decorate(decorators []Reg, nodes []pyast.Expr, r Reg) Reg {
	for i := len(decorators) - 1; i >= 0; i-- {
		d := l.reg()
		l.emit(&Call{Place: at(nodes[i]), Dst: d, Fn: decorators[i], Args: []Arg{{Reg: r}}, Decorator: true})
		r = d
	}
	return r
}

// enterTypeParams switches to the scope of a definition's type parameters and binds them.
func (l *lowering) enterTypeParams(n pyast.Stmt) (leave func()) {
	inner := l.scopes.TypeParams[n]
	if inner == nil {
		return func() {}
	}
	outer := l.scope
	l.scope = inner
	var list []pyast.TypeParam
	switch n := n.(type) {
	case *pyast.FunctionDef:
		list = n.TypeParams
	case *pyast.ClassDef:
		list = n.TypeParams
	}
	for _, p := range list {
		name := ""
		switch p := p.(type) {
		case *pyast.TypeVar:
			name = p.Name.Name
		case *pyast.ParamSpec:
			name = p.Name.Name
		case *pyast.TypeVarTuple:
			name = p.Name.Name
		}
		l.store(name, l.constant(p, "typing.TypeVar"), BindAssign, p)
	}
	return func() { l.scope = outer }
}

// defaults evaluates the defaults and lines them up with the Params of the Func to come.
func (l *lowering) defaults(a *pyast.Arguments) []Reg {
	if a == nil {
		return nil
	}
	var regs []Reg
	plain := len(a.Posonlyargs) + len(a.Args) - len(a.Defaults)
	for range plain {
		regs = append(regs, NoReg)
	}
	for _, d := range a.Defaults {
		regs = append(regs, l.expr(d))
	}
	if a.Vararg != nil {
		regs = append(regs, NoReg)
	}
	for _, d := range a.KwDefaults {
		if d == nil {
			regs = append(regs, NoReg)
		} else {
			regs = append(regs, l.expr(d))
		}
	}
	if a.Kwarg != nil {
		regs = append(regs, NoReg)
	}
	return regs
}

func (l *lowering) classDef(s *pyast.ClassDef) {
	decorators := l.exprs(s.DecoratorList)
	leave := l.enterTypeParams(s)
	bases := l.exprs(s.Bases)
	keywords := l.keywords(s.Keywords)
	f := l.function(scope.Class, s.Name.Name, s, nil, func(f *Func) {
		f.Decorated = len(decorators) > 0
		f.Derived = len(s.Bases)+len(s.Keywords) > 0
		l.stmts(s.Body)
	})
	leave()
	r := l.reg()
	l.emit(&MakeClass{at(s), r, f, bases, keywords})
	r = l.decorate(decorators, s.DecoratorList, r)
	l.storeAt(s.Name.Name, r, BindClass, s, s.Name.Start)
}

func (l *lowering) assign(s *pyast.Assign) {
	// (a, b) = (x, y): element by element, so that nothing is confused on the way
	if len(s.Targets) == 1 && pairs(s.Targets[0], s.Value) {
		targets, values := elements(s.Targets[0]), elements(s.Value)
		regs := l.exprs(values)
		for i, t := range targets {
			l.target(t, regs[i], BindAssign, s)
		}
		return
	}
	r := l.expr(s.Value)
	kind := BindAssign
	switch s.Value.(type) {
	case *pyast.Lambda:
		kind = BindLambda
	case *pyast.Magic:
		kind = BindMagic
	}
	for _, t := range s.Targets {
		l.target(t, r, kind, s)
	}
}

// pairs says that target and value are displays of one length without stars.
func pairs(target, value pyast.Expr) bool {
	t, v := elements(target), elements(value)
	if t == nil || len(t) != len(v) {
		return false
	}
	for i := range t {
		if _, ok := t[i].(*pyast.Starred); ok {
			return false
		}
		if _, ok := v[i].(*pyast.Starred); ok {
			return false
		}
	}
	return true
}

func elements(e pyast.Expr) []pyast.Expr {
	switch e := e.(type) {
	case *pyast.Tuple:
		return e.Elts
	case *pyast.List:
		return e.Elts
	}
	return nil
}

// target binds an assignment target to the value in src.
func (l *lowering) target(t pyast.Expr, src Reg, kind BindKind, stmt pyast.Node) {
	switch t := t.(type) {
	case *pyast.Name:
		l.storeAt(t.ID, src, kind, stmt, t.Start)
	case *pyast.Tuple:
		l.unpack(t.Elts, src, kind, stmt)
	case *pyast.List:
		l.unpack(t.Elts, src, kind, stmt)
	case *pyast.Starred:
		l.target(t.Value, src, kind, stmt)
	case *pyast.Attribute:
		base := l.expr(t.Value)
		l.emit(&SetAttr{at(t), base, l.scope.Mangle(t.Attr.Name), src})
	case *pyast.Subscript:
		if l.namespaceItem(t, func(name string) { l.store(name, src, kind, stmt) }, func() { l.unknownNames(t) }) {
			return
		}
		base := l.expr(t.Value)
		l.emit(&SetItem{at(t), base, l.expr(t.Slice), constantKey(t.Slice), src})
	}
}

func (l *lowering) unpack(elts []pyast.Expr, src Reg, kind BindKind, stmt pyast.Node) {
	starred := false
	for i, e := range elts {
		r := l.reg()
		if s, ok := e.(*pyast.Starred); ok {
			starred = true
			l.emit(&Rest{at(e), r, src})
			l.target(s.Value, r, kind, stmt)
			continue
		}
		key := strconv.Itoa(i)
		if starred { // counted from the end
			key = "-" + strconv.Itoa(len(elts)-i)
		}
		l.emit(&Item{Place: at(e), Dst: r, Base: src, Index: NoReg, Key: key, Unpack: true})
		l.target(e, r, kind, stmt)
	}
}

// constantKey is the text of a constant index: digits for an int, a quote and the text for a
// string, "" for anything else.
func constantKey(e pyast.Expr) string {
	switch e := e.(type) {
	case *pyast.Constant:
		switch e.Kind {
		case pyast.Int:
			if n, err := strconv.ParseInt(e.Str, 16, 64); err == nil {
				return strconv.FormatInt(n, 10)
			}
		case pyast.Str:
			return "'" + e.Str
		}
	case *pyast.UnaryOp:
		if k := constantKey(e.Operand); e.Op == pyast.USub && k != "" && k[0] != '\'' {
			return "-" + k
		}
	}
	return ""
}

func (l *lowering) deleteTarget(t pyast.Expr) {
	switch t := t.(type) {
	case *pyast.Name:
		l.delete(t.ID, t, false)
	case *pyast.Tuple:
		for _, e := range t.Elts {
			l.deleteTarget(e)
		}
	case *pyast.List:
		for _, e := range t.Elts {
			l.deleteTarget(e)
		}
	case *pyast.Attribute:
		l.emit(&SetAttr{at(t), l.expr(t.Value), l.scope.Mangle(t.Attr.Name), NoReg})
	case *pyast.Subscript:
		if l.namespaceItem(t, func(name string) { l.delete(name, t, false) }, func() { l.unknownNames(t) }) {
			return
		}
		base := l.expr(t.Value)
		l.emit(&SetItem{at(t), base, l.expr(t.Slice), constantKey(t.Slice), NoReg})
	}
}

func (l *lowering) augAssign(s *pyast.AugAssign) {
	op := operatorMethods[s.Op]
	r := l.reg()
	switch t := s.Target.(type) {
	case *pyast.Name:
		old := l.load(t.ID, t)
		value := l.expr(s.Value)
		l.emit(&InPlace{at(s), r, op, old, value})
		l.storeAt(t.ID, r, BindAug, s, t.Start)
	case *pyast.Attribute:
		base := l.expr(t.Value)
		name := l.scope.Mangle(t.Attr.Name)
		old := l.reg()
		l.emit(&Attr{at(t), old, base, name})
		value := l.expr(s.Value)
		l.emit(&InPlace{at(s), r, op, old, value})
		l.emit(&SetAttr{at(s), base, name, r})
	case *pyast.Subscript:
		base, index := l.expr(t.Value), l.expr(t.Slice)
		key, old := constantKey(t.Slice), l.reg()
		l.emit(&Item{Place: at(t), Dst: old, Base: base, Index: index, Key: key, Slice: isSlice(t.Slice)})
		value := l.expr(s.Value)
		l.emit(&InPlace{at(s), r, op, old, value})
		l.emit(&SetItem{at(s), base, index, key, r})
	}
}

func isSlice(e pyast.Expr) bool {
	switch e := e.(type) {
	case *pyast.Slice:
		return true
	case *pyast.Tuple:
		for _, x := range e.Elts {
			if isSlice(x) {
				return true
			}
		}
	}
	return false
}

func (l *lowering) annAssign(s *pyast.AnnAssign) {
	value := NoReg
	if s.Value != nil {
		value = l.expr(s.Value)
	}
	if k := l.fn.Kind; (k == scope.Module || k == scope.Class) && l.scopes.EagerAnnotations {
		l.expr(s.Annotation)
	}
	if s.Value != nil {
		kind := BindAssign
		if _, ok := s.Value.(*pyast.Lambda); ok {
			kind = BindLambda
		}
		l.target(s.Target, value, kind, s)
		return
	}
	switch t := s.Target.(type) { // the target's parts are evaluated even without a value
	case *pyast.Attribute:
		l.expr(t.Value)
	case *pyast.Subscript:
		l.expr(t.Value)
		l.expr(t.Slice)
	}
}

func (l *lowering) forLoop(s *pyast.For) {
	iterable := l.expr(s.Iter)
	l.emit(&Loop{
		Place: at(s),
		Body: l.block(func() {
			r := l.reg()
			l.emit(&Iterate{at(s.Iter), r, iterable})
			l.target(s.Target, r, BindFor, s)
			l.stmts(s.Body)
		}),
		Else: l.block(func() { l.stmts(s.Orelse) }),
	})
}

func (l *lowering) with(s *pyast.With, items []*pyast.WithItem) {
	if len(items) == 0 {
		l.stmts(s.Body)
		return
	}
	item := items[0]
	ctx := l.expr(item.ContextExpr)
	w := &With{Place: at(item), Ctx: ctx, Dst: l.reg()}
	w.Enter = l.block(func() {
		if item.OptionalVars != nil {
			l.target(item.OptionalVars, w.Dst, BindWith, s)
		}
	})
	w.Body = l.block(func() { l.with(s, items[1:]) })
	l.emit(w)
}

func (l *lowering) try(s *pyast.Try) {
	t := &Try{Place: at(s)}
	t.Body = l.block(func() { l.stmts(s.Body) })
	for _, h := range s.Handlers {
		t.Handlers = append(t.Handlers, l.block(func() {
			if h.Type != nil {
				l.expr(h.Type)
			}
			if h.Name.Name != "" {
				l.storeAt(h.Name.Name, l.constant(h, "builtins.Exception"), BindExcept, h, h.Name.Start)
			}
			l.stmts(h.Body)
			if h.Name.Name != "" {
				l.delete(h.Name.Name, h.Name, true)
			}
		}))
	}
	t.Else = l.block(func() { l.stmts(s.Orelse) })
	t.Final = l.block(func() { l.stmts(s.Finalbody) })
	l.emit(t)
}

func (l *lowering) exprStmt(s *pyast.ExprStmt) {
	var r Reg
	last := pyast.Stmt(s) == l.last
	if c, ok := s.Value.(*pyast.Call); ok {
		l.noteSearchPath(c)
		r = l.call(c, true, last)
	} else {
		r = l.expr(s.Value)
	}
	if last { // displayed
		l.binary(s, "display", r, NoReg, false)
	}
}

func (l *lowering) exprs(list []pyast.Expr) []Reg {
	regs := make([]Reg, len(list))
	for i, e := range list {
		regs[i] = l.expr(e)
	}
	return regs
}

// operatorMethods names the special method behind each binary operator, without underscores.
var operatorMethods = map[pyast.Operator]string{
	pyast.Add: "add", pyast.Sub: "sub", pyast.Mult: "mul", pyast.MatMult: "matmul", pyast.Div: "truediv",
	pyast.Mod: "mod", pyast.Pow: "pow", pyast.LShift: "lshift", pyast.RShift: "rshift", pyast.BitOr: "or",
	pyast.BitXor: "xor", pyast.BitAnd: "and", pyast.FloorDiv: "floordiv",
}

// noteSearchPath notes a folder that a call adds to where imports look, if the text says which.
func (l *lowering) noteSearchPath(c *pyast.Call) {
	method := pyast.Dotted(c.Func)
	if l.fn.Kind != scope.Module || method != "sys.path.append" && method != "sys.path.insert" || len(c.Args) == 0 {
		return
	}
	if folder, ok := c.Args[len(c.Args)-1].(*pyast.Constant); ok && folder.Kind == pyast.Str {
		l.sum.Paths = append(l.sum.Paths, folder.Str)
	}
}
