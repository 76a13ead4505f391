package rules

// Which runtime a notebook's cells run under, and who wrote its headers.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// isFor says whether a finding about a memoized cell is for those who have it.
func (p *pass) isFor(a Audience, c *cell) bool {
	switch {
	case a == AllCells || p.nb.Config.Runtime == config.XetCache002:
		return true
	case a == UnderXetCache002 && p.ours:
		return false
	}
	return c.header.Text != p.nb.Suggest(c.unit, p.nb.Style())
}

// importsRuntime says whether a cell imports or loads the runtime. That of 2023 has the same name: the configuration tells it.
func importsRuntime(nb *load.Notebook) bool {
	return slices.ContainsFunc(nb.Graph.Cells, func(c *deps.Cell) bool {
		return c.Summary != nil && slices.ContainsFunc(c.Summary.File.Body, loadsRuntime)
	})
}

func loadsRuntime(s pyast.Stmt) bool {
	found := false
	pyast.Walk(s, func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.Import:
			found = found || slices.ContainsFunc(n.Names, func(a *pyast.Alias) bool { return isRuntime(a.Name.Name) })
		case *pyast.ImportFrom:
			found = found || n.Level == 0 && isRuntime(n.Module.Name)
		case *pyast.Magic:
			found = found || n.Name == "load_ext" && isRuntime(strings.TrimSpace(n.Text))
		}
		return !found
	})
	return found
}

func isRuntime(module string) bool {
	return module == "xetcache" || strings.HasPrefix(module, "xetcache.")
}
