package pyast

// Parsing of f-strings and t-strings (PEP 498, 701, 750).

import (
	"strings"
	"unicode/utf8"
)

// formatString is the f-string or t-string that the parser is in.
type formatString struct {
	literal
	start int // of the prefix
	depth int // of replacement fields in the specifications of others
}

// maxFieldDepth is CPython's bound on that depth (MAX_EXPR_NESTING).
const maxFieldDepth = 3

// formatted parses adjacent string literals from the first f-string or t-string on; before
// is the constant that comes before it, or nil.
func (p *parser) formatted(start int, before *Constant) Expr {
	mark := p.values.mark()
	if before != nil {
		if before.Kind == Bytes {
			p.fail(p.here(), "cannot mix bytes and nonbytes literals")
			return before
		}
		before.Span = p.span(start)
		p.constantPart(mark, before)
	}
	template := p.tok == tFString && p.lit.template
	plain := before != nil
	for p.tok == tString || p.tok == tFString {
		if p.tok == tString {
			plain = true
			if p.lit.bytes {
				p.fail(p.here(), "cannot mix bytes and nonbytes literals")
				break
			}
			c := p.constants.new()
			*c = Constant{Span: p.here(), Kind: Str, Str: p.stringValue()}
			p.constantPart(mark, c)
			p.next()
		} else {
			if p.lit.template != template {
				plain = true
				template = true
			}
			f := formatString{literal: p.lit, start: p.start}
			p.formatString(mark, &f)
		}
	}
	if template && plain && !p.failed {
		p.note(p.span(start), "cannot mix t-string literals with string or bytes literals")
	}
	values := p.parts(mark)
	if template {
		return &TemplateStr{p.span(start), values}
	}
	return &JoinedStr{p.span(start), values}
}

// parts takes the parts since mark, without empty text: that has only served to begin the place of
// the text it was merged with.
func (p *parser) parts(mark int) []Expr {
	kept := p.values.stack[:mark]
	for _, v := range p.values.stack[mark:] {
		if c, ok := v.(*Constant); !ok || c.Str != "" {
			kept = append(kept, v)
		}
	}
	clear(p.values.stack[len(kept):])
	p.values.stack = kept
	return p.values.pop(mark)
}

// constantPart appends text to the parts of a string since mark, to the last part where that is
// text too.
func (p *parser) constantPart(mark int, c *Constant) {
	if n := p.values.mark(); n > mark {
		if last, ok := p.values.stack[n-1].(*Constant); ok {
			last.Str += c.Str
			last.End = c.End
			return
		}
	}
	p.values.push(c)
}

// formatString parses one f-string from after its opening quotes.
func (p *parser) formatString(mark int, f *formatString) {
	outer := p.fieldAt
	if !p.enter() {
		return
	}
	for !p.failed {
		start, c := p.formatText(mark, f, false)
		if p.failed {
			break
		}
		if c == '{' {
			p.field(mark, f, start)
			continue
		}
		// The closing quotes.
		p.fieldAt = outer
		p.tok, p.start, p.end = tFString, f.start, p.off
		p.next()
		break
	}
	p.fieldAt = outer
	p.leave()
}

// formatText takes literal text up to the closing quotes or a brace, appends it to the
// parts, and returns the offset of what ended it, and its first byte; that is taken too.
// spec says that the text is a format specification: there doubled braces mean nothing.
func (p *parser) formatText(mark int, f *formatString, spec bool) (int, byte) {
	src := p.src
	i := p.off
	begin := i
	// flush takes the text up to end; the brace behind it that doubles its last one is skip bytes.
	flush := func(end, skip int) {
		if end > begin {
			text := src[begin:end]
			if p.crlf {
				text = plainNewlines(text)
			}
			place := Span{Pos(begin), Pos(end + skip)}
			if !f.raw {
				text = p.unescape(text, false, place)
			}
			c := p.constants.new()
			*c = Constant{Span: place, Kind: Str, Str: text}
			p.constantPart(mark, c)
		}
	}
	for i < len(src) {
		switch c := src[i]; c {
		case '\\':
			if i+1 >= len(src) {
				i++
				continue
			}
			switch d := src[i+1]; {
			case d == '{' || d == '}':
				i++ // the backslash stands for itself
			case d == 'N' && !f.raw && i+2 < len(src) && src[i+2] == '{':
				end := strings.IndexByte(src[i:min(len(src), i+maxCharacterName)], '}')
				if end < 0 {
					i += 3
				} else {
					i += end + 1
				}
			case d == '\r':
				i = skipNewline(src, i+1)
			default:
				i += 2
			}
		case '{':
			if !spec && i+1 < len(src) && src[i+1] == '{' {
				flush(i+1, 1)
				i += 2
				begin = i
				continue
			}
			flush(i, 0)
			p.off = i + 1
			return i, c
		case '}':
			if !spec {
				if i+1 < len(src) && src[i+1] == '}' {
					flush(i+1, 1)
					i += 2
					begin = i
					continue
				}
				p.off = i + 1
				p.fail(Span{Pos(i), Pos(i + 1)}, "f-string: single '}' is not allowed")
				return i, c
			}
			flush(i, 0)
			p.off = i + 1
			return i, c
		case f.quote:
			n := 1
			if f.triple {
				n = 3
				if !strings.HasPrefix(src[i:], tripleQuotes(c)) {
					i++
					continue
				}
			}
			flush(i, 0)
			p.off = i + n
			return i, c
		case '\n', '\r':
			if spec && !f.triple { // as if the expression went on, for Python 3.13
				flush(i, 0)
				p.off = i
				p.next()
				if p.tok != tRbrace {
					p.fail(p.here(), "f-string: expecting '}'")
				}
				p.brackets = append(p.brackets, '{') // which the caller takes
				return i, '}'
			}
			if !f.triple {
				p.lit = f.literal
				p.start = f.start
				p.unterminated(i)
				return i, c
			}
			i++
		default:
			i++
		}
	}
	p.lit = f.literal
	p.start = f.start
	p.unterminated(len(src))
	return i, 0
}

func tripleQuotes(quote byte) string {
	if quote == '"' {
		return `"""`
	}
	return "'''"
}

// field parses a replacement field whose "{" at start was taken.
func (p *parser) field(mark int, f *formatString, start int) {
	if len(p.brackets) >= maxBrackets {
		p.fail(Span{Pos(start), Pos(p.off)}, "too many nested brackets")
		return
	}
	if f.depth++; f.depth > maxFieldDepth {
		p.fail(Span{Pos(start), Pos(p.off)}, "f-string: expressions nested too deeply")
		return
	}
	defer func() { f.depth-- }()
	outer := p.fieldAt
	p.brackets = append(p.brackets, '{')
	p.fieldAt = len(p.brackets)
	exprStart := p.off
	p.next()
	switch p.tok {
	case tRbrace, tBang, tSpecColon, tEqual:
		p.fail(p.here(), "f-string: valid expression required before "+quoted(p.src[p.start:p.end]))
		return
	}
	var value Expr
	if p.tok == tYield {
		value = p.yield()
	} else {
		value = p.starExpressions()
	}
	debug := p.tok == tEqual
	if debug {
		p.next()
	}
	if p.failed {
		return
	}
	textEnd := p.start
	conversion := -1
	if p.tok == tBang {
		at := p.end
		p.next()
		switch {
		case p.tok != tName:
			p.fail(p.here(), "f-string: invalid conversion character")
			return
		case p.start != at:
			p.fail(p.here(), "f-string: conversion type must come right after the exclamation mark")
			return
		case p.name != "s" && p.name != "r" && p.name != "a":
			p.fail(p.here(), "f-string: invalid conversion character "+quoted(p.name)+": expected 's', 'r', or 'a'")
			return
		}
		conversion = int(p.name[0])
		p.next()
	}
	var spec *JoinedStr
	hasSpec := false
	switch p.tok {
	case tSpecColon:
		hasSpec = true
		spec = p.formatSpec(f)
	case tRbrace:
	default:
		if !p.failed {
			p.fail(p.here(), "f-string: expecting '}'")
		}
	}
	if p.failed {
		return
	}
	p.fieldAt = outer
	place := Span{Pos(start), Pos(p.off)}
	if debug {
		text := p.fieldText(exprStart, textEnd)
		p.constantPart(mark, &Constant{Span: Span{Pos(exprStart), Pos(textEnd)}, Kind: Str, Str: text})
		if conversion < 0 && !hasSpec {
			conversion = 'r'
		}
	}
	if f.template {
		p.values.push(&Interpolation{place, value, strings.TrimRight(p.fieldText(exprStart, textEnd), "= \t\n\f"), conversion, spec})
	} else {
		p.values.push(&FormattedValue{place, value, conversion, spec})
	}
}

// fieldText is the source of a field's expression as it becomes part of a value: without
// comments.
func (p *parser) fieldText(start, end int) string {
	first := len(p.comments)
	for first > 0 && int(p.comments[first-1].Start) >= start {
		first--
	}
	text := ""
	for _, c := range p.comments[first:] {
		text += p.src[start:c.Start]
		start = int(c.End)
	}
	text += p.src[start:end]
	if p.crlf {
		text = plainNewlines(text)
	}
	return text
}

// formatSpec parses a format specification from after its ":" to the "}" that ends it.
func (p *parser) formatSpec(f *formatString) *JoinedStr {
	colon := p.start
	if !p.enter() {
		return nil
	}
	defer p.leave()
	field := p.fieldAt
	mark := p.values.mark()
	inner := *f
	inner.template = false // the specification of a t-string's field is an f-string
	for !p.failed {
		at, c := p.formatText(mark, f, true)
		if p.failed {
			break
		}
		if c == '{' {
			p.field(mark, &inner, at)
			p.fieldAt = field
			continue
		}
		if c != '}' {
			p.fail(Span{Pos(at), Pos(p.off)}, "f-string: expecting '}'")
			break
		}
		p.brackets = p.brackets[:len(p.brackets)-1]
		values := p.values.pop(mark)
		if len(values) == 0 {
			return nil
		}
		return &JoinedStr{Span{Pos(colon), Pos(at)}, values}
	}
	p.values.drop(mark)
	return nil
}

func quoted(s string) string {
	if !utf8.ValidString(s) {
		return "it"
	}
	return "'" + s + "'"
}
