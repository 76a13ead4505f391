package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xetmemo/xetmemo-lint/internal/config"
)

// TestAudience checks a cell that reads a file, asks the network and changes its input, by who runs it and who wrote its header.
func TestAudience(t *testing.T) {
	const body = "\nimport pandas as pd, requests\nn = 0\n# %%\nHEADER\ndf = pd.read_csv('a.csv')\npage = requests.get('https://example.org').text\nn += len(page)\n# %%\nprint(n, df, page)\n"
	const right, wrong = "%%xetmemo input=n output=df,page,n", "%%xetmemo input=n output=df,page,n,pd"
	for _, test := range []struct {
		name, imports, runtime, header string
		want                           []string
	}{
		{"nothing imports a runtime", "", "", wrong, []string{"XM205", "XM301", "XM304"}},
		{"nothing imports a runtime, header as annotate writes it", "", "", right, nil},
		{"imported", "import xetcache", "", wrong, []string{"XM304"}},
		{"a name imported", "from xetcache import xetmemo", "", wrong, []string{"XM304"}},
		{"in a try", "try:\n    import xetcache\nexcept ImportError: pass", "", wrong, []string{"XM304"}},
		{"loaded", "%load_ext xetcache", "", wrong, []string{"XM304"}},
		{"another", "import xetcaches; from .xetcache import x", "", wrong, []string{"XM205", "XM301", "XM304"}},
		{"of 2023", "import xetcache", "2023", right, []string{"XM205", "XM301", "XM304"}},
	} {
		text := "# %%\n" + test.imports + strings.Replace(body, "HEADER", test.header, 1)
		_, findings := checkIn(t, text, &config.Config{Runtime: test.runtime}, Options{Selection: Selection{Select: []string{"XM205", "XM3"}}})
		var got []string
		for _, f := range findings {
			got = append(got, f.Rule.Code)
		}
		if d := cmp.Diff(test.want, slices.Sorted(slices.Values(got))); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, d)
		}
	}
}
