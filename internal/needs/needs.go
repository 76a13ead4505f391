// Package needs finds what tests need beside this tree: the corpus of published notebooks, a Python, a program.
// A test that lacks something is skipped here and nowhere else, with a message that begins with "needs" and names
// what it lacks, so that make test can count at its end what didn't run, and why.
package needs

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Skip skips a test for want of something: "a corpus". The remedy says how to come by it.
func Skip(t testing.TB, what, remedy string) {
	t.Helper()
	t.Skipf("needs %s: %s", what, remedy)
}

// Corpus returns a folder of the corpus of published notebooks, "dev", "raw" or "seed": it lies below the value of
// XETMEMO_CORPUS, else in ../shared/corpus beside the tree.
func Corpus(t testing.TB, part string) string {
	t.Helper()
	root := os.Getenv("XETMEMO_CORPUS")
	if root == "" {
		root = Tree(t, "../shared/corpus")
	}
	dir := filepath.Join(root, part)
	if _, err := os.Stat(dir); err != nil {
		Skip(t, "the corpus of published notebooks", "set XETMEMO_CORPUS")
	}
	return dir
}

// Python returns a Python that runs a piece of code without an error: the value of XETMEMO_PYTHON, else the tree's own
// environment, else python3. The code tests for what is needed, which is named for the reader: "a Python with IPython".
func Python(t testing.TB, what, code string) string {
	t.Helper()
	for _, name := range []string{os.Getenv("XETMEMO_PYTHON"), Tree(t, ".venv/bin/python"), "python3"} {
		if name != "" && exec.Command(name, "-c", code).Run() == nil {
			return name
		}
	}
	Skip(t, what, "set XETMEMO_PYTHON")
	return ""
}

// Program returns the path of a program.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Skip(t, name, err.Error())
	}
	return path
}

// Tree returns the path of a file of this tree, whose own path is relative to the tree's root.
func Tree(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, filepath.FromSlash(path))
		}
		above := filepath.Dir(dir)
		if above == dir {
			t.Fatal("no go.mod above the folder of the test")
		}
		dir = above
	}
}
