package rules

// Why a cell can't be memoized, in the words of rules.

import "github.com/xetmemo/xetmemo-lint/deps"

// reasonRules are the rules that report a reason why a cell can't be memoized; unsupported-cell
// reports the other reasons.
var reasonRules = map[string]string{
	deps.ReasonSyntaxError:    "XM002",
	deps.ReasonOpaqueOutput:   "XM108",
	deps.ReasonLiveImport:     "XM202",
	deps.ReasonLiveDefinition: "XM202",
	deps.ReasonRandomState:    "XM303",
	deps.ReasonDynamicCode:    "XM307",
	deps.ReasonLineMagic:      "XM308",
	deps.ReasonShell:          "XM308",
}

// reasons calls visit for the reasons that the running rule reports.
func (p *pass) reasons(c *cell, visit func(deps.Reason)) {
	for _, r := range c.why {
		code := reasonRules[r.Code]
		if code == "" || r.Code == deps.ReasonOpaqueOutput && !c.binds(r.Name) { // only changed here
			code = "XM203"
		}
		if code == p.rule.Code {
			visit(r)
		}
	}
}

// names is a list of the reason's name, empty when it has none.
func names(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
