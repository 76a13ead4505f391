package pyast

import (
	"fmt"
	"io/fs"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/go-python/gpython/ast"
	gparser "github.com/go-python/gpython/parser"
	"github.com/go-python/gpython/py"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// TestGPython compares with gpython's parser, which is another's work in Go, on what it accepts
// of the standard library and the corpus's cells. Its grammar is that of Python 3.4. Its known differences:
//
//   - "a.b" in a decorator is one Name with a dot, so decorators are not compared;
//   - an f-string is not known, nor anything else that came after Python 3.4, and an identifier is
//     not brought to NFKC: it rejects such source, or reads f"" as two tokens;
//   - the tuple of a subscript with slices is an ExtSlice, "*args" in a call a field of its
//     own behind the other arguments, and a constant has a type for each kind (gpythonDump);
//   - an invalid escape, \N{…} and a surrogate in a string come out otherwise: a source with such a
//     string constant is not compared;
//   - a backslash and line break are taken out of raw strings too (xmlrpc/server.py);
//   - a positional argument may follow a keyword, and kw_defaults is empty where no keyword-only
//     parameter has a default;
//   - "async" and "await" are names to it.
func TestGPython(t *testing.T) {
	exe := needs.Python(t, "a Python", "import sysconfig")
	out, err := exec.Command(exe, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	if err != nil {
		t.Fatal(err)
	}
	same, rejected, skipped := 0, 0, 0
	compare := func(name, source string) {
		if strings.Contains(source, "\\N{") || strings.Contains(source, "\\ud") || strings.Contains(source, "await") || name == "xmlrpc/server.py" {
			skipped++
			return
		}
		theirs, err := gparser.Parse(strings.NewReader(source), name, py.ExecMode)
		if err != nil {
			rejected++
			return
		}
		f := Parse(source, Options{})
		if len(f.Errors) > 0 && strings.HasPrefix(f.Errors[0].Msg, "positional argument follows") {
			skipped++
			return
		}
		if len(f.Errors) > 0 {
			t.Errorf("%s: only gpython accepts it: %v", name, f.Errors[0])
			return
		}
		for _, s := range f.Body {
			Walk(s, func(n Node) bool {
				switch n := n.(type) {
				case *FunctionDef:
					n.DecoratorList = nil
				case *ClassDef:
					n.DecoratorList = nil
				}
				return true
			})
		}
		body := theirs.(*ast.Module).Body
		if len(body) != len(f.Body) {
			t.Errorf("%s: %d statements, gpython has %d", name, len(f.Body), len(body))
			return
		}
		for i, s := range f.Body {
			if ours, theirs := Dump(s), gpythonDump(body[i]); ours != theirs {
				j := 0
				for j < len(ours) && j < len(theirs) && ours[j] == theirs[j] {
					j++
				}
				t.Errorf("%s: trees differ:\n  ours   %s\n  theirs %s", name, around(ours, j), around(theirs, j))
				return
			}
		}
		same++
	}
	root := strings.TrimSpace(string(out))
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "site-packages" || d.Name() == "test" || d.Name() == "tests") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".py") {
			if data, err := os.ReadFile(path); err == nil {
				if source, err := Decode(data); err == nil {
					compare(path[len(root)+1:], source)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("library: same tree %d, gpython rejects %d, not compared %d", same, rejected, skipped)
	same, rejected, skipped = 0, 0, 0
	corpusCells(t, "dev", compare)
	t.Logf("cells: same tree %d, gpython rejects %d, not compared %d", same, rejected, skipped)
}

// gpythonDump writes a tree of gpython in the form of Dump.
func gpythonDump(v any) string {
	var b strings.Builder
	gpythonWrite(&b, reflect.ValueOf(v))
	return b.String()
}

func gpythonWrite(b *strings.Builder, v reflect.Value) {
	if !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		b.WriteByte('-')
		return
	}
	constant := func(value string) { b.WriteString("(Constant value=" + value + ")") }
	switch n := v.Interface().(type) {
	case *ast.Num:
		constant(gpythonNumber(n.N))
		return
	case *ast.Str:
		constant(quote(string(n.S), false))
		return
	case *ast.Bytes:
		constant("b" + quote(string(n.S), true))
		return
	case *ast.NameConstant:
		s, _ := py.ReprAsString(n.Value)
		constant(s)
		return
	case *ast.Ellipsis:
		constant("Ellipsis")
		return
	case *ast.Index:
		gpythonWrite(b, reflect.ValueOf(n.Value))
		return
	case *ast.ExtSlice:
		b.WriteString("(Tuple elts=")
		gpythonWrite(b, reflect.ValueOf(n.Dims))
		b.WriteByte(')')
		return
	case *ast.Call:
		args, keywords := gpythonArguments(n.Args, n.Keywords, n.Starargs, n.Kwargs)
		n.Args, n.Keywords, n.Starargs, n.Kwargs = args, keywords, nil, nil
	case *ast.ClassDef:
		args, keywords := gpythonArguments(n.Bases, n.Keywords, n.Starargs, n.Kwargs)
		n.Bases, n.Keywords, n.Starargs, n.Kwargs = args, keywords, nil, nil
	case *ast.Arguments:
		if n.KwDefaults == nil {
			n.KwDefaults = make([]ast.Expr, len(n.Kwonlyargs))
		}
	case fmt.Stringer:
		if v.Kind() == reflect.Int {
			b.WriteString(strings.TrimSuffix(n.String(), "()"))
			return
		}
	}
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(' ')
			}
			gpythonWrite(b, v.Index(i))
		}
		b.WriteByte(']')
	case reflect.Struct:
		gpythonNode(b, v)
	default:
		fmt.Fprint(b, v.Interface())
	}
}

func gpythonNode(b *strings.Builder, v reflect.Value) {
	name := v.Type().Name()
	switch name {
	case "ExprStmt":
		name = "Expr"
	case "Arguments", "Arg", "Keyword", "Alias", "WithItem", "Comprehension":
		name = strings.ToLower(name)
	}
	b.WriteString("(" + name)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		value := v.Field(i)
		switch {
		case field.Anonymous, field.Name == "Ctx", field.Name == "DecoratorList":
			continue
		case value.Kind() == reflect.Slice && value.Len() == 0:
			continue
		case value.IsZero() && value.Kind() != reflect.Int:
			continue
		case field.Name == "Level" && value.IsZero():
			continue
		}
		b.WriteByte(' ')
		b.WriteString(gpythonField(field.Name))
		b.WriteByte('=')
		gpythonWrite(b, value)
	}
	b.WriteByte(')')
}

// gpythonField is CPython's name of a field.
func gpythonField(name string) string {
	switch name {
	case "AsName":
		return "asname"
	case "ExprType":
		return "type"
	}
	var b strings.Builder
	for i, c := range name {
		if c >= 'A' && c <= 'Z' && i > 0 {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(c)))
	}
	return b.String()
}

// gpythonArguments puts "*args" and "**kwargs" where CPython's tree has had them since 3.5.
func gpythonArguments(args []ast.Expr, keywords []*ast.Keyword, star, kwargs ast.Expr) ([]ast.Expr, []*ast.Keyword) {
	if star != nil {
		args = append(args[:len(args):len(args)], &ast.Starred{Value: star})
	}
	if kwargs != nil {
		keywords = append(keywords[:len(keywords):len(keywords)], &ast.Keyword{Value: kwargs})
	}
	return args, keywords
}

func gpythonNumber(n py.Object) string {
	switch n := n.(type) {
	case py.Int:
		return fmt.Sprintf("0x%x", int64(n))
	case *py.BigInt:
		return "0x" + (*big.Int)(n).Text(16)
	case py.Float:
		return fmt.Sprintf("f%016x", math.Float64bits(float64(n)))
	case py.Complex:
		return fmt.Sprintf("c%016x", math.Float64bits(imag(complex128(n))))
	}
	return fmt.Sprint(n)
}
