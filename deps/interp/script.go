package interp

import (
	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// runFile runs the script or notebook that %run names in the notebook's own globals: what it
// binds is bound here.
func (r *runner) runFile(i *closure.RunFile) {
	r.effect(knowledge.ReadsFile, i.Path)
	if r.frame.mod == r.g.main && r.depth < maxDepth {
		if m := r.g.opts.Imports.Script(i.Path); m != nil {
			r.g.scripts[m.Summary] = m
			outer, ctx, via := r.frame, r.ctx, r.via
			r.ctx = r.enter(i, m.Summary.Body)
			r.frame = r.newFrame(m.Summary.Body, nil, r.g.main)
			r.via = append(via[:len(via):len(via)], m.Name)
			r.depth++
			r.exec(m.Summary.Body.Body)
			r.depth--
			r.dead = false
			r.frame, r.ctx, r.via = outer, ctx, via
			if !m.Summary.BindsUnknown {
				return
			}
		}
	}
	if r.unit != beforeAll {
		r.g.bindsUnknown = append(r.g.bindsUnknown, r.unit)
		r.effect(UnresolvedRun, i.Path)
	}
}
