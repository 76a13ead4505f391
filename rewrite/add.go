package rewrite

// One more item in a directive.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// AddDirective is the change that adds an item to a directive of a cell: to the comment that holds
// such a list, else as a new comment where a pin would go. It is nil when the item is there.
//
//	# xetmemo: ignore=XM301,XM305
func AddDirective(f *pyast.File, word, item string) *ipynb.Change {
	for _, span := range f.Comments {
		if !startsLine(f, span.Start) {
			continue
		}
		text := strings.TrimRight(f.Segment(span), " \t\r")
		m := directivePattern.FindStringSubmatch(text)
		if m == nil || m[1] != word {
			continue
		}
		items := strings.FieldsFunc(m[2], func(c rune) bool { return c == ',' || c == ' ' || c == '\t' })
		if slices.Contains(items, item) {
			return nil
		}
		if len(items) > 0 {
			item = "," + item
		}
		end := int(span.Start) + len(text)
		return &ipynb.Change{Start: end, End: end, Text: item}
	}
	at := pinPlace(f)
	text := "# " + header.Magic + ": " + word + "=" + item + "\n"
	if at > 0 && !strings.HasSuffix(f.Source[:at], "\n") && !strings.HasSuffix(f.Source[:at], "\r") {
		text = "\n" + strings.TrimSuffix(text, "\n") // the magic is the last line, without an end
	}
	return &ipynb.Change{Start: at, End: at, Text: text}
}
