package pyast

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// TestUnicode holds the tables against the interpreter's, character by character. Its Unicode
// must not be newer than ours.
func TestUnicode(t *testing.T) {
	exe := needs.Python(t, "a Python with Unicode 15.1 or older", "import unicodedata as u; assert tuple(map(int, u.unidata_version.split('.'))) <= (15, 1, 0)")
	out, err := exec.Command(exe, "testdata/cpython_unicode.py").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(out), "\n")
	for _, line := range lines[1:] {
		f := strings.Split(line, "\t")
		n, err := strconv.ParseUint(f[0], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		r := rune(n)
		start := unicode.Is(identifierStart, r)
		got := bit(start) + bit(start || unicode.Is(identifierContinue, r))
		if got != f[1] && !(lines[0] != unicodeVersion && addedIn151(r)) {
			t.Errorf("%U: start and continue are %s, want %s", r, got, f[1])
		}
		if forms := strings.Split(f[2], " "); f[2] != "" {
			for i, s := range []string{"a" + string(r), "\u1112\u1161" + string(r) + "\u0323\u0301e\u0301"} {
				if got := identifierIn(s); got != forms[i] {
					t.Errorf("%+q is %+q, want %+q", s, got, forms[i])
				}
			}
		}
		if f[3] != "" {
			if got, ok := characterNamed(f[3]); !ok || got != r {
				t.Errorf("%s is %U (%v), want %U", f[3], got, ok, r)
			}
		}
	}
	t.Logf("%d characters of Unicode %s", len(lines)-1, lines[0])
}

// addedIn151 reports whether r, though older, may go on in identifiers since Unicode 15.1 only.
func addedIn151(r rune) bool {
	return r == '\u200c' || r == '\u200d' || r == '\u30fb' || r == '\uff65'
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// identifierIn returns the name that the parser makes of s.
func identifierIn(s string) string {
	f := Parse(s, Options{})
	if len(f.Body) == 1 {
		if e, ok := f.Body[0].(*ExprStmt); ok {
			if n, ok := e.Value.(*Name); ok {
				return n.ID
			}
		}
	}
	return ""
}
