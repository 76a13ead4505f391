package header

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// headerCase is a case of testdata/headers.json, which the runtime passes too.
type headerCase struct {
	Text     string
	StrictOK bool `json:"strict_ok"`
	Input    []string
	Output   []string
	Key      *string
	Always   bool
	Unknown  []string
	Invalid  []string
}

func headerCases(t testing.TB) []headerCase {
	data, err := os.ReadFile("../../testdata/headers.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []headerCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	return cases
}

func TestParse(t *testing.T) {
	for _, want := range headerCases(t) {
		h := Parse(want.Text)
		got := headerCase{Text: h.Text, StrictOK: h.Strict, Input: list(h.Input), Output: list(h.Output), Always: h.Always, Unknown: list(h.Unknown), Invalid: list(h.Invalid)}
		if h.Key != "" {
			got.Key = &h.Key
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Text, diff)
		}
	}
}

func list(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}

func FuzzParse(f *testing.F) {
	for _, c := range headerCases(f) {
		f.Add(strings.TrimPrefix(c.Text, Prefix))
	}
	f.Fuzz(func(t *testing.T, line string) {
		if line = Prefix + " " + line; strings.ContainsAny(line, "\r\n") {
			return
		}
		h := Parse(line)
		for _, o := range h.options {
			if o.start < 0 || o.end < o.start || o.end > len(line) {
				t.Fatalf("option %q at [%d, %d)", o.name, o.start, o.end)
			}
		}
		text := h.Renew(Names{Required: []string{"a"}, Allowed: []string{"a"}}, Names{})
		if again := Parse(text).Renew(Names{Required: []string{"a"}, Allowed: []string{"a"}}, Names{}); again != text {
			t.Fatalf("%q becomes %q, then %q", line, text, again)
		}
	})
}
