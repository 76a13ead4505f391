package rewrite

// Comments that steer a cell.

import (
	"regexp"
	"strings"

	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// Directives are what comments of a cell ask for, each on a line of its own:
//
//	# xetmemo: skip
//	# xetmemo: exclude=client,ctr
//	# xetmemo: include=CFG
//	# xetmemo: ignore=XM301,XM305
//	# xetmemo: deps=9f3c2a71b0de
type Directives struct {
	Skip    bool
	Exclude []string
	Include []string
	Ignore  []string
	// IgnoreAt are the comments that hold Ignore.
	IgnoreAt []pyast.Span
	Deps     string
}

var directivePattern = regexp.MustCompile(`^#[ \t]*xetmemo:[ \t]*(\w+)(?:[ \t]*=[ \t]*(.*))?$`)

// FindDirectives reads the comments of a cell.
func FindDirectives(f *pyast.File) Directives {
	var d Directives
	for _, c := range f.Comments {
		text := f.Segment(c)
		if !strings.Contains(text, header.Magic) || !startsLine(f, c.Start) {
			continue
		}
		m := directivePattern.FindStringSubmatch(strings.TrimRight(text, " \t\r"))
		if m == nil {
			continue
		}
		var items []string
		for _, x := range strings.Split(m[2], ",") {
			if x = strings.TrimSpace(x); x != "" {
				items = append(items, x)
			}
		}
		switch m[1] {
		case "skip":
			d.Skip = true
		case "exclude":
			d.Exclude = header.Add(d.Exclude, items...)
		case "include":
			d.Include = header.Add(d.Include, items...)
		case "ignore":
			d.Ignore = header.Add(d.Ignore, items...)
			d.IgnoreAt = append(d.IgnoreAt, c)
		case "deps":
			d.Deps = strings.TrimSpace(m[2])
		}
	}
	return d
}

// startsLine says whether only white space stands before a place on its line.
func startsLine(f *pyast.File, p pyast.Pos) bool {
	before := f.Source[:p]
	before = before[strings.LastIndexAny(before, "\r\n")+1:]
	return strings.Trim(before, " \t\f") == ""
}
