package rules

// XM111: no cell above the first header loads the runtime.

var missingRuntime = &Rule{Code: "XM111", Name: "missing-runtime", Severity: Warning, Fix: SafeFix, notebook: func(p *pass) {
	unit := p.nb.MissingRuntime()
	if unit < 0 || p.cells == nil || p.nb.Config.NoImport {
		return
	}
	c := p.cells[unit]
	f := Finding{Message: "no cell above imports xetcache: IPython doesn't know %%xetmemo then, and the cell is an error"}
	edit := p.nb.ImportRuntime(unit)
	if edit != nil {
		f.Fix = &Fix{Safe: true, Description: "import xetcache in a cell above", change: edit.Changes}
	}
	p.report(c, c.headerSpan, f)
	if edit != nil {
		f.Fix.unit = edit.Unit
	}
}}
