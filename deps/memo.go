package deps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps/interp"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/pyast/magics"
)

// Reason is why a cell can't be memoized: a stable code, and the name it is about.
type Reason struct {
	Code string
	Pos  pyast.Pos
	Name string
	Text string
}

// The codes of Reason. They are stable: scripts may rely on them.
const (
	ReasonOtherLanguage    = "other-language"    // the cell or its body is not Python
	ReasonSyntaxError      = "syntax-error"      // the cell doesn't parse
	ReasonLiveImport       = "live-import"       // a later cell uses an import of this one
	ReasonLiveDefinition   = "live-definition"   // … a function or class of this one
	ReasonMutatesReference = "mutates-reference" // it changes a class, function or module, which pickle by reference
	ReasonDeletesGlobal    = "deletes-global"    // a hit would not delete the name, and a later cell reads it
	ReasonLineMagic        = "line-magic"        // a magic with effects on the session
	ReasonCellMagic        = "cell-magic"        // a cell magic that doesn't run Python in the notebook
	ReasonShell            = "shell"             // a shell line
	ReasonTopLevelAwait    = "top-level-await"
	ReasonRandomState      = "random-state"  // it seeds or sets a global random generator
	ReasonProcessState     = "process-state" // it changes the process: directory, environment, options
	ReasonPyplotState      = "pyplot-state"  // figures stay open for later cells
	ReasonDynamicCode      = "dynamic-code"  // it runs code that can't be known
	ReasonInput            = "input"         // it waits for the user
	ReasonHistory          = "history"       // it reads earlier results by their number
	ReasonShownResult      = "shown-result"  // a later cell reads the result that it shows: _
	ReasonOpaqueOutput     = "opaque-output" // a later cell uses a value that can't be stored
	ReasonNothingToStore   = "nothing-to-store"
	ReasonPartsAliases     = "parts-aliases" // a hit would make two objects of one that a later cell changes
	ReasonParameters       = "parameters"    // papermill's cell of parameters
	ReasonLoadsRuntime     = "loads-runtime" // it loads the runtime, without which there is no header
)

// Memoizable returns why cell i can't be memoized, nothing when it can (docs/semantics.md section 4).
func (g *Graph) Memoizable(i int) []Reason {
	c := g.Cells[i]
	if c.Summary == nil {
		return []Reason{{Code: ReasonOtherLanguage, Text: "the cell is not Python"}}
	}
	m := memo{g: g, c: c}
	m.syntax()
	m.magics()
	m.names()
	m.effects()
	m.history()
	m.shownResult()
	if out := g.Outputs(i); len(out.Live) == 0 && len(m.reasons) == 0 && !m.draws() {
		m.add(ReasonNothingToStore, 0, "", "the cell leaves nothing behind that could be stored")
	}
	return m.reasons
}

type memo struct {
	g       *Graph
	c       *Cell
	reasons []Reason
}

// add notes a reason once for each name.
func (m *memo) add(code string, pos pyast.Pos, name, format string, args ...any) {
	if !slices.ContainsFunc(m.reasons, func(r Reason) bool { return r.Code == code && r.Name == name }) {
		m.reasons = append(m.reasons, Reason{code, pos, name, fmt.Sprintf(format, args...)})
	}
}

// syntax finds what the text alone rules out.
func (m *memo) syntax() {
	f := m.c.Summary.File
	if len(f.Errors) > 0 {
		m.add(ReasonSyntaxError, f.Errors[0].Start, "", "the cell doesn't parse: %s", f.Errors[0].Msg)
		return
	}
	if f.RawBody {
		magic := f.CellMagics[len(f.CellMagics)-1]
		m.add(ReasonCellMagic, magic.Start, magic.Name, "the body of %%%%%s doesn't run in the notebook", magic.Name)
	}
}

// magics finds magics, shell lines and awaits that run at the cell's top level.
func (m *memo) magics() {
	await := func(n pyast.Node) {
		if m.g.opts.NoAwait {
			m.add(ReasonTopLevelAwait, n.Pos().Start, "", "await at the top level of a cell can't be memoized by XetCache 0.0.2")
		}
	}
	visit := func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.FunctionDef, *pyast.Lambda:
			return false
		case *pyast.Magic:
			switch name := strings.TrimPrefix(n.Name, "%"); {
			case n.Kind == pyast.Shell || n.Kind == pyast.ShellCapture:
				m.add(ReasonShell, n.Start, "", "a hit would not run the shell line")
			case n.Kind == pyast.LineMagic && !magics.Of(name).IsHarmless(n.Text):
				m.add(ReasonLineMagic, n.Start, name, "a hit would not run %%%s", name)
			}
		case *pyast.Await:
			await(n)
		case *pyast.For:
			if n.Async {
				await(n)
			}
		case *pyast.With:
			if n.Async {
				await(n)
			}
		case *pyast.Comprehension:
			if n.Async {
				await(n)
			}
		}
		return true
	}
	for _, s := range m.c.Summary.File.Body {
		pyast.Walk(s, visit)
	}
}

// names finds bindings, mutations and deletions that a hit would not repeat.
func (m *memo) names() {
	for _, b := range m.c.Bound {
		if !b.Live {
			continue
		}
		switch {
		case b.Import || b.Kind == closure.BindImport:
			m.add(ReasonLiveImport, b.Pos, b.Name, "a later cell uses the import of %s, which a hit would not repeat", b.Name)
		case b.Kind == closure.BindDef || b.Kind == closure.BindClass || b.Kind == closure.BindLambda:
			m.add(ReasonLiveDefinition, b.Pos, b.Name, "a later cell uses %s, whose definition a hit would not repeat", b.Name)
		case b.Opaque:
			m.add(ReasonOpaqueOutput, b.Pos, b.Name, "a later cell uses %s, which can't be stored", b.Name)
		}
		for _, alias := range b.Aliases {
			if m.g.changesBoth(m.c.Index, b.Name, alias) {
				m.add(ReasonPartsAliases, b.Pos, b.Name, "%s is %s, which a later cell changes: a hit would make them two", b.Name, alias)
			}
		}
	}
	for _, x := range m.c.Mutates {
		switch {
		case x.Reference:
			m.add(ReasonMutatesReference, x.Pos, x.Name, "the cell changes %s, which is stored by its name only", x.Name)
		case x.Opaque && x.Live:
			m.add(ReasonOpaqueOutput, x.Pos, x.Name, "the cell changes %s, which can't be stored and which a later cell uses", x.Name)
		}
	}
	for _, name := range m.c.Deletes {
		if m.g.Reader(m.c.Index, name) >= 0 {
			m.add(ReasonDeletesGlobal, m.c.Summary.Deletes[name], name, "a hit would not delete %s, which a later cell reads", name)
		}
	}
}

// changesBoth says whether a cell after i changes the object that both names hold, before one of them is
// bound anew, and a later one reads it.
func (g *Graph) changesBoth(i int, a, b string) bool {
	for _, c := range g.Cells[i+1:] {
		changed, live := 0, false
		for _, m := range c.Mutates {
			if m.Name == a || m.Name == b {
				changed++
				live = live || m.Live
			}
		}
		if changed == 2 && live {
			return true
		}
		if slices.ContainsFunc(c.Bound, func(x *Bound) bool { return x.Must && (x.Name == a || x.Name == b) }) {
			return false
		}
	}
	return false
}

// effects finds what the cell does to the process that later cells see.
func (m *memo) effects() {
	for _, e := range m.c.Effects {
		switch e.Kind {
		case knowledge.RandomState:
			m.add(ReasonRandomState, e.Pos, e.Detail, "%s sets the state of a global random generator, which a hit would not repeat", e.Detail)
		case knowledge.ProcessState:
			m.add(ReasonProcessState, e.Pos, e.Detail, "%s changes the state of the process, which a hit would not repeat", e.Detail)
		case knowledge.Dynamic, interp.RunsCode:
			m.add(ReasonDynamicCode, e.Pos, e.Detail, "the cell runs code that can't be known before")
		case interp.UnknownMagic:
			m.add(ReasonCellMagic, e.Pos, e.Detail, "what the magic does is not known")
		case knowledge.Input:
			m.add(ReasonInput, e.Pos, e.Detail, "the cell waits for input")
		case interp.UnresolvedStarImport:
			m.add(ReasonLiveImport, e.Pos, "*", "a later cell may use a name that the star import of %s binds", e.Detail)
		case knowledge.PyplotState:
			if m.g.keepsFigures(m.c.Index) {
				m.add(ReasonPyplotState, e.Pos, e.Detail, "%s leaves a figure open for later cells", e.Detail)
			}
		}
	}
}

// draws says whether the cell draws: what it shows is worth a memo, though it leaves nothing behind.
func (m *memo) draws() bool {
	return slices.ContainsFunc(m.c.Effects, func(e Effect) bool { return e.Kind == knowledge.PyplotState }) ||
		slices.ContainsFunc(m.c.Mutates, func(x *Mutation) bool { return x.Drawing })
}

// keepsFigures says whether figures outlive their cell: not with the inline backend, which shows
// and closes them all at the end of each.
func (g *Graph) keepsFigures(i int) bool {
	for j := i; j >= 0; j-- {
		s := g.Cells[j].Summary
		if s == nil || !strings.Contains(s.File.Source, "%matplotlib") {
			continue
		}
		for _, stmt := range slices.Backward(s.File.Body) {
			e, ok := stmt.(*pyast.ExprStmt)
			if !ok {
				continue
			}
			if m, ok := e.Value.(*pyast.Magic); ok && m.Name == "matplotlib" {
				return m.Text != "" && !strings.HasPrefix(strings.TrimSpace(m.Text), "inline")
			}
		}
	}
	return false
}
