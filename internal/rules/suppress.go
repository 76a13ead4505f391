package rules

// Suppressions, and XM004: a suppression suppresses nothing.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

var unusedSuppression = &Rule{Code: "XM004", Name: "unused-suppression", Severity: Warning, Fix: SafeFix}

// suppress takes out the findings that directives in their cells ignore, and reports the words
// of directives that ignore nothing. A word for a rule that isn't looked for is left alone: the
// rule may be in another run.
func suppress(p *pass) []*Finding {
	byCell := map[int]*cell{}
	for _, c := range p.cells {
		if c.file != nil && len(c.directives.IgnoreAt) > 0 {
			byCell[c.src.Index] = c
		}
	}
	if len(byCell) == 0 {
		return p.findings
	}
	used := map[*cell]map[string]bool{}
	kept := slices.DeleteFunc(p.findings, func(f *Finding) bool {
		c := byCell[f.index()]
		if c == nil {
			return false
		}
		hit := false
		for _, word := range c.directives.Ignore {
			if stands(word, f.Rule) > 0 {
				if used[c] == nil {
					used[c] = map[string]bool{}
				}
				used[c][word], hit = true, true
			}
		}
		return hit
	})
	p.findings = kept
	if !p.options.Selection.Has(unusedSuppression) {
		return p.findings
	}
	p.rule = unusedSuppression
	for _, c := range p.cells {
		if byCell[c.src.Index] == nil || slices.ContainsFunc(c.directives.Ignore, func(w string) bool { return stands(w, unusedSuppression) > 0 }) {
			continue
		}
		for _, span := range c.directives.IgnoreAt {
			p.unused(c, span, used[c])
		}
	}
	return p.findings
}

// unused reports the words of one comment that suppress nothing.
func (p *pass) unused(c *cell, span pyast.Span, used map[string]bool) {
	text := c.file.Segment(span)
	head, list, _ := strings.Cut(text, "=")
	var keep []string
	type word struct {
		text string
		at   pyast.Span
	}
	var bad []word
	at := span.Start + pyast.Pos(len(head)+1)
	for _, item := range strings.Split(list, ",") {
		name := strings.TrimSpace(item)
		start := at + pyast.Pos(strings.Index(item, name))
		at += pyast.Pos(len(item) + 1)
		if name == "" {
			continue
		}
		if used[name] || Known(name) == nil && !p.looksFor(name) {
			keep = append(keep, name)
		} else {
			bad = append(bad, word{name, pyast.Span{Start: start, End: start + pyast.Pos(len(name))}})
		}
	}
	if len(bad) == 0 {
		return
	}
	change := ipynb.Change{Start: int(span.Start), End: int(span.End), Text: head + "=" + strings.Join(keep, ",")}
	if len(keep) == 0 {
		change = rewrite.WithoutLine(c.src.Source, int(span.Start), int(span.End))
	}
	for i, w := range bad {
		message := w.text + " suppresses nothing in this cell"
		if Known(w.text) != nil {
			message = w.text + " is no rule, so it suppresses nothing"
		}
		f := Finding{Message: message, Names: []string{w.text}, Fix: &Fix{Safe: true, Description: "take it out"}}
		if i == 0 { // one change for all words of the comment
			f.Fix.change = []ipynb.Change{change}
		}
		p.report(c, w.at, f)
	}
}

// looksFor says whether any rule that a word stands for is looked for in this run.
func (p *pass) looksFor(word string) bool {
	return slices.ContainsFunc(All, func(r *Rule) bool {
		return stands(word, r) > 0 && p.options.Selection.Has(r)
	})
}
