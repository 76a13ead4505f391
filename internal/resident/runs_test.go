package resident

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestRuns tells the sessions in testdata/*.txtar, runs parted by lines of "---", and compares what is answered. It stands at
// the top of a run, in comments of these forms; a form that is left out is not checked:
//
//	# reads: a, b       names read, in order; likewise binds, mutates, deletes, unknown
//	# aliases: b=a      names bound to the very objects of others
//	# why: code         codes of what forbids a memo
//	# computed: yes     names are read that can't be known
//	# imports: np       names of the imports that can be made again; defs: those of the definitions
//	# modules: m        local modules; "edited" behind one whose file has changed
//	# type: df TYPE     tells the type of a global
//	# failed            the run fails
//
// A run that starts with %%put FILE is none: the text below is written to the file.
func TestRuns(t *testing.T) {
	for name, text := range sessions(t) {
		t.Run(name, func(t *testing.T) { testSession(t, text) })
	}
}

// sessions are the tables' sessions, by name.
func sessions(t testing.TB) map[string]string {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no sessions", err)
	}
	found := map[string]string{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			found[f.Name] = string(f.Data)
		}
	}
	return found
}

func testSession(t *testing.T, text string) {
	folder := t.TempDir()
	in, requests := io.Pipe()
	answers, out := io.Pipe()
	go func() {
		Serve(in, out, Options{})
		out.Close()
	}()
	defer requests.Close()
	decoder := json.NewDecoder(answers)
	say := func(q map[string]any) {
		line, err := json.Marshal(q)
		if err == nil {
			_, err = requests.Write(append(line, '\n'))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	say(map[string]any{"op": "begin", "protocol": 1, "python": "3.12", "folder": folder})
	for _, cell := range strings.Split(strings.TrimSuffix(text, "\n"), "\n---\n") {
		if put, ok := strings.CutPrefix(cell, "%%put "); ok {
			name, body, _ := strings.Cut(put, "\n")
			if err := os.WriteFile(filepath.Join(folder, name), []byte(body), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		forms, source := formsOf(cell)
		run := map[string]any{"op": "run", "source": source}
		if words := forms["type"]; words != nil {
			run["types"] = map[string]string{words[0]: words[1]}
		}
		say(run)
		say(map[string]any{"op": "answer", "id": 1})
		var got struct {
			answer
			Error *fault
		}
		if err := decoder.Decode(&got); err != nil || got.Error != nil {
			t.Fatal(err, got.Error)
		}
		if _, ok := forms["failed"]; ok {
			say(map[string]any{"op": "failed"})
		}
		all := told(&got.answer)
		for form, want := range forms {
			if have, ok := all[form]; ok {
				if d := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(have))); d != "" {
					t.Errorf("%s (-want +got):\n%s%s", form, d, source)
				}
			}
		}
	}
}

// formsOf takes the comments of the known forms off a cell.
func formsOf(cell string) (forms map[string][]string, source string) {
	forms = map[string][]string{}
	for strings.HasPrefix(cell, "# ") {
		line, rest, _ := strings.Cut(cell, "\n")
		form, names, _ := strings.Cut(line[2:], ":")
		forms[form] = strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' })
		cell = rest
	}
	return forms, cell
}

// told is an answer in the forms of the tables.
func told(a *answer) map[string][]string {
	all := map[string][]string{
		"reads": nil, "binds": nil, "mutates": nil, "deletes": a.Deletes, "unknown": nil, "aliases": nil, "why": nil,
		"computed": nil, "imports": nil, "defs": nil, "modules": nil,
	}
	add := func(form string, words ...string) { all[form] = append(all[form], words...) }
	for _, r := range a.Reads {
		add("reads", r.Name)
	}
	for _, b := range a.Binds {
		add("binds", b.Name)
		for _, x := range a.Aliases[b.Name] {
			add("aliases", b.Name+"="+x)
		}
	}
	for _, m := range a.Mutates {
		add("mutates", m.Name)
	}
	for _, u := range a.Unknown {
		add("unknown", u.Name)
	}
	for _, r := range a.WhyNot {
		add("why", r.Code)
	}
	if a.Computed {
		add("computed", "yes")
	}
	for _, s := range a.Imports {
		add("imports", s.Names...)
	}
	for _, s := range a.Definitions {
		add("defs", s.Names...)
	}
	for _, m := range a.Modules {
		add("modules", m.Name)
		if m.Edited {
			add("modules", "edited")
		}
	}
	return all
}

// FuzzServe sends any lines: each with an id has one answer, in order, and the analyser is there to the end.
func FuzzServe(f *testing.F) {
	begin := `{"id": 1, "op": "begin", "protocol": 1, "python": "3.12", "folder": "/"}`
	for _, text := range sessions(f) {
		lines := []string{begin}
		for cell := range strings.SplitSeq(text, "\n---\n") {
			line, err := json.Marshal(map[string]any{"op": "run", "source": cell})
			if err != nil {
				f.Fatal(err)
			}
			lines = append(lines, string(line), `{"id": 2, "op": "answer"}`, `{"id": "x", "op": "failed", "run": 0}`)
		}
		f.Add([]byte(strings.Join(lines, "\n")))
	}
	for _, odd := range []string{"{", "null", "[]", `{"id": {}}`, `{"id": 1}`, `{"op": "run", "source": 3}`, `{"op": "begin"}`, "\xff\r\n\r\n", `{"id":null,"op":"run"}`} {
		f.Add([]byte(begin + "\n" + odd))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var ids []string
		for text := range bytes.SplitSeq(data, []byte("\n")) {
			text = bytes.TrimRight(text, "\r")
			if q, fault := parse(text); len(text) > 0 && fault == nil && q.ID != nil {
				ids = append(ids, string(q.ID))
			}
		}
		var out bytes.Buffer
		slow := time.AfterFunc(5*time.Second, func() { panic("the analyser hangs") })
		Serve(bytes.NewReader(data), &out, Options{})
		slow.Stop()
		var got []string
		for l := range bytes.Lines(out.Bytes()) {
			var a reply
			if err := json.Unmarshal(l, &a); err != nil {
				t.Fatalf("no JSON: %q", l)
			}
			if a.Error != nil && a.Error.Code == internal {
				t.Fatal(a.Error.Text)
			}
			if string(a.ID) != "null" && a.ID != nil && (a.Error == nil || a.Error.Code != badLine) {
				got = append(got, string(a.ID))
			}
		}
		if d := cmp.Diff(ids, got); d != "" {
			t.Errorf("ids asked and answered (-want +got):\n%s", d)
		}
	})
}

// TestManyRuns runs one text many times: its answer stays the same, and what later cells are told stays right.
func TestManyRuns(t *testing.T) {
	requests := []string{
		`{"id": 0, "op": "begin", "protocol": 1, "python": "3.12", "folder": "/"}`,
		`{"op": "run", "source": "results = []\ndef f(x): return [x, results]"}`,
	}
	const runs = 200
	for range runs {
		requests = append(requests, `{"op": "run", "source": "x = f(1)\nresults.append(x)"}`, `{"id": 1, "op": "answer"}`)
	}
	requests = append(requests, `{"op": "run", "source": "x.append(3)"}`, `{"id": 2, "op": "answer"}`)
	answers := talk(t, requests...)
	names := func(list any) (names []string) {
		for _, x := range list.([]any) {
			names = append(names, x.(map[string]any)["name"].(string))
		}
		return names
	}
	for i, a := range answers[1:] {
		reads, mutates := []string{"f", "results"}, []string{"results"}
		if i == runs {
			reads, mutates = []string{"x"}, []string{"results", "x"}
		}
		got := slices.Sorted(slices.Values(names(a["mutates"])))
		if d := cmp.Diff(reads, names(a["reads"])) + cmp.Diff(mutates, got); d != "" {
			t.Fatalf("run %d (-want +got):\n%s", i, d)
		}
	}
}
