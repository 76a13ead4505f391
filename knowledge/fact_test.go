package knowledge

import (
	"reflect"
	"strings"
	"testing"
)

var (
	self   = Param{Self: true, Index: -1}
	every  = Param{All: true, Index: -1}
	first  = Param{Index: 0}
	second = Param{Index: 1}
)

func named(name string) Param         { return Param{Index: -1, Name: name} }
func at(index int, name string) Param { return Param{Index: index, Name: name} }
func always(params ...Param) (refs []Ref) {
	for _, p := range params {
		refs = append(refs, Ref{Param: p})
	}
	return refs
}

var parseTable = []struct {
	text string
	want Fact
}{
	{"pure", Fact{}},
	{"class", Fact{Class: true}},
	{"class; base NDFrame, Other; immutable", Fact{Class: true, Immutable: true, Bases: []string{"NDFrame", "Other"}}},
	{"opaque; iterator; carries; attr; linked", Fact{Linked: true, Opaque: true, Iterator: true, Carries: true, Attr: true}},
	{"includes numpy, numpy.random", Fact{Includes: []string{"numpy", "numpy.random"}}},
	{"-> DataFrame", Fact{Result: Type{Name: "DataFrame"}}},
	{"-> self-type; view self", Fact{Result: Type{Like: &self}, View: always(self)}},
	{"-> like 0/x", Fact{Result: Type{Like: &Param{Index: 0, Name: "x"}}}},
	{"-> tuple(figure.Figure, Axes|ndarray(Axes))", Fact{Result: Type{Name: "tuple", Args: []Type{
		{Name: "figure.Figure"},
		{Or: []Type{{Name: "Axes"}, {Name: "ndarray", Args: []Type{{Name: "Axes"}}}}},
	}}}},
	{"-> DataFrame; -> None if inplace; -> list(str) if not 1/flat", Fact{Result: Type{Name: "DataFrame"}, Instead: []Variant{
		{Type{Name: "None"}, Condition{Op: If, Param: named("inplace")}},
		{Type{Name: "list", Args: []Type{{Name: "str"}}}, Condition{Op: IfNot, Param: at(1, "flat")}},
	}}},
	{"->str|None", Fact{Result: Type{Or: []Type{{Name: "str"}, {Name: "None"}}}}},
	{"mutates self if inplace", Fact{Mutates: []Ref{{self, &Condition{Op: If, Param: named("inplace")}}}}},
	{"mutates self if 4/inplace", Fact{Mutates: []Ref{{self, &Condition{Op: If, Param: at(4, "inplace")}}}}},
	{"mutates 0 if not 2/copy", Fact{Mutates: []Ref{{first, &Condition{Op: IfNot, Param: at(2, "copy")}}}}},
	{"mutates 0 1, out", Fact{Mutates: always(first, second, named("out"))}},
	{"mutates self; mutates-held self", Fact{Mutates: always(self), MutatesHeld: always(self)}},
	{"mutates self; mutates out", Fact{Mutates: always(self, named("out"))}},
	{"holds *; consumes 0; elem 0; elems self", Fact{Holds: always(every), Consumes: always(first), Elem: always(first), Elems: always(self)}},
	{"keeps 0; keeps-elems **; calls 1/key; same self", Fact{Keeps: always(first),
		KeepsElems: always(Param{Keywords: true, Index: -1}), Calls: always(at(1, "key")), Same: always(self)}},
	{"random unless random_state; reads-file", Fact{Effects: []Effect{
		{Random, &Condition{Op: Unless, Param: named("random_state")}}, {Kind: ReadsFile}}}},
	{"random if shuffle unless random_state; draws self 2/cv", Fact{Draws: always(self, at(2, "cv")), Effects: []Effect{
		{Random, &Condition{If, named("shuffle"), &Condition{Op: Unless, Param: named("random_state")}}}}}},
}

func TestParseFact(t *testing.T) {
	for _, test := range parseTable {
		got, err := ParseFact(test.text)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
		} else if !reflect.DeepEqual(*got, test.want) {
			t.Errorf("%q:\n got %+v\nwant %+v", test.text, *got, test.want)
		}
	}
}

var parseErrors = []struct{ text, want string }{
	{"", "empty fact"},
	{"pure;", "empty fact"},
	{"muates self", `"muates" is no fact`},
	{"pure self", "nothing may follow"},
	{"class X", "nothing may follow"},
	{"mutates", "a parameter must follow"},
	{"mutates if inplace", "a parameter must follow"},
	{"mutates self if", "names one parameter"},
	{"mutates self if a b", `"b" where`},
	{"mutates self if self", "is about an argument"},
	{"mutates a-b", "is no parameter"},
	{"mutates x/0", "is no parameter"},
	{"mutates 0/1", "is no parameter"},
	{"mutates 256", "is no parameter"},
	{"base", "a name must follow"},
	{"includes", "a name must follow"},
	{"->", `"" is no type`},
	{"-> a b", "unexpected"},
	{"-> list(str", `")" is missing`},
	{"-> like *", "takes one argument"},
	{"-> A if", "names one parameter"},
	{"-> if x", `"" is no type`},
	{"-> .a", "is no type"},
	{"-> A; -> B", "given twice"},
	{"-> " + strings.Repeat("a(", 40), "too deep"},
	{"random if", "names one parameter"},
	{"random because x", `where "if" or "unless"`},
	{"pure; alias x", "alias stands alone"},
}

func TestParseFactErrors(t *testing.T) {
	for _, test := range parseErrors {
		if f, err := ParseFact(test.text); err == nil {
			t.Errorf("%q: no error, %+v", test.text, *f)
		} else if !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: error %q lacks %q", test.text, err, test.want)
		}
	}
}

func FuzzParseFact(f *testing.F) {
	for _, test := range parseTable {
		f.Add(test.text)
	}
	for _, test := range parseErrors {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fact, err := ParseFact(text)
		if (fact == nil) == (err == nil) {
			t.Errorf("fact %v and error %v", fact, err)
		}
	})
}
