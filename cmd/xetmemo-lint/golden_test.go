package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

var update = flag.Bool("update", false, "write what is found to testdata/notebooks/*.expected; read the diff before you commit it")

// TestNotebooks holds our own notebooks, one case each, against the file beside each: for every
// code cell the header that annotate --cells all gives it, or why it gets none. A new case is a
// notebook and its .expected.
func TestNotebooks(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "notebooks")
	paths, err := filepath.Glob(filepath.Join(dir, "*.ipynb"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no notebooks: ", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".ipynb"), func(t *testing.T) {
			golden := strings.TrimSuffix(path, ".ipynb") + ".expected"
			got := cellByCell(t, path)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			annotateTwice(t, dir, filepath.Base(path))
		})
	}
}

func cellByCell(t *testing.T, path string) string {
	var loader load.Loader
	nb, err := loader.Load(path, readFile(t, path), config.Default)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for unit, i := range nb.Code {
		fmt.Fprintf(&b, "cell %d: ", i)
		reasons := nb.WhyNot(unit)
		switch {
		case nb.Find(unit).Directives.Skip:
			b.WriteString("skipped\n")
		case len(reasons) == 0:
			fmt.Fprintln(&b, nb.Suggest(unit, rewrite.Style{}))
		default:
			var words []string
			for _, r := range reasons {
				words = append(words, strings.TrimSpace(r.Code+" "+r.Name))
			}
			fmt.Fprintln(&b, strings.Join(words, ", "))
		}
	}
	return b.String()
}

// annotateTwice annotates a copy: only headers may change, and nothing the second time.
func annotateTwice(t *testing.T, dir, name string) {
	copied := t.TempDir()
	copyTree(t, copied, dir)
	path := filepath.Join(copied, name)
	for _, args := range [][]string{{"annotate", "--cells", "all", path}, {"annotate", "--cells", "all", "--check", path}} {
		var stdout, stderr bytes.Buffer
		code := run(args, nil, &stdout, &stderr)
		if code > exitFindings || args[3] == "--check" && stdout.Len() > 0 {
			t.Errorf("%s: exit %d\n%s%s", strings.Join(args[:4], " "), code, &stdout, &stderr)
		}
	}
	compareNotebooks(t, name, decodeNotebook(t, filepath.Join(dir, name)), decodeNotebook(t, path))
}
