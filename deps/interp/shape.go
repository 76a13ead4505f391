package interp

import (
	"strings"
	"unicode"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/knowledge"
)

// What the name of a function or method says of a call whose result is thrown away, where nothing is known of it: it is
// called for what it changes, unless it shows something, writes somewhere else, or, as the cell's last expression, is
// asked for what it gives.

// changesThings says that a call of that name, whose result is thrown away, changes what it gets. last says that
// it stands last in the cell, where its result may be looked at.
func changesThings(name string, last bool) bool {
	return !shows(name) && !(last && asks(wordsOf(name)))
}

// forChange says that a method whose result is thrown away is called for what it changes. last says that the call stands
// last in the cell; functions, that it is given some.
func forChange(recv *Object, name string, functions, last bool) bool {
	switch {
	case name == "__call__":
		return !last
	case last && isPicture(recv):
		return false
	}
	return functions && !shows(name) || changesThings(name, last)
}

// changeGiven counts with a change of what a call is given that is made for what it changes. A method works with arrays,
// frames and containers, and changes what else it is given.
func (r *runner) changeGiven(args Arguments, method bool, at closure.Instr) {
	for _, o := range args.All() {
		if (o.kind == dataObject || o.kind == memberObject) && !(method && isContainer(o.Type)) {
			r.mutate(o, at)
		}
	}
}

func isContainer(typ string) bool {
	library := libraryOf(typ)
	return library == "builtins" || library == "collections" || knowledge.Has(library, knowledge.Arrays)
}

// isPicture says that the name of an object's type is that of what a notebook shows.
func isPicture(o *Object) bool {
	for _, w := range wordsOf(o.Type[strings.LastIndexByte(o.Type, '.')+1:]) {
		if pictures[w] {
			return true
		}
	}
	return false
}

var pictures = wordSet("chart plot figure fig widget viewer axes canvas styler")

// shows says that a name is that of what shows something or writes elsewhere.
func shows(name string) bool {
	if strings.HasPrefix(name, "to_") || name == "write_image" || name == "write_html" {
		return true
	}
	for _, w := range wordsOf(name) {
		if showing[w] {
			return true
		}
	}
	return false
}

// asks says that a name is that of a question: get_params, is_valid, mean, credible_interval.
func asks(words []string) bool {
	if len(words) == 0 {
		return true
	}
	switch words[0] {
	case "get", "list", "is", "has", "to", "as", "count", "num", "n", "find", "search", "lookup", "query", "select", "compare",
		"compute", "calculate", "calc", "estimate", "evaluate", "eval", "predict", "decode", "encode", "tokenize", "convert":
		return true
	}
	for _, w := range words {
		if recording[w] {
			return true
		}
	}
	return asked[words[0]] || asked[words[len(words)-1]] && !doing[words[0]]
}

// showing are the words of names of what shows or prints, or saves what it shows.
var showing = wordSet(`show shows imshow imshows plot plots plotting replot subplot draw drawer drawing print printer prints pprint display
	displays view viewer visualize visualise visualization visual render head tail info describe summary summarize hist histogram
	heatmap boxplot barplot save savefig dump export`)

// asked are the words of names of what gives a value.
var asked = wordSet(`len length mean average std var sum min max median mode quantile percentile prob probs probability proba score
	scores accuracy loss error errors metric metrics prediction predictions keys values value items item cdf pdf pmf density
	interval intervals round evalf inv inverse norm corr correlation cov dot diff det trace rank eigenvalues shape size ndim dtype
	type types name names path paths token tokens id ids word words text similarity distance distances result results equals
	expand simplify factor subs doit head tail copy statistics stats stat count counts number frequency frequencies rate ratio
	difference sample samples choice choices weights coefficients params parameters columns rows index indices neighbors nodes
	total edges degree degrees version status state history`)

// doing are the first words of names of what is done to something.
var doing = wordSet(`add set update scale normalize remove drop delete fill clean shuffle init initialize reset create insert load fit
	train run apply assign annotate rename replace reorder sort merge attach filter register`)

// recording are the words of names of what records, checks or sends something, and answers for it.
var recording = wordSet(`scatter chart report animate audio play preview inspect explore browse log logs logging debug warn write writes
	image html json latex markdown repr assert check verify validate upload download push sleep`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// wordsOf parts a name into its words, in small letters: "add_edge", "addEdge" and "AddEdge" are alike.
func wordsOf(name string) []string {
	var words []string
	start := 0
	flush := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	small := false
	for i, c := range name {
		switch {
		case c == '_':
			flush(i)
			start = i + 1
		case unicode.IsUpper(c) && small:
			flush(i)
			start = i
		}
		small = unicode.IsLower(c)
	}
	flush(len(name))
	return words
}
