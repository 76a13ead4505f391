package lsp

// Inlay hints and code lenses show what cells without a header read and leave behind.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

func (s *server) inlayHints(p *struct {
	TextDocument documentID `json:"textDocument"`
	Range        textRange  `json:"range"`
}) (any, *responseError) {
	list := []object{}
	if s.settings.InlayHints != turnedOn {
		return list, nil
	}
	nb, loaded, index, unit := s.find(p.TextDocument.URI)
	if loaded == nil || unit < 0 || p.Range.Start.Line > 0 {
		return list, nil
	}
	if text, tooltip := inferred(loaded, unit); text != "" {
		c := nb.cells[index]
		end := len(strings.TrimRight(c.text[:ipynb.LineEnd(c.text, 0)], "\r\n"))
		list = append(list, object{"position": s.encoding.position(c.text, end), "label": text, "tooltip": tooltip, "paddingLeft": true})
	}
	return list, nil
}

func (s *server) codeLenses(p *struct {
	TextDocument documentID `json:"textDocument"`
}) (any, *responseError) {
	list := []object{}
	if s.settings.CodeLens != turnedOn {
		return list, nil
	}
	nb, loaded, index, unit := s.find(p.TextDocument.URI)
	if loaded == nil || unit < 0 {
		return list, nil
	}
	if text, _ := inferred(loaded, unit); text != "" {
		lens := object{"range": textRange{}, "command": command{Title: text}}
		if len(loaded.WhyNot(unit)) == 0 {
			lens["command"] = command{Title: text, Command: commandAnnotateCell, Arguments: []any{nb.cells[index].uri}}
		}
		list = append(list, lens)
	}
	return list, nil
}

// inferred is what a cell without a header reads and leaves behind, as its header would say it,
// and what to say about it; "" when there is nothing to show.
func inferred(nb *load.Notebook, unit int) (text, more string) {
	found := nb.Find(unit)
	file := nb.Graph.Cells[unit].Summary.File
	if found.Header != nil || found.Directives.Skip || len(file.Errors) > 0 || file.RawBody {
		return "", ""
	}
	input, output := rewrite.Wanted(nb.Graph, unit, nb.Style(), found.Directives)
	var parts []string
	if len(input.Required) > 0 {
		parts = append(parts, "input="+strings.Join(input.Required, ","))
	}
	if len(output.Required) > 0 {
		parts = append(parts, "output="+strings.Join(output.Required, ","))
	}
	more = "What this cell reads and what it leaves for later cells."
	if why := nb.WhyNot(unit); len(why) > 0 {
		more += " It can't be memoized: " + why[0].Text
	}
	return strings.Join(parts, " "), more
}
