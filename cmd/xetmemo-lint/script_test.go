package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"xetmemo-lint": main})
}

// TestScripts runs testdata/*.txtar: one file for each behaviour of the command line. Beside
// testscript's own commands there are
//
//	notebook FILE      writes FILE from FILE.py, where "# %%" lines start the cells and a word
//	                   behind them is the tag of the cell
//	notebook-as-is …   does so with a notebook that doesn't say "import: false"
//	mode FILE PERM     checks the permissions of a file
//	link NEW OLD       makes a symbolic link
//	xit CODE COMMAND…  runs a command that must end with this exit code
//	run FILE           runs a notebook under the runtime, in a kernel of its own, every memo stored
//	damage FOLDER      changes a byte in every .json file of a folder
//	cells FILE         prints the sources of the code cells, a line "# %% INDEX" before each
//
// UPDATE_SCRIPTS=1 in the environment writes what commands print into the files that they are
// compared with.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"notebook":       writeNotebook(map[string]any{"import": false}), // the import of the runtime has a script of its own
			"notebook-as-is": writeNotebook(nil),
			"mode":           checkMode,
			"cells":          printCells,
			"xit":            exits,
			"run":            runNotebook,
			"damage":         damage,
			"output":         giveOutput,
			"link": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(os.Symlink(args[1], ts.MkAbs(args[0])))
			},
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "runtime":
				return exec.Command(runtimePython, "-c", "import xetcache, ipykernel").Run() == nil, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "NO_COLOR=1")
			return nil
		},
	})
}

// giveOutput gives the cell of an id an output: output nb.ipynb c3
func giveOutput(ts *testscript.TestScript, _ bool, args []string) {
	const none = `"outputs": []`
	before, after, found := strings.Cut(ts.ReadFile(args[0]), fmt.Sprintf("%q", args[1]))
	if !found || !strings.Contains(after, none) {
		ts.Fatalf("%s has no cell %s without an output", args[0], args[1])
	}
	output := `"outputs": [{"output_type":"stream","name":"stdout","text":"old"}]`
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(before+fmt.Sprintf("%q", args[1])+strings.Replace(after, none, output, 1)), 0o666))
}

func writeNotebook(settings map[string]any) func(*testscript.TestScript, bool, []string) {
	metadata := map[string]any{"language_info": map[string]any{"name": "python", "version": "3.11.4"}}
	if settings != nil {
		metadata["xetmemo"] = settings
	}
	return func(ts *testscript.TestScript, _ bool, args []string) {
		for _, name := range args {
			writeCells(ts, name, metadata)
		}
	}
}

// writeCells makes a notebook of a file of cells.
func writeCells(ts *testscript.TestScript, name string, metadata map[string]any) {
	var cells []any
	for i, part := range strings.Split("\n"+ts.ReadFile(name+".py"), "\n# %%")[1:] {
		head, source, _ := strings.Cut(part, "\n")
		own := map[string]any{}
		if tag := strings.TrimSpace(head); tag != "" {
			own["tags"] = []string{tag}
		}
		cells = append(cells, map[string]any{
			"cell_type": "code", "id": fmt.Sprintf("c%d", i), "metadata": own, "execution_count": nil, "outputs": []any{},
			"source": strings.SplitAfter(strings.TrimRight(source, "\n"), "\n"),
		})
	}
	data, err := json.MarshalIndent(map[string]any{"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": metadata}, "", " ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(name), append(data, '\n'), 0o644))
}

// runtimePython has the runtime and what its tests need: make .venv/done.
const runtimePython = "../../.venv/bin/python"

func runNotebook(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		c := exec.Command(runtimePython, "../../runtime-py/tests/run_notebook.py", ts.MkAbs(name))
		c.Stdout, c.Stderr = ts.Stdout(), ts.Stderr()
		ts.Check(c.Run())
	}
}

func damage(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil {
			data[len(data)/2] ^= 1
			err = os.WriteFile(path, data, 0o644)
		}
		return err
	}))
}

func checkMode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

func printCells(ts *testscript.TestScript, _ bool, args []string) {
	var nb struct{ Cells []struct{ Source []string } }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &nb))
	for i, c := range nb.Cells {
		fmt.Fprintf(ts.Stdout(), "# %%%% %d\n%s\n", i, strings.Join(c.Source, ""))
	}
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want := args[0]; fmt.Sprint(code) != want {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}
