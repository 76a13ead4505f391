package scope

// The second pass: where each name of each block lives.

// analyze resolves the scope's own names, then those of the blocks inside it: an inner block
// that finds its name here turns a Local into a Cell.
func analyze(s *Scope) {
	module := s
	for module.Parent != nil {
		module = module.Parent
	}
	for i := 0; i < len(s.order); i++ {
		y := s.order[i]
		switch {
		case s.Kind == Module:
			y.Owner = s
			y.Resolved = GlobalImplicit
			if y.Use&DeclaredGlobal != 0 {
				y.Resolved = GlobalExplicit
			} else if y.Use&(binds|Annotated) != 0 {
				y.Resolved = Local
			}
		case y.Use&DeclaredGlobal != 0:
			y.Resolved, y.Owner = GlobalExplicit, module
		case y.Use&(binds|Annotated) != 0 && y.Use&DeclaredNonlocal == 0:
			if y.Resolved != Cell {
				y.Resolved = Local
			}
			y.Owner = s
		default:
			y.Resolved, y.Owner = GlobalImplicit, module
			if c := s.class(); c != nil && c.binds(y.Name) { // looked up in the class at run time
				break
			}
			if owner := outward(s, y.Name); owner != nil {
				y.Resolved, y.Owner = Free, owner
			}
		}
	}
	for _, c := range s.Children {
		analyze(c)
	}
}

// outward finds the function-like scope around s that binds the name, makes the name a cell
// there and free on the way, as the compiler does to pass it inwards.
func outward(s *Scope, name string) *Scope {
	for p := s.Parent; p != nil; p = p.Parent {
		if p.Kind == Module {
			return nil
		}
		y := p.Symbols[name]
		if p.Kind == Class {
			if name == "__class__" || name == "__classdict__" {
				return markFree(s, p, name)
			}
			continue
		}
		if y == nil {
			continue
		}
		switch {
		case y.Use&DeclaredGlobal != 0:
			return nil
		case y.Use&DeclaredNonlocal != 0:
			continue
		case y.Use&(binds|Annotated) != 0:
			y.Resolved = Cell
			return markFree(s, p, name)
		}
	}
	return nil
}

func (s *Scope) binds(name string) bool {
	y := s.Symbols[name]
	return y != nil && y.Use&(binds|Annotated) != 0
}

func markFree(s, owner *Scope, name string) *Scope {
	for p := s.Parent; p != owner; p = p.Parent {
		y := p.Symbols[name]
		if y == nil {
			y = p.note(name, 0)
			y.Resolved, y.Owner = Free, owner
		} else if p.Kind != Class && y.Use&binds == 0 {
			y.Resolved, y.Owner = Free, owner
		}
	}
	return owner
}
