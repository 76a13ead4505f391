package header

// What a header's lists should be, and the line that has them.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Names are the names that an option of a header should list.
type Names struct {
	Required []string // in the order of the header
	Allowed  []string // may stay if they are there; holds those required
}

// New is the line for a cell without one. An option without names is left out.
func New(input, output Names) string {
	line := Prefix
	if len(input.Required) > 0 {
		line += " input=" + strings.Join(input.Required, ",")
	}
	if len(output.Required) > 0 {
		line += " output=" + strings.Join(output.Required, ",")
	}
	return line
}

// Renew returns the header's line with missing names appended and spurious ones taken out. It is
// the same line when the names are right, however they are written. Order, always, key and words
// that aren't known stay. So do expressions, and one that reads a name stands for it:
// input=len(df) covers df.
func (h *Header) Renew(input, output Names) string {
	line := h.Text
	in, inChanged := renewed(h.Input, input, true)
	out, outChanged := renewed(h.Output, output, false)
	if outChanged {
		line = h.replace(line, "output", out)
		h = Parse(line)
	}
	if inChanged {
		line = h.replace(line, "input", in)
	}
	return line
}

// renewed is the list of names that an option should have.
func renewed(items []string, names Names, expressions bool) (list []string, changed bool) {
	covered := map[string]bool{}
	for _, item := range items {
		if expressions && !isName(item) && expression(item) != nil {
			list = append(list, item)
			for _, n := range namesIn(item) {
				covered[n] = true
			}
			continue
		}
		if slices.Contains(names.Allowed, item) {
			list = append(list, item)
			covered[item] = true
		} else {
			changed = true
		}
	}
	for _, n := range names.Required {
		if !covered[n] {
			list = append(list, n)
			changed = true
		}
	}
	return list, changed
}

// namesIn are the names that an expression reads.
func namesIn(text string) []string {
	e := expression(text)
	if e == nil {
		return nil
	}
	var names []string
	pyast.Walk(e, func(n pyast.Node) bool {
		if n, ok := n.(*pyast.Name); ok {
			names = append(names, n.ID)
		}
		return true
	})
	return names
}

// replace puts a list of names where the option stands first, and takes it out elsewhere. A new
// input comes first, a new output after the inputs.
func (h *Header) replace(line, name string, items []string) string {
	text := ""
	if len(items) > 0 {
		text = name + "=" + strings.Join(items, ",")
	}
	first := slices.IndexFunc(h.options, func(o option) bool { return o.name == name })
	if first < 0 {
		at := len(Prefix)
		if i := slices.IndexFunc(h.options, func(o option) bool { return o.name == "input" }); i >= 0 && name == "output" {
			at = h.options[i].end
		}
		if text == "" {
			return line
		}
		return line[:at] + " " + text + detached(line[at:])
	}
	for i := len(h.options) - 1; i >= first; i-- {
		o := h.options[i]
		if o.name != name {
			continue
		}
		if i == first && text != "" {
			line = line[:o.start] + text + detached(line[o.end:])
			continue
		}
		before, after := strings.TrimRight(line[:o.start], " \t,"), strings.TrimLeft(line[o.end:], " \t,")
		if line = before; after != "" {
			line += " " + after
		}
	}
	return line
}

// detached is what follows a list, apart from it: without a comma that would go on with the
// list, and with a space.
func detached(after string) string {
	rest := strings.TrimLeft(after, " \t")
	if rest == after || strings.HasPrefix(rest, ",") {
		rest = strings.TrimLeft(rest, " \t,")
		if rest != "" {
			rest = " " + rest
		}
		return rest
	}
	return after
}
