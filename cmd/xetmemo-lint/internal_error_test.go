package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xetmemo/xetmemo-lint/internal/files"
)

func TestInternalError(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{stderr: &stderr}
	a.internal("nb.ipynb", files.Protect(func() {
		var none []int
		_ = none[len(none)]
	}))
	text := stderr.String()
	for _, part := range []string{"internal error while working on nb.ipynb", "index out of range", "internal_error_test.go:", "please report", version()} {
		if !strings.Contains(text, part) {
			t.Errorf("the message lacks %q: %s", part, text)
		}
	}
	if a.exit != exitInternal || strings.Count(text, "\n") != 1 {
		t.Errorf("exit %d, message of %d lines", a.exit, strings.Count(text, "\n"))
	}
}
