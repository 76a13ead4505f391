package deps

import (
	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/interp"
)

// Decided says of each call of a library's function or method what decided its effect.
func (g *Graph) Decided() map[*closure.Call]interp.Decision { return g.run.Decided }
