package deps

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// history finds reads of IPython's numbered results, which depend on what was run before.
func (m *memo) history() {
	for _, name := range m.g.history(m.c) {
		m.add(ReasonHistory, m.c.Summary.Loads[name], name, "%s depends on what was run before", name)
	}
}

// shownResult finds that a later cell reads the value which this one shows: a hit shows it, but doesn't have it.
func (m *memo) shownResult() {
	shown := shownBy(m.c)
	if shown == nil {
		return
	}
	last := true // no later cell surely shows another one
	for _, c := range m.g.Cells[m.c.Index+1:] {
		if c.Summary == nil {
			continue
		}
		for _, name := range m.g.history(c) {
			if isResult(name) && (last || name != "_") {
				m.add(ReasonShownResult, shown.Start, name, "a later cell uses %s, and a hit doesn't have the value that it shows", name)
				return
			}
		}
		if e := shownBy(c); e != nil {
			_, call := e.Value.(*pyast.Call) // its result may be None, which isn't kept
			last = last && call
		}
	}
}

// shownBy returns the expression whose value IPython shows after the cell: its last statement, unless a semicolon ends it.
func shownBy(c *Cell) *pyast.ExprStmt {
	body := c.Summary.File.Body
	if len(body) == 0 {
		return nil
	}
	e, ok := body[len(body)-1].(*pyast.ExprStmt)
	if !ok || e.Semicolon {
		return nil
	}
	if _, magic := e.Value.(*pyast.Magic); magic {
		return nil
	}
	return e
}

// history returns the names of IPython's history that a cell reads.
func (g *Graph) history(c *Cell) []string {
	var names []string
	for name := range c.Summary.Loads {
		if isHistory(name) && len(g.run.Binders(name)) == 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func isHistory(name string) bool {
	switch name {
	case "In", "_i", "_ii", "_iii", "_ih":
		return true
	}
	return isResult(name) || strings.HasPrefix(name, "_i") && isNumber(name[2:])
}

func isResult(name string) bool {
	switch name {
	case "_", "__", "___", "Out", "_oh":
		return true
	}
	return strings.HasPrefix(name, "_") && isNumber(name[1:])
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
