package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGlossary holds that each name in the documentation of the package is one of the package's: those
// of the glossary's second column, and those in brackets.
func TestGlossary(t *testing.T) {
	declared := declarations(t)
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	check := func(name string) {
		names++
		if !declared[name] {
			t.Errorf("doc.go names %s, which is not in the package", name)
		}
	}
	for _, m := range regexp.MustCompile(`\[([a-zA-Z]\w*(\.\w+)?)\]`).FindAllStringSubmatch(string(text), -1) {
		check(m[1])
	}
	_, glossary, _ := strings.Cut(string(text), "# Terms")
	glossary, _, _ = strings.Cut(glossary, "# The lattice")
	for line := range strings.Lines(glossary) {
		row := regexp.MustCompile(` {2,}`).Split(strings.TrimPrefix(line, "//\t"), -1)
		if len(row) != 3 {
			continue
		}
		for _, name := range strings.Split(row[1], ", ") {
			if _, elsewhere, ok := strings.Cut(name, "knowledge."); !ok || elsewhere == "" {
				check(name)
			}
		}
	}
	if lines := strings.Count(glossary, "\n//\t"); names < lines {
		t.Errorf("%d names in a glossary of %d lines", names, lines)
	}
}

// declarations are the package's types, functions, constants, methods and fields: "variable", "runner.set", "Object.shares".
func declarations(t *testing.T) map[string]bool {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				found[d.Name.Name] = true
				if d.Recv != nil {
					typ := d.Recv.List[0].Type
					if star, ok := typ.(*ast.StarExpr); ok {
						typ = star.X
					}
					found[typ.(*ast.Ident).Name+"."+d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					declare(found, spec)
				}
			}
		}
	}
	for embeds := range maps.Clone(found) {
		outer, inner, ok := strings.Cut(embeds, "<")
		if !ok {
			continue
		}
		for name := range maps.Clone(found) {
			if member, ok := strings.CutPrefix(name, inner+"."); ok {
				found[outer+"."+member] = true
			}
		}
	}
	return found
}

func declare(found map[string]bool, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			found[n.Name] = true
		}
	case *ast.TypeSpec:
		found[spec.Name.Name] = true
		if st, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range st.Fields.List {
				for _, n := range field.Names {
					found[spec.Name.Name+"."+n.Name] = true
				}
				if embedded, ok := field.Type.(*ast.Ident); ok && len(field.Names) == 0 {
					found[spec.Name.Name+"<"+embedded.Name] = true
				}
			}
		}
	}
}
