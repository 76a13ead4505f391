package interp

// Access paths: what is taken of an object, one step at a time.

import (
	"strconv"
	"strings"
)

// selector is one step of an access path. What an object holds is kept by selectors, and so
// are the objects that stand for parts of it of which only the place is known.
type selector struct {
	kind selectorKind
	name string // of an attribute, a method, a constant key
}

// selectorKind tells the steps apart. Their order is the one in which an object's parts are gone through.
type selectorKind uint8

const (
	itselfStep   selectorKind = iota // the value of a library's attribute, kept at the attribute
	methodStep                       // a method bound to the object
	registerStep                     // a method of a wrapper that takes one more function
	attrStep
	anyAttrStep // by a computed name
	itemStep    // by a constant key or index, as closure writes it: 'a, 0, -1
	anyItemStep // by any other key or index
	sliceStep
)

var (
	itself  = selector{kind: itselfStep}
	anyAttr = selector{anyAttrStep, "?"}
	anyItem = selector{anyItemStep, "*"}
	slice   = selector{sliceStep, ":"}
)

func attr(name string) selector { return selector{attrStep, name} }

// key is the selector of a constant key, as closure writes it.
func key(k string) selector { return selector{itemStep, k} }

// textKey is the selector of a text as key.
func textKey(text string) selector { return key("'" + text) }

// nth is the selector of a sequence's n-th element.
func nth(n int) selector { return key(strconv.Itoa(n)) }

// isItem says that the step takes an element: by a constant, by anything, or a slice of them.
func (s selector) isItem() bool { return s.kind >= itemStep }

// isAttr says that the step takes an attribute.
func (s selector) isAttr() bool { return s.kind == attrStep || s.kind == anyAttrStep }

// text returns the key that the step takes, where it is a constant text.
func (s selector) text() (string, bool) {
	if s.kind != itemStep {
		return "", false
	}
	return strings.CutPrefix(s.name, "'")
}

// compare orders selectors: methods, attributes, items, each by name.
func (s selector) compare(t selector) int {
	if a, b := s.group(), t.group(); a != b {
		return int(a) - int(b)
	}
	return strings.Compare(s.name, t.name)
}

// group is the kind, but one for all attributes and one for all items.
func (s selector) group() selectorKind {
	switch {
	case s.isItem():
		return itemStep
	case s.isAttr():
		return attrStep
	}
	return s.kind
}
