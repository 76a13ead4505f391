package closure

// What the test of an if statement asks of constants: "if ax is None", "if copy and not inplace". Functions of libraries
// are full of them, and which side runs is known where a parameter is known to be None, True or False.

import "github.com/xetmemo/xetmemo-lint/pyast"

// Test is a test as far as it asks whether locals are None, true or false.
type Test struct {
	Kind TestKind
	Slot int     // of the local that is asked for
	Of   []*Test // what is combined; nil stands for one that may be either
}

// TestKind says what a Test asks.
type TestKind uint8

const (
	IsTrue TestKind = iota // of a local
	IsNone                 // of a local
	Not
	And
	Or
)

// Decide returns what a test gives, where that is known. constant returns what a slot certainly holds, or nil.
func (t *Test) Decide(constant func(slot int) *pyast.Constant) (result, known bool) {
	if t == nil {
		return false, false
	}
	switch t.Kind {
	case IsTrue, IsNone:
		c := constant(t.Slot)
		if c == nil {
			return false, false
		}
		if t.Kind == IsNone {
			return c.Kind == pyast.None, true
		}
		switch c.Kind {
		case pyast.None, pyast.False:
			return false, true
		case pyast.True:
			return true, true
		case pyast.Str:
			return c.Str != "", true
		}
		return false, false
	case Not:
		result, known = t.Of[0].Decide(constant)
		return !result, known
	}
	known = true
	for _, x := range t.Of { // And is settled by a false one, Or by a true one
		r, k := x.Decide(constant)
		if k && r == (t.Kind == Or) {
			return r, true
		}
		known = known && k
	}
	return t.Kind == And, known
}

// test returns what a test asks, or nil where nothing of it can be known.
func (l *lowering) test(e pyast.Expr) *Test {
	switch e := e.(type) {
	case *pyast.Name:
		if slot, ok := l.localSlot(e); ok {
			return &Test{Kind: IsTrue, Slot: slot}
		}
	case *pyast.Compare:
		name, ok := e.Left.(*pyast.Name)
		if !ok || len(e.Ops) != 1 || e.Ops[0] != pyast.Is && e.Ops[0] != pyast.IsNot {
			return nil
		}
		c, ok := e.Comparators[0].(*pyast.Constant)
		slot, local := l.localSlot(name)
		if !ok || !local || c.Kind != pyast.None {
			return nil
		}
		t := &Test{Kind: IsNone, Slot: slot}
		if e.Ops[0] == pyast.IsNot {
			return &Test{Kind: Not, Of: []*Test{t}}
		}
		return t
	case *pyast.UnaryOp:
		if t := l.test(e.Operand); e.Op == pyast.Not && t != nil {
			return &Test{Kind: Not, Of: []*Test{t}}
		}
	case *pyast.BoolOp:
		t := &Test{Kind: And}
		if e.Op == pyast.Or {
			t.Kind = Or
		}
		any := false
		for _, v := range e.Values {
			x := l.test(v)
			any = any || x != nil
			t.Of = append(t.Of, x)
		}
		if any {
			return t
		}
	}
	return nil
}

// localSlot returns the slot of a local of the function whose body is lowered, which no inner function binds.
func (l *lowering) localSlot(e *pyast.Name) (slot int, ok bool) {
	v := l.variable(e.ID)
	return v.Slot, v.Func != nil && v.Func == l.fn && v.Outer == nil
}
