package report

// Why each name is an input or an output.

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Explain writes why each name that a unit has to do with is an input or an output, or is none.
// With a name it writes about that one alone, and known is false when the notebook never has it.
func Explain(w io.Writer, nb *load.Notebook, unit int, name string) (known bool) {
	e := explanation{nb: nb, unit: unit, cell: nb.Graph.Cells[unit], only: name}
	if e.cell.Summary != nil {
		e.inputs()
		e.outputs()
		e.others()
	}
	if name == "" {
		for _, r := range nb.WhyNot(unit) {
			text := r.Text
			if e.cell.Summary != nil {
				text = e.at(r.Pos) + text
			}
			e.add("can't be memoized", r.Code, text)
		}
		if e.cell.Summary != nil {
			e.reached()
		}
	}
	known = len(e.sections) > 0
	if !known && name != "" {
		known = e.elsewhere(name)
	}
	e.print(w)
	return known
}

type explanation struct {
	nb       *load.Notebook
	unit     int
	cell     *deps.Cell
	only     string
	sections []section
}

type section struct {
	title string
	rows  [][2]string // name, text
}

func (e *explanation) add(title, name, text string) {
	if e.only != "" && name != e.only {
		return
	}
	for i := range e.sections {
		if e.sections[i].title == title {
			e.sections[i].rows = append(e.sections[i].rows, [2]string{name, text})
			return
		}
	}
	e.sections = append(e.sections, section{title, [][2]string{{name, text}}})
}

// titles are those of the sections, in order.
var titles = []string{
	"inputs", "outputs", otherOutputs, otherReads, "not outputs", "neither input nor output", "can't be memoized", "source digest",
}

const (
	otherOutputs = "outputs that headers leave out by default"
	otherReads   = "read, but not inputs"
)

func (e *explanation) print(w io.Writer) {
	slices.SortStableFunc(e.sections, func(a, b section) int {
		return cmp.Compare(slices.Index(titles, a.title), slices.Index(titles, b.title))
	})
	for i, s := range e.sections {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, s.title)
		width := 0
		for _, r := range s.rows {
			width = max(width, min(len([]rune(r[0])), 24))
		}
		for _, r := range s.rows {
			lines := strings.Split(r[1], "\n")
			fmt.Fprintf(w, "  %-*s  %s\n", width, r[0], lines[0])
			for _, line := range lines[1:] {
				fmt.Fprintf(w, "  %-*s  %s\n", width, "", line)
			}
		}
	}
}

// at is the line of a place in the cell: "line 3: ".
func (e *explanation) at(pos pyast.Pos) string {
	line, _ := e.cell.Summary.File.Position(pos)
	return fmt.Sprintf("line %d: ", line)
}

func (e *explanation) inputs() {
	names := e.nb.Graph.Inputs(e.unit)
	for _, n := range names {
		if r := e.read(n); r != nil {
			e.add("inputs", n, e.readText(r)+"\n"+e.madeText(r))
			continue
		}
		if b := e.bound(n); b != nil {
			e.add("inputs", n, fmt.Sprintf("%sbound on some paths only: on the others it stays as %s left it, and %s",
				e.at(b.Pos), e.binders(n, true), e.readerText(n)))
		}
	}
}

func (e *explanation) read(name string) *deps.Read {
	for _, r := range e.cell.Reads {
		if r.Name == name {
			return r
		}
	}
	return nil
}

func (e *explanation) bound(name string) *deps.Bound {
	for _, b := range e.cell.Bound {
		if b.Name == name {
			return b
		}
	}
	return nil
}

// readText is where a name is read, and through which functions.
func (e *explanation) readText(r *deps.Read) string {
	if len(r.Via) == 0 {
		return e.at(r.Pos) + "read here"
	}
	return e.at(r.Pos) + "read through " + e.path(r.Via)
}

// path is a way through functions, each with its place.
func (e *explanation) path(via []string) string {
	steps := slices.Clone(via)
	for i, name := range steps {
		for _, f := range e.cell.Functions {
			if f.Name == name {
				place := e.place(f)
				if f.Approximated {
					place += ", approximated"
				}
				steps[i] += " (" + place + ")"
				break
			}
		}
	}
	return strings.Join(steps, " → ")
}

func (e *explanation) place(f *deps.Function) string {
	line := 1
	if f.Func.Node != nil {
		line, _ = f.Func.Summary.File.Position(f.Func.Node.Pos().Start)
	}
	if f.Module != nil {
		return fmt.Sprintf("%s line %d", e.nb.ModuleFile(f.Module), line)
	}
	for u, c := range e.nb.Graph.Cells {
		if c.Summary == f.Func.Summary {
			if u == e.unit {
				return fmt.Sprintf("line %d", line)
			}
			return fmt.Sprintf("cell %d line %d", e.nb.Code[u], line)
		}
	}
	return fmt.Sprintf("line %d", line)
}

// madeText is what made the value that a read takes.
func (e *explanation) madeText(r *deps.Read) string {
	if r.Later {
		if cells := e.binders(r.Name, false); cells != "" {
			return "bound only " + cells + ": running top to bottom, it doesn't exist yet"
		}
		return e.goneText(r.Name)
	}
	var places []string
	for _, d := range r.Defs {
		if p := e.binding(d); p != "" && !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	if len(places) == 0 {
		return "where it is bound is not known"
	}
	return strings.Join(places, ", or ")
}

// goneText says where a name is bound that no cell leaves bound.
func (e *explanation) goneText(name string) string {
	for u, c := range e.nb.Graph.Cells {
		if c.Summary == nil {
			continue
		}
		if pos, ok := c.Summary.Binds[name]; ok {
			line, _ := c.Summary.File.Position(pos)
			return fmt.Sprintf("cell %d line %d binds it, but that is undone, or isn't seen to run, by the end of the cell", e.nb.Code[u], line)
		}
	}
	return "where it is bound is not known"
}

func (e *explanation) binding(d *deps.Binding) string {
	if d.Unit < 0 || d.Unit >= len(e.nb.Code) {
		return ""
	}
	cell := e.nb.Code[d.Unit]
	f := e.nb.Graph.Cells[d.Unit].Summary.File
	line, _ := f.Position(d.Pos)
	switch d.Kind {
	case closure.BindUnknown:
		return fmt.Sprintf("taken to come from cell %d, which may bind any name", cell)
	case closure.BindImport:
		return fmt.Sprintf("imported in cell %d line %d", cell, line)
	case closure.BindDef, closure.BindClass:
		return fmt.Sprintf("defined in cell %d line %d", cell, line)
	}
	return fmt.Sprintf("bound in cell %d line %d", cell, line)
}

// binders are the other cells that bind a name: all of them, or those before this one.
func (e *explanation) binders(name string, before bool) string {
	var cells []string
	for u, c := range e.nb.Graph.Cells {
		if u == e.unit && before || u > e.unit && before {
			break
		}
		for _, b := range c.Bound {
			if b.Name != name {
				continue
			}
			if u == e.unit {
				cells = append(cells, "in this cell")
			} else {
				cells = append(cells, fmt.Sprintf("cell %d", e.nb.Code[u]))
			}
		}
	}
	if before && len(cells) > 1 {
		cells = cells[len(cells)-1:]
	}
	if !before {
		for i, c := range cells {
			if strings.HasPrefix(c, "cell") {
				cells[i] = "in " + c
			}
		}
	}
	return strings.Join(cells, ", ")
}

// readerText is the later cell that reads a name.
func (e *explanation) readerText(name string) string {
	j := e.nb.Graph.Reader(e.unit, name)
	if j < 0 {
		return "no later cell reads it"
	}
	for _, r := range e.nb.Graph.Cells[j].Reads {
		if r.Name == name {
			line, _ := e.nb.Graph.Cells[j].Summary.File.Position(r.Pos)
			text := fmt.Sprintf("cell %d line %d reads it", e.nb.Code[j], line)
			if len(r.Via) > 0 {
				text += ", through " + strings.Join(r.Via, " → ")
			}
			return text
		}
	}
	return fmt.Sprintf("cell %d reads it", e.nb.Code[j])
}

func (e *explanation) outputs() {
	out := e.nb.Graph.Outputs(e.unit)
	anyLive := false
	for _, b := range e.cell.Bound {
		anyLive = anyLive || b.Live && !b.Import
	}
	for _, m := range e.cell.Mutates {
		anyLive = anyLive || m.Live
	}
	title := func(name string) string {
		switch {
		case slices.Contains(out.Live, name):
			return "outputs"
		case slices.Contains(out.All, name):
			return otherOutputs
		}
		return "not outputs"
	}
	var seen []string
	for _, b := range e.cell.Bound {
		how := "bound here"
		if !b.Must {
			how = "bound here, on some paths"
		}
		text := e.at(b.Pos) + how + "; " + e.readerText(b.Name)
		switch {
		case b.Import:
			text = e.at(b.Pos) + "an import: modules and what comes from them are not stored"
		case strings.Trim(b.Name, "_") == "":
			text = e.at(b.Pos) + "IPython's name for earlier results"
		case b.Opaque:
			text += "\nits value can't be stored"
		case !b.Live && slices.Contains(out.Live, b.Name) && !anyLive:
			text += "; no output is read later, so all are listed"
		}
		seen = append(seen, b.Name)
		e.add(title(b.Name), b.Name, text)
	}
	for _, m := range e.cell.Mutates {
		if slices.Contains(seen, m.Name) {
			continue
		}
		text := e.at(m.Pos) + "changed in place"
		if len(m.Via) > 0 {
			text += " by " + e.path(m.Via)
		}
		text += "; " + e.readerText(m.Name)
		switch {
		case m.Opaque:
			text += "\nits value can't be stored"
		case !m.Live && slices.Contains(out.Live, m.Name) && !anyLive:
			text += "; no output is read later, so all are listed"
		}
		e.add(title(m.Name), m.Name, text)
	}
	for _, n := range e.cell.Deletes {
		if e.bound(n) == nil {
			e.add("not outputs", n, "deleted by the end of the cell")
		}
	}
}

// others are the names read that are no inputs.
func (e *explanation) others() {
	for _, r := range e.cell.Reads {
		switch {
		case r.Imported && e.isLocal(r.Name):
			e.add(otherReads, r.Name, e.readText(r)+"\n"+e.madeText(r)+": a local module; what the cell reaches of it is in the source digest")
		case r.Imported:
			e.add(otherReads, r.Name, e.readText(r)+"\n"+e.madeText(r)+": modules and what comes from outside are no inputs")
		case r.Opaque:
			e.add(otherReads, r.Name, e.readText(r)+"\n"+e.madeText(r)+"; its value can't be hashed")
		}
	}
	for _, r := range e.cell.Undefined {
		e.add(otherReads, r.Name, e.readText(r)+"\nno cell binds it, and it is no builtin")
	}
}

// isLocal says whether a module's name is that of one that the cell reaches something of.
func (e *explanation) isLocal(name string) bool {
	return slices.ContainsFunc(e.nb.Graph.Digest(e.unit).All, func(r *deps.Reached) bool {
		return r.Module != nil && (r.Module.Name == name || strings.HasPrefix(r.Module.Name, name+"."))
	})
}

// reached names the digest of what the cell reaches.
func (e *explanation) reached() {
	d := e.nb.Graph.Digest(e.unit)
	switch {
	case len(d.Opaque) > 0:
		for _, u := range d.Opaque {
			e.add("source digest", "none", u.String())
		}
	case d.Sum != "":
		e.add("source digest", d.Short(), "over "+count(len(d.All), "definition", "definitions")+": see xetmemo-lint deps")
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// elsewhere says of a name that the cell neither reads from before it nor leaves behind what
// there is to say, and whether the notebook has it at all.
func (e *explanation) elsewhere(name string) bool {
	const title = "neither input nor output"
	if s := e.cell.Summary; s != nil {
		_, loads := s.Loads[name]
		_, binds := s.Binds[name]
		switch {
		case loads && binds:
			e.add(title, name, e.at(s.Loads[name])+"what is read here was bound in this cell before, on every path")
			return true
		case loads && e.nb.Graph.Builtin(name):
			e.add(title, name, e.at(s.Loads[name])+"a builtin")
			return true
		case loads:
			e.add(title, name, e.at(s.Loads[name])+"named here, but only in code that this cell doesn't run")
			return true
		}
	}
	if cells := e.binders(name, false); cells != "" {
		e.add(title, name, "the cell has nothing to do with it; it is bound "+cells)
		return true
	}
	return false
}
