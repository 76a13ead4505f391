package imports

import (
	"testing"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// local are the modules of a project with a package and a file beside it.
type local map[string]*Module

func (l local) Find(name string) *Module   { return l[name] }
func (l local) Script(path string) *Module { return nil }

var project = local{
	"utils":     {Name: "utils"},
	"pkg":       {Name: "pkg", Package: true},
	"pkg.a":     {Name: "pkg.a"},
	"pkg.sub":   {Name: "pkg.sub", Package: true},
	"pkg.sub.b": {Name: "pkg.sub.b"},
}

// TestResolve says of a clause, and the module that it stands in, the path, the local module
// and name that it takes, and the module that it runs besides. A dash is none.
func TestResolve(t *testing.T) {
	for _, test := range []struct{ clause, in, path, module, name, loads string }{
		{"import numpy", "-", "numpy", "-", "", "-"},
		{"import numpy.linalg", "-", "numpy", "-", "", "-"},
		{"import numpy.linalg as l", "-", "numpy.linalg", "-", "", "-"},
		{"from numpy import linalg", "-", "numpy.linalg", "-", "linalg", "-"},
		{"import utils", "-", "utils", "utils", "", "utils"},
		{"import pkg.sub.b", "-", "pkg", "pkg", "", "pkg.sub.b"},
		{"import pkg.sub.b as b", "-", "pkg.sub.b", "pkg.sub.b", "", "pkg.sub.b"},
		{"from utils import f", "-", "utils.f", "utils", "f", "-"},
		{"from pkg import a", "-", "pkg.a", "pkg", "a", "-"},
		{"from .utils import f", "-", "utils.f", "utils", "f", "-"},
		{"from . import a", "pkg", "pkg.a", "pkg", "a", "-"},
		{"from .a import f", "pkg", "pkg.a.f", "pkg.a", "f", "-"},
		{"from .a import f", "pkg.sub.b", "pkg.sub.a.f", "-", "f", "-"},
		{"from .b import f", "pkg.sub", "pkg.sub.b.f", "pkg.sub.b", "f", "-"},
		{"from ..a import f", "pkg.sub.b", "pkg.a.f", "pkg.a", "f", "-"},
		{"from .. import a", "pkg.sub", "pkg.a", "pkg", "a", "-"},
	} {
		s := closure.Summarize(pyast.Parse(test.clause, pyast.Options{}))
		clause := s.Uses().Binds[0].Import
		got := NewResolver(project).Resolve(clause, project[test.in])
		if got.Path != test.path || nameOf(got.Module) != test.module || got.Name != test.name || nameOf(got.Loads) != test.loads {
			t.Errorf("%s in %s: %s, %s.%s, runs %s", test.clause, test.in, got.Path, nameOf(got.Module), got.Name, nameOf(got.Loads))
		}
	}
}

func nameOf(m *Module) string {
	if m == nil {
		return "-"
	}
	return m.Name
}
