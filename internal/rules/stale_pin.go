package rules

// Code that changed since a pin was written.

import "github.com/xetmemo/xetmemo-lint/internal/load"

// StalePin finds pins that no longer hold: what the cell reaches has another digest now.
func StalePin(nb *load.Notebook, unit int) []Staleness {
	if nb.Find(unit).Directives.Deps == "" { // most cells: nothing is digested then
		return nil
	}
	p := nb.Pin(unit)
	if !p.Stale() {
		return nil
	}
	s := Staleness{At: p.Span, Fix: nb.Renewal(unit)}
	switch d := nb.Graph.Digest(unit); {
	case p.New != "":
		s.Message = "a function or local module that the cell reaches changed since it was pinned: the digest is " + p.New + ", the pin says " + p.Old
	case len(d.Opaque) > 0:
		s.Message = "the cell is pinned, but what it reaches has no digest: " + d.Opaque[0].String()
	default:
		s.Message = "the cell is pinned, but reaches no function and no local module any more"
	}
	return []Staleness{s}
}
