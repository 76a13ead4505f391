package digest

import (
	"fmt"
	"math"
	"strconv"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// sized writes an atom with its length in bytes: an identifier, a str or a bytes.
func (w *writer) sized(tag byte, text string) {
	w.out = strconv.AppendInt(append(w.out, tag), int64(len(text)), 10)
	w.out = append(append(w.out, ':'), text...)
}

func (w *writer) constant(c *pyast.Constant) {
	switch c.Kind {
	case pyast.None:
		w.out = append(w.out, 'N')
	case pyast.True:
		w.out = append(w.out, 'T')
	case pyast.False:
		w.out = append(w.out, 'F')
	case pyast.Ellipsis:
		w.out = append(w.out, 'E')
	case pyast.Int:
		w.out = append(append(w.out, 'z'), c.Str...)
	case pyast.Float:
		w.out = fmt.Appendf(w.out, "d%016x", math.Float64bits(c.Float))
	case pyast.Complex:
		w.out = fmt.Appendf(w.out, "c%016x", math.Float64bits(c.Float))
	case pyast.Str:
		w.sized('s', c.Str)
	case pyast.Bytes:
		w.sized('b', c.Str)
	}
}

func (w *writer) operator(field, name string) {
	w.field(field)
	w.open(name)
	w.close()
}

// identifier writes a field that is an identifier, which pyast has made NFKC, or nothing where there is none.
func (w *writer) identifier(field string, id pyast.Identifier) {
	if id.Name != "" {
		w.field(field)
		w.sized('i', id.Name)
	}
}

func (w *writer) identifiers(field string, ids []pyast.Identifier) {
	if len(ids) == 0 {
		return
	}
	w.field(field)
	for i, id := range ids {
		w.separate(i)
		w.sized('i', id.Name)
	}
	w.out = append(w.out, ']')
}
