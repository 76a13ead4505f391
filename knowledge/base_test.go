package knowledge

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// family is a small library that holds one case of each rule of Lookup.
var family = map[string]map[string]string{
	"menagerie": {".": "alias zoo"},
	"zoo": {
		"Animal":             "class",
		"Animal.feed":        "-> None; mutates self",
		"Animal.name":        "attr; -> str",
		"Animal.home":        "attr; -> Cage",
		"Animal.look":        "alias Animal.stare",
		"Animal.stare":       "-> bool",
		"Animal.*":           "mutates self",
		"Pet":                "class",
		"Pet.groom":          "-> Pet; same self",
		"Dog":                "class; base Animal, Pet",
		"Dog.feed":           "-> Dog; mutates self 0",
		"Dog.*":              "attr; -> Cage",
		"Cage":               "class",
		"Cage.{open,close}":  "-> None; mutates self",
		"inner.deep.make":    "-> zoo.Dog",
		"inner.deep.*":       "-> Cage",
		"short":              "alias inner.deep",
		"Hound":              "alias Dog",
		"frame":              "alias pandas.DataFrame",
		"ring.a":             "alias ring.b",
		"ring.b":             "-> int",
		"all":                "includes inner.deep up pandas",
		"all.*":              "display",
		"current":            "attr; -> Dog",
		"{up,down}.{in,out}": "-> float",
	},
}

func TestLookup(t *testing.T) {
	base, err := Default().With(family)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, want string }{
		{"zoo.Dog.feed", "zoo.Dog.feed"},                 // its own entry before the base's
		{"zoo.Dog.name", "zoo.Animal.name"},              // the base's before its own wildcard
		{"zoo.Dog.groom", "zoo.Pet.groom"},               // the second base's before a wildcard
		{"zoo.Dog.bark", "zoo.Dog.*"},                    // its own wildcard before the base's
		{"zoo.Animal.bark", "zoo.Animal.*"},              //
		{"zoo.Dog.look", "zoo.Animal.stare"},             // an alias among the members of a base
		{"zoo.Pet.bark", ""},                             // neither entry nor wildcard
		{"zoo.Hound.feed", "zoo.Dog.feed"},               // alias of a type
		{"zoo.short.make", "zoo.inner.deep.make"},        // alias of a module
		{"zoo.short.other", "zoo.inner.deep.*"},          //
		{"zoo.inner.deep.other", "zoo.inner.deep.*"},     // wildcard of a module,
		{"zoo.inner.deep.other.more", ""},                // which isn't one of what lies deeper
		{"zoo.inner.other", ""},                          //
		{"zoo.ring.a", "zoo.ring.b"},                     //
		{"zoo.Dog.home.open", "zoo.Cage.open"},           // through an attribute of known type
		{"zoo.all.make", "zoo.inner.deep.make"},          // through the modules that one includes
		{"zoo.all.out", "zoo.up.out"},                    //
		{"zoo.all.DataFrame", "pandas.DataFrame"},        //
		{"zoo.all.other", "zoo.all.*"},                   // whose wildcards don't count
		{"menagerie.Dog.feed", "zoo.Dog.feed"},           // a library that is another name of one
		{"zoo.current.feed", "zoo.Dog.feed"},             //
		{"zoo.Dog.bark.open", "zoo.Cage.open"},           // also one that a wildcard gives
		{"zoo.Dog.feed.open", ""},                        // a method's own attributes aren't known
		{"zoo.frame.drop", "pandas.NDFrame.drop"},        // alias into another library
		{"zoo.down.out", "zoo.down.out"},                 // a key with groups
		{"zoo", ""},                                      //
		{"nothing.at.all", ""},                           //
		{"", ""},                                         //
		{"builtins.list.append", "builtins.list.append"}, // the embedded entries
		{"builtins.IOError", "builtins.OSError"},
	} {
		got := ""
		if f := base.Lookup(test.path); f != nil {
			got = f.Path
		}
		if got != test.want {
			t.Errorf("Lookup(%q) found %q, want %q", test.path, got, test.want)
		}
	}
}

func TestTypesAreAbsolute(t *testing.T) {
	base, err := Default().With(family)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path string
		want Type
	}{
		{"zoo.Animal.home", Type{Name: "zoo.Cage"}},
		{"zoo.Animal.name", Type{Name: "builtins.str"}},
		{"zoo.inner.deep.make", Type{Name: "zoo.Dog"}},
		{"zoo.Dog", Type{Name: "zoo.Dog"}},
		{"builtins.str.split", Type{Name: "builtins.list", Args: []Type{{Name: "builtins.str"}}}},
	} {
		if got := base.Lookup(test.path).Result; !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: result %+v, want %+v", test.path, got, test.want)
		}
	}
	if got, want := base.Lookup("zoo.Dog").Bases, []string{"zoo.Animal", "zoo.Pet"}; !slices.Equal(got, want) {
		t.Errorf("bases %v, want %v", got, want)
	}
}

func TestWithWinsAndLeavesItsBaseAlone(t *testing.T) {
	user := map[string]map[string]string{"builtins": {"list.append": "pure"}}
	first, err := Default().With(user)
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.With(map[string]map[string]string{"builtins": {"list.clear": "pure"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name     string
		base     *Base
		path     string
		mutation int
	}{
		{"default", Default(), "builtins.list.append", 1},
		{"first", first, "builtins.list.append", 0},
		{"first", first, "builtins.list.clear", 1},
		{"second", second, "builtins.list.append", 0},
		{"second", second, "builtins.list.clear", 0},
	} {
		if got := len(test.base.Lookup(test.path).Mutates); got != test.mutation {
			t.Errorf("%s: %s mutates %d, want %d", test.name, test.path, got, test.mutation)
		}
	}
}

func TestWithErrors(t *testing.T) {
	for _, test := range []struct{ key, facts, want string }{
		{"f", "mutate self", `knowledge: lib.f: "mutate self": "mutate" is no fact`},
		{"f", "-> Fraem", `knowledge: lib.f: there is no type "Fraem"`},
		{"C", "class; base Bsae", `knowledge: lib.C: there is no type "Bsae"`},
		{"f", "includes nowhere", `knowledge: lib.f: there is no module "nowhere"`},
		{"f", "alias nowhere.at.all", `knowledge: lib.f: alias of "nowhere.at.all", which is not known`},
		{"f{a", "pure", "knowledge: lib: f{a: a brace is not closed"},
		{"f g", "pure", `knowledge: lib: f g: "lib.f g" is no dotted path`},
		{"*.f", "pure", `knowledge: lib: *.f: "lib.*.f" is no dotted path`},
	} {
		_, err := Default().With(map[string]map[string]string{"lib": {test.key: test.facts}})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: %s: error %v, want %s", test.key, test.facts, err, test.want)
		}
	}
}

func TestAliasRingEnds(t *testing.T) {
	base, err := Default().With(map[string]map[string]string{"lib": {"a": "alias b", "b": "alias a", "x": "attr; -> X", "X": "class; base X"}})
	if err != nil {
		t.Fatal(err)
	}
	if f := base.Lookup("lib.a.c"); f != nil {
		t.Errorf("found %s", f.Path)
	}
	if f := base.Lookup("lib.x.y"); f != nil {
		t.Errorf("found %s", f.Path)
	}
}

// TestEntries holds that every embedded entry parses and that what it names exists.
func TestEntries(t *testing.T) {
	if !strings.HasSuffix(facts, "\n") {
		t.Fatal("facts.txt doesn't end with a newline")
	}
	last := ""
	for line := range strings.Lines(facts) {
		path, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || text == "" {
			t.Errorf("no entry on line %q", line)
		}
		if path <= last {
			t.Errorf("%q stands after %q", path, last)
		}
		last = path
		if err := Default().Check(path); err != nil {
			t.Error(err)
		}
		if Default().Lookup(path) == nil && !Default().Knows(path) {
			t.Errorf("%q leads nowhere", path)
		}
	}
}

func TestNames(t *testing.T) {
	for module, name := range map[string]string{
		"numpy": "array", "math": "sqrt", "matplotlib.pyplot": "plot", "pylab": "arange", "os.path": "join",
		"IPython.display": "display", "scipy.stats": "norm", "typing": "List", "sympy": "Symbol",
	} {
		if names := Default().Names(module); !slices.Contains(names, name) || !slices.IsSorted(names) {
			t.Errorf("Names(%q) lacks %q or its order: %v", module, name, names)
		}
	}
	for _, module := range []string{"", "nothing", "nump"} {
		if names := Default().Names(module); names != nil {
			t.Errorf("Names(%q) is %v", module, names)
		}
	}
}

func TestLookupInParallel(t *testing.T) {
	base, err := Default().With(family)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				if f := base.Lookup("zoo.Dog.name"); f == nil || f.Path != "zoo.Animal.name" {
					t.Errorf("found %v", f)
				}
			}
		})
	}
	group.Wait()
}

func TestKnows(t *testing.T) {
	for path, want := range map[string]bool{
		"builtins": true, "pandas": true, "panda": false, "pandas.DataFrame": true, "pandas.nothing": false, "": false,
	} {
		if got := Default().Knows(path); got != want {
			t.Errorf("Knows(%q) is %v", path, got)
		}
	}
}

var benchmarkPaths = []string{"builtins.list.append", "pandas.DataFrame.head", "pandas.DataFrame.any_column", "nothing.at.all"}

// BenchmarkFirstLookup measures lookups that aren't remembered, all of them in one round.
func BenchmarkFirstLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		base := &Base{}
		for _, path := range benchmarkPaths {
			base.Lookup(path)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	base := Default()
	for _, path := range benchmarkPaths {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				base.Lookup(path)
			}
		})
	}
}
