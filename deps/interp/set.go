package interp

// objectSet is a set of objects for one walk. Most walks see few, which need no map.
type objectSet struct {
	few  [16]*Object
	n    int // of few
	many map[*Object]bool
}

// add puts o into the set and says whether it wasn't there.
func (s *objectSet) add(o *Object) bool {
	for _, x := range s.few[:s.n] {
		if x == o {
			return false
		}
	}
	if s.n < len(s.few) {
		s.few[s.n] = o
		s.n++
		return true
	}
	if s.many[o] {
		return false
	}
	if s.many == nil {
		s.many = map[*Object]bool{}
	}
	s.many[o] = true
	return true
}
