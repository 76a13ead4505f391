package closure

// Names in strings that a call is handed: `@x` in DataFrame.query and eval, all names in pandas.eval,
// numexpr.evaluate, in SQL over frames, in statements for timeit and in a template that gets
// locals(), and what a formula ("y ~ f(x) + z") uses besides what certainly are columns of the data. A string that
// is computed may be made of any that the notebook has written so far.

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// notation is what a string is written in, as far as it names variables.
type notation int

const (
	noNames      notation = iota
	atNames               // @x
	formulas              // y ~ f(x)
	formulaTerms          // f(x): part of a formula, perhaps
	sqlNames              // from x join y
	percentNames          // %(x)s
	allNames
)

// EmbeddedName is the Arg.Name of values that a call gets by naming them in a string.
const EmbeddedName = "@"

// embedded returns what the call gets besides its arguments.
func (l *lowering) embedded(e *pyast.Call, given []Arg) []Arg {
	method, base, bound := "", "", false
	switch f := e.Func.(type) {
	case *pyast.Name:
		method = f.ID
	case *pyast.Attribute:
		method, bound = f.Attr.Name, true
		if n, ok := f.Value.(*pyast.Name); ok {
			base = n.ID
		}
	}
	args := make([]pyast.Expr, 0, len(e.Args)+len(e.Keywords))
	args = append(args, e.Args...)
	for _, k := range e.Keywords {
		args = append(args, k.Value)
	}
	var data []Reg
	for _, a := range given {
		data = append(data, a.Reg)
	}
	kind := noNames
	switch {
	case namesAll(method, base, args):
		kind = allNames
		if f, ok := e.Func.(*pyast.Attribute); ok { // "{x}".format(**locals())
			args = append(args, f.Value)
		}
	case method == "sql" || base == "duckdb" || method == "execute":
		kind = sqlNames
	case bound && (method == "query" || method == "eval"):
		kind = atNames
	}
	var got []Arg
	for n, a := range args {
		texts, known := constants(a)
		k, besides := kind, []Reg(nil)
		formula := formulaCalls[method] && (n == 0 || n >= len(e.Args) && e.Keywords[n-len(e.Args)].Arg.Name == "formula")
		if k == noNames && (formula || slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, "~") })) {
			k, besides = formulas, data
		}
		for _, t := range texts {
			for _, name := range namesIn(t, k) {
				got = append(got, Arg{Reg: l.readIfBound(name, e, besides...), Name: EmbeddedName})
			}
		}
		if !known && (kind == atNames || formula) {
			r := l.reg()
			l.emit(&Embedded{at(e), r})
			got = append(got, Arg{Reg: r, Name: EmbeddedName})
		}
	}
	return got
}

// namesAll says whether the strings given to a call may name any variable.
func namesAll(method, base string, args []pyast.Expr) bool {
	switch {
	case method == "eval" && (base == "pd" || base == "pandas"), method == "evaluate" && (base == "" || base == "ne" || base == "numexpr"):
		return true
	case (method == "run" || method == "runctx") && (base == "cProfile" || base == "profile"):
		return true
	}
	for _, a := range args {
		if namespaceCall(a) != "" {
			return true
		}
		if c, ok := a.(*pyast.Constant); ok && c.Kind == pyast.Str && strings.Contains(c.Str, "__main__") {
			return true
		}
	}
	return false
}

// formulaCalls are the functions that take a formula first.
var formulaCalls = map[string]bool{
	"ols": true, "wls": true, "gls": true, "glsar": true, "glm": true, "gee": true, "logit": true, "probit": true, "mnlogit": true,
	"poisson": true, "negativebinomial": true, "quantreg": true, "rlm": true, "mixedlm": true, "phreg": true, "glmgam": true,
	"ordinal_gee": true, "nominal_gee": true, "from_formula": true, "dmatrix": true, "dmatrices": true, "lm": true, "feols": true,
	"incr_dbuilder": true, "incr_dbuilders": true, "model_matrix": true, "get_model_matrix": true, "Formula": true, "conditional_logit": true,
}

// constants returns the strings that are written in an expression, and whether it consists of nothing else.
func constants(e pyast.Expr) (texts []string, known bool) {
	known = true
	pyast.Walk(e, func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.Constant:
			if n.Kind == pyast.Str {
				texts = append(texts, n.Str)
			}
		case *pyast.Name, *pyast.Attribute, *pyast.Call, *pyast.Subscript, *pyast.Lambda:
			known = false
		}
		return true
	})
	return texts, known
}

// namesIn returns the identifiers in a text that may be variables.
func namesIn(text string, k notation) []string {
	var names []string
	seen := map[string]bool{}
	depth, last := 0, ""
	words(text, func(start, end int, quoted bool) {
		name := text[start:end]
		var before, after byte
		if start > 0 {
			before = text[start-1]
		}
		rest := strings.TrimLeft(text[end:], " \t\n")
		if rest != "" {
			after = rest[0]
		}
		use := false
		switch k {
		case atNames:
			use = before == '@'
		case formulas, formulaTerms:
			use = !quoted && before != '.' && (k == formulas || depth > 0 || after == '(')
			if after == '=' && !strings.HasPrefix(rest, "==") {
				use = false
			}
		case sqlNames:
			use = last == "from" || last == "join"
		case percentNames:
			use = before == '('
		case allNames:
			use = before != '.'
		}
		last = strings.ToLower(name)
		if use && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}, func(c rune) {
		switch c {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',', ';':
			if last != "from" {
				last = ""
			}
		}
	})
	return names
}

// words calls word for each identifier of a text and other for each other character but those of numbers.
func words(text string, word func(start, end int, quoted bool), other func(rune)) {
	var quote rune
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case c == '_' || unicode.IsLetter(c):
			start := i
			i = len(text) - len(strings.TrimLeftFunc(text[i:], inWord))
			word(start, i, quote != 0)
			continue
		case unicode.IsDigit(c): // 1e5 holds no name
			i = len(text) - len(strings.TrimLeftFunc(text[i+size:], func(c rune) bool { return c < utf8.RuneSelf && inWord(c) }))
			continue
		case (c == '\'' || c == '"') && quote == 0:
			quote = c
		case c == quote:
			quote = 0
		}
		other(c)
		i += size
	}
}

func inWord(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) }

// noteText keeps what a written string may name, for strings that are computed of it.
func (l *lowering) noteText(text string) {
	if strings.Contains(text, "@") {
		l.sum.Embedded = append(l.sum.Embedded, namesIn(text, atNames)...)
	}
	switch {
	case strings.Contains(text, "~"):
		l.sum.Embedded = append(l.sum.Embedded, namesIn(text, formulas)...)
	case strings.Contains(text, "("):
		l.sum.Embedded = append(l.sum.Embedded, namesIn(text, formulaTerms)...)
	}
}
