package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/xetmemo/xetmemo-lint/"

// mayImport is the order of the packages, one way: what each may import of the others, and of
// other modules. A package below a listed one counts as that one, unless it is listed itself.
// docs/architecture.md says why.
var mayImport = []struct {
	pkg     string
	local   string
	outside string
}{
	{"ipynb", "", ""},
	{"pyast", "", ""},
	{"pyast/magics", "", ""},
	{"closure", "pyast", ""},
	{"closure/scope", "pyast", ""},
	{"knowledge", "", ""},
	{"knowledge/internal/gen", "knowledge", "gopkg.in/yaml.v3"},
	{"deps/imports", "closure pyast", ""},
	{"deps/interp", "deps/imports closure pyast knowledge", ""},
	{"deps/interp/models", "deps/interp knowledge pyast", ""},
	{"deps/digest", "closure pyast", ""},
	{"deps/reach", "deps/digest deps/imports closure pyast", ""},
	{"deps", "closure pyast knowledge deps", ""},
	{"rewrite", "deps ipynb pyast", "github.com/sergi/go-diff/diffmatchpatch"},
	{"rewrite/header", "pyast", ""},
	{"internal", "ipynb pyast closure knowledge deps rewrite internal", "github.com/bmatcuk/doublestar/v4"},
	{"internal/config", "knowledge internal", "github.com/bmatcuk/doublestar/v4 gopkg.in/yaml.v3"},
	{"cmd", "ipynb pyast closure knowledge deps rewrite internal", "github.com/spf13/cobra github.com/spf13/pflag"},
}

func TestImports(t *testing.T) {
	for line := range strings.Lines(goList(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")) {
		words := strings.Fields(line)
		pkg, ok := strings.CutPrefix(words[0], modulePath)
		if !ok {
			t.Fatalf("a package outside of the module: %s", words[0])
		}
		rule := -1
		for i, r := range mayImport {
			if within(pkg, r.pkg) && (rule < 0 || len(r.pkg) > len(mayImport[rule].pkg)) {
				rule = i
			}
		}
		if rule < 0 {
			t.Errorf("%s has no place in the order of packages", pkg)
			continue
		}
		r := mayImport[rule]
		for _, imported := range words[1:] {
			local, isLocal := strings.CutPrefix(imported, modulePath)
			switch {
			case isLocal && !slices.ContainsFunc(strings.Fields(r.local), func(p string) bool { return within(local, p) }) && !within(local, pkg):
				t.Errorf("%s may not import %s", pkg, local)
			case !isLocal && strings.Contains(strings.Split(imported, "/")[0], ".") && !slices.Contains(strings.Fields(r.outside), imported):
				t.Errorf("%s may not import %s", pkg, imported)
			}
		}
	}
}

// TestModulesOfTheProgram lists every module that ends up in the program.
func TestModulesOfTheProgram(t *testing.T) {
	allowed := []string{
		"github.com/bmatcuk/doublestar/v4", "github.com/sergi/go-diff", "github.com/spf13/cobra", "github.com/spf13/pflag",
		"github.com/xetmemo/xetmemo-lint", "gopkg.in/yaml.v3", "github.com/inconshreveable/mousetrap",
	}
	seen := map[string]bool{}
	for line := range strings.Lines(goList(t, "-deps", "-f", `{{with .Module}}{{.Path}}{{end}}`, ".")) {
		if m := strings.TrimSpace(line); m != "" && !seen[m] {
			seen[m] = true
			if !slices.Contains(allowed, m) {
				t.Errorf("the program holds %s", m)
			}
		}
	}
	if !seen["github.com/spf13/cobra"] {
		t.Error("go list found no modules")
	}
}

func within(pkg, dir string) bool { return pkg == dir || strings.HasPrefix(pkg, dir+"/") }

func goList(t *testing.T, args ...string) string {
	c := exec.Command("go", append([]string{"list"}, args...)...)
	if args[len(args)-1] == "./..." {
		c.Dir = "../.."
	}
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
