package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const events = `{"Action":"run","Package":"m/a","Test":"TestGood"}
{"Action":"output","Package":"m/a","Test":"TestGood","Output":"    a_test.go:3: a log\n"}
{"Action":"pass","Package":"m/a","Test":"TestGood"}
{"Action":"output","Package":"m/a","Test":"TestCorpus","Output":"=== RUN   TestCorpus\n"}
{"Action":"output","Package":"m/a","Test":"TestCorpus","Output":"    a_test.go:9: needs a corpus: set XETMEMO_CORPUS\n"}
{"Action":"skip","Package":"m/a","Test":"TestCorpus"}
{"Action":"output","Package":"m/a","Output":"PASS\n"}
{"Action":"output","Package":"m/a","Output":"ok  \tm/a\t0.1s\n"}
{"Action":"pass","Package":"m/a"}
`

const failing = `{"Action":"output","Package":"m/b","Test":"TestBad","Output":"    b_test.go:4: wrong\n"}
{"Action":"fail","Package":"m/b","Test":"TestBad"}
{"Action":"fail","Package":"m/b"}
`

func TestGoTest(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "go")
	var out bytes.Buffer
	ok, err := goTest(strings.NewReader(events), &out, file)
	if err != nil || !ok {
		t.Fatalf("ok %v, %v", ok, err)
	}
	if got, want := out.String(), "ok  \tm/a\t0.1s\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	out.Reset()
	ok, err = goTest(strings.NewReader(failing), &out, filepath.Join(dir, "other"))
	if err != nil || ok || !strings.Contains(out.String(), "b_test.go:4: wrong") {
		t.Errorf("a failure: ok %v, %v, printed %q", ok, err, out.String())
	}
}

func TestClosing(t *testing.T) {
	dir := t.TempDir()
	if err := closing(&bytes.Buffer{}, dir); err == nil {
		t.Error("a folder without any record of tests should be an error")
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	write("go", "")
	if err := closing(&out, dir); err != nil || out.String() != "every test ran\n" {
		t.Errorf("%v, printed %q", err, out.String())
	}
	out.Reset()
	write("go", "needs a corpus: set XETMEMO_CORPUS\nneeds a corpus: set XETMEMO_CORPUS\n")
	write("py.xml", `<testsuites><testsuite><testcase name="a"><skipped message="could not import 'sympy': No module"/></testcase><testcase name="b"/></testsuite></testsuites>`)
	if err := closing(&out, dir); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "3 tests did not run: 1 for want of Python's sympy, 2 for want of a corpus\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
