package pyast

// The nodes of the tree.

import (
	"iter"
	"strings"
)

// Pos is a byte offset into the source of the cell or module, as handed to Parse.
type Pos int32

// Span is the half-open byte range [Start, End) that a node covers.
type Span struct{ Start, End Pos }

// Pos returns the span itself; it makes every type that embeds Span a Node.
func (s Span) Pos() Span { return s }

// Node is any part of the tree. The types and their fields carry the names of CPython's
// abstract grammar (Parser/Python.asdl), so that the tree can be held against CPython's.
type Node interface{ Pos() Span }

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

// Stmt is a statement.
type Stmt interface {
	Node
	stmt()
}

// Pattern is a pattern of a match statement (PEP 634).
type Pattern interface {
	Node
	pattern()
}

// TypeParam is a type parameter (PEP 695, defaults by PEP 696).
type TypeParam interface {
	Node
	typeParam()
}

// Identifier is a name with its place, where CPython has a bare string. Name is in NFKC
// normal form, as written otherwise (a private name is not mangled). An absent optional
// identifier has an empty Name.
type Identifier struct {
	Span
	Name string
}

// Statements.
type (
	FunctionDef struct {
		Span
		Async         bool // an AsyncFunctionDef
		DecoratorList []Expr
		Name          Identifier
		TypeParams    []TypeParam
		Args          *Arguments
		Returns       Expr // or nil
		Body          []Stmt
	}
	ClassDef struct {
		Span
		DecoratorList []Expr
		Name          Identifier
		TypeParams    []TypeParam
		Bases         []Expr
		Keywords      []*Keyword
		Body          []Stmt
	}
	Return struct {
		Span
		Value Expr // or nil
	}
	Delete struct {
		Span
		Targets []Expr
	}
	Assign struct {
		Span
		Targets []Expr
		Value   Expr
	}
	TypeAlias struct {
		Span
		Name       *Name
		TypeParams []TypeParam
		Value      Expr
	}
	AugAssign struct {
		Span
		Target Expr
		Op     Operator
		Value  Expr
	}
	AnnAssign struct {
		Span
		Target     Expr
		Annotation Expr
		Value      Expr // or nil
		Simple     bool // a bare name, not in parentheses
	}
	For struct {
		Span
		Async  bool
		Target Expr
		Iter   Expr
		Body   []Stmt
		Orelse []Stmt
	}
	While struct {
		Span
		Test   Expr
		Body   []Stmt
		Orelse []Stmt
	}
	If struct {
		Span
		Test   Expr
		Body   []Stmt
		Orelse []Stmt
	}
	With struct {
		Span
		Async bool
		Items []*WithItem
		Body  []Stmt
	}
	Match struct {
		Span
		Subject Expr
		Cases   []*MatchCase
	}
	Raise struct {
		Span
		Exc, Cause Expr // or nil
	}
	Try struct {
		Span
		Star      bool // except* (PEP 654)
		Body      []Stmt
		Handlers  []*ExceptHandler
		Orelse    []Stmt
		Finalbody []Stmt
	}
	Assert struct {
		Span
		Test Expr
		Msg  Expr // or nil
	}
	Import struct {
		Span
		Names []*Alias
	}
	ImportFrom struct {
		Span
		Module Identifier // empty in "from . import x"
		Names  []*Alias
		Level  int // leading dots
	}
	Global struct {
		Span
		Names []Identifier
	}
	Nonlocal struct {
		Span
		Names []Identifier
	}
	ExprStmt struct { // CPython's Expr statement
		Span
		Value Expr
		// Semicolon says that ";" follows: IPython then doesn't display the value.
		Semicolon bool
	}
	Pass     struct{ Span }
	Break    struct{ Span }
	Continue struct{ Span }
	// BadStmt stands for source that is no statement. File.Errors has the reason.
	BadStmt struct{ Span }
)

// Expressions.
type (
	BoolOp struct {
		Span
		Op     BoolOperator
		Values []Expr
	}
	NamedExpr struct {
		Span
		Target *Name
		Value  Expr
	}
	BinOp struct {
		Span
		Left  Expr
		Op    Operator
		Right Expr
	}
	UnaryOp struct {
		Span
		Op      UnaryOperator
		Operand Expr
	}
	Lambda struct {
		Span
		Args *Arguments
		Body Expr
	}
	IfExp struct {
		Span
		Test, Body, Orelse Expr
	}
	Dict struct {
		Span
		Keys   []Expr // nil stands for "**" before the value
		Values []Expr
	}
	Set struct {
		Span
		Elts []Expr
	}
	ListComp struct {
		Span
		Elt        Expr
		Generators []*Comprehension
	}
	SetComp struct {
		Span
		Elt        Expr
		Generators []*Comprehension
	}
	DictComp struct {
		Span
		Key, Value Expr
		Generators []*Comprehension
	}
	GeneratorExp struct {
		Span
		Elt        Expr
		Generators []*Comprehension
	}
	Await struct {
		Span
		Value Expr
	}
	Yield struct {
		Span
		Value Expr // or nil
	}
	YieldFrom struct {
		Span
		Value Expr
	}
	Compare struct {
		Span
		Left        Expr
		Ops         []CmpOperator
		Comparators []Expr
	}
	Call struct {
		Span
		Func     Expr
		Args     []Expr
		Keywords []*Keyword
	}
	// FormattedValue is a replacement field of an f-string.
	FormattedValue struct {
		Span
		Value      Expr
		Conversion int        // -1 none, else 's', 'r' or 'a'
		FormatSpec *JoinedStr // or nil
	}
	// Interpolation is a replacement field of a t-string (PEP 750).
	Interpolation struct {
		Span
		Value      Expr
		Str        string // the text of the expression
		Conversion int
		FormatSpec *JoinedStr // or nil
	}
	// JoinedStr is an f-string: Values are string Constants and FormattedValues, adjacent
	// constants merged and empty ones dropped, also where CPython 3.12.1 keeps them.
	JoinedStr struct {
		Span
		Values []Expr
	}
	// TemplateStr is a t-string: Values are string Constants and Interpolations.
	TemplateStr struct {
		Span
		Values []Expr
	}
	Constant struct {
		Span
		Kind ConstantKind
		// Str is the decoded text of a Str (UTF-8, a surrogate as its own three bytes), the
		// raw value of a Bytes, the value of an Int in lower-case hex without leading zeros.
		Str string
		// Float is the value of a Float, and the imaginary part of a Complex.
		Float float64
	}
	Attribute struct {
		Span
		Value Expr
		Attr  Identifier
	}
	Subscript struct {
		Span
		Value Expr
		Slice Expr
	}
	Starred struct {
		Span
		Value Expr
	}
	Name struct {
		Span
		ID string // NFKC, not mangled
	}
	List struct {
		Span
		Elts []Expr
	}
	Tuple struct {
		Span
		Elts []Expr
	}
	Slice struct {
		Span
		Lower, Upper, Step Expr // or nil
	}
	// Magic is IPython's own syntax in the place of an expression statement or of the value
	// of an assignment: a line magic, a shell line or a help request. Dump writes it as the
	// call of get_ipython() that IPython makes of it.
	Magic struct {
		Span
		Kind MagicKind
		Name string // of a line magic, without "%"; "pinfo", "pinfo2", "psearch" for help
		// Text is what follows the name, as IPython passes it on; TextSpan is its place
		// (with line continuations and comments still in it).
		Text     string
		TextSpan Span
	}
	// BadExpr stands for source that is no expression. File.Errors has the reason.
	BadExpr struct{ Span }
)

// Parts of statements and expressions.
type (
	Arguments struct {
		Span
		Posonlyargs []*Arg
		Args        []*Arg
		Vararg      *Arg // or nil
		Kwonlyargs  []*Arg
		KwDefaults  []Expr // one for each of Kwonlyargs, nil where there is none
		Kwarg       *Arg   // or nil
		Defaults    []Expr // of the last of Posonlyargs+Args
	}
	Arg struct {
		Span
		Name       Identifier
		Annotation Expr // or nil
	}
	Keyword struct {
		Span
		Arg   Identifier // empty: "**value"
		Value Expr
	}
	Alias struct {
		Span
		Name   Identifier // dotted, or "*"
		Asname Identifier
	}
	WithItem struct {
		Span
		ContextExpr  Expr
		OptionalVars Expr // or nil
	}
	Comprehension struct {
		Span
		Async  bool
		Target Expr
		Iter   Expr
		Ifs    []Expr
	}
	ExceptHandler struct {
		Span
		Type Expr // or nil
		Name Identifier
		Body []Stmt
	}
	MatchCase struct {
		Span
		Pattern Pattern
		Guard   Expr // or nil
		Body    []Stmt
	}
)

// Patterns.
type (
	MatchValue struct {
		Span
		Value Expr
	}
	MatchSingleton struct {
		Span
		Value ConstantKind // None, True or False
	}
	MatchSequence struct {
		Span
		Patterns []Pattern
	}
	MatchMapping struct {
		Span
		Keys     []Expr
		Patterns []Pattern
		Rest     Identifier
	}
	MatchClass struct {
		Span
		Cls         Expr
		Patterns    []Pattern
		KwdAttrs    []Identifier
		KwdPatterns []Pattern
	}
	MatchStar struct {
		Span
		Name Identifier
	}
	MatchAs struct {
		Span
		Pattern Pattern // or nil
		Name    Identifier
	}
	MatchOr struct {
		Span
		Patterns []Pattern
	}
)

// Type parameters.
type (
	TypeVar struct {
		Span
		Name         Identifier
		Bound        Expr // or nil
		DefaultValue Expr // or nil
	}
	ParamSpec struct {
		Span
		Name         Identifier
		DefaultValue Expr // or nil
	}
	TypeVarTuple struct {
		Span
		Name         Identifier
		DefaultValue Expr // or nil
	}
)

// ConstantKind tells what a Constant is.
type ConstantKind uint8

const (
	None ConstantKind = iota
	True
	False
	Ellipsis
	Int
	Float
	Complex
	Str
	Bytes
)

// MagicKind tells the forms of IPython's own syntax apart.
type MagicKind uint8

const (
	LineMagic    MagicKind = iota // %name text
	Shell                         // !text
	ShellCapture                  // !!text, and x = !text
	Help                          // name?, ?name, name??, pat*?
)

// Operator is a binary operator; its String is CPython's class name.
type Operator uint8

const (
	Add Operator = iota
	Sub
	Mult
	MatMult
	Div
	Mod
	Pow
	LShift
	RShift
	BitOr
	BitXor
	BitAnd
	FloorDiv
)

// UnaryOperator is a unary operator.
type UnaryOperator uint8

const (
	Invert UnaryOperator = iota
	Not
	UAdd
	USub
)

// BoolOperator is "and" or "or".
type BoolOperator uint8

const (
	And BoolOperator = iota
	Or
)

// CmpOperator is a comparison operator.
type CmpOperator uint8

const (
	Eq CmpOperator = iota
	NotEq
	Lt
	LtE
	Gt
	GtE
	Is
	IsNot
	In
	NotIn
)

func (*FunctionDef) stmt() {}
func (*ClassDef) stmt()    {}
func (*Return) stmt()      {}
func (*Delete) stmt()      {}
func (*Assign) stmt()      {}
func (*TypeAlias) stmt()   {}
func (*AugAssign) stmt()   {}
func (*AnnAssign) stmt()   {}
func (*For) stmt()         {}
func (*While) stmt()       {}
func (*If) stmt()          {}
func (*With) stmt()        {}
func (*Match) stmt()       {}
func (*Raise) stmt()       {}
func (*Try) stmt()         {}
func (*Assert) stmt()      {}
func (*Import) stmt()      {}
func (*ImportFrom) stmt()  {}
func (*Global) stmt()      {}
func (*Nonlocal) stmt()    {}
func (*ExprStmt) stmt()    {}
func (*Pass) stmt()        {}
func (*Break) stmt()       {}
func (*Continue) stmt()    {}
func (*BadStmt) stmt()     {}

func (*BoolOp) expr()         {}
func (*NamedExpr) expr()      {}
func (*BinOp) expr()          {}
func (*UnaryOp) expr()        {}
func (*Lambda) expr()         {}
func (*IfExp) expr()          {}
func (*Dict) expr()           {}
func (*Set) expr()            {}
func (*ListComp) expr()       {}
func (*SetComp) expr()        {}
func (*DictComp) expr()       {}
func (*GeneratorExp) expr()   {}
func (*Await) expr()          {}
func (*Yield) expr()          {}
func (*YieldFrom) expr()      {}
func (*Compare) expr()        {}
func (*Call) expr()           {}
func (*FormattedValue) expr() {}
func (*Interpolation) expr()  {}
func (*JoinedStr) expr()      {}
func (*TemplateStr) expr()    {}
func (*Constant) expr()       {}
func (*Attribute) expr()      {}
func (*Subscript) expr()      {}
func (*Starred) expr()        {}
func (*Name) expr()           {}
func (*List) expr()           {}
func (*Tuple) expr()          {}
func (*Slice) expr()          {}
func (*Magic) expr()          {}
func (*BadExpr) expr()        {}

func (*MatchValue) pattern()     {}
func (*MatchSingleton) pattern() {}
func (*MatchSequence) pattern()  {}
func (*MatchMapping) pattern()   {}
func (*MatchClass) pattern()     {}
func (*MatchStar) pattern()      {}
func (*MatchAs) pattern()        {}
func (*MatchOr) pattern()        {}

func (*TypeVar) typeParam()      {}
func (*ParamSpec) typeParam()    {}
func (*TypeVarTuple) typeParam() {}

// All ranges over the parameters in the order in which a frame holds them.
func (a *Arguments) All() iter.Seq[*Arg] {
	return func(yield func(*Arg) bool) {
		if a == nil {
			return
		}
		for _, list := range [3][]*Arg{a.Posonlyargs, a.Args, a.Kwonlyargs} {
			for _, p := range list {
				if !yield(p) {
					return
				}
			}
		}
		for _, p := range [2]*Arg{a.Vararg, a.Kwarg} {
			if p != nil && !yield(p) {
				return
			}
		}
	}
}

// Binding is the name that an import clause binds: `a.b` binds `a`.
func (a *Alias) Binding() Identifier {
	if a.Asname.Name != "" {
		return a.Asname
	}
	first := a.Name
	if i := strings.IndexByte(first.Name, '.'); i >= 0 {
		first.Name = first.Name[:i]
		first.End = first.Start + Pos(i)
	}
	return first
}
