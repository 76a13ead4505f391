package load

// Which names are variables where a cell may be a magic without its "%".

import (
	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// variables are the names that the cells so far bind: a cell that is one of them is no magic.
type variables struct {
	names map[string]bool
	any   bool // code that can't be seen into may have bound others
}

func (v *variables) add(s *closure.Summary) {
	for name := range s.Binds {
		v.names[name] = true
	}
	v.any = v.any || s.BindsUnknown || s.ImportsStar
}

// automagic says whether a line that begins with a magic's name runs it. One that is Python and may name a variable
// is taken for Python.
func (v *variables) automagic(name string, valid bool) bool {
	return !v.names[name] && !(valid && v.any)
}

// stillHolds says whether a cell that was read before would be read the same way now.
func (v *variables) stillHolds(f *pyast.File) bool {
	if f.Automagic == "" {
		return true
	}
	ran := false
	if len(f.Body) == 1 {
		if e, ok := f.Body[0].(*pyast.ExprStmt); ok {
			_, ran = e.Value.(*pyast.Magic)
		}
	}
	return ran == !v.names[f.Automagic] && !v.any
}
