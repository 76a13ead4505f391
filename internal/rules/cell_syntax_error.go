package rules

// XM002: the cell is not Python.

var cellSyntaxError = &Rule{Code: "XM002", Name: "cell-syntax-error", Severity: Error, cell: func(p *pass, c *cell) {
	if len(c.file.Errors) > 0 { // the first: the others often follow from it
		e := c.file.Errors[0]
		p.report(c, e.Span, Finding{Message: e.Msg})
	}
}}
