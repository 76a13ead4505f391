package models

import "github.com/xetmemo/xetmemo-lint/deps/interp"

// registries are those of all libraries.
var registries = [...]registry{
	asyncioModels, builtinsModels, collectionsModels, contextlibModels, copyModels, dataclassesModels, featuretoolsModels, functoolsModels, ipythonModels,
	itertoolsModels, matplotlibModels, numpyModels, operatorModels, orderModels, pandasModels, pickleModels, sklearnModels, sympyModels,
}

// Library has the models of all libraries.
var Library interp.Library = merge(registries[:])

// library looks models up.
type library struct {
	functions, instances map[string]interp.Model
	methods              map[string]interp.Model
}

func (l *library) Function(path string) interp.Model  { return l.functions[path] }
func (l *library) Method(name string) interp.Model    { return l.methods[name] }
func (l *library) Instance(maker string) interp.Model { return l.instances[maker] }

func merge(all []registry) *library {
	l := &library{map[string]interp.Model{}, map[string]interp.Model{}, map[string]interp.Model{}}
	for _, r := range all {
		for path, m := range r.functions {
			l.functions[path] = m
		}
		for name, m := range r.methods {
			l.methods[name] = either(l.methods[name], m)
		}
		for maker, m := range r.instances {
			l.instances[maker] = m
		}
	}
	return l
}

// either is the model of a method that types of several libraries have.
func either(a, b interp.Model) interp.Model {
	if a == nil {
		return b
	}
	return func(c *interp.Call) (interp.Value, bool) {
		if v, done := a(c); done {
			return v, true
		}
		return b(c)
	}
}
