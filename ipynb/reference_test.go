package ipynb

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"
)

// reference decodes a file with encoding/json, the oracle that this package is
// compared with. It returns nil for what isn't JSON. Python's constants are
// taken for null, as encoding/json doesn't know them.
func reference(src []byte) any {
	src = bytes.TrimPrefix(src, []byte(byteOrderMark))
	if !json.Valid(src) {
		src = withoutConstants(src)
	}
	if !utf8.Valid(src) || !json.Valid(src) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	var doc any
	if d.Decode(&doc) != nil {
		return nil
	}
	if doc == nil {
		return "null"
	}
	return doc
}

var tokens = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?Infinity|NaN`)

// withoutConstants replaces NaN, Infinity and -Infinity outside of strings.
func withoutConstants(src []byte) []byte {
	return tokens.ReplaceAllFunc(src, func(token []byte) []byte {
		if token[0] == '"' {
			return token
		}
		return []byte("null")
	})
}

// referenceCells are the cells of a decoded notebook, nil when it is none.
func referenceCells(doc any) []map[string]any {
	nb, _ := doc.(map[string]any)
	format, _ := nb["nbformat"].(json.Number)
	cells := []map[string]any{}
	gather := func(holder any) bool {
		object, _ := holder.(map[string]any)
		list, ok := object["cells"].([]any)
		if _, has := object["cells"]; !has && format != "4" && object != nil {
			return true
		}
		for _, c := range list {
			cell, isObject := c.(map[string]any)
			cells = append(cells, cell)
			ok = ok && isObject
		}
		return ok
	}
	switch format {
	case "4":
		if !gather(nb) {
			return nil
		}
	case "2", "3":
		sheets, ok := nb["worksheets"].([]any)
		for _, sheet := range sheets {
			ok = ok && gather(sheet)
		}
		if !ok {
			return nil
		}
	default:
		return nil
	}
	for _, cell := range cells {
		key := sourceKey(doc, cell)
		source, ok := joined(cell[key])
		if _, has := cell[key]; !ok && has {
			return nil
		}
		if ok {
			cell[key] = source
		}
	}
	return cells
}

func sourceKey(doc any, cell map[string]any) string {
	if doc.(map[string]any)["nbformat"] != json.Number("4") && cell["cell_type"] == "code" {
		return "input"
	}
	return "source"
}

func joined(source any) (string, bool) {
	if s, ok := source.(string); ok {
		return s, true
	}
	list, ok := source.([]any)
	var b strings.Builder
	for _, e := range list {
		s, isString := e.(string)
		ok = ok && isString
		b.WriteString(s)
	}
	return b.String(), ok
}
