package header

import (
	"strings"
	"testing"
)

// TestRenew: the names in input and output are those required; a name in brackets is allowed only.
func TestRenew(t *testing.T) {
	cases := []struct{ header, input, output, want string }{
		// Right headers stay byte for byte.
		{"%%xetmemo input=a,b output=x", "a b", "x", "%%xetmemo input=a,b output=x"},
		{"%%xetmemo input=b,a output=x", "a b", "x", "%%xetmemo input=b,a output=x"},
		{"%%xetmemo  output = x  input = b , a", "a b", "x", "%%xetmemo  output = x  input = b , a"},
		{"%%xetmemo input='a, b' output=x # why", "a b", "x", "%%xetmemo input='a, b' output=x # why"},
		{"%%xetmemo input=a output=x,y", "a", "x [y]", "%%xetmemo input=a output=x,y"},
		{"%%xetmemo input=a input=b output=x", "a b", "x", "%%xetmemo input=a input=b output=x"},
		// Missing names are appended.
		{"%%xetmemo input=b output=x", "a b", "x", "%%xetmemo input=b,a output=x"},
		{"%%xetmemo input=a output=x key=k always=True", "a b", "x y", "%%xetmemo input=a,b output=x,y key=k always=True"},
		{"%%xetmemo input=a", "a", "x", "%%xetmemo input=a output=x"},
		{"%%xetmemo output=x", "a", "x", "%%xetmemo input=a output=x"},
		{"%%xetmemo key=k", "a", "x", "%%xetmemo input=a output=x key=k"},
		{"%%xetmemo", "a", "x", "%%xetmemo input=a output=x"},
		{"%%xetmemo   ", "a", "x", "%%xetmemo input=a output=x   "},
		{"%%xetmemo # why", "a", "x", "%%xetmemo input=a output=x # why"},
		{"%%xetmemo input= output=x", "a", "x", "%%xetmemo input=a output=x"},
		{"%%xetmemo input=a, output=x", "a b", "x", "%%xetmemo input=a,b output=x"},
		{"%%xetmemo input=a,output=x", "a b", "x", "%%xetmemo input=a,b output=x"},
		{"%%xetmemo input=a output=x,key=k", "a", "x y", "%%xetmemo input=a output=x,y key=k"},
		// Spurious ones go.
		{"%%xetmemo input=a,gone,b output=x", "a b", "x", "%%xetmemo input=a,b output=x"},
		{"%%xetmemo input=gone output=x", "", "x", "%%xetmemo output=x"},
		{"%%xetmemo output=x input=gone # why", "", "x", "%%xetmemo output=x # why"},
		{"%%xetmemo input=a output=gone,x", "a", "x", "%%xetmemo input=a output=x"},
		{"%%xetmemo input=a output=m.x", "a", "m", "%%xetmemo input=a output=m"},
		{"%%xetmemo input=gone,a input=gone output=x", "a", "x", "%%xetmemo input=a output=x"},
		// Expressions stay and stand for what they read.
		{"%%xetmemo input=len(df) output=x", "df", "x", "%%xetmemo input=len(df) output=x"},
		{"%%xetmemo input=len(df) output=x", "df a", "x", "%%xetmemo input=len(df),a output=x"},
		{"%%xetmemo input=os.path.getmtime('f') output=x", "a", "x", "%%xetmemo input=os.path.getmtime('f'),a output=x"},
		{"%%xetmemo input=f(a, b),gone output=x", "a b c", "x", "%%xetmemo input=f(a, b),c output=x"},
		{"%%xetmemo input=d['k'] output=x", "d", "x", "%%xetmemo input=d['k'] output=x"},
		// What can't be an input goes.
		{"%%xetmemo input=f(a output=x", "a", "x", "%%xetmemo input=a output=x"},
		{"%%xetmemo input=a,b=c output=x", "a", "x", "%%xetmemo input=a output=x"},
		// What isn't known stays.
		{"%%xetmemo input=a mystery=1 stray output=x", "b", "x", "%%xetmemo input=b mystery=1 stray output=x"},
	}
	for _, c := range cases {
		h := Parse(c.header)
		got := h.Renew(names(c.input), names(c.output))
		if got != c.want {
			t.Errorf("%s with input %q, output %q:\n got %s\nwant %s", c.header, c.input, c.output, got, c.want)
		}
		if again := Parse(got).Renew(names(c.input), names(c.output)); again != got {
			t.Errorf("%s becomes %s the second time", got, again)
		}
	}
}

func names(text string) (n Names) {
	for _, w := range strings.Fields(text) {
		if allowed := strings.Trim(w, "[]"); allowed != w {
			n.Allowed = append(n.Allowed, allowed)
			continue
		}
		n.Required, n.Allowed = append(n.Required, w), append(n.Allowed, w)
	}
	return n
}
