package closure

// findFree fills f.Free: the globals that running the body may read before it has bound them
// itself, and those that the functions it makes may read whenever they run.
func findFree(f *Func) {
	w := &freeWalk{fn: f, seen: map[FreeName]bool{}, path: map[Reg]FreeName{}}
	w.run(f.Body, map[string]bool{})
}

type freeWalk struct {
	fn   *Func
	seen map[FreeName]bool
	path map[Reg]FreeName // registers that hold a global or an attribute path from one
}

func (w *freeWalk) add(n FreeName) {
	key := FreeName{Name: n.Name, Path: n.Path}
	if !w.seen[key] {
		w.seen[key] = true
		w.fn.Free = append(w.fn.Free, n)
	}
}

// run walks straight on with the set of globals bound on the way; what a branch binds is not
// counted after it.
func (w *freeWalk) run(code []Instr, bound map[string]bool) {
	branch := func(parts ...[]Instr) {
		for _, p := range parts {
			if len(p) == 0 {
				continue
			}
			inner := make(map[string]bool, len(bound))
			for k := range bound {
				inner[k] = true
			}
			w.run(p, inner)
		}
	}
	for _, i := range code {
		switch i := i.(type) {
		case *Load:
			v := i.Var
			if v.Outer != nil {
				v = *v.Outer
			}
			if v.Func == nil && !bound[v.Name] {
				n := FreeName{Name: v.Name, Pos: i.At()}
				w.path[i.Dst] = n
				w.add(n)
			}
		case *Attr:
			if n, ok := w.path[i.Base]; ok {
				if n.Path != "" {
					n.Path += "."
				}
				n.Path += i.Name
				w.path[i.Dst] = n
				w.add(n)
			}
		case *Store:
			if i.Var.Func == nil {
				bound[i.Var.Name] = true
			}
		case *Delete:
			if i.Var.Func == nil {
				delete(bound, i.Var.Name)
			}
		case *MakeFunc:
			w.inner(i.Func)
		case *MakeClass:
			w.inner(i.Func)
		case *If:
			branch(i.Then, i.Else)
		case *Loop:
			branch(i.Body, i.Else)
		case *Block:
			branch(i.Body)
		case *Try:
			branch(i.Body)
			branch(i.Handlers...)
			branch(i.Else)
			w.run(i.Final, bound)
		case *With:
			w.run(i.Enter, bound)
			branch(i.Body)
		case *IfBuiltin:
			branch(i.Then, i.Else)
		case *IfBound:
			branch(i.Then)
		case *Opaque:
			for _, t := range i.Tokens {
				w.add(FreeName{Name: t.Name, Pos: t.Pos})
			}
		}
	}
}

// inner takes over what a function or class body made here may read.
func (w *freeWalk) inner(f *Func) {
	for _, n := range f.Free {
		w.add(n)
	}
}
