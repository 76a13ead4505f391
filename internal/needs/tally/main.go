// Command tally prints what the tests of the whole project did, for make test: tests that didn't run are counted by
// what they lacked, so that a green run can't hide them.
//
//	go test -json ./... | tally go FILE    prints as go test does, and notes in FILE what was skipped
//	tally close FOLDER                     the closing line, from such files, pytest's JUnit files (*.xml) and lines of text
package main

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: tally go FILE | tally close FOLDER")
		os.Exit(2)
	}
	ok, err := true, error(nil)
	switch os.Args[1] {
	case "go":
		ok, err = goTest(os.Stdin, os.Stdout, os.Args[2])
	case "close":
		err = closing(os.Stdout, os.Args[2])
	default:
		err = fmt.Errorf("tally: no such word: %s", os.Args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// goTest prints the events of go test -json as go test prints without it, and reports whether all passed. What was
// skipped goes to a file, a line each.
func goTest(in io.Reader, out io.Writer, file string) (ok bool, err error) {
	type event struct{ Action, Package, Test, Output string }
	said := map[string][]string{} // by test
	var skipped []string
	ok = true
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			break
		}
		var e event
		if json.Unmarshal(line, &e) != nil { // what go itself says
			out.Write(line)
			continue
		}
		name := e.Package + " " + e.Test
		switch {
		case e.Action == "build-output", e.Action == "output" && e.Test == "" && e.Output != "PASS\n":
			io.WriteString(out, e.Output)
		case e.Action == "output":
			said[name] = append(said[name], e.Output)
		case e.Action == "fail" || e.Action == "build-fail":
			ok = false
			io.WriteString(out, strings.Join(said[name], ""))
		case e.Action == "skip" && e.Test != "":
			skipped = append(skipped, reason(said[name])+"\n")
		}
		if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
			delete(said, name)
		}
	}
	return ok, os.WriteFile(file, []byte(strings.Join(skipped, "")), 0o666)
}

// reason is the message that a test was skipped with: "    x_test.go:12: needs a corpus: set XETMEMO_CORPUS".
func reason(output []string) string {
	for _, line := range output {
		if _, message, ok := strings.Cut(line, ".go:"); ok {
			_, message, _ = strings.Cut(message, ": ")
			return strings.TrimSpace(message)
		}
	}
	return "no reason given"
}

// closing counts the tests that didn't run by what they lacked.
func closing(out io.Writer, folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("tally: nothing in %s says which tests ran", folder)
	}
	lacking, sum := map[string]int{}, 0
	for _, file := range files {
		reasons, err := readReasons(file)
		if err != nil {
			return err
		}
		for _, r := range reasons {
			lacking[lack(r)]++
			sum++
		}
	}
	if sum == 0 {
		fmt.Fprintln(out, "every test ran")
		return nil
	}
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(lacking)) {
		parts = append(parts, fmt.Sprintf("%d for want of %s", lacking[what], what))
	}
	fmt.Fprintf(out, "%s did not run: %s\n", counted(sum), strings.Join(parts, ", "))
	return nil
}

func counted(n int) string {
	if n == 1 {
		return "1 test"
	}
	return fmt.Sprintf("%d tests", n)
}

// lack is what a reason to skip says is missing.
func lack(reason string) string {
	if module, ok := strings.CutPrefix(reason, "could not import '"); ok { // pytest.importorskip
		module, _, _ = strings.Cut(module, "'")
		return "Python's " + module
	}
	what, _, _ := strings.Cut(strings.TrimPrefix(reason, "needs "), ": ")
	return what
}

func readReasons(file string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if filepath.Ext(file) != ".xml" {
		return strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' }), nil
	}
	var report struct {
		Skipped []struct {
			Message string `xml:"message,attr"`
		} `xml:"testsuite>testcase>skipped"`
	}
	if err := xml.Unmarshal(data, &report); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var reasons []string
	for _, s := range report.Skipped {
		reasons = append(reasons, s.Message)
	}
	return reasons, nil
}
