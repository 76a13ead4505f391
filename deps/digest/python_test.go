package digest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/deps/digest"
	"github.com/xetmemo/xetmemo-lint/internal/needs"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestPython compares the digests of every function and class in the standard libraries of the
// Pythons named, and of every cell in the corpus, with those of each Python. XETMEMO_PYTHON lists
// the Pythons, and XETMEMO_LIBRARY further folders of Python files, separated as in PATH. A file that
// a Python's own parser refuses is counted and left out for that Python; it is compared under those
// that read it. runtime-py/tools/fdigest-pythons.sh runs it for many Pythons.
func TestPython(t *testing.T) {
	pythons := filepath.SplitList(os.Getenv("XETMEMO_PYTHON"))
	if len(pythons) == 0 {
		pythons = []string{needs.Python(t, "a Python", "")}
	}
	var paths []string
	listed := map[string]bool{}
	for _, python := range pythons {
		for path := range strings.Lines(string(run(t, python, "../../runtime-py/tests/fdigest_forms.py", "--library"))) {
			if path = strings.TrimSpace(path); path != "" && !listed[path] {
				listed[path] = true
				paths = append(paths, path)
			}
		}
	}
	for _, folder := range filepath.SplitList(os.Getenv("XETMEMO_LIBRARY")) {
		paths = append(paths, find(t, folder, ".py")...)
	}
	modules := newSubject(t, paths)
	var notebooks subject
	for _, python := range pythons {
		version := strings.TrimSpace(string(run(t, python, "-c", "import platform; print(platform.python_version())")))
		t.Run(version+"/library", func(t *testing.T) {
			modules.compare(t, python)
		})
		t.Run(version+"/corpus", func(t *testing.T) {
			if exec.Command(python, "-c", "import IPython").Run() != nil {
				needs.Skip(t, "IPython, which reads cells with magics", "install it for "+python)
			}
			if notebooks.digests == nil {
				notebooks = newSubject(t, corpus(t))
			}
			notebooks.compare(t, python)
		})
	}
}

// subject is a set of files with the digests that Go gives them.
type subject struct {
	paths   []string
	digests map[string]digests
}

type digests struct {
	Path           string
	Refused        string // by the parser, and why
	Names, Digests []string
}

func newSubject(t *testing.T, paths []string) subject {
	s := subject{paths, map[string]digests{}}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".ipynb") {
			s.digests[path] = notebook(t, path, data)
		} else {
			s.digests[path] = module(data)
		}
	}
	return s
}

func (s subject) compare(t *testing.T, python string) {
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte(strings.Join(s.paths, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	files, refused, compared, failures := 0, 0, 0, 0
	out := bufio.NewScanner(bytes.NewReader(run(t, python, "../../runtime-py/tests/fdigest_forms.py", list)))
	out.Buffer(nil, 64<<20)
	for out.Scan() {
		var want digests
		if err := json.Unmarshal(out.Bytes(), &want); err != nil {
			t.Fatalf("%s: %v in %s", python, err, out.Bytes())
		}
		files++
		if want.Refused != "" {
			refused++
			continue
		}
		compared += len(want.Names)
		got := s.digests[want.Path]
		for _, d := range differences(got, want) {
			if failures++; failures <= 20 {
				t.Errorf("%s: %s", want.Path, d)
			}
		}
	}
	if files != len(s.paths) {
		t.Errorf("Python printed %d of %d files", files, len(s.paths))
	}
	if compared == 0 {
		t.Error("nothing compared")
	}
	t.Logf("%d compared, %d equal; %d files, of which this Python refuses %d", compared, compared-failures, files, refused)
}

// differences says where the digests of Go are not those of Python.
func differences(got, want digests) []string {
	if got.Refused != "" {
		return []string{"Go refuses what Python reads: " + got.Refused}
	}
	if strings.Join(got.Names, "\n") != strings.Join(want.Names, "\n") {
		for i, name := range want.Names {
			if i >= len(got.Names) || got.Names[i] != name {
				return []string{"definition or cell " + strconv.Itoa(i) + " is " + name + " in Python, not in Go"}
			}
		}
		return []string{"Go has more definitions than Python"}
	}
	var found []string
	for i, d := range want.Digests {
		if got.Digests[i] != d {
			found = append(found, want.Names[i]+": Go has "+got.Digests[i]+", Python "+d)
		}
	}
	return found
}

func module(data []byte) digests {
	source, err := pyast.Decode(data)
	if err != nil {
		return digests{Refused: err.Error()}
	}
	f := pyast.Parse(source, pyast.Options{})
	var d digests
	d.definitions(f, &pyast.If{Body: f.Body, Test: &pyast.Name{}}, false)
	return d
}

// definitions adds the functions and classes below n, each before what it contains.
func (d *digests) definitions(f *pyast.File, n pyast.Node, special bool) {
	name := ""
	inner := special
	switch n := n.(type) {
	case *pyast.FunctionDef:
		name, inner = n.Name.Name, false
	case *pyast.ClassDef:
		name, inner = n.Name.Name, special || digest.Special(n)
	}
	if name != "" {
		sum := "opaque"
		if form, err := digest.Form(f, n, digest.Context{SpecialClass: special}); err == nil {
			sum = digest.Sum([]digest.Pair{{Name: name, Form: form}})
		}
		d.Names = append(d.Names, name)
		d.Digests = append(d.Digests, sum)
	}
	pyast.Children(n, func(child pyast.Node) {
		if _, ok := child.(pyast.Expr); !ok {
			d.definitions(f, child, inner)
		}
	})
}

func notebook(t *testing.T, path string, data []byte) digests {
	type cell struct {
		Type   string `json:"cell_type"`
		Source any
		Input  any
	}
	var content struct {
		Cells      []cell
		Worksheets []struct{ Cells []cell }
	}
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &content); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	cells := content.Cells
	for _, sheet := range content.Worksheets {
		cells = append(cells, sheet.Cells...)
	}
	d := digests{Path: path}
	for i, c := range cells {
		if c.Type != "code" {
			continue
		}
		if c.Source == nil {
			c.Source = c.Input
		}
		text, _ := c.Source.(string)
		if lines, ok := c.Source.([]any); ok {
			for _, line := range lines {
				text += line.(string)
			}
		}
		form := digest.Cell(pyast.Parse(text, pyast.Options{Notebook: true}), false)
		raw := ""
		if bytes.HasPrefix(form, []byte("(raw ")) {
			raw = "raw"
		}
		d.Names = append(d.Names, strconv.Itoa(i)+" "+raw)
		d.Digests = append(d.Digests, digest.Sum([]digest.Pair{{Name: "cell", Form: form}}))
	}
	return d
}

// corpus lists the notebooks of the corpus.
func corpus(t *testing.T) []string {
	var paths []string
	for _, folder := range []string{"dev", "raw", "seed"} {
		paths = append(paths, find(t, needs.Corpus(t, folder), ".ipynb")...)
	}
	return paths
}

// find lists the files below a folder that end so, or none where the folder isn't there.
func find(t *testing.T, folder, suffix string) []string {
	var paths []string
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, suffix) {
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func run(t *testing.T, python string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(python, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", python, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}
