package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// thirdParty are the libraries that knowledge has entries of and that don't come with Python.
func thirdParty(t *testing.T) map[string]bool {
	files, err := filepath.Glob("../../knowledge/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no knowledge", err)
	}
	found := map[string]bool{}
	for _, file := range files {
		switch base := filepath.Base(file); {
		case strings.HasPrefix(base, "stdlib"), base == "builtins.yaml", base == "traits.yaml", base == "names.yaml":
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^library: (\w+)`).FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = true
		}
	}
	delete(found, "IPython")
	return found
}

var dottedName = regexp.MustCompile(`\b(\w+)\.\w+`)

// TestNoLibraries holds that no name of a library that doesn't come with Python stands in the
// interpreter: what such a library does is a fact, a trait, or a model.
func TestNoLibraries(t *testing.T) {
	libraries := thirdParty(t)
	if !libraries["numpy"] || !libraries["pandas"] || libraries["builtins"] {
		t.Fatal("libraries were not found")
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			name, _, dotted := strings.Cut(strings.Trim(lit.Value, "\"`"), ".")
			if libraries[name] && (dotted || name != "evaluate") { // which is a word, too
				t.Errorf("%s: %s", fset.Position(lit.Pos()), lit.Value)
			}
			return true
		})
		for _, group := range f.Comments {
			for _, m := range dottedName.FindAllStringSubmatch(group.Text(), -1) {
				if libraries[m[1]] {
					t.Errorf("%s: a comment names %s", fset.Position(group.Pos()), m[0])
				}
			}
		}
	}
}
