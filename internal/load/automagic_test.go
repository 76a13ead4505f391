package load_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// TestAutomagic holds which cells run a magic without "%". What IPython makes of each was seen in IPython 8.39 and 9.18.
func TestAutomagic(t *testing.T) {
	for _, test := range []struct {
		cells []string
		want  string // the magic that the last cell runs
	}{
		{[]string{"ls"}, "ls"},
		{[]string{"ls ../input"}, "ls"},
		{[]string{"cat foo.csv | head"}, "cat"},
		{[]string{"pip install 'pandas>=2'"}, "pip"},
		{[]string{"cd data"}, "cd"},
		{[]string{"conda install -y foo"}, "conda"},
		{[]string{"time z = sum(range(3))"}, "time"},
		{[]string{"timeit x+1"}, "timeit"},
		{[]string{"history -n 3"}, "history"},
		{[]string{"env FOO=1"}, "env"},
		{[]string{"matplotlib inline"}, "matplotlib"},
		{[]string{"time + 1"}, "time"},
		{[]string{"time()"}, "time"},
		{[]string{"\n\nls -l\n"}, "ls"},
		{[]string{"  ls"}, "ls"},
		{[]string{">>> ls"}, "ls"},
		{[]string{"%%time\nls"}, "ls"},
		{[]string{"ls += 1"}, "ls"},
		{[]string{"who"}, "who"},
		{[]string{"mkdir -p out"}, "mkdir"},

		{[]string{"ls = 3"}, ""},
		{[]string{"ls == 3"}, ""},
		{[]string{"ls, a = 1, 2"}, ""},
		{[]string{"ls?"}, "pinfo"},
		{[]string{"time.time()"}, ""},
		{[]string{"ls\nls"}, ""},
		{[]string{"ls\n\n"}, ""},
		{[]string{"# list\nls"}, ""},
		{[]string{"cls"}, ""},
		{[]string{"import time", "time + 1"}, ""},
		{[]string{"def ls(): return 1", "ls()"}, ""},
		{[]string{"for cat in 'ab': pass", "cat"}, ""},
		{[]string{"from time import time", "time()"}, ""},
		{[]string{"from pylab import *", "cat"}, ""},
		{[]string{"from pylab import *", "cat foo.csv"}, "cat"},
		{[]string{"history = model.fit(x)", "history"}, ""},
		{[]string{"history", "history = 1"}, ""},
		{[]string{"%%bash\nls"}, ""},
	} {
		var l load.Loader
		nb, err := l.Load("nb.ipynb", cells(t, test.cells), config.Default)
		if err != nil {
			t.Fatal(err)
		}
		f := nb.Graph.Cells[len(test.cells)-1].Summary.File
		if got := magicOf(f); got != test.want {
			t.Errorf("%q runs %q, want %q", test.cells, got, test.want)
		}
		if test.want != "" && len(f.Errors) > 0 {
			t.Errorf("%q: %v", test.cells, f.Errors)
		}
	}
}

// TestAutomagicReload holds that a cell is read anew when a variable of a magic's name comes or goes.
func TestAutomagicReload(t *testing.T) {
	var l load.Loader
	var nb *load.Notebook
	for _, test := range []struct {
		first, want string
	}{{"x = 1", "time"}, {"import time", ""}, {"x = 2", "time"}, {"from os import *", ""}} {
		var err error
		if nb, err = l.Reload("nb.ipynb", cells(t, []string{test.first, "time - 1"}), config.Default, nb); err != nil {
			t.Fatal(err)
		}
		if got := magicOf(nb.Graph.Cells[1].Summary.File); got != test.want {
			t.Errorf("after %q the cell runs %q, want %q", test.first, got, test.want)
		}
	}
}

func magicOf(f *pyast.File) string {
	name := ""
	for _, s := range f.Body {
		if e, ok := s.(*pyast.ExprStmt); ok {
			if m, ok := e.Value.(*pyast.Magic); ok {
				name = m.Name
				if m.Kind == pyast.LineMagic && !slices.Contains([]string{m.Name + " " + m.Text, m.Name}, f.Segment(m.Span)) && f.Segment(m.TextSpan) != m.Text {
					name += " in the wrong place"
				}
			}
		}
	}
	return name
}

func cells(t *testing.T, sources []string) []byte {
	var list []any
	for _, s := range sources {
		list = append(list, map[string]any{"cell_type": "code", "metadata": map[string]any{}, "execution_count": nil, "outputs": []any{}, "source": s})
	}
	src, err := json.Marshal(map[string]any{"cells": list, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 4})
	if err != nil {
		t.Fatal(err)
	}
	return src
}
