package digest

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Names that Unicode 12.1 doesn't have, the rules unicode-names and unicode-identifiers.
//
// pyast knows a later Unicode and accepts more. Which of the newer characters and \N{…} in a source
// count as code, and which are text of strings or comments, is found by breaking them on purpose:
// those that matter give the parser another error. That needs no second tokenizer, costs nothing
// where there is no newer character, and is what the Python side does.

// laterInIdentifiers became part of identifiers in a later version, long after they were assigned.
const laterInIdentifiers = "\u200c\u200d\u30fb\uff65"

// laterNames are aliases that characters got in a later version, long after they were assigned.
var laterNames = []string{
	"ARABIC SMALL HIGH LIGATURE ALEF WITH YEH BARREE",
	"BAMUM LETTER PHASE-A MAEMGBIEE",
	"CUNEIFORM SIGN KALAM",
	"EM",
	"FVS4",
	"MENDE KIKAKUI SYLLABLE M172 MBO",
	"MENDE KIKAKUI SYLLABLE M174 MBOO",
	"MYANMAR LETTER KHAMTI LLA",
	"SUNDANESE LETTER ARCHAIC I",
}

// noIdentifier is for private use: fine in a string, an error in a name.
const noIdentifier = "\ue000"

var namedEscape = regexp.MustCompile(`^\\N\{([^{}\n]+)\}`)

// suspect is a newer character or escape, and what breaks it.
type suspect struct {
	start, end int
	broken     string
}

// newerName returns the first place on the lines of span where the code of f has a newer name.
func newerName(f *pyast.File, span pyast.Span) (pyast.Span, bool) {
	suspects := findSuspects(f.Source, wholeLines(f.Source, span))
	if len(suspects) == 0 || !breaks(f, suspects) {
		return pyast.Span{}, false
	}
	for _, s := range suspects {
		if breaks(f, []suspect{s}) {
			return pyast.Span{Start: pyast.Pos(s.start), End: pyast.Pos(s.end)}, true
		}
	}
	return pyast.Span{}, false
}

func wholeLines(src string, span pyast.Span) pyast.Span {
	start := strings.LastIndexAny(src[:span.Start], "\r\n") + 1
	end := len(src)
	if i := strings.IndexAny(src[span.End:], "\r\n"); i >= 0 {
		end = int(span.End) + i
	}
	return pyast.Span{Start: pyast.Pos(start), End: pyast.Pos(end)}
}

func findSuspects(src string, span pyast.Span) []suspect {
	var found []suspect
	for i := int(span.Start); i < int(span.End); {
		if src[i] < utf8.RuneSelf {
			if src[i] == '\\' {
				if m := namedEscape.FindStringSubmatch(src[i:span.End]); m != nil && newerEscape(m[0], m[1]) {
					found = append(found, suspect{i, i + len(m[0]), `\N{}`})
				}
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(src[i:])
		if !assigned(r) || strings.ContainsRune(laterInIdentifiers, r) {
			found = append(found, suspect{i, i + n, noIdentifier})
		}
		i += n
	}
	return found
}

func newerEscape(escape, name string) bool {
	f := pyast.Parse(`"`+escape+`"`, pyast.Options{})
	if len(f.Errors) > 0 || len(f.Body) != 1 {
		return false // known to no version
	}
	e, _ := f.Body[0].(*pyast.ExprStmt)
	if e == nil {
		return false
	}
	c, _ := e.Value.(*pyast.Constant)
	if c == nil {
		return false
	}
	r, _ := utf8.DecodeRuneInString(c.Str)
	return !assigned(r) || slices.Contains(laterNames, strings.ToUpper(name))
}

// breaks reports whether the parser finds more errors once the suspects are broken.
func breaks(f *pyast.File, suspects []suspect) bool {
	var src strings.Builder
	end := 0
	for _, s := range suspects {
		src.WriteString(f.Source[end:s.start])
		src.WriteString(s.broken)
		end = s.end
	}
	src.WriteString(f.Source[end:])
	errors := func(src string) int { return len(pyast.Parse(src, pyast.Options{Notebook: true}).Errors) }
	return errors(src.String()) > errors(f.Source)
}

var unicode12Bounds = sync.OnceValue(func() []rune {
	bounds := make([]rune, len(unicode12))
	last := rune(0)
	for i, step := range unicode12 {
		last += rune(step)
		bounds[i] = last
	}
	return bounds
})

// assigned reports whether Unicode 12.1 assigns r.
func assigned(r rune) bool {
	i, found := slices.BinarySearch(unicode12Bounds(), r)
	if found {
		i++
	}
	return i%2 == 1
}
