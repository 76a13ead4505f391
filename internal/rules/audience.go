package rules

// Which runtime a notebook's cells run under, and who wrote its headers.

import (
	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
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
	for unit := range nb.Code {
		if nb.LoadsRuntime(unit) {
			return true
		}
	}
	return false
}
