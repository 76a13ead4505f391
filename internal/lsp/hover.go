package lsp

// What a place means, on hovering.

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/report"
	"github.com/xetmemo/xetmemo-lint/internal/rules"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// hover says of a name in a header why it is there and what it holds, and of a pin what it pins.
func (s *server) hover(p *documentPosition) (any, *responseError) {
	nb, loaded, index, unit := s.find(p.TextDocument.URI)
	if loaded == nil || unit < 0 {
		return nil, nil
	}
	c := nb.cells[index]
	offset := s.encoding.offset(c.text, p.Position)
	var text string
	var span pyast.Span
	if w, ok := headerWord(loaded, unit, offset); ok {
		text, span = whyName(loaded, unit, w.name), w.Span
	} else if pin := loaded.Pin(unit); pin.Old != "" && within(pin.Span, offset) {
		text, span = whatIsPinned(loaded, unit), pin.Span
	}
	if text == "" {
		return nil, nil
	}
	return object{"contents": s.markup(text), "range": s.encoding.span(c.text, int(span.Start), int(span.End))}, nil
}

func within(span pyast.Span, offset int) bool {
	return int(span.Start) <= offset && offset <= int(span.End)
}

// whyName is explain's answer about one name, with the types of what it may hold.
func whyName(nb *load.Notebook, unit int, name string) string {
	var b bytes.Buffer
	if !report.Explain(&b, nb, unit, name) {
		return name + ": no cell has this name"
	}
	for _, r := range nb.Graph.Cells[unit].Reads {
		if r.Name == name {
			if types := r.Types(); len(types) > 0 {
				fmt.Fprintf(&b, "\ntype: %s\n", strings.Join(types, " or "))
			}
		}
	}
	return strings.TrimSpace(b.String())
}

// whatIsPinned lists what a cell reaches.
func whatIsPinned(nb *load.Notebook, unit int) string {
	d := nb.Graph.Digest(unit)
	var names []string
	for _, r := range d.All {
		names = append(names, fmt.Sprintf("%-8s %s  (%s)", r.Kind, r.Name, rules.PlaceOf(nb, r)))
	}
	slices.Sort(names)
	pin := nb.Pin(unit)
	text := "pins " + pin.Old
	if pin.Stale() && pin.New != "" {
		text += "; the digest is " + pin.New + " now"
	}
	for _, u := range d.Opaque {
		text += "\nno digest: " + u.String()
	}
	return text + "\n" + strings.Join(names, "\n")
}

// markup is a text of fixed width, as far as the client shows such.
func (s *server) markup(text string) markupContent {
	if slices.Contains(s.client.TextDocument.Hover.ContentFormat, "markdown") {
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		return markupContent{"markdown", fence + "text\n" + text + "\n" + fence}
	}
	return markupContent{"plaintext", text}
}
