package files

import (
	"slices"
	"strings"
	"testing"
)

func TestEach(t *testing.T) {
	items := make([]int, 500)
	for i := range items {
		items[i] = i
	}
	var got []int
	Each(items, func(i int) int {
		if i == 250 {
			panic("boom")
		}
		return i * 2
	}, func(i, r int, p *Panic) {
		if (p != nil) != (i == 250) {
			t.Errorf("item %d: %v", i, p)
		}
		if p != nil && (!strings.Contains(p.Error(), "boom") || !strings.Contains(p.Place, "each_test.go:")) {
			t.Errorf("the panic is %q", p)
		}
		if p == nil && r != 2*i {
			t.Errorf("item %d gives %d", i, r)
		}
		got = append(got, i)
	})
	if !slices.Equal(got, items) {
		t.Error("results come out of order")
	}
	Each(nil, func(int) int { return 0 }, func(int, int, *Panic) { t.Error("a result of nothing") })
}
