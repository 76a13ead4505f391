package interp

// One runner runs the body of one cell, or of one local module: instruction by instruction, path
// by path, round by round.
//
// An exception may leave a try block after any of its steps: handlers start from the join of
// all states inside. Exceptions that nothing catches end the path.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

const (
	maxDepth  = 14 // nested calls
	maxNested = 60 // nested calls, those of libraries included
	maxInside = 4  // calls by libraries of what they were given, within each other
	maxRounds = 4  // of a loop
)

type allocKey struct {
	at   closure.Instr
	ctx  *context
	part int
	typ  string // the kinds of objects that it may make are told apart
}

type envKey struct {
	fn    *closure.Func
	ctx   *context
	outer *env
}

// context is a chain of call sites that leads to a body.
type context struct {
	inner map[contextKey]*context
}

type contextKey struct {
	site closure.Instr
	fn   *closure.Func
}

// enter returns the context of a body that is run from here. Past the exact part of the budget a function has one
// context, wherever it is called.
func (r *runner) enter(site closure.Instr, fn *closure.Func) *context {
	c := r.ctx
	if !r.isExact() {
		c, site = r.root, nil
	}
	key := contextKey{site, fn}
	in := c.inner[key]
	if in == nil {
		in = &context{}
		if c.inner == nil {
			c.inner = map[contextKey]*context{}
		}
		c.inner[key] = in
	}
	return in
}

// activation is a call whose body is being run.
type activation struct {
	f       *Object
	args    Value
	given   Arguments
	frame   *frame
	objects int // that there were when it began
}

// running says whether a function is being run as often as recursion is followed: twice itself, and more often where it gets
// instances that were there before the recursion began, as in a walk down a tree: another one may be of another
// class. The functions that one def makes, as a decorator does, are told apart as well: all that were there before, and a
// few more.
func (r *runner) running(f *Object, args Arguments) bool {
	first := slices.IndexFunc(r.stack, func(x activation) bool { return x.f.fn == f.fn })
	if first < 0 {
		return false
	}
	before := r.stack[first].objects
	there := args.All().Except(func(o *Object) bool { return len(o.Class) == 0 || o.number > before })
	self, like := 0, 0
	for _, x := range r.stack[first:] {
		switch {
		case x.f == f && x.given.alike(&args) && !slices.ContainsFunc(there, func(o *Object) bool { return !x.args.Has(o) }):
			self++
			like++
		case x.f.fn == f.fn && f.number > before:
			like++
		}
	}
	return self >= 2 || like >= 5
}

// frame is one body that is being run.
type frame struct {
	fn   *closure.Func
	vars []variable
	env  *env
	regs []Value
	// constants are what registers certainly hold, where a parameter that is known to was loaded; nil without any.
	constants []*pyast.Constant
	mod       *module
	mark      int // of the trail, at its start
	rets      []delta
	result    Value
	yields    Value
	class     *Object // of a class body: the class being made
	loops     []*jumps
	blocks    []*jumps
	lazy      []lazyStart
}

// jumps collects the paths that leave a loop or block.
type jumps struct {
	mark      int
	breaks    []delta
	continues []delta
}

// catcher collects the paths on which a try block is left by a raise statement.
type catcher struct {
	mark   int
	raised []delta
}

type runner struct {
	g    *Notebook
	cell *Cell
	unit int
	mod  *module
	paths
	escapes
	unsure int // the calls that the present one is within of which it is not known whether they happen
	budget
	depth int
	// inside counts the calls by libraries that the present one is within, nested all calls.
	inside, nested int

	frame       *frame
	ctx         *context
	root        *context
	stack       []activation // outermost first
	calls       map[*closure.Func][]pastCall
	ran         map[*closure.Func]bool // functions that were run past the budget, once
	allocs      map[allocKey]*Object
	envs        map[envKey]*env
	havocObject *Object          // what calls that are not run may share with what they got
	inHavoc     map[*Object]bool // what havocObject stands for
	// bindings are those that stores have made so far.
	bindings map[bindingKey]*Binding
	tries    []*catcher
	// interrupted are the states in which an interrupt may end the cell.
	interrupted []delta

	// pos is the place in the cell's own code of what is being run, and via the functions from
	// there inwards.
	pos pyast.Pos
	via []string

	mutated map[*Object]*Mutation
	order   []*Object // of mutated
	log     doneSoFar
	// repeats says that an object may stand for what an earlier run of the same text has made, too.
	repeats bool
	// draining are the iterators whose lazy part is being done, or was done by the same read.
	draining map[*Object]bool
}

// newRunner returns what runs the body of a cell or module.
func newRunner(g *Notebook, c *Cell, mod *module, b budget) *runner {
	return &runner{
		g: g, cell: c, unit: c.Index, mod: mod, budget: b,
		allocs: map[allocKey]*Object{}, envs: map[envKey]*env{}, bindings: map[bindingKey]*Binding{},
	}
}

// run runs a cell of the notebook and notes what it does. It returns what ran it, which knows the way back.
func (g *Notebook) run(c *Cell) *runner {
	r := newRunner(g, c, g.main, g.pool.grant())
	if g.appending {
		g.repeat(r)
	}
	c.reads, c.functions = map[string]*Read{}, map[*Object]*Function{}
	c.undefined, c.gone = map[string]*Read{}, map[string]bool{}
	r.module(c.Summary.Body)
	g.pool.pay(r.budget)
	r.finish()
	return r
}

// module runs a module body in the module's own globals.
func (r *runner) module(body *closure.Func) {
	if r.root == nil {
		r.root = &context{}
	}
	r.ctx = r.root
	r.escapes.begin(r)
	r.calls, r.ran = map[*closure.Func][]pastCall{}, map[*closure.Func]bool{}
	r.frame = r.newFrame(body, nil, r.mod)
	r.mutated = map[*Object]*Mutation{}
	r.exec(body.Body)
	if r.dead && len(r.interrupted) > 0 {
		r.rollback(0)
		r.join(r.interrupted)
	}
	r.dead = false
}

func (r *runner) newFrame(fn *closure.Func, outer *env, mod *module) *frame {
	f := &frame{fn: fn, vars: make([]variable, len(fn.Slots)), regs: make([]Value, fn.Regs), mod: mod, mark: len(r.trail)}
	for i := range f.vars {
		f.vars[i].unbound = true
	}
	key := envKey{fn, r.ctx, outer}
	if f.env = r.envs[key]; f.env == nil {
		f.env = &env{fn: fn, outer: outer}
		if slices.ContainsFunc(fn.Slots, func(s closure.Slot) bool { return s.Captured || s.Rebound }) {
			f.env.captured = make([]Value, len(fn.Slots))
		}
		r.envs[key] = f.env
	}
	return f
}

func (r *runner) exec(code []closure.Instr) {
	for _, i := range code {
		if r.dead {
			return
		}
		r.steps++
		if len(r.via) == 0 {
			r.pos = i.At()
		}
		r.step(i)
	}
}

func (r *runner) step(i closure.Instr) {
	regs := r.frame.regs
	switch i := i.(type) {
	case *closure.Const:
		switch {
		case isAddress(i.Value):
			regs[i.Dst] = r.address().Alone()
		case i.Type != "":
			regs[i.Dst] = r.scalar(i.Type).Alone()
		}
	case *closure.Load:
		regs[i.Dst] = r.loadVar(&i.Var)
		r.loadConstant(i)
	case *closure.Store:
		r.storeVar(&i.Var, regs[i.Src], i)
	case *closure.Delete:
		r.deleteVar(&i.Var, i)
	case *closure.Merge:
		if i.Src != closure.NoReg {
			regs[i.Dst] = regs[i.Dst].Union(regs[i.Src])
		}
	case *closure.Build:
		regs[i.Dst] = r.build(i)
	case *closure.Lazy:
		r.frame.lazy = append(r.frame.lazy, lazyStart{i.Dst, r.mark()})
	case *closure.Attr:
		regs[i.Dst] = r.attribute(regs[i.Base], i.Name, i)
	case *closure.SetAttr:
		r.setAttribute(regs[i.Base], i.Name, r.reg(i.Src), i)
	case *closure.Item:
		regs[i.Dst] = r.item(regs[i.Base], r.reg(i.Index), i)
	case *closure.SetItem:
		r.setItem(regs[i.Base], r.reg(i.Index), i.Key, r.reg(i.Src), i)
	case *closure.Rest:
		o := r.alloc(i, 0, "builtins.list")
		o.Hold(AnyItem, r.elements(regs[i.Src], i))
		regs[i.Dst] = o.Alone()
	case *closure.Binary:
		regs[i.Dst] = r.binary(i)
	case *closure.InPlace:
		regs[i.Dst] = r.inPlace(i)
	case *closure.Call:
		regs[i.Dst] = r.callInstr(i)
	case *closure.Iterate:
		regs[i.Dst] = r.iterate(regs[i.Src], i)
	case *closure.MakeFunc:
		regs[i.Dst] = r.makeFunc(i)
	case *closure.MakeClass:
		regs[i.Dst] = r.makeClass(i)
	case *closure.Import:
		regs[i.Dst] = r.importModule(i)
	case *closure.ImportStar:
		r.importStar(i)
	case *closure.Yield:
		v := r.reg(i.Src)
		if i.From {
			v = r.elements(v, i)
		}
		r.frame.yields = r.frame.yields.Union(v)
		regs[i.Dst] = nil
	case *closure.Await:
		regs[i.Dst] = r.await(regs[i.Src], i)
	case *closure.Return:
		r.frame.result = r.frame.result.Union(r.reg(i.Src))
		r.frame.rets = append(r.frame.rets, r.since(r.frame.mark))
		r.dead = true
	case *closure.Raise:
		if n := len(r.tries); n > 0 {
			t := r.tries[n-1]
			t.raised = append(t.raised, r.since(t.mark))
		}
		r.dead = true
	case *closure.If:
		r.branches(i)
	case *closure.Loop:
		r.loop(i)
	case *closure.Break:
		j := r.frame.loops[len(r.frame.loops)-1]
		j.breaks = append(j.breaks, r.since(j.mark))
		r.dead = true
	case *closure.Continue:
		j := r.frame.loops[len(r.frame.loops)-1]
		j.continues = append(j.continues, r.since(j.mark))
		r.dead = true
	case *closure.Block:
		j := &jumps{mark: len(r.trail)}
		r.frame.blocks = append(r.frame.blocks, j)
		end, ok := r.branch(func() { r.exec(i.Body) })
		r.frame.blocks = r.frame.blocks[:len(r.frame.blocks)-1]
		if ok {
			j.breaks = append(j.breaks, end)
		}
		r.join(j.breaks)
	case *closure.Leave:
		j := r.frame.blocks[len(r.frame.blocks)-1]
		j.breaks = append(j.breaks, r.since(j.mark))
		r.dead = true
	case *closure.Try:
		r.try(i)
	case *closure.With:
		r.with(i)
	case *closure.IfBuiltin:
		if r.isBuiltin(i.Name) {
			r.exec(i.Then)
		} else {
			r.exec(i.Else)
		}
	case *closure.IfBound:
		if !slices.ContainsFunc(i.Names, func(n string) bool { return !r.resolves(n) || r.isColumn(n, i.Data) }) {
			r.exec(i.Then)
		}
	case *closure.Opaque:
		r.runUnseen(i)
	case *closure.Anything:
		regs[i.Dst] = r.anything(i)
	case *closure.Embedded:
		regs[i.Dst] = r.embedded()
	case *closure.Effect:
		r.effect(EffectKind(i.Kind), i.Detail)
	case *closure.RunFile:
		r.runFile(i)
	}
}

func (r *runner) reg(reg closure.Reg) Value {
	if reg == closure.NoReg {
		return nil
	}
	return r.frame.regs[reg]
}

// branches runs an if statement with its elifs: each branch from the state that the tests so far have left, and all
// their ends meet at once. Meeting them one by one would cost the square of their number.
func (r *runner) branches(i *closure.If) {
	mark := len(r.trail)
	var ends []delta
	end := func(since int) {
		if !r.dead {
			ends = append(ends, r.since(mark))
		}
		r.rollback(since)
		r.dead = false
	}
	for {
		here := len(r.trail)
		result, known := i.Test.Decide(r.constantOf)
		if !known || result {
			r.exec(i.Then)
			end(here)
		}
		if known && result {
			r.rollback(mark)
			break
		}
		n := len(i.Else) - 1
		if n < 0 {
			end(mark)
			break
		}
		next, ok := i.Else[n].(*closure.If)
		if !ok {
			r.exec(i.Else)
			end(mark)
			break
		}
		r.exec(i.Else[:n])
		if r.dead {
			end(mark)
			break
		}
		r.steps++
		i = next
	}
	r.join(ends)
}

// constantOf returns what a local certainly holds, or nil.
func (r *runner) constantOf(slot int) *pyast.Constant { return r.frame.vars[slot].constant }

// loadConstant notes that a register holds what a parameter certainly holds.
func (r *runner) loadConstant(i *closure.Load) {
	f := r.frame
	var c *pyast.Constant
	if i.Var.Func == f.fn {
		c = r.constantOf(i.Var.Slot)
	}
	if c != nil && f.constants == nil {
		f.constants = make([]*pyast.Constant, len(f.regs))
	}
	if f.constants != nil {
		f.constants[i.Dst] = c
	}
}

func (r *runner) loop(i *closure.Loop) {
	j := &jumps{}
	start := len(r.trail)
	r.frame.loops = append(r.frame.loops, j)
	var breaks []delta
	for range maxRounds {
		mark := len(r.trail)
		j.mark = mark
		end, ok := r.branch(func() { r.exec(i.Body) })
		ends := j.continues
		if ok {
			ends = append(ends, end)
		}
		// the ways out of this round, as seen from before the loop
		for _, b := range j.breaks {
			r.branch(func() {
				r.apply(b)
				breaks = append(breaks, r.since(start))
			})
		}
		j.breaks, j.continues = nil, nil
		if !r.widen(ends) || r.exhausted() {
			break
		}
	}
	r.frame.loops = r.frame.loops[:len(r.frame.loops)-1]
	if !i.Endless {
		r.exec(i.Else)
		if !r.dead {
			breaks = append(breaks, r.since(start))
		}
	}
	if i.Endless && len(breaks) == 0 {
		r.interrupt()
	}
	r.rollback(start)
	r.dead = false
	r.join(breaks)
}

// interrupt keeps the states in which an interrupt may end a loop that has no other end: for what catches it, or
// else for the cells that run afterwards.
func (r *runner) interrupt() {
	if n := len(r.tries); n > 0 {
		t := r.tries[n-1]
		t.raised = append(t.raised, r.everSince(t.mark))
	} else if r.depth == 0 {
		r.interrupted = append(r.interrupted, r.everSince(0))
	}
}

func (r *runner) try(i *closure.Try) {
	c := &catcher{mark: len(r.trail)}
	r.tries = append(r.tries, c)
	mark := len(r.trail)
	leaving := r.leaving()
	r.exec(i.Body)
	body := path{r.since(mark), !r.dead}
	inside := append(c.raised, r.everSince(mark))
	r.tries = r.tries[:len(r.tries)-1]
	r.rollback(mark)
	r.dead = false

	var ends []path
	if body.alive {
		end, ok := r.branch(func() { r.apply(body.state); r.exec(i.Else) })
		ends = append(ends, path{end, ok})
	}
	var caught []delta
	for _, h := range i.Handlers {
		end, ok := r.branch(func() { r.join(inside); r.exec(h) })
		if ok {
			caught = append(caught, end)
		}
		ends = append(ends, path{end, ok})
	}
	if len(i.Final) == 0 {
		r.meet(ends...)
		return
	}
	// what ends here by an exception or a jump runs the finally clause, too
	r.branch(func() { r.join(append(inside, caught...)); r.exec(i.Final) })
	for _, l := range leaving {
		r.finally(l, i.Final)
	}
	r.meet(ends...)
	if !r.dead {
		r.exec(i.Final)
	}
}

// jumpsOut are the states in which code leaves by a return, break or continue, and how many there
// were when a try block was entered.
type jumpsOut struct {
	list *[]delta
	n    int
	mark int // of the trail, which the states are relative to
}

func (r *runner) leaving() []jumpsOut {
	f := r.frame
	found := []jumpsOut{{&f.rets, len(f.rets), f.mark}}
	if n := len(f.loops); n > 0 {
		j := f.loops[n-1]
		found = append(found, jumpsOut{&j.breaks, len(j.breaks), j.mark}, jumpsOut{&j.continues, len(j.continues), j.mark})
	}
	return found
}

// finally runs a finally clause on the ways out that came since: what it binds is bound there, too.
func (r *runner) finally(l jumpsOut, final []closure.Instr) {
	out := (*l.list)[l.n:]
	if len(out) == 0 {
		return
	}
	*l.list = (*l.list)[:l.n:l.n]
	r.branch(func() {
		r.join(out)
		r.exec(final)
		if !r.dead {
			*l.list = append(*l.list, r.since(l.mark))
		}
	})
}

func (r *runner) with(i *closure.With) {
	ctx := r.frame.regs[i.Ctx]
	r.frame.regs[i.Dst] = r.enterContext(ctx, i)
	mark := len(r.trail)
	c := &catcher{mark: mark}
	swallows := r.maySwallow(ctx)
	if swallows {
		r.tries = append(r.tries, c)
	}
	r.exec(i.Enter)
	r.exec(i.Body)
	if !swallows {
		if !r.dead {
			r.exitContext(ctx, i)
		}
		return
	}
	r.tries = r.tries[:len(r.tries)-1]
	paths := append(c.raised, r.everSince(mark))
	if !r.dead {
		paths = append(paths, r.since(mark))
	}
	r.rollback(mark)
	r.join(paths)
	r.exitContext(ctx, i)
}
