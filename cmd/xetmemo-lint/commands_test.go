package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// TestCommandsOnPages runs every command line on every page, each page's in order in a folder of its own, and holds that
// none is refused. What a block of the kind "console" shows below a command is what the command prints.
func TestCommandsOnPages(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages: ", err)
	}
	makefile := string(readFile(t, "../../Makefile"))
	runtime, err := filepath.Abs("../../runtime-py")
	if err != nil {
		t.Fatal(err)
	}
	python, err := filepath.Abs(runtimePython)
	if err != nil {
		t.Fatal(err)
	}
	hasRuntime := exec.Command(python, "-c", "import xetcache").Run() == nil
	t.Run("xetcache", func(t *testing.T) {
		if !hasRuntime {
			needs.Skip(t, "a Python with the runtime", "make .venv/done")
		}
	})
	ran := 0
	for _, page := range pages {
		lines := commandLines(string(readFile(t, page)))
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Chdir(project(t))
			for _, c := range lines {
				words := strings.Fields(c.line)
				switch words[0] {
				case "xetmemo-lint":
					ran++
					if slices.Contains([]string{"lsp", "kernel"}, words[1]) {
						continue // they wait for an editor, a kernel
					}
					var stdout, stderr bytes.Buffer
					code := run(words[1:], strings.NewReader(""), &stdout, &stderr)
					if code > exitFindings {
						t.Errorf("%q: exit %d, %s", c.line, code, stderr.String())
					} else if got := stdout.String() + stderr.String(); c.shown != "" && got != c.shown {
						t.Errorf("after %q the page shows\n%s\nthe program prints\n%s", c.line, c.shown, got)
					}
				case "xetcache":
					ran++
					if !hasRuntime {
						continue
					}
					run := exec.Command(python, append([]string{"-m", "xetcache.cli"}, words[1:]...)...)
					run.Env = append(os.Environ(), "PYTHONPATH="+runtime, "XETCACHE_CONFIG_DIR="+t.TempDir())
					if out, _ := run.CombinedOutput(); strings.Contains(string(out), "usage:") || strings.Contains(string(out), "Traceback") {
						t.Errorf("%q: %s", c.line, out)
					}
				case "make":
					if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(words[1]) + `:`).MatchString(makefile) {
						t.Errorf("%q: the Makefile has no such target", c.line)
					}
				case "pip", "pre-commit", "nbstripout", "git", "go", "code": // by make hooks-test and make wheels-test
				default:
					t.Errorf("%q: nothing runs this", c.line)
				}
			}
		})
	}
	if ran < 20 {
		t.Errorf("only %d commands were run: the test has gone blind", ran)
	}
}

// A commandLine is one on a page, and what the page shows below it, if it does.
type commandLine struct{ line, shown string }

var program = regexp.MustCompile(`^(\$ )?(xetmemo-lint|xetcache|pip|pre-commit|nbstripout|make|git|go|code) [\w./-]`)

// commandLines are those in blocks of a page: fenced ones that are no other language's, and indented ones.
func commandLines(page string) (found []commandLine) {
	fence, inside := "", false
	ofBlock := 0 // commands before this block
	for line := range strings.Lines(page) {
		text := strings.TrimRight(line, "\n")
		if kind, ok := strings.CutPrefix(text, "```"); ok {
			inside, fence, ofBlock = !inside, kind, len(found)
			continue
		}
		indented, isIndented := strings.CutPrefix(text, "    ")
		switch {
		case inside && (fence == "console" || fence == "sh"):
		case !inside && isIndented:
			text = indented
		default:
			continue
		}
		switch {
		case program.MatchString(text) && (!inside || strings.HasPrefix(text, "$ ") || fence == "sh"):
			text, _, _ = strings.Cut(strings.TrimPrefix(text, "$ "), "   ") // a remark stands far to the right
			text, _, _ = strings.Cut(text, " #")
			text, _, _ = strings.Cut(text, " > ")
			found = append(found, commandLine{line: strings.TrimSpace(text)})
		case inside && fence == "console" && len(found) > ofBlock:
			found[len(found)-1].shown += text + "\n"
		}
	}
	return found
}

// project makes a folder with what the pages speak of: notebooks, a trace, a repository.
func project(t *testing.T) string {
	dir := t.TempDir()
	var cells []any
	for i, source := range []string{
		"import pandas as pd\nfrom sklearn.ensemble import RandomForestRegressor\nLIMIT = 100\ndf = pd.DataFrame({\"a\": [1, 2], \"b\": [3, 4]})",
		"def clean(frame):\n    return frame[frame[\"a\"] < LIMIT]",
		"model = RandomForestRegressor(random_state=0).fit(clean(df)[[\"a\"]], df[\"b\"])",
		"shown = clean(df).head()",
		"print(model.score(df[[\"a\"]], df[\"b\"]), shown)",
	} {
		cells = append(cells, map[string]any{"cell_type": "code", "id": "c" + string(rune('0'+i)), "metadata": map[string]any{}, "execution_count": nil, "outputs": []any{}, "source": source})
	}
	notebook, err := json.Marshal(map[string]any{"cells": cells, "metadata": map[string]any{"language_info": map[string]any{"name": "python"}}, "nbformat": 4, "nbformat_minor": 5})
	if err != nil {
		t.Fatal(err)
	}
	record := []byte(`{"cell": "c2", "source": "` + strings.Repeat("0", 32) + `", "reads": [], "mutates": []}`)
	for name, content := range map[string][]byte{"nb.ipynb": notebook, "analysis.ipynb": notebook, "trace.jsonl": record} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, words := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-qm", "x"}, {"update-ref", "refs/remotes/origin/main", "HEAD"}} {
		git := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org"}, words...)...)
		git.Dir = dir
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatal(string(out))
		}
	}
	return dir
}
