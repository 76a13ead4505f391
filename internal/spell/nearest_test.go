package spell

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"input", "output", "always", "key"}
	for word, want := range map[string]string{
		"input": "input", "inputs": "input", "inptu": "input", "Output": "output", "outptus": "output",
		"keys": "key", "kye": "key", "deps": "", "": "", "x": "",
	} {
		if got := Nearest(word, words); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
