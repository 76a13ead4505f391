package scope_test

import (
	"bufio"
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

	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/internal/needs"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// symtable is a running testdata/symtable_dump.py.
type symtable struct {
	in      *bufio.Writer
	out     *bufio.Reader
	version pyast.Version
}

func startSymtable(t *testing.T, python string) *symtable {
	t.Helper()
	cmd := exec.Command(python, "-X", "utf8", "testdata/symtable_dump.py")
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
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	s := &symtable{in: bufio.NewWriter(in), out: bufio.NewReaderSize(out, 1<<20)}
	line, err := s.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	minor, _ := strconv.Atoi(strings.TrimSpace(line))
	s.version = pyast.Version(minor)
	return s
}

func (s *symtable) dump(t *testing.T, source string) (string, bool) {
	t.Helper()
	fmt.Fprintf(s.in, "%d\n%s", len(source), source)
	if err := s.in.Flush(); err != nil {
		t.Fatal(err)
	}
	line, err := s.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if n < 0 {
		return "", false
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(s.out, buf); err != nil {
		t.Fatal(err)
	}
	return string(buf), true
}

// dumpScopes writes our scopes as symtable_dump.py does.
func dumpScopes(f *pyast.File, s *scope.Scope, depth int, lines *[]string) {
	kinds := map[scope.Kind]string{scope.Module: "2", scope.Class: "1"}
	if f.Version >= 12 {
		kinds = map[scope.Kind]string{
			scope.Module: "2", scope.Class: "1", scope.TypeAlias: "4", scope.TypeParams: "5", scope.TypeVar: "6",
		}
	}
	kind, ok := kinds[s.Kind]
	if !ok {
		kind = "0"
	}
	line := 0
	if s.Node != nil {
		line, _ = f.Position(s.Node.Pos().Start)
		switch n := s.Node.(type) {
		case *pyast.FunctionDef:
			if len(n.DecoratorList) > 0 {
				line, _ = f.Position(n.DecoratorList[0].Pos().Start)
			}
		case *pyast.ClassDef:
			if len(n.DecoratorList) > 0 {
				line, _ = f.Position(n.DecoratorList[0].Pos().Start)
			}
		}
		if n, ok := s.Node.(pyast.Stmt); ok {
			line, _ = f.Position(n.Pos().Start)
		}
	}
	var names []string
	for name := range s.Symbols {
		names = append(names, name)
	}
	sort.Strings(names)
	text := ""
	for _, name := range names {
		y := s.Symbols[name]
		uses := ""
		for _, u := range []struct {
			letter string
			use    scope.Use
		}{{"r", scope.Referenced}, {"a", scope.Assigned | scope.Annotated}, {"p", scope.Parameter}, {"i", scope.Imported}, {"n", scope.Annotated}} {
			if y.Use&u.use != 0 {
				uses += u.letter
			}
		}
		resolved := [...]string{"global", "explicit", "local", "cell", "free"}[y.Resolved]
		text += fmt.Sprintf(" %s=%s+%s", name, resolved, uses)
	}
	if text == "" {
		text = " "
	}
	*lines = append(*lines, fmt.Sprintf("%s%s %s %d%s", strings.Repeat(" ", depth), kind, s.Name, line, text))
	for _, c := range s.Children {
		dumpScopes(f, c, depth+1, lines)
	}
}

// TestScopesAgainstSymtable compares every block and every name of the standard library and
// of the corpus's cells that are plain Python with what CPython's symtable says.
func TestScopesAgainstSymtable(t *testing.T) {
	// 3.12 merges comprehensions into the block around them.
	python := needs.Python(t, "CPython 3.11", "import _symtable, sys; assert sys.version_info[:2] == (3, 11)")
	s := startSymtable(t, python)
	compared, scopes, different := 0, 0, 0
	compare := func(name, source string) {
		f := pyast.Parse(source, pyast.Options{Version: s.version})
		if len(f.Errors) > 0 {
			return
		}
		want, ok := s.dump(t, source)
		if !ok {
			return
		}
		var lines []string
		dumpScopes(f, scope.Resolve(f).Module, 0, &lines)
		compared++
		wanted := strings.Split(want, "\n")
		scopes += len(wanted)
		for i := range max(len(lines), len(wanted)) {
			a, b := "", ""
			if i < len(wanted) {
				a = wanted[i]
			}
			if i < len(lines) {
				b = lines[i]
			}
			if strings.TrimRight(a, " ") != strings.TrimRight(b, " ") {
				if different++; different <= 20 {
					t.Errorf("%s:\nsymtable %s\nours     %s", name, a, b)
				}
				break
			}
		}
	}
	lib, err := exec.Command(python, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSpace(string(lib))
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "site-packages" || d.Name() == "__pycache__") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".py") {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			source, err := pyast.Decode(data)
			if err == nil {
				compare(strings.TrimPrefix(path, root), source)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	library := compared
	if library == 0 {
		t.Fatal("nothing was compared")
	}
	defer func() {
		t.Logf("Python 3.%d: %d modules, %d cells, %d blocks, %d files differ", s.version, library, compared-library, scopes, different)
	}()
	for _, part := range []string{"raw", "dev"} {
		err := filepath.WalkDir(needs.Corpus(t, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".ipynb") {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			nb, err := ipynb.Parse(data)
			if err != nil {
				return nil
			}
			for _, c := range nb.Cells {
				if c.Kind == ipynb.Code {
					compare(fmt.Sprintf("%s cell %d", path, c.Index), c.Source)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
