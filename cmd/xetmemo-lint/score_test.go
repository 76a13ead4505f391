package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/needs"
)

// TestScore scores the inference on the corpus's notebooks against what running them showed,
// with the script that belongs to the corpus. The bounds are what a change must not fall below.
func TestScore(t *testing.T) {
	notebooks := needs.Corpus(t, "dev")
	oracle := os.Getenv("XETMEMO_ORACLE")
	if oracle == "" {
		oracle = filepath.Join(notebooks, "..", "..", "oracle")
	}
	script := filepath.Join(oracle, "score.py")
	if _, err := os.Stat(script); err != nil {
		needs.Skip(t, "the oracle", "set XETMEMO_ORACLE")
	}
	python := needs.Program(t, "python3")
	tool := filepath.Join(t.TempDir(), "xetmemo-lint")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(python, script, notebooks, filepath.Join(notebooks, "..", "truth"), "--tool", tool, "--json")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]float64
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	for name, bound := range map[string]float64{
		"inputs recall": .999, "inputs precision": .97, "outputs recall": .999, "outputs precision": .98,
		"mutated in place recall": .97,
	} {
		if got[name] < bound {
			t.Errorf("%s is %.5f, should be at least %v", name, got[name], bound)
		}
	}
	cells := got["cells"]
	if exact := got["both exact"] / cells; exact < .975 {
		t.Errorf("inputs and outputs are both exact in %.1f%% of the cells, should be in 97.5%%", 100*exact)
	}
	if sound := got["nothing missed"] / cells; sound < .998 {
		t.Errorf("nothing is missed in %.1f%% of the cells, should be in 99.8%%", 100*sound)
	}
	t.Logf("%.0f cells: %s", cells, out)
}
