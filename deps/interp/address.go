package interp

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Addresses: texts that name places in the network. A reader of files asks the network where it gets one, so
// they are told apart from other texts, in constants and in what is made of them.

const addressMark = "://"

// isAddress says whether a constant names a place in the network.
func isAddress(c *pyast.Constant) bool {
	return c != nil && c.Kind == pyast.Str && strings.Contains(c.Str, addressMark)
}

// address returns the object that stands for all texts that name places in the network.
func (r *runner) address() *Object {
	o := r.g.scalars[addressMark]
	if o == nil {
		o = &Object{kind: scalarObject, Type: "builtins.str", origin: origin{Maker: addressMark}, unit: beforeAll}
		r.g.scalars[addressMark] = o
	}
	return o
}

// addresses returns the addresses that a value may be.
func (r *runner) addresses(v Value) Value {
	if o := r.g.scalars[addressMark]; o != nil && v.Has(o) {
		return o.Alone()
	}
	return nil
}

// joinsTexts says of a function or method whether the text that it gives is made of those that it gets.
func joinsTexts(path string) bool {
	return strings.HasPrefix(path, "builtins.str") || strings.HasPrefix(path, "os.path.") || strings.HasPrefix(path, "urllib.parse.")
}
