package rewrite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

func TestDiff(t *testing.T) {
	cases := []struct{ name, before, after, want string }{
		{"equal", "a\nb", "a\nb", ""},
		{"a line on top", "a\nb\nc\nd\ne", "new\na\nb\nc\nd\ne", "@@ -1,3 +1,4 @@\n+new\n a\n b\n c\n"},
		{"a line changed", "old\na", "new\na", "@@ -1,2 +1,2 @@\n-old\n+new\n a\n"},
		{"into nothing", "", "new", "@@ -0,0 +1 @@\n+new\n\\ No newline at end of file\n"},
		{"to nothing", "old\n", "", "@@ -1 +0,0 @@\n-old\n"},
		{"two hunks", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
			"@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
		{"one hunk", "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
			"@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
	}
	for _, c := range cases {
		want := c.want
		if want != "" {
			want = "--- n\n+++ n\n" + want
		}
		if got := Diff("n", c.before, c.after); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

// TestDiffApplies gives diffs of random texts to patch(1) and compares the result.
func TestDiffApplies(t *testing.T) {
	needs.Program(t, "patch")
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var b strings.Builder
		for range r.IntN(40) {
			fmt.Fprintf(&b, "%d\n", r.IntN(6))
		}
		return b.String()
	}
	for range 60 {
		before, after := text(), text()
		if before == "" || after == "" || before == after {
			continue
		}
		file := filepath.Join(dir, "f")
		if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
		c := exec.Command("patch", "--silent", file)
		c.Stdin = strings.NewReader(Diff("f", before, after))
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s\n%s", err, out, Diff("f", before, after))
		}
		if got, _ := os.ReadFile(file); string(got) != after {
			t.Fatalf("patched to %q, want %q", got, after)
		}
	}
}
