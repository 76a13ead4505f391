package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mistakes are configurations with what is said about them.
var mistakes = []struct{ text, want string }{
	{"outputs: most", `c.yaml:1:10: outputs: "most" is not live or all`},
	{"outputs: liv", `c.yaml:1:10: outputs: "liv" is not live or all: is it live?`},
	{"version: 2.7", `c.yaml:1:10: version: "2.7" is not a Python version from 3.8 on, like "3.11"`},
	{"a: 1", `c.yaml:1:1: unknown setting "a": known are extends, version,`},
	{"# x\noutput: live", `c.yaml:2:1: unknown setting "output": is it outputs?`},
	{"pins: maybe", `c.yaml:1:7: pins: "maybe" is not true or false`},
	{"threshold: -1", `c.yaml:1:12: threshold: "-1" is not a number of seconds`},
	{"threshold: fast", `c.yaml:1:12: threshold: "fast" is not a number`},
	{"paths:\n  lib: x", `c.yaml:2:3: paths: a table is not a list of texts`},
	{"paths: [[a]]", `c.yaml:1:9: paths: a list is not a list of texts`},
	{"exclude: ['[']", `c.yaml:1:11: exclude: "[" is not a glob`},
	{"ignore: [XM1, bad]", `c.yaml:1:15: ignore: no rule`},
	{"per-file-ignores: [a]", `c.yaml:1:19: per-file-ignores: a list is not a table`},
	{"per-file-ignores: {'*': bad}", `c.yaml:1:25: per-file-ignores: no rule`},
	{"knowledge: {lib: {f: nonsense}}", `c.yaml:1:19: knowledge: `},
	{"outputs: all\noutputs: live", `c.yaml:2:1: outputs is set twice`},
	{"- a", `c.yaml:1:1: a configuration is a list of settings`},
	{"extends: gone.yaml", `c.yaml:1:10: extends: can't read gone.yaml`},
	{"extends: c.yaml", `c.yaml:1:10: extends: c.yaml extends itself`},
	{"outputs: [", `c.yaml:1: `},
}

func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	f := Finder{Rule: func(name string) error {
		if name == "bad" {
			return errors.New("no rule")
		}
		return nil
	}}
	for _, m := range mistakes {
		_, err := f.read(filepath.Join(dir, "c.yaml"), []byte(m.text), nil)
		if err == nil {
			t.Errorf("%s: no error, want %s", m.text, m.want)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), dir+string(filepath.Separator)); !strings.HasPrefix(got, m.want) {
			t.Errorf("%s\ngives %s\nwant  %s", m.text, got, m.want)
		}
	}
}

func TestExtends(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("conf/base.yaml", "outputs: all\nfunctions: direct\npaths: lib\nper-file-ignores: {'a.ipynb': XM1}\n")
	write("sub/.xetmemo.yaml", "extends: ../conf/base.yaml\nfunctions: all\nper-file-ignores: {'b.ipynb': [XM2]}\n")
	var f Finder
	c, err := f.For(filepath.Join(dir, "sub", "deeper"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Outputs != "all" || c.Functions != "all" {
		t.Errorf("outputs %q, functions %q", c.Outputs, c.Functions)
	}
	if want := filepath.Join(dir, "conf", "lib"); len(c.Folders()) != 1 || c.Folders()[0] != want {
		t.Errorf("folders %q, want %s", c.Folders(), want)
	}
	if len(c.FileIgnores) != 2 || len(c.Files) != 2 {
		t.Errorf("file ignores %v, files %v", c.FileIgnores, c.Files)
	}
	own, err := f.InNotebook(c, filepath.Join(dir, "nb.ipynb"), []byte(`{"xetmemo": {"outputs": "live"}}`))
	if err != nil || own.Outputs != "live" || own.Functions != "all" || c.Outputs != "all" {
		t.Errorf("%+v, %v", own, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, m := range mistakes {
		f.Add(m.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var finder Finder
		c, err := finder.read("c.yaml", []byte(text), nil)
		if err == nil && c == nil {
			t.Fatal("neither a configuration nor an error")
		}
	})
}
