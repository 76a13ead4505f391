package rewrite

// Which cells look as if they took long.

import (
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// longWork says whether a cell without a recorded duration looks as if it took long: it fits or
// trains, searches parameters, calls models, services or the network, or runs a function of the
// notebook many times over, in loops, executors, map or apply. Calls count where the cell makes
// them and in the functions that it reaches; loops count in the cell alone.
func longWork(c *deps.Cell) bool {
	if slices.ContainsFunc(c.Effects, func(e deps.Effect) bool { return e.Kind == "network" }) {
		return true
	}
	w := workFinder{own: map[string]bool{}}
	for _, f := range c.Functions {
		w.own[f.Name] = true
	}
	for _, r := range c.Reads {
		if r.Function {
			w.own[r.Name] = true
		}
	}
	for _, s := range c.Summary.File.Body {
		w.visit(s, false)
	}
	for _, f := range c.Functions {
		if w.found {
			break
		}
		inner := workFinder{} // without functions of the notebook: only calls count
		if f.Func != nil && f.Func.Node != nil {
			pyast.Children(f.Func.Node, func(n pyast.Node) { inner.visit(n, false) })
		}
		w.found = inner.found
	}
	return w.found
}

type workFinder struct {
	own   map[string]bool // functions of the notebook and of local modules
	found bool
}

func (w *workFinder) visit(n pyast.Node, repeated bool) {
	if w.found {
		return
	}
	again := func(n pyast.Node) { w.visit(n, repeated) }
	often := func(n pyast.Node) { w.visit(n, true) }
	switch n := n.(type) {
	case *pyast.FunctionDef, *pyast.ClassDef, *pyast.Lambda:
		return // run where they are called
	case *pyast.For:
		again(n.Iter)
		each(n.Body, often)
		each(n.Orelse, again)
		return
	case *pyast.While:
		often(n.Test)
		each(n.Body, often)
		return
	case *pyast.ListComp, *pyast.SetComp, *pyast.DictComp, *pyast.GeneratorExp:
		pyast.Children(n, often)
		return
	case *pyast.Call:
		name, receiver := calledName(n.Func)
		switch {
		case longCalls[name] && (receiver || longFunctions[name]):
			w.found = true
		case repeated && w.own[pyast.Dotted(n.Func)]:
			w.found = true
		case spreads[name] && slices.ContainsFunc(n.Args, w.runsOwn):
			w.found = true
		}
	}
	pyast.Children(n, again)
}

func each(body []pyast.Stmt, visit func(pyast.Node)) {
	for _, s := range body {
		visit(s)
	}
}

// runsOwn says whether an argument is a function of the notebook, or a lambda that calls one.
func (w *workFinder) runsOwn(e pyast.Expr) bool {
	if l, ok := e.(*pyast.Lambda); ok {
		found := false
		pyast.Walk(l.Body, func(n pyast.Node) bool {
			if c, ok := n.(*pyast.Call); ok {
				found = found || w.own[pyast.Dotted(c.Func)]
			}
			return true
		})
		return found
	}
	return w.own[pyast.Dotted(e)]
}

// calledName is the last name of what is called, and whether it is taken of something.
func calledName(fn pyast.Expr) (name string, attribute bool) {
	switch fn := fn.(type) {
	case *pyast.Name:
		return fn.ID, false
	case *pyast.Attribute:
		return fn.Attr.Name, true
	}
	return "", false
}

// spreads are calls that run a function given to them many times over.
var spreads = set(`map starmap imap imap_unordered map_async starmap_async submit apply apply_async applymap progress_apply
	progress_map parallel_apply swifter transform agg aggregate pipe delayed Parallel process_map thread_map run_in_executor`)

// longFunctions are the long calls that count without a receiver, too: their names say enough.
var longFunctions = set(`cross_val_score cross_val_predict cross_validate learning_curve validation_curve
	permutation_importance permutation_test_score fmin urlretrieve snapshot_download load_dataset fetch_openml
	fetch_california_housing fetch_20newsgroups fetch_lfw_people differential_evolution basinhopping dual_annealing`)

// longCalls are calls of long work.
var longCalls = func() map[string]bool {
	all := set(`fit fit_transform fit_predict fit_generator fit_one_cycle fine_tune partial_fit train train_on_batch train_model
		finetune learn minimize optimize sample_posterior run_mcmc tune search randomized_search grid_search
		predict_generator evaluate_generator generate generate_content chat complete completion completions embed_documents embed_query
		create_embedding transcribe invoke from_pretrained download download_file urlopen`)
	for name := range longFunctions {
		all[name] = true
	}
	return all
}()

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
