package interp

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Texts that are known before the notebook runs: constants, lists of them, sums of them, and globals to which nothing
// else is assigned.

// textsOf returns the texts that an expression stands for, and whether these are all.
func (r *runner) textsOf(e pyast.Expr) (texts []string, known bool) {
	switch e := e.(type) {
	case *pyast.Constant:
		return []string{e.Str}, e.Kind == pyast.Str
	case *pyast.Tuple:
		return r.textsOfAll(e.Elts)
	case *pyast.List:
		return r.textsOfAll(e.Elts)
	case *pyast.Set:
		return r.textsOfAll(e.Elts)
	case *pyast.BinOp:
		left, known := r.textsOf(e.Left)
		right, also := r.textsOf(e.Right)
		if e.Op == pyast.Add && known && also && len(left) == 1 && len(right) == 1 {
			return []string{left[0] + right[0]}, true
		}
	case *pyast.Name:
		return r.textsOfGlobal(e.ID)
	}
	return nil, false
}

func (r *runner) textsOfAll(list []pyast.Expr) (texts []string, known bool) {
	known = true
	for _, e := range list {
		more, all := r.textsOf(e)
		texts, known = append(texts, more...), known && all
	}
	return texts, known
}

// textsOfGlobal returns the texts that were assigned to a global.
func (r *runner) textsOfGlobal(name string) (texts []string, known bool) {
	v := r.frame.mod.vars[name]
	if v == nil || v.unbound || slices.ContainsFunc(r.frame.fn.Slots, func(s closure.Slot) bool { return s.Name == name }) {
		return nil, false
	}
	known = len(v.defs) > 0
	for _, d := range v.defs {
		a, ok := d.Node.(*pyast.Assign)
		if !ok || d.Kind != closure.BindAssign || len(a.Targets) != 1 {
			return texts, false
		}
		if n, ok := a.Targets[0].(*pyast.Name); !ok || n.ID != name {
			return texts, false
		}
		if c, ok := a.Value.(*pyast.Constant); ok && c.Kind == pyast.Str {
			texts = append(texts, c.Str)
		} else {
			known = false
		}
	}
	return texts, known
}
