package pyast

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// cpython is a running testdata/cpython_dump.py.
type cpython struct {
	in    *bufio.Writer
	out   *bufio.Reader
	minor int // of its version
}

func startCPython(t testing.TB, python string) *cpython {
	t.Helper()
	version, err := exec.Command(python, "-c", "import sys; print(sys.version_info[1])").Output()
	if err != nil {
		t.Fatal(err)
	}
	minor, err := strconv.Atoi(strings.TrimSpace(string(version)))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-X", "utf8", "testdata/cpython_dump.py")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	return &cpython{bufio.NewWriter(in), bufio.NewReaderSize(out, 1<<20), minor}
}

// dump returns the status and the text that cpython_dump.py gives for source.
func (c *cpython) dump(t testing.TB, mode, source string) (status, text string) {
	t.Helper()
	fmt.Fprintf(c.in, "%s %d\n%s", mode, len(source), source)
	if err := c.in.Flush(); err != nil {
		t.Fatal(err)
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	status, length, _ := strings.Cut(strings.TrimSpace(line), " ")
	n, err := strconv.Atoi(length)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(c.out, buf); err != nil {
		t.Fatal(err)
	}
	return status, string(buf)
}

// dumpPlaces is Dump of each statement with places as cpython_dump.py writes them. Where
// fstrings is false the parts of f-strings have none.
func dumpPlaces(f *File, places, fstrings bool) string {
	d := dumper{}
	line := func(out []byte, p Pos) []byte {
		i := sort.Search(len(f.Lines), func(i int) bool { return f.Lines[i] > p }) - 1
		out = strconv.AppendInt(out, int64(i+1), 10)
		out = append(out, ':')
		return strconv.AppendInt(out, int64(p-f.Lines[i]), 10)
	}
	if places {
		d.place = func(out []byte, s Span) []byte {
			out = append(out, '@')
			out = line(out, s.Start)
			out = append(out, '-')
			return line(out, s.End)
		}
	}
	d.bareFormats = !fstrings
	for i, s := range f.Body {
		if i > 0 {
			d.out = append(d.out, '\n')
		}
		d.node(s)
	}
	return string(d.out)
}

// tally counts how the two parsers agree.
type tally struct{ accepted, rejected, onlyUs, onlyThem, differ, lateMagic, newer int }

func (c tally) String() string {
	n := c.accepted + c.rejected + c.onlyUs + c.onlyThem + c.differ + c.lateMagic + c.newer
	return fmt.Sprintf("%d sources: same tree %d, both reject %d, only ours accepts %d, only CPython accepts %d, trees differ %d, cell magic not on the first line %d, newer than CPython %d",
		n, c.accepted, c.rejected, c.onlyUs, c.onlyThem, c.differ, c.lateMagic, c.newer)
}

// compare holds Parse against CPython on one source.
func (c *tally) compare(t *testing.T, py *cpython, name, mode, source string) {
	t.Helper()
	status, theirs := py.dump(t, mode, source)
	if status == "dedented" {
		c.newer++
		return
	}
	if mode == "cell" && c.compareCellMagic(t, py, name, source, theirs) {
		return
	}
	f := Parse(source, Options{Notebook: mode == "cell"})
	switch {
	case status == "error" && len(f.Errors) > 0:
		c.rejected++
	case status == "error":
		c.onlyUs++
		t.Errorf("%s: only ours accepts it; CPython: %s", name, theirs)
	case len(f.Errors) == 1 && strings.HasPrefix(f.Errors[0].Msg, "a cell magic must be"):
		c.lateMagic++ // IPython makes a line magic of it, which then doesn't exist
	case len(f.Errors) > 0:
		c.onlyThem++
		e := f.Errors[0]
		line, column := f.Position(e.Start)
		t.Errorf("%s:%d:%d: only CPython accepts it: %s", name, line, column, e.Msg)
	default:
		ours := dumpPlaces(f, status == "ok", py.minor >= 12)
		if ours == theirs {
			c.accepted++
			return
		}
		c.differ++
		i := 0
		for i < len(ours) && i < len(theirs) && ours[i] == theirs[i] {
			i++
		}
		t.Errorf("%s: trees differ:\n  ours   %s\n  theirs %s", name, around(ours, i), around(theirs, i))
	}
}

// compareCellMagic compares a cell that begins with a cell magic: IPython makes one call of it,
// which hands the body on as text; where the body is Python it is then a cell of its own.
func (c *tally) compareCellMagic(t *testing.T, py *cpython, name, source, theirs string) bool {
	t.Helper()
	lines := newCell(source, lineStarts(source))
	lines.clean()
	m, ok := lines.cellMagic()
	if !ok {
		return false
	}
	body, _ := lines.text()
	sent := body
	if lines.first < lines.lines() && !strings.HasSuffix(source, "\n") {
		sent += "\n" // which IPython adds
	}
	str := func(s string) string { return "(Constant value=" + quote(s, false) + ")" }
	ours := "(Expr value=(Call func=(Attribute value=(Call func=(Name id=get_ipython)) attr=run_cell_magic) args=[" +
		str(m.Name) + " " + str(m.Text) + " " + str(sent) + "]))"
	if theirs != ours {
		c.differ++
		t.Errorf("%s: cell magics differ:\n  ours   %s\n  theirs %s", name, ours, theirs)
		return true
	}
	f := Parse(source, Options{Notebook: true})
	switch {
	case body == "" != (len(f.Errors) == 1 && f.Body == nil):
		t.Errorf("%s: an empty body under a cell magic gives the errors %v", name, f.Errors)
	case PythonMagic(m.Name) == (f.RawBody && len(f.CellMagics) == 1):
		t.Errorf("%s: RawBody is %v", name, f.RawBody)
	case PythonMagic(m.Name) && body != "":
		c.compare(t, py, name, "cell", body)
		return true
	}
	c.accepted++
	return true
}

func around(s string, i int) string {
	return s[max(0, i-100):min(len(s), i+80)]
}

// TestCPythonLibrary compares on the standard library of the interpreter.
func TestCPythonLibrary(t *testing.T) {
	exe := needs.Python(t, "Python 3.8 or newer", "import sys; assert sys.version_info >= (3, 8)")
	out, err := exec.Command(exe, "-c",
		"import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSpace(string(out))
	py := startCPython(t, exe)
	var c tally
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "site-packages" {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".py") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		source, err := Decode(data)
		if err != nil {
			return nil
		}
		c.compare(t, py, path[len(root)+1:], "module", source)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(c)
}

// TestIPythonCells compares on the code cells of the corpus, as IPython transforms them.
func TestIPythonCells(t *testing.T) {
	exe := needs.Python(t, "a Python with IPython", "import IPython")
	py := startCPython(t, exe)
	for _, dir := range []string{"dev", "raw"} {
		var c tally
		corpusCells(t, dir, func(name, source string) {
			c.compare(t, py, name, "cell", source)
		})
		t.Logf("%s: %v", dir, c)
	}
}

// corpusCells calls f for each code cell of the notebooks in a folder of the corpus.
func corpusCells(t testing.TB, dir string, f func(name, source string)) {
	t.Helper()
	root := needs.Corpus(t, dir)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".ipynb") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		type cell struct {
			Type   string          `json:"cell_type"`
			Source json.RawMessage `json:"source"`
			Input  json.RawMessage `json:"input"`
		}
		var nb struct {
			Cells      []cell
			Worksheets []struct{ Cells []cell }
		}
		if json.Unmarshal(data, &nb) != nil {
			return nil
		}
		cells := nb.Cells
		for _, w := range nb.Worksheets {
			cells = append(cells, w.Cells...)
		}
		for i, c := range cells {
			if c.Type != "code" {
				continue
			}
			raw := c.Source
			if raw == nil {
				raw = c.Input
			}
			var text string
			if json.Unmarshal(raw, &text) != nil {
				var lines []string
				json.Unmarshal(raw, &lines)
				text = strings.Join(lines, "")
			}
			f(fmt.Sprintf("%s[%d]", path[len(root)+1:], i), text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
