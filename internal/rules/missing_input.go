package rules

// XM101: the cell reads a name that its header doesn't list.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

var missingInput = &Rule{Code: "XM101", Name: "missing-input", Severity: Error, Fix: SafeFix, memoized: func(p *pass, c *cell) {
	for _, m := range p.missingInputs(c) {
		if !m.indirect(c) {
			p.reportMissingInput(c, m)
		}
	}
}}

// missing is an input that a header lacks.
type missing struct {
	name string
	read *deps.Read // nil: an output that some path leaves as it was, or what only a run showed
	seen bool       // by a run
}

// indirect says whether missing-dependency reports the name: a function that is reached only
// through others, or what functions read that the cell doesn't name but that a value carries, such
// as an instance's methods. It may run them, where it is certain to run what it names.
func (m missing) indirect(c *cell) bool {
	if m.read == nil || len(m.read.Via) == 0 {
		return false
	}
	first, _, _ := strings.Cut(m.read.Via[0], ".")
	_, named := c.facts.Summary.Loads[first]
	return m.read.Function || !named || slices.Contains(m.read.Via, "<lambda>")
}

// missingInputs are the inputs that the header doesn't cover, as far as they are certain.
func (p *pass) missingInputs(c *cell) []missing {
	var found []missing
	for _, name := range p.nb.Graph.Inputs(c.unit) {
		if c.meant.Covers(name) || slices.Contains(c.directives.Exclude, name) {
			continue
		}
		m := missing{name: name, seen: c.seen != nil && slices.Contains(c.seen.Reads, name)}
		for _, r := range c.facts.Reads {
			if r.Name == name {
				m.read = r
			}
		}
		if m.read != nil && !m.seen && (m.read.Later || guessed(c, m.read) || unseen(m.read.Defs) || !m.read.Seen) {
			continue // used-before-definition; or a word in, or a name from, code that we can't see into
		}
		found = append(found, m)
	}
	if c.seen == nil {
		return found
	}
	for _, name := range c.seen.Reads {
		known := slices.ContainsFunc(found, func(m missing) bool { return m.name == name })
		if !known && !c.meant.Covers(name) && !slices.Contains(c.directives.Exclude, name) && !c.importedName(name) {
			found = append(found, missing{name: name, seen: true})
		}
	}
	return found
}

// importedName says whether the cell reads the name as that of a module or of something from outside.
func (c *cell) importedName(name string) bool {
	return slices.Contains(c.facts.Modules, name) || slices.ContainsFunc(c.facts.Reads, func(r *deps.Read) bool { return r.Name == name && r.Imported })
}

// guessed says whether a read is only a word in code that can't be seen into.
func guessed(c *cell, r *deps.Read) bool {
	if len(r.Via) > 0 {
		return false
	}
	_, loaded := c.facts.Summary.Loads[r.Name]
	return !loaded && slices.ContainsFunc(c.facts.Summary.Tokens, func(t closure.Token) bool { return t.Name == r.Name })
}

// unseen says whether only code that can't be seen into may bind a name: it may be a module.
func unseen(defs []*deps.Binding) bool {
	return len(defs) > 0 && !slices.ContainsFunc(defs, func(d *deps.Binding) bool { return d.Kind != closure.BindUnknown })
}

func (p *pass) reportMissingInput(c *cell, m missing) {
	f := Finding{Names: []string{m.name}, Fix: &Fix{Safe: true, Description: "add " + m.name + " to input=", header: headerFix{addInput: m.name}}}
	switch {
	case m.read == nil && m.seen: // no fix: without the record, the name looks unused
		f.Fix = nil
		f.Message = fmt.Sprintf("%s was seen to be read when the cell ran, but input= lacks it: when it changes, the memo is stale; list it, and keep it with # xetmemo: include=%[1]s", m.name)
	case m.read == nil:
		f.Message = fmt.Sprintf("%s is stored, but on some path it stays what %s made it: input= lacks it", m.name, p.origin(c, m.name))
	default:
		f.Via = m.read.Via
		place := where(c, m.read.Pos, m.read.Via)
		if m.seen {
			place += ", as was seen when it ran"
		}
		f.Message = fmt.Sprintf("%s%s is read %s, but input= lacks it: when it changes, the memo is stale", m.name, p.definedIn(m.read), place)
	}
	p.report(c, optionSpan(c, "input"), f)
}

// where is the place of a read or call in words: "on line 3 in clean → norm".
func where(c *cell, pos pyast.Pos, via []string) string {
	line, _ := c.file.Position(pos)
	text := fmt.Sprintf("on line %d", line)
	if len(via) > 0 {
		text += " through " + strings.Join(via, " → ")
	}
	return text
}

// definedIn names the cells that bind what is read.
func (p *pass) definedIn(r *deps.Read) string {
	var cells []string
	for _, d := range r.Defs {
		if d.Unit >= 0 {
			if n := fmt.Sprint(p.cellNumber(d.Unit)); !slices.Contains(cells, n) {
				cells = append(cells, n)
			}
		}
	}
	switch len(cells) {
	case 0:
		return ""
	case 1:
		return " (cell " + cells[0] + ")"
	}
	return " (cells " + strings.Join(cells, ", ") + ")"
}

// origin names the last cell before c that binds the name.
func (p *pass) origin(c *cell, name string) string {
	for unit := c.unit - 1; unit >= 0; unit-- {
		for _, b := range p.nb.Graph.Cells[unit].Bound {
			if b.Name == name {
				return fmt.Sprintf("cell %d", p.cellNumber(unit))
			}
		}
	}
	return "an earlier cell"
}

// optionSpan is the place of an option's value in the cell, of the magic's name when it isn't there.
func optionSpan(c *cell, option string) pyast.Span {
	start, end, ok := c.header.Option(option)
	if !ok {
		start, end = 0, len("%%xetmemo")
	} else if strings.HasPrefix(c.header.Text[start:end], option+"=") {
		start += len(option) + 1
	}
	return pyast.Span{Start: c.headerSpan.Start + pyast.Pos(start), End: c.headerSpan.Start + pyast.Pos(end)}
}

// itemSpan is the place of one item of an option.
func itemSpan(c *cell, option, item string) pyast.Span {
	span := optionSpan(c, option)
	text := c.file.Segment(span)
	for at := 0; ; {
		i := strings.Index(text[at:], item)
		if i < 0 {
			return span
		}
		i += at
		at = i + len(item)
		before, after := byte('='), byte(',')
		if i > 0 {
			before = text[i-1]
		}
		if at < len(text) {
			after = text[at]
		}
		if strings.IndexByte("=, \t\"'", before) >= 0 && strings.IndexByte(", \t\"'", after) >= 0 {
			return pyast.Span{Start: span.Start + pyast.Pos(i), End: span.Start + pyast.Pos(at)}
		}
	}
}
