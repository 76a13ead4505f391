package deps_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestVariants runs testdata/variants.txtar.
func TestVariants(t *testing.T) {
	a, err := txtar.ParseFile("testdata/variants.txtar")
	if err != nil {
		t.Fatal(err)
	}
	base := map[string]string{}
	for _, f := range a.Files {
		modules := testModules{}
		modules.add("m.py", string(f.Data))
		d := link([]string{"import m", "m.f(1)"}, modules).Digest(1)
		if d.Sum == "" {
			t.Fatalf("no digest of\n%s%s", f.Data, unseen(d))
		}
		number, want, variant := strings.Cut(f.Name, ".")
		switch {
		case !variant:
			base[number] = d.Sum
		case base[number] == "" || want != "same" && want != "differs":
			t.Errorf("%s: not a name of a case", f.Name)
		case (d.Sum == base[number]) != (want == "same"):
			t.Errorf("%s: the digest should be as the name says:\n%s", f.Name, f.Data)
		}
	}
}
