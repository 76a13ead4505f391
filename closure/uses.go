package closure

// What the text of a file names, place by place, whether or not it ever runs.

import (
	"cmp"
	"slices"

	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Uses is what the code of a file names, place by place, whether or not it ever runs. Where a
// Func's Free says what a body may read before it binds it, this says which text names what: it
// is what a digest of source follows.
type Uses struct {
	// Names are the loads of globals, and of names that functions import for themselves, by
	// position. A load with attributes is there once for every length of its path.
	Names []Mention
	// Binds are the places that bind a global, functions' global statements included, by position.
	Binds []GlobalBind
	// Stars are the star imports.
	Stars []*ImportStar
	// Changes are globals whose content the module's own body changes: table[k] = v, x.append(v).
	Changes []Mention
	// Dynamic are places where code is computed, or taken by a computed name. Those that take an
	// attribute of a global by a computed name have its Name and Path.
	Dynamic []Mention
}

// Mention is a place that names a global.
type Mention struct {
	Name   string
	Path   string // the attributes taken of it: "a.b"
	Pos    pyast.Pos
	Import *Import // of a name that a function imports for itself; Name is then its local name
	Latent bool    // in the body of a function or lambda: it runs when that is called
}

// GlobalBind is a place that binds a global.
type GlobalBind struct {
	Name   string
	Kind   BindKind
	Pos    pyast.Pos
	Import *Import // the import that it binds, nil for anything else
	Latent bool
}

// Uses returns what the code of the file names.
func (s *Summary) Uses() *Uses {
	w := &usesWalk{out: &Uses{}, imported: map[localSlot]*Import{}}
	funcs := append([]*Func{s.Body}, s.Funcs...)
	for _, f := range funcs {
		w.imports(f)
	}
	for _, f := range funcs {
		w.body(f)
	}
	u := w.out
	byPos := func(a, b Mention) int { return cmp.Compare(a.Pos, b.Pos) }
	slices.SortStableFunc(u.Names, byPos)
	slices.SortStableFunc(u.Changes, byPos)
	slices.SortStableFunc(u.Dynamic, byPos)
	slices.SortStableFunc(u.Binds, func(a, b GlobalBind) int { return cmp.Compare(a.Pos, b.Pos) })
	return u
}

type usesWalk struct {
	out      *Uses
	imported map[localSlot]*Import
}

type localSlot struct {
	fn   *Func
	slot int
}

// imports notes the locals that hold what an import statement of a function binds.
func (w *usesWalk) imports(f *Func) {
	made := map[Reg]*Import{}
	Each(f.Body, func(i Instr) {
		switch i := i.(type) {
		case *Import:
			made[i.Dst] = i
		case *Store:
			if m := made[i.Src]; m != nil && i.Var.Func != nil {
				w.imported[localSlot{i.Var.Func, i.Var.Slot}] = m
			}
		}
	})
}

func (w *usesWalk) body(f *Func) {
	latent := false
	for o := f; o != nil; o = o.Outer {
		latent = latent || o.Kind == scope.Function || o.Kind == scope.Lambda
	}
	held := map[Reg]Mention{} // registers that hold a global, a module or an attribute of one
	made := map[Reg]*Import{}
	out := w.out
	use := func(dst Reg, u Mention) {
		u.Latent = latent
		held[dst] = u
		out.Names = append(out.Names, u)
	}
	attribute := func(dst, base Reg, name string) {
		if u, ok := held[base]; ok {
			u.Path = join(u.Path, name)
			use(dst, u)
		}
	}
	changes := func(base Reg) {
		if u, ok := held[base]; ok && !latent && u.Import == nil {
			out.Changes = append(out.Changes, u)
		}
	}
	Each(f.Body, func(i Instr) {
		switch i := i.(type) {
		case *Load:
			if m := w.imported[localSlot{i.Var.Func, i.Var.Slot}]; m != nil && i.Var.Func != nil {
				use(i.Dst, Mention{Name: i.Var.Name, Pos: i.At(), Import: m})
			}
			v := i.Var
			if v.Outer != nil {
				v = *v.Outer
			}
			if v.Func == nil {
				use(i.Dst, Mention{Name: v.Name, Pos: i.At()})
			}
		case *Attr:
			attribute(i.Dst, i.Base, i.Name)
		case *Import:
			made[i.Dst] = i
		case *ImportStar:
			out.Stars = append(out.Stars, i)
		case *Store:
			if i.Var.Func == nil {
				out.Binds = append(out.Binds, GlobalBind{i.Var.Name, i.Kind, i.At(), made[i.Src], latent})
			}
		case *SetAttr:
			changes(i.Base)
		case *SetItem:
			changes(i.Base)
		case *InPlace:
			changes(i.A)
		case *Call:
			u, ok := held[i.Fn]
			if !ok {
				return
			}
			if i.Discard && u.Path != "" {
				changes(i.Fn)
			}
			w.dynamicCall(i, u, held, use)
		case *Opaque:
			for _, t := range i.Tokens {
				out.Names = append(out.Names, Mention{Name: t.Name, Pos: t.Pos, Latent: latent})
			}
			out.Dynamic = append(out.Dynamic, Mention{Pos: i.At(), Latent: latent})
		}
	})
}

// dynamicCall follows getattr and import_module with a constant name, and notes computed ones.
func (w *usesWalk) dynamicCall(i *Call, fn Mention, held map[Reg]Mention, use func(Reg, Mention)) {
	constant := func(n int) string {
		if n < len(i.Args) && i.Args[n].Const != nil && i.Args[n].Const.Kind == pyast.Str && i.Args[n].Name == "" {
			return i.Args[n].Const.Str
		}
		return ""
	}
	switch {
	case fn.Name == "getattr" && fn.Path == "" && len(i.Args) >= 2:
		base, ok := held[i.Args[0].Reg]
		if !ok {
			return
		}
		if name := constant(1); name != "" {
			base.Path = join(base.Path, name)
			use(i.Dst, base)
		} else {
			w.out.Dynamic = append(w.out.Dynamic, base)
		}
	case fn.Name == "__import__" && fn.Path == "", join(fn.Name, fn.Path) == "importlib.import_module", fn.Name == "import_module" && fn.Path == "":
		if name := constant(0); name != "" && name[0] != '.' {
			use(i.Dst, Mention{Name: name, Pos: i.At(), Import: &Import{Place: i.Place, Module: name, Whole: fn.Name != "__import__"}})
		} else {
			w.out.Dynamic = append(w.out.Dynamic, Mention{Pos: i.At()})
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	if name == "" {
		return path
	}
	return path + "." + name
}
