package ipynb

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// FuzzParse holds for any bytes that Parse takes what the reference takes and
// reads the same from it, and for any change of a source that the result decodes
// to what replacing in the decoded string gives, all else being equal.
func FuzzParse(f *testing.F) {
	for _, file := range hostileFiles(f) {
		f.Add(file.text, uint8(0), uint16(0), uint16(0), "")
	}
	for _, c := range parseCases {
		f.Add([]byte(c.src), uint8(1), uint16(0), uint16(1), "x\n")
	}
	for _, c := range insertCases {
		f.Add([]byte(c.src), uint8(c.at), uint16(0), uint16(0), c.source)
	}
	for _, c := range replaceCases {
		start := strings.Index(c.change, "«")
		end := strings.Index(c.change, "»") - len("«")
		f.Add([]byte(strings.Replace(oneCell, "@", c.source, 1)), uint8(0), uint16(start), uint16(end), c.text)
	}
	f.Fuzz(func(t *testing.T, src []byte, cell uint8, start, end uint16, text string) {
		nb, err := Parse(src)
		if err != nil {
			checkRefusal(t, src, err.(*Error))
			return
		}
		if err := checkNotebook(nb); err != nil {
			t.Fatal(err)
		}
		if len(nb.Cells) == 0 {
			return
		}
		i := int(cell) % len(nb.Cells)
		if err := checkChange(nb, i, int(start), int(end), text); err != nil {
			t.Error(err)
		}
		if err := checkInsert(nb, int(cell)%(len(nb.Cells)+1), text); err != nil {
			t.Error(err)
		}
	})
}

func checkRefusal(t *testing.T, src []byte, err *Error) {
	if err.Offset < 0 || err.Offset > len(src) || err.Line < 1 || err.Column < 0 {
		t.Fatalf("%+v is no place in %d bytes", err, len(src))
	}
	doc := reference(src)
	switch {
	case err.Kind == TooDeep:
	case isJSON(err.Kind.String()) != (doc != nil):
		t.Fatalf("%v, but the reference says JSON: %t", err, doc != nil)
	case doc != nil && referenceCells(doc) != nil:
		t.Fatalf("%v, but the reference finds cells", err)
	}
}

// checkChange replaces part of a source, and once more in two steps.
func checkChange(nb *Notebook, cell, start, end int, text string) error {
	source := nb.Cells[cell].Source
	start = min(start, len(source))
	end = min(max(start, end), len(source))
	valid := nb.layouts[cell].source.Len() > 0 && boundary(source, start) && boundary(source, end) &&
		strings.ToValidUTF8(text, "") == text
	half := len(text) / 2
	for !boundary(text, half) && half < len(text) {
		half++
	}
	for name, changes := range map[string][]Change{
		"at once":      {{start, end, text}},
		"in two steps": {{start, end, text[:half]}, {end, end, text[half:]}},
	} {
		edits, err := nb.ReplaceAll(cell, changes)
		if err != nil {
			if valid && !strings.Contains(err.Error(), "surrogates") {
				return fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		if !valid {
			return fmt.Errorf("%s: [%d, %d) by %q is taken", name, start, end, text)
		}
		want := source[:start]
		for _, c := range changes {
			want += nb.Cells[cell].LineEnds(c.Text)
		}
		want += source[end:]
		out, err := Apply(nb.Src, edits)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		before, after := reference(nb.Src), reference(out)
		changed := referenceCells(before)[cell]
		changed[sourceKey(before, changed)] = want
		if referenceCells(after); !reflect.DeepEqual(before, after) {
			return fmt.Errorf("%s: [%d, %d) by %q gives\n%s\nof\n%s", name, start, end, text, out, nb.Src)
		}
		if nb2, err := Parse(out); err != nil || nb2.Cells[cell].Source != want {
			return fmt.Errorf("%s: Parse of the result: %v", name, err)
		}
	}
	return nil
}

// checkInsert puts a code cell above another.
func checkInsert(nb *Notebook, at int, source string) error {
	edits, err := nb.InsertCell(at, source)
	if err != nil {
		for i := range nb.Cells {
			if nb.canModel(i) && err != errNotUTF8 {
				return err
			}
		}
		return nil
	}
	out, err := Apply(nb.Src, edits)
	if err != nil {
		return err
	}
	nb2, err := Parse(out)
	if err != nil {
		return fmt.Errorf("%v in\n%s\nof\n%s", err, out, nb.Src)
	}
	if err := checkNotebook(nb2); err != nil {
		return err
	}
	before, after := referenceCells(reference(nb.Src)), referenceCells(reference(out))
	if len(after) != len(before)+1 || !reflect.DeepEqual(before[:at], after[:at]) || !reflect.DeepEqual(before[at:], after[at+1:]) {
		return fmt.Errorf("a cell at %d changes others:\n%s\nof\n%s", at, out, nb.Src)
	}
	return nil
}
