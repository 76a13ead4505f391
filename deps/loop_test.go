package deps_test

import "testing"

// TestBindingsOfLoops holds that a statement makes one binding, in however many rounds of a loop.
func TestBindingsOfLoops(t *testing.T) {
	g := link([]string{"last = None\nfor i in range(3):\n    for j in range(3):\n        last = (i, j)\n", "print(last)"}, testModules{})
	for _, r := range g.Cells[1].Reads {
		if r.Name == "last" && len(r.Defs) != 2 {
			t.Errorf("last has %d bindings, want the 2 statements that bind it", len(r.Defs))
		}
	}
}
