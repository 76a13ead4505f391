package ipynb

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// A hostileFile is a row of testdata/hostile.txt.
type hostileFile struct {
	line    int
	text    []byte
	accepts bool // Python's json
	want    string
	offset  int
}

func hostileFiles(t testing.TB) []hostileFile {
	const rest = `"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5`
	data, err := os.ReadFile("testdata/hostile.txt")
	if err != nil {
		t.Fatal(err)
	}
	var files []hostileFile
	for i, row := range strings.Split(string(data), "\n") {
		if row == "" || row[0] == '#' {
			continue
		}
		f := strings.Split(row, "\t")
		if len(f) != 3 || f[1] != "accepts" && f[1] != "rejects" {
			t.Fatalf("hostile.txt:%d: want three fields", i+1)
		}
		text, err := strconv.Unquote(f[0])
		if err != nil {
			t.Fatalf("hostile.txt:%d: %v", i+1, err)
		}
		text = strings.ReplaceAll(text, "@", rest)
		offset := max(strings.IndexByte(text, '^'), 0)
		text = strings.Replace(text, "^", "", 1)
		files = append(files, hostileFile{i + 1, []byte(text), f[1] == "accepts", f[2], offset})
	}
	return files
}

func TestHostile(t *testing.T) {
	for _, f := range hostileFiles(t) {
		got, offset := parseKind(f.text)
		if got != f.want || offset != f.offset {
			t.Errorf("hostile.txt:%d: %s at %d, want %s at %d", f.line, got, offset, f.want, f.offset)
		}
		if isJSON(f.want) != f.accepts {
			t.Errorf("hostile.txt:%d: the row says that Parse and Python differ", f.line)
		}
	}
}

// parseKind is the outcome of Parse: "ok" or the kind of error, and its offset.
func parseKind(src []byte) (kind string, offset int) {
	_, err := Parse(src)
	if err == nil {
		return "ok", 0
	}
	e := err.(*Error)
	return e.Kind.String(), e.Offset
}

func isJSON(kind string) bool {
	return kind == "ok" || kind == NotNotebook.String() || kind == Unsupported.String()
}

// TestHostilePython holds the table's second column against Python.
func TestHostilePython(t *testing.T) {
	python := needs.Program(t, "python3")
	var in bytes.Buffer
	files := hostileFiles(t)
	for _, f := range files {
		fmt.Fprintln(&in, base64.StdEncoding.EncodeToString(f.text))
	}
	cmd := exec.Command(python, "-c", `
import base64, json, sys
for line in sys.stdin:
    try:
        json.loads(base64.b64decode(line).decode("utf-8-sig"))
        print("accepts")
    except ValueError:
        print("rejects")
`)
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	verdicts := strings.Fields(string(out))
	if len(verdicts) != len(files) {
		t.Fatalf("%d verdicts on %d files", len(verdicts), len(files))
	}
	for i, f := range files {
		if (verdicts[i] == "accepts") != f.accepts {
			t.Errorf("hostile.txt:%d: Python %s", f.line, verdicts[i])
		}
	}
}

func TestDepth(t *testing.T) {
	for _, open := range [...]string{"[", `{"a":`} {
		shut := map[string]string{"[": "]", `{"a":`: "}"}[open]
		for depth, want := range map[int]string{
			maxDepth - 1: "ok",
			maxDepth:     "too deep",
			100 * 1000:   "too deep",
		} {
			text := `{"nbformat":4,"cells":[],"x":` + strings.Repeat(open, depth) + "1" + strings.Repeat(shut, depth) + "}"
			if got, _ := parseKind([]byte(text)); got != want {
				t.Errorf("%d times %s: %s, want %s", depth, open, got, want)
			}
		}
	}
}

func TestErrorText(t *testing.T) {
	for _, c := range [...]struct{ text, want string }{
		{"", "the file is empty: a notebook holds at least a JSON object"},
		{"{\n \"é\": x}", `line 2, column 7: expected a value`},
		{"\ufeff{x", `line 1, column 2: expected a key in double quotes`},
		{"{\n", `line 2, column 1: the file ends too early: expected a key in double quotes`},
		{"[]", `line 1, column 1: not a notebook: the JSON text is no object`},
		{`{"nbformat": 5}`, `line 1, column 14: nbformat 5 is not supported, only 2, 3 and 4: save it as nbformat 4`},
		{"{\n<<<<<<< HEAD\n", "line 2, column 1: unresolved merge conflict: resolve it, or check out one side"},
		{`{"nbformat":4,"cells":[{"source":[3]}]}`, "line 1, column 35: the source of cell 0 is neither a string nor a list of strings"},
		{"version https://git-lfs.github.com/spec/v1\n",
			"line 1, column 1: the file is a Git LFS pointer: run `git lfs pull` to fetch the notebook"},
	} {
		_, err := Parse([]byte(c.text))
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}
