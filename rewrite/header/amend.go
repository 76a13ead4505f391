package header

// Changes of a header that somebody asks for by name.

import (
	"slices"
	"strings"
)

// Amend returns the header's line with names added to the lists and taken out of them. All else
// stays as it is written.
func (h *Header) Amend(addInput, dropInput, addOutput, dropOutput []string) string {
	return h.Renew(amended(h.Input, addInput, dropInput), amended(h.Output, addOutput, dropOutput))
}

func amended(items, add, drop []string) Names {
	names := Names{Required: add, Allowed: slices.Clone(add)}
	for _, item := range items {
		if !slices.Contains(drop, item) {
			names.Allowed = append(names.Allowed, item)
		}
	}
	return names
}

// Strictly returns the line in the grammar of XetCache 0.0.2: single spaces, no spaces in lists,
// each option once. What the runtime doesn't know or can't use is left out, comments too.
func (h *Header) Strictly() string {
	usable := func(items []string) []string {
		return slices.DeleteFunc(slices.Clone(items), func(x string) bool {
			return slices.Contains(h.Invalid, x) || strings.ContainsAny(x, " \t={}$#\",")
		})
	}
	line := New(Names{Required: usable(h.Input)}, Names{Required: usable(h.Output)})
	if h.Always {
		line += " always=True"
	}
	if h.Key != "" && ValidKey(h.Key) {
		line += " key=" + h.Key
	}
	return line
}

// Covers says whether the inputs hold a name, or an expression that reads it.
func (h *Header) Covers(name string) bool {
	for _, item := range h.Input {
		if item == name || !isName(item) && slices.Contains(namesIn(item), name) {
			return true
		}
	}
	return false
}

// InputNames are the inputs that are plain names.
func (h *Header) InputNames() []string {
	return slices.DeleteFunc(slices.Clone(h.Input), func(x string) bool { return !isName(x) })
}
