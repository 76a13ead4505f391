package resident

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// talk sends lines to an analyser of its own and returns its answers.
func talk(t testing.TB, lines ...string) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	Serve(strings.NewReader(strings.Join(lines, "\n")+"\n"), &out, Options{Version: "test"})
	var answers []map[string]any
	for l := range strings.Lines(out.String()) {
		var a map[string]any
		if err := json.Unmarshal([]byte(l), &a); err != nil {
			t.Fatalf("no JSON: %q", l)
		}
		answers = append(answers, a)
	}
	return answers
}

// TestExamples runs the sessions in docs/analyser.md: blocks of requests after ">" and of answers after "<", of which
// the fields that stand there are compared.
func TestExamples(t *testing.T) {
	page, err := os.ReadFile("../../docs/analyser.md")
	if err != nil {
		t.Fatal(err)
	}
	sessions := 0
	var requests, answers []string
	for line := range strings.Lines(string(page) + "\n") {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "    > "):
			requests = append(requests, line[6:])
			continue
		case strings.HasPrefix(line, "    < "):
			answers = append(answers, line[6:])
			continue
		}
		if len(requests) == 0 {
			continue
		}
		sessions++
		got := talk(t, requests...)
		if len(got) != len(answers) {
			t.Fatalf("%d answers, want %d: %v", len(got), len(answers), got)
		}
		for i, text := range answers {
			var want map[string]any
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatal(err)
			}
			for field := range got[i] {
				if _, ok := want[field]; !ok {
					delete(got[i], field)
				}
			}
			if d := cmp.Diff(want, got[i]); d != "" {
				t.Errorf("%s (-want +got):\n%s", text, d)
			}
		}
		requests, answers = nil, nil
	}
	if sessions != 2 {
		t.Errorf("%d sessions in docs/analyser.md, want 2", sessions)
	}
}

// TestFields holds the page against the fields that there are.
func TestFields(t *testing.T) {
	page, err := os.ReadFile("../../docs/analyser.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{request{}, begun{}, ran{}, answer{}, read{}, bound{}, mutation{}, effect{}, reason{}, unknownCall{}, localModule{}, statement{}, fault{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(string(page), `"`+name+`"`) {
				t.Errorf("docs/analyser.md lacks %s of %T", name, v)
			}
		}
	}
	for _, code := range []string{badLine, tooLong, badRequest, notBegun, notTheLast, outOfMemory, internal} {
		if !strings.Contains(string(page), "| `"+code+"` |") {
			t.Errorf("docs/analyser.md lacks the error %s", code)
		}
	}
}
