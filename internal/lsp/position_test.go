package lsp

import "testing"

func TestPositions(t *testing.T) {
	const text = "aé😀b\r\n\nx\r𝔘y"
	for _, c := range []struct {
		e      encoding
		p      position
		offset int
		back   position // where it differs: a place that there isn't
	}{
		{utf16, position{0, 0}, 0, position{0, 0}},
		{utf16, position{0, 2}, 3, position{0, 2}},
		{utf16, position{0, 3}, 3, position{0, 2}}, // within a pair
		{utf16, position{0, 4}, 7, position{0, 4}},
		{utf8s, position{0, 3}, 3, position{0, 3}},
		{utf8s, position{0, 7}, 7, position{0, 7}},
		{utf32, position{0, 3}, 7, position{0, 3}},
		{utf16, position{0, 99}, 8, position{0, 5}}, // before the line's end
		{utf16, position{1, 0}, 10, position{1, 0}},
		{utf16, position{2, 1}, 12, position{2, 1}},
		{utf16, position{3, 2}, 17, position{3, 2}},
		{utf16, position{3, 3}, 18, position{3, 3}},
		{utf16, position{9, 9}, 18, position{3, 3}},
		{utf16, position{-1, -1}, 0, position{0, 0}},
	} {
		if got := c.e.offset(text, c.p); got != c.offset {
			t.Errorf("%s %v: offset %d, should be %d", c.e, c.p, got, c.offset)
		}
		if got := c.e.position(text, c.offset); got != c.back {
			t.Errorf("%s %d: position %v, should be %v", c.e, c.offset, got, c.back)
		}
	}
	if got := utf16.position("a\n", 2); got != (position{1, 0}) {
		t.Errorf("after the last line's end: %v", got)
	}
	if got := utf16.offset("a\n", position{1, 0}); got != 2 {
		t.Errorf("after the last line's end: %d", got)
	}
}

func TestLineEdit(t *testing.T) {
	s := &server{encoding: utf8s}
	for _, c := range []struct {
		before, after string
		want          textEdit
	}{
		{"x\ny", "h\nx\ny", textEdit{textRange{}, "h\n"}},
		{"h\nx\ny", "x\ny", textEdit{textRange{position{0, 0}, position{1, 0}}, ""}},
		{"a\nb\nc", "a\nB\nc", textEdit{textRange{position{1, 0}, position{2, 0}}, "B\n"}},
		{"a\na", "a\na\na", textEdit{textRange{position{1, 0}, position{1, 0}}, "a\n"}},
		{"a", "a\nb", textEdit{textRange{position{0, 0}, position{0, 1}}, "a\nb"}},
		{"", "x", textEdit{textRange{}, "x"}},
		{"x\r\ny", "h\r\nx\r\ny", textEdit{textRange{}, "h\r\n"}},
		{"ab", "b", textEdit{textRange{position{0, 0}, position{0, 2}}, "b"}},
	} {
		got := s.lineEdit(c.before, c.after)
		if got != c.want {
			t.Errorf("%q to %q: %+v, should be %+v", c.before, c.after, got, c.want)
		}
		start, end := s.encoding.offset(c.before, got.Range.Start), s.encoding.offset(c.before, got.Range.End)
		if made := c.before[:start] + got.NewText + c.before[end:]; made != c.after {
			t.Errorf("%q to %q: makes %q", c.before, c.after, made)
		}
	}
}
