package lsp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDefinitionInModule jumps to what a cell takes of a local module, however it imports that.
func TestDefinitionInModule(t *testing.T) {
	dir := t.TempDir()
	for path, text := range map[string]string{"utils.py": "def norm(x): return x\n", "pkg/__init__.py": "", "pkg/part.py": "def norm(x): return x\n"} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ imports, use, want string }{
		{"import utils", "utils.norm", "utils.py"},
		{"import utils as u", "u.norm", "utils.py"},
		{"from utils import norm", "norm", "utils.py"},
		{"from .utils import norm", "norm", "utils.py"},
		{"from utils import norm as n", "n", "utils.py"},
		{"import pkg.part", "pkg.part.norm", "pkg/part.py"},
		{"from pkg import part", "part.norm", "pkg/part.py"},
		{"from .pkg import part", "part.norm", "pkg/part.py"},
		{"from .pkg.part import norm", "norm", "pkg/part.py"},
	} {
		s := initialized(t, object{})
		uri := "file://" + dir + "/nb.ipynb"
		s.open(uri, test.imports, test.use)
		m := s.call("textDocument/definition", object{
			"textDocument": object{"uri": uri + "#1"}, "position": object{"line": 0, "character": len(test.use) - 1},
		})
		if !strings.Contains(string(m.Result), "/"+test.want+`"`) {
			t.Errorf("%s: %s: %s, want a place in %s", test.imports, test.use, m.Result, test.want)
		}
	}
}
