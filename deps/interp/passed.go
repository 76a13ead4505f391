package interp

// What the functions that a call is given get themselves, where the knowledge says so: the arguments that follow
// the function (submit(f, a, b)), an element of each (map(f, xs, ys)), or what a tuple and a dict of the call hold
// (Thread(target=f, args=(a,), kwargs={})).

// passed returns what the call's functions get; ok is false where nothing is known of that.
func (k *factCall) passed() (given Arguments, ok bool) {
	switch {
	case k.f.Spreads || k.f.Zips:
		return k.following(), true
	case len(k.f.Unpacks) > 0:
		return k.unpacked(), true
	}
	return Arguments{}, false
}

// following returns the arguments behind the function.
func (k *factCall) following() Arguments {
	fn := k.f.Calls[0].Param
	given := Arguments{Rest: k.args.Rest, Star: k.args.Star}
	for n, v := range k.args.Pos {
		if n <= fn.Index {
			continue
		}
		if k.f.Zips {
			v = k.elements(v, k.at)
		}
		given.Pos = append(given.Pos, v)
	}
	for _, n := range k.args.Named {
		if n.Name != fn.Name {
			given.Named = append(given.Named, n)
		}
	}
	return given
}

// unpacked returns what the tuples and dicts hold that the call hands on.
func (k *factCall) unpacked() Arguments {
	given := Arguments{}
	for _, o := range k.values(k.f.Unpacks) {
		for n := 0; len(o.fields[Nth(n)]) > 0; n++ {
			given.Pos = append(given.Pos, o.fields[Nth(n)])
		}
		for _, s := range o.order {
			if name, ok := s.text(); ok {
				given.Named = append(given.Named, Named{Name: name, Value: o.fields[s]})
			}
		}
		if len(o.Elem) > 0 || o.Open {
			given.Rest, given.Star = given.Rest.Union(k.deep(o.Elem.Union(k.elements(o.Alone(), k.at)))), true
		}
	}
	return given
}

// withUnpacked returns the functions with what they will be called with: Thread keeps them until it starts.
func (k *factCall) withUnpacked(fns Value) Value {
	if len(k.f.Unpacks) == 0 || len(fns) == 0 {
		return fns
	}
	given := k.unpacked()
	w := k.wrapper(k.library(partialPath), fns, k.at)
	w.Bound = int8(min(len(given.Pos), 100))
	for n, v := range given.Pos {
		w.Hold(Nth(n), v)
	}
	for _, n := range given.Named {
		w.Hold(AnyItem, n.Value)
	}
	w.Hold(AnyItem, given.Rest)
	return w.Alone()
}

const partialPath = "functools.partial"
