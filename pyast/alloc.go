package pyast

// slab hands out values of one type from chunks, for the nodes that a tree has many of: one
// allocation for up to 128 nodes. A chunk lives as long as any node of it.
type slab[T any] struct {
	free []T
	size int
}

func (s *slab[T]) new() *T {
	if len(s.free) == 0 {
		s.size = min(max(2*s.size, 4), 128)
		s.free = make([]T, s.size)
	}
	v := &s.free[0]
	s.free = s.free[1:]
	return v
}

// list hands out slices of exact length from chunks. Its elements are first gathered on a
// stack, since lists nest while they are parsed:
//
//	mark := l.mark()
//	… l.push(x) …
//	elts := l.pop(mark)
type list[T any] struct {
	stack []T
	free  []T
	size  int
}

func (l *list[T]) mark() int { return len(l.stack) }

func (l *list[T]) push(x T) { l.stack = append(l.stack, x) }

// pop returns what was pushed since mark, nil where that is nothing.
func (l *list[T]) pop(mark int) []T {
	n := len(l.stack) - mark
	if n == 0 {
		return nil
	}
	if n > len(l.free) {
		if n > 64 {
			out := append([]T(nil), l.stack[mark:]...)
			l.drop(mark)
			return out
		}
		l.size = min(max(2*l.size, 8), 256)
		l.free = make([]T, max(l.size, n))
	}
	out := l.free[:n:n]
	l.free = l.free[n:]
	copy(out, l.stack[mark:])
	l.drop(mark)
	return out
}

// one returns the slice of x alone.
func (l *list[T]) one(x T) []T {
	mark := l.mark()
	l.push(x)
	return l.pop(mark)
}

func (l *list[T]) drop(mark int) {
	clear(l.stack[mark:])
	l.stack = l.stack[:mark]
}

// copy returns a copy of xs.
func (l *list[T]) copy(xs []T) []T {
	mark := l.mark()
	l.stack = append(l.stack, xs...)
	return l.pop(mark)
}
