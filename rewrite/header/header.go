// Package header is the grammar of %%xetmemo lines: it reads them, and renews the names that they list.
package header

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Header is a %%xetmemo line as the runtime reads it. The rules are those of the runtime's
// header.py, and both pass the cases of testdata/headers.json:
//
//	line    = { option | word } [ "#" comment ]
//	option  = name [space] "=" [space] value      name: input, output, always, key, or one we don't know
//	value   = item { [space] "," [space] item }   an item ends at white space outside brackets and quotes
//
// An option begins at the start of the line, after white space, or (the four known names only)
// after a comma. Brackets and quotes group, unless the line as a whole is unbalanced: then they
// are ordinary characters. A value that is one quoted string stands for its content. Empty items
// and repeated ones are dropped. Of an option given twice, lists add up and else the last counts.
type Header struct {
	Text   string // the line
	Input  []string
	Output []string
	Key    string // "" when there is none
	Always bool
	// Unknown are options with another name, and stray words.
	Unknown []string
	// Invalid are the values that can't be used: an input that is no expression, an output that
	// is no name, a key that can't name a folder.
	Invalid []string
	// Strict says that XetCache 0.0.2 reads the line, and the same in it: it splits at single
	// spaces, "=" and "," whatever stands around them.
	Strict bool

	options []option
}

// option is where an option stands in the line.
type option struct {
	name       string
	start, end int // of all of it
	items      []string
}

// Option is where an option stands first in the line, its name included.
func (h *Header) Option(name string) (start, end int, ok bool) {
	for _, o := range h.options {
		if o.name == name {
			return o.start, o.end, true
		}
	}
	return 0, 0, false
}

// Magic is the name of the cell magic.
const Magic = "xetmemo"

// Prefix is what a header begins with.
const Prefix = "%%" + Magic

var (
	optionPattern = regexp.MustCompile(`^([\pL_][\pL\pN_]*)[ \t]*=`)
	keyPattern    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	devicePattern = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
)

// Parse reads a line that starts with %%xetmemo. It never fails: see Unknown and Invalid.
func Parse(line string) *Header {
	h := &Header{Text: line}
	p := headerParser{line: line, grouped: balanced(line)}
	p.at = len(line) - len(strings.TrimPrefix(line, Prefix))
	for {
		p.skipSpace()
		if p.at < len(line) && line[p.at] == ',' {
			p.at++
			continue
		}
		if p.at >= len(line) || line[p.at] == '#' {
			break
		}
		start := p.at
		name, after := p.option()
		if name == "" {
			p.at = p.itemEnd(start, false)
			if word := line[start:p.at]; word == "always" {
				h.Always = true
			} else {
				h.Unknown = append(h.Unknown, word)
			}
			continue
		}
		p.at = after
		items := p.value()
		h.set(name, items, strings.TrimRight(line[start:p.at], " \t,"))
		h.options = append(h.options, option{name, start, start + len(strings.TrimRight(line[start:p.at], " \t,")), items})
	}
	h.check()
	h.Strict = len(h.Unknown) == 0 && len(h.Invalid) == 0 && h.strict()
	return h
}

func (h *Header) set(name string, items []string, text string) {
	switch name {
	case "input":
		h.Input = Add(h.Input, items...)
	case "output":
		h.Output = Add(h.Output, items...)
	case "key":
		h.Key = strings.Join(items, ",")
	case "always":
		switch strings.ToLower(strings.Join(items, ",")) {
		case "true", "1", "yes":
			h.Always = true
		default:
			h.Always = false
		}
	default:
		h.Unknown = append(h.Unknown, text)
	}
}

// Add appends the items that a list of names lacks.
func Add(list []string, items ...string) []string {
	for _, x := range items {
		if !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

func (h *Header) check() {
	for _, text := range h.Input {
		if expression(text) == nil {
			h.Invalid = append(h.Invalid, text)
		}
	}
	for _, name := range h.Output {
		if !isName(name) {
			h.Invalid = append(h.Invalid, name)
		}
	}
	if h.Key != "" && !ValidKey(h.Key) {
		h.Invalid = append(h.Invalid, h.Key)
	}
}

// ValidKey says whether a key may name a folder of the memo store, on every system.
func ValidKey(key string) bool {
	return keyPattern.MatchString(key) && !devicePattern.MatchString(key) && !strings.HasSuffix(key, ".")
}

// expression is the tree of an input, nil if it is none.
func expression(text string) pyast.Expr {
	f := pyast.Parse(text, pyast.Options{})
	if len(f.Errors) > 0 || len(f.Body) != 1 {
		return nil
	}
	s, ok := f.Body[0].(*pyast.ExprStmt)
	if !ok || s.Semicolon {
		return nil
	}
	if _, starred := s.Value.(*pyast.Starred); starred {
		return nil
	}
	return s.Value
}

// isName says whether the text is an identifier and no keyword.
func isName(text string) bool {
	n, ok := expression(text).(*pyast.Name)
	return ok && int(n.End-n.Start) == len(text)
}

// strict splits the line as XetCache 0.0.2 does and compares.
func (h *Header) strict() bool {
	rest := strings.Trim(strings.TrimPrefix(h.Text, Prefix), " \t\r")
	if rest == "" || strings.ContainsAny(rest, "\t{}$#\"") {
		return false
	}
	seen := map[string]bool{}
	for _, word := range strings.Split(rest, " ") {
		name, value, ok := strings.Cut(word, "=")
		if !ok || seen[name] || strings.Contains(value, "=") {
			return false
		}
		seen[name] = true
		items := strings.Split(value, ",")
		switch name {
		case "input":
			if slices.Contains(items, "") || !slices.Equal(Add(nil, items...), h.Input) {
				return false
			}
		case "output":
			if slices.Contains(items, "") || !slices.Equal(Add(nil, items...), h.Output) {
				return false
			}
		case "key":
			if value == "" || value != h.Key {
				return false
			}
		case "always":
			if value != "True" && value != "False" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

type headerParser struct {
	line    string
	at      int
	grouped bool // brackets and quotes group
}

// option returns the name of the option that begins here, and where its value begins.
func (p *headerParser) option() (name string, value int) {
	m := optionPattern.FindStringSubmatchIndex(p.line[p.at:])
	if m == nil || strings.HasPrefix(p.line[p.at+m[1]:], "=") {
		return "", 0
	}
	return p.line[p.at+m[2] : p.at+m[3]], p.at + m[1]
}

func (p *headerParser) value() []string {
	p.skipSpace()
	var items []string
	for {
		switch name, _ := p.option(); name {
		case "input", "output", "always", "key":
			return p.unquote(items)
		}
		end := p.itemEnd(p.at, true)
		items = append(items, p.line[p.at:end])
		p.at = end
		p.skipSpace()
		if p.at >= len(p.line) || p.line[p.at] != ',' {
			p.at = end
			return p.unquote(items)
		}
		p.at++
		p.skipSpace()
	}
}

// unquote takes the items of a value that is one quoted string, and drops empty items.
func (p *headerParser) unquote(items []string) []string {
	if len(items) == 1 && p.grouped {
		if x := items[0]; len(x) >= 2 && (x[0] == '"' || x[0] == '\'') && x[len(x)-1] == x[0] {
			if inner := x[1 : len(x)-1]; !strings.ContainsAny(inner, `\`+x[:1]) {
				items = strings.Split(inner, ",")
				for i := range items {
					items[i] = strings.Trim(items[i], " \t")
				}
			}
		}
	}
	return slices.DeleteFunc(items, func(x string) bool { return x == "" })
}

// itemEnd is where the item or word that starts at a place ends.
func (p *headerParser) itemEnd(at int, commas bool) int {
	depth := 0
	for at < len(p.line) {
		c := p.line[at]
		switch {
		case p.grouped && (c == '"' || c == '\''):
			at = stringEnd(p.line, at)
			continue
		case p.grouped && strings.IndexByte("([{", c) >= 0:
			depth++
		case p.grouped && strings.IndexByte(")]}", c) >= 0:
			depth--
		case depth == 0 && (c == ' ' || c == '\t' || commas && c == ','):
			return at
		}
		at++
	}
	return at
}

func (p *headerParser) skipSpace() {
	for p.at < len(p.line) && (p.line[p.at] == ' ' || p.line[p.at] == '\t' || p.line[p.at] == '\r') {
		p.at++
	}
}

// balanced says whether every bracket and quote before the comment is closed, in order.
func balanced(line string) bool {
	var open []byte
	for at := 0; at < len(line); at++ {
		switch c := line[at]; c {
		case '#':
			if len(open) == 0 && (at == 0 || line[at-1] == ' ' || line[at-1] == '\t') {
				return true
			}
		case '"', '\'':
			end := stringEnd(line, at)
			if end < 0 {
				return false
			}
			at = end - 1
		case '(':
			open = append(open, ')')
		case '[':
			open = append(open, ']')
		case '{':
			open = append(open, '}')
		case ')', ']', '}':
			if len(open) == 0 || open[len(open)-1] != c {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

// stringEnd is where the string literal that opens at a place ends, or -1.
func stringEnd(line string, at int) int {
	quote := line[at]
	for at++; at < len(line); at++ {
		switch line[at] {
		case '\\':
			at++
		case quote:
			return at + 1
		}
	}
	return -1
}

// Stray are the unknown words without a name: perhaps inputs that lost their comma.
func (h *Header) Stray() []string {
	var words []string
	for _, w := range h.Unknown {
		if !optionPattern.MatchString(w) && strings.IndexFunc(w, unicode.IsLetter) >= 0 {
			words = append(words, w)
		}
	}
	return words
}
