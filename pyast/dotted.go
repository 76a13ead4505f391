package pyast

// Names with attributes.

import (
	"slices"
	"strings"
)

// Dotted is the path of a name with attributes, like "np.random.default_rng", "" for any other expression.
func Dotted(e Expr) string {
	var parts []string
	for {
		switch x := e.(type) {
		case *Name:
			parts = append(parts, x.ID)
			slices.Reverse(parts)
			return strings.Join(parts, ".")
		case *Attribute:
			parts = append(parts, x.Attr.Name)
			e = x.Value
		default:
			return ""
		}
	}
}
