package interp

// Access paths: what is taken of an object, one step at a time.

import (
	"strconv"
	"strings"
)

// Selector is one step of an access path. What an object holds is kept by selectors, and so
// are the objects that stand for parts of it of which only the place is known.
type Selector struct {
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
	itself  = Selector{kind: itselfStep}
	AnyAttr = Selector{anyAttrStep, "?"}
	AnyItem = Selector{anyItemStep, "*"}
	slice   = Selector{sliceStep, ":"}
)

func Attr(name string) Selector { return Selector{attrStep, name} }

// Key is the selector of a constant key, as closure writes it.
func Key(k string) Selector { return Selector{itemStep, k} }

// TextKey is the selector of a text as key.
func TextKey(text string) Selector { return Key("'" + text) }

// Nth is the selector of a sequence's n-th element.
func Nth(n int) Selector { return Key(strconv.Itoa(n)) }

// isItem says that the step takes an element: by a constant, by anything, or a slice of them.
func (s Selector) isItem() bool { return s.kind >= itemStep }

// isAttr says that the step takes an attribute.
func (s Selector) isAttr() bool { return s.kind == attrStep || s.kind == anyAttrStep }

// text returns the key that the step takes, where it is a constant text.
func (s Selector) text() (string, bool) {
	if s.kind != itemStep {
		return "", false
	}
	return strings.CutPrefix(s.name, "'")
}

// compare orders selectors: methods, attributes, items, each by name.
func (s Selector) compare(t Selector) int {
	if a, b := s.group(), t.group(); a != b {
		return int(a) - int(b)
	}
	return strings.Compare(s.name, t.name)
}

// group is the kind, but one for all attributes and one for all items.
func (s Selector) group() selectorKind {
	switch {
	case s.isItem():
		return itemStep
	case s.isAttr():
		return attrStep
	}
	return s.kind
}
