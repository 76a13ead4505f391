package knowledge

// What can be said of a callable, class or attribute.

import (
	"fmt"
	"strconv"
	"strings"
)

// Fact is what is known of one callable, class or attribute. A fact is complete: what it doesn't
// list, the call doesn't do. So the zero Fact (written "pure") changes nothing and has no effect;
// only its result is unknown.
type Fact struct {
	Path string // the entry that was found, dotted from the library's root: "pandas.NDFrame.head", "pandas.Index.*"

	Class     bool     // calling it makes an instance of the type Path
	Bases     []string // the types it inherits entries from, in order of lookup
	Includes  []string // a module: it also has the names of these modules
	Immutable bool     // an instance can't change and nothing is shared through it: int, str, Timestamp
	Attr      bool     // a property or a data attribute: loading it gives Result, without a call

	Result   Type      // type of the result; the zero Type when unknown
	Instead  []Variant // type of the result under a condition; the first that holds counts
	Same     []Ref     // the result is this object
	View     []Ref     // the result may share its content with this object
	Elem     []Ref     // the result is an element of this object: dict.get, next, random.choice
	Elems    []Ref     // the result is a new container whose elements are those of this object: list, sorted
	Holds    []Ref     // the result holds a reference to this object
	Linked   bool      // the parts of the result share their content: figure, axes = plt.subplots()
	Carries  bool      // the result carries the functions among the arguments: functools.partial, numpy.vectorize
	Spreads  bool      // the function called gets the arguments that follow it: submit(f, a, b)
	Zips     bool      // … an element of each: map(f, xs, ys)
	Opaque   bool      // the result can't be hashed or pickled: clients, locks, open files, generators
	Iterator bool      // the result is an iterator that is used up by reading it

	Mutates     []Ref // its content may differ after the call
	MutatesHeld []Ref // what it holds, at any depth, may change too: Pipeline.fit, Optimizer.step
	Consumes    []Ref // is read to its end: a mutation when it is an iterator or a file
	Keeps       []Ref // the receiver holds a reference to this object from now on: list.append
	KeepsElems  []Ref // the receiver holds the elements of this object from now on: list.extend
	Calls       []Ref // is a function that is called before the call returns
	Asks        []Ref // the same, but what it returns is only looked at: the key of sorted, a predicate
	Unpacks     []Ref // the functions among the arguments get what this tuple or dict holds: Thread(target=f, args=(a,))
	Draws       []Ref // draws random numbers if it, or what it holds, was made without a seed: fit of an estimator

	Effects []Effect
}

// Param names what a fact speaks of: the receiver, an argument, or all arguments. An argument that
// the call doesn't give, or gives as the constant None, is left out of account.
type Param struct {
	Self     bool   // the receiver of a method: "self"
	All      bool   // every argument: "*"
	Keywords bool   // every keyword argument: "**"
	Index    int    // position among the arguments, the receiver not counted; -1 when it can't be positional
	Name     string // the keyword, or "" when it is positional only
}

// Ref is a Param with the condition under which the fact holds.
type Ref struct {
	Param
	When *Condition // nil: always
}

// Variant is the type of a result under a condition.
type Variant struct {
	Type Type
	When Condition
}

// Effect is something that a call does outside of its receiver, arguments and result.
type Effect struct {
	Kind EffectKind
	When *Condition // nil: always
}

// EffectKind is the word that stands for an effect in an entry.
type EffectKind string

// The effects.
const (
	ReadsFile    EffectKind = "reads-file"
	WritesFile   EffectKind = "writes-file"
	Network      EffectKind = "network"
	Clock        EffectKind = "clock"
	Environment  EffectKind = "environment"   // reads the environment: os.environ, the working directory, the host
	Random       EffectKind = "random"        // draws from a global generator, or from an unseeded one
	RandomState  EffectKind = "random-state"  // seeds or sets a global generator
	ProcessState EffectKind = "process-state" // working directory, warning filters, display options, sys.path
	PyplotState  EffectKind = "pyplot-state"  // pyplot's current figure
	Display      EffectKind = "display"       // prints or shows
	Input        EffectKind = "input"         // waits for the user
	Shell        EffectKind = "shell"         // runs another program
	Dynamic      EffectKind = "dynamic"       // runs or looks up code by its text
)

// Condition is the "if" or "unless" of a fact, about another argument of the same call.
type Condition struct {
	Op    Op
	Param Param
	And   *Condition // must hold, too; nil: nothing more
}

// Op is the operator of a condition.
type Op uint8

// The operators of conditions. An argument whose value isn't a constant counts as any value.
const (
	If        Op = iota // if P: given, and not the constant False or None
	IfNot               // if not P: given, and not the constant True
	Unless              // unless P: not given, or given as the constant False or None
	IfAddress           // if address P: given, and a text that may name a place in the network
)

// Type is the type of a result.
type Type struct {
	Name string // dotted path of a class entry: "pandas.DataFrame"; "" with Like or Or, or when unknown
	Args []Type // what it holds: the elements of a list, keys and values of a dict, the places of a tuple
	Like *Param // a new object of the type of this receiver or argument
	Or   []Type // one of these
}

// IsZero reports whether nothing is known of the type.
func (t Type) IsZero() bool { return t.Name == "" && t.Like == nil && t.Or == nil }

// ParseFact reads facts as an entry has them, separated by semicolons (README.md has the language).
// Type names stay as written; [Base] makes them absolute.
func ParseFact(s string) (*Fact, error) {
	f := &Fact{}
	for clause := range strings.SplitSeq(s, ";") {
		if err := f.add(strings.TrimSpace(clause)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *Fact) add(clause string) error {
	if rest, ok := strings.CutPrefix(clause, "->"); ok {
		return f.addResult(clause, rest)
	}
	word, rest, _ := strings.Cut(clause, " ")
	if flag := f.flag(word); flag != nil {
		if rest != "" {
			return fmt.Errorf("%q: nothing may follow %q", clause, word)
		}
		*flag = true
		return nil
	}
	if list := f.list(word); list != nil {
		refs, err := parseRefs(rest)
		if err != nil {
			return fmt.Errorf("%q: %w", clause, err)
		}
		*list = append(*list, refs...)
		return nil
	}
	switch kind := EffectKind(word); kind {
	case "pure":
		if rest != "" {
			return fmt.Errorf("%q: nothing may follow %q", clause, word)
		}
		return nil
	case "base", "includes":
		names := strings.Fields(strings.ReplaceAll(rest, ",", " "))
		if len(names) == 0 {
			return fmt.Errorf("%q: a name must follow", clause)
		}
		if word == "base" {
			f.Bases = append(f.Bases, names...)
		} else {
			f.Includes = append(f.Includes, names...)
		}
		return nil
	case ReadsFile, WritesFile, Network, Clock, Environment, Random, RandomState,
		ProcessState, PyplotState, Display, Input, Shell, Dynamic:
		when, err := parseCondition(strings.Fields(rest))
		if err != nil {
			return fmt.Errorf("%q: %w", clause, err)
		}
		f.Effects = append(f.Effects, Effect{kind, when})
		return nil
	case "":
		return fmt.Errorf("empty fact (write \"pure\" for a call that changes nothing)")
	case "alias":
		return fmt.Errorf("%q: an alias stands alone", clause)
	}
	return fmt.Errorf("%q: %q is no fact", clause, word)
}

func (f *Fact) addResult(clause, rest string) error {
	words := strings.Fields(rest)
	n := conditionAt(words)
	t, err := parseType(strings.Join(words[:n], " "))
	if err != nil {
		return err
	}
	when, err := parseCondition(words[n:])
	switch {
	case err != nil:
		return fmt.Errorf("%q: %w", clause, err)
	case when != nil:
		f.Instead = append(f.Instead, Variant{t, *when})
	case !f.Result.IsZero():
		return fmt.Errorf("%q: the result is given twice", clause)
	default:
		f.Result = t
	}
	return nil
}

func (f *Fact) flag(word string) *bool {
	switch word {
	case "class":
		return &f.Class
	case "immutable":
		return &f.Immutable
	case "attr":
		return &f.Attr
	case "linked":
		return &f.Linked
	case "carries":
		return &f.Carries
	case "spreads":
		return &f.Spreads
	case "zips":
		return &f.Zips
	case "opaque":
		return &f.Opaque
	case "iterator":
		return &f.Iterator
	}
	return nil
}

func (f *Fact) list(word string) *[]Ref {
	switch word {
	case "same":
		return &f.Same
	case "view":
		return &f.View
	case "elem":
		return &f.Elem
	case "elems":
		return &f.Elems
	case "holds":
		return &f.Holds
	case "mutates":
		return &f.Mutates
	case "mutates-held":
		return &f.MutatesHeld
	case "consumes":
		return &f.Consumes
	case "keeps":
		return &f.Keeps
	case "keeps-elems":
		return &f.KeepsElems
	case "calls":
		return &f.Calls
	case "asks":
		return &f.Asks
	case "unpacks":
		return &f.Unpacks
	case "draws":
		return &f.Draws
	}
	return nil
}

// parseRefs reads "P P … [if P | if not P | unless P] …".
func parseRefs(s string) ([]Ref, error) {
	words := strings.Fields(strings.ReplaceAll(s, ",", " "))
	n := conditionAt(words)
	if n == 0 {
		return nil, fmt.Errorf("a parameter must follow (self, a position, a keyword, 0/name, or *)")
	}
	when, err := parseCondition(words[n:])
	if err != nil {
		return nil, err
	}
	refs := make([]Ref, n)
	for i, w := range words[:n] {
		p, err := parseParam(w)
		if err != nil {
			return nil, err
		}
		refs[i] = Ref{p, when}
	}
	return refs, nil
}

// conditionAt returns where the condition starts, or the number of words.
func conditionAt(words []string) int {
	for i, w := range words {
		if w == "if" || w == "unless" {
			return i
		}
	}
	return len(words)
}

func parseCondition(words []string) (*Condition, error) {
	if len(words) == 0 {
		return nil, nil
	}
	var op Op
	switch words[0] {
	case "if":
		op = If
		if len(words) > 2 && words[1] == "address" {
			op, words = IfAddress, words[1:]
		} else if len(words) > 1 && words[1] == "not" {
			op, words = IfNot, words[1:]
		}
	case "unless":
		op = Unless
	default:
		return nil, fmt.Errorf("%q where \"if\" or \"unless\" could stand", words[0])
	}
	if len(words) < 2 {
		return nil, fmt.Errorf("a condition names one parameter")
	}
	p, err := parseParam(words[1])
	if err != nil {
		return nil, err
	}
	if !p.single() {
		return nil, fmt.Errorf("a condition is about an argument, not %q", words[1])
	}
	and, err := parseCondition(words[2:])
	return &Condition{op, p, and}, err
}

// single reports whether p is one argument.
func (p Param) single() bool { return p.Index >= 0 || p.Name != "" }

func parseParam(s string) (Param, error) {
	switch s {
	case "self":
		return Param{Self: true, Index: -1}, nil
	case "*":
		return Param{All: true, Index: -1}, nil
	case "**":
		return Param{Keywords: true, Index: -1}, nil
	}
	index, name, both := strings.Cut(s, "/")
	if i, err := strconv.ParseUint(index, 10, 8); err == nil {
		if both && !isIdentifier(name) {
			return Param{}, fmt.Errorf("%q is no parameter", s)
		}
		return Param{Index: int(i), Name: name}, nil
	}
	if both || !isIdentifier(s) {
		return Param{}, fmt.Errorf("%q is no parameter", s)
	}
	return Param{Index: -1, Name: s}, nil
}

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9' || i == 0) && r < 0x80 {
			return false
		}
	}
	return s != ""
}
