package knowledge

import "testing"

func TestTraits(t *testing.T) {
	for _, test := range []struct {
		path string
		any  Trait
		want bool
	}{
		{"builtins.list", Container, true},
		{"builtins.list", Mapping, false},
		{"builtins.list", Mapping | InPlace, true},
		{"pandas", Data, true},
		{"pandas.Nothing", Data, false},
		{"", Container, false},
	} {
		if got := Has(test.path, test.any); got != test.want {
			t.Errorf("%s: %v", test.path, got)
		}
	}
	for name, want := range map[string]Trait{"fit": Changes, "set_title": ChangesReceiver, "fit_model": ChangesReceiver | ChangesFirst, "sort_": ChangesFirst, "_": ChangesFirst, "__len__": 0, "head": 0} {
		for _, trait := range [...]Trait{Changes, ChangesReceiver, ChangesFirst} {
			if got := MethodHas(name, trait); got != (want&trait != 0) {
				t.Errorf("%s has trait %b: %v", name, trait, got)
			}
		}
	}
	if Strength("pandas.DataFrame") <= Strength("numpy.ndarray") || Strength("builtins.int") != 0 || Columns("pandas.DataFrame") != "pandas.Series" {
		t.Error("strength, columns")
	}
}
