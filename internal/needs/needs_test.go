package needs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOneWayToSkip holds that tests are skipped by this package alone: what skips in a way of its own isn't counted
// for what it lacks, or passes.
func TestOneWayToSkip(t *testing.T) {
	skips := regexp.MustCompile(`\b[tb]\.Skip(f|Now)?\(|SKIPPED`)
	root, seen := Tree(t, "."), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || path == filepath.Join(root, "internal", "needs")):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		seen++
		text, err := os.ReadFile(path)
		if found := skips.Find(text); found != nil {
			t.Errorf("%s: %s… should be a call of package needs", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Fatalf("only %d test files found below %s", seen, root)
	}
}
