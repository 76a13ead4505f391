package knowledge

// Types, as the YAML files write them.

import (
	"fmt"
	"strings"
)

// maxTypeDepth bounds how deep types nest, so that a hostile entry can't exhaust the stack.
const maxTypeDepth = 16

// parseType reads
//
//	type = one { "|" one } .
//	one  = "self-type" | "like" param | name [ "(" type { "," type } ")" ] .
func parseType(s string) (Type, error) {
	p := typeParser{rest: s}
	t, err := p.union(0)
	if err == nil && p.peek() != 0 {
		err = fmt.Errorf("%q: unexpected %q", strings.TrimSpace(s), p.rest)
	}
	return t, err
}

type typeParser struct{ rest string }

func (p *typeParser) peek() byte {
	p.rest = strings.TrimLeft(p.rest, " ")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

func (p *typeParser) word() string {
	p.peek()
	n := strings.IndexAny(p.rest, " |(),")
	if n < 0 {
		n = len(p.rest)
	}
	w := p.rest[:n]
	p.rest = p.rest[n:]
	return w
}

func (p *typeParser) union(depth int) (Type, error) {
	t, err := p.one(depth)
	if err != nil || p.peek() != '|' {
		return t, err
	}
	or := []Type{t}
	for p.peek() == '|' {
		p.rest = p.rest[1:]
		if t, err = p.one(depth); err != nil {
			return Type{}, err
		}
		or = append(or, t)
	}
	return Type{Or: or}, nil
}

func (p *typeParser) one(depth int) (Type, error) {
	if depth > maxTypeDepth {
		return Type{}, fmt.Errorf("types nest too deep")
	}
	switch word := p.word(); word {
	case "self-type":
		return Type{Like: &Param{Self: true, Index: -1}}, nil
	case "like":
		param, err := parseParam(p.word())
		if err == nil && !param.single() {
			err = fmt.Errorf("\"like\" takes one argument")
		}
		return Type{Like: &param}, err
	default:
		for part := range strings.SplitSeq(word, ".") {
			if !isIdentifier(part) {
				return Type{}, fmt.Errorf("%q is no type", word)
			}
		}
		args, err := p.args(depth + 1)
		return Type{Name: word, Args: args}, err
	}
}

func (p *typeParser) args(depth int) ([]Type, error) {
	if p.peek() != '(' {
		return nil, nil
	}
	var args []Type
	for {
		p.rest = p.rest[1:]
		t, err := p.union(depth)
		if err != nil {
			return nil, err
		}
		args = append(args, t)
		switch p.peek() {
		case ',':
		case ')':
			p.rest = p.rest[1:]
			return args, nil
		default:
			return nil, fmt.Errorf("\")\" is missing")
		}
	}
}

// names calls f for the name of every type that t is made of, and puts its answer in its place.
func (t *Type) names(f func(string) (string, error)) error {
	if t.Name != "" {
		name, err := f(t.Name)
		if err != nil {
			return err
		}
		t.Name = name
	}
	for i := range t.Args {
		if err := t.Args[i].names(f); err != nil {
			return err
		}
	}
	for i := range t.Or {
		if err := t.Or[i].names(f); err != nil {
			return err
		}
	}
	return nil
}
