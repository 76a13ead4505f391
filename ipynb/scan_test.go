package ipynb

import (
	"strings"
	"testing"
)

// TestStringBlocks puts a byte at every place of long strings, which are read
// in blocks, and expects it to be noticed there.
func TestStringBlocks(t *testing.T) {
	const start = `{"nbformat":4,"cells":[],"x":"`
	for _, c := range [...]struct {
		text, want string
	}{
		{"a", "ok"},
		{"\x7f", "ok"},
		{"é", "ok"},
		{`\n`, "ok"},
		{`\\`, "ok"},
		{`\"`, "ok"},
		{"\x1f", "not JSON"},
		{"\x00", "not JSON"},
		{`\x`, "not JSON"},
		{"\x80", "not JSON"},
		{"\xff", "not JSON"},
		{"\"", "not JSON"},
	} {
		for _, filler := range [...]string{"a", "!", "#", "[", "]", "\x7f"} { // neighbours of what is looked for
			for before := range 150 {
				for _, after := range [...]int{0, 1, 7, 8, 31, 32, 63, 64, 100} {
					text := start + strings.Repeat(filler, before) + c.text + strings.Repeat(filler, after) + `"}`
					at := len(start) + before
					if c.text == "\"" {
						at++ // the string ends, and something else follows
						if after == 0 {
							continue
						}
					}
					if got, offset := parseKind([]byte(text)); got != c.want || got != "ok" && offset != at {
						t.Fatalf("%q after %d and before %d of %q: %s at %d, want %s at %d",
							c.text, before, after, filler, got, offset, c.want, at)
					}
				}
			}
		}
	}
}
