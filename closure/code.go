package closure

// The flow form: instructions and what they are made of, which everything behind this package works from.

import (
	"github.com/xetmemo/xetmemo-lint/closure/scope"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

// Func is one body of code in flow form: a cell or module, a function, a lambda or a class
// body. Comprehensions and type parameters are part of the body that holds them, with slots
// of their own.
type Func struct {
	Kind     scope.Kind // scope.Module, scope.Function, scope.Lambda or scope.Class
	Name     string
	Qualname string // dotted, without the module; "" for a module
	Node     pyast.Node
	Outer    *Func
	Summary  *Summary

	Params    []Param
	Slots     []Slot // the locals
	Regs      int    // registers used by Body
	Body      []Instr
	Generator bool
	Async     bool
	Decorated bool
	Derived   bool // a class with bases or keywords

	// Free are the globals that running the body, or a function made in it, may read before
	// it binds them, each with the attribute path that follows ("utils.norm"), in order.
	Free []FreeName
}

// Param is a parameter and the slot that holds its value.
type Param struct {
	Name    string
	Slot    int
	Kind    ParamKind
	Default bool
	// Value is the default, where that is a constant.
	Value *pyast.Constant
	// Annotation is the annotation's dotted name, where it is a plain one.
	Annotation string
}

// ParamKind tells how arguments reach a parameter.
type ParamKind uint8

const (
	PositionalOnly ParamKind = iota
	PositionalOrKeyword
	VarPositional
	KeywordOnly
	VarKeyword
)

// Slot is a local variable of a Func.
type Slot struct {
	Name     string
	Captured bool // an inner function reads it
	Rebound  bool // an inner function binds it (nonlocal)
}

// FreeName is a global that a body may read: the name and the attributes taken of it.
type FreeName struct {
	Name string
	Path string // "a.b" in name.a.b, "" for the name itself
	Pos  pyast.Pos
}

// Var is a variable as an instruction names it.
type Var struct {
	Name string
	// Func owns the slot; nil stands for a global of the module the code belongs to.
	Func *Func
	Slot int
	// Outer is set in class bodies: the slot of the class body is tried first, and where that is
	// unbound the name means this variable.
	Outer *Var
}

// Reg is a register of a Func: a value on its way. NoReg means none.
type Reg int32

// NoReg is the register of a value that isn't there.
const NoReg Reg = -1

// BindKind says what kind of statement binds a variable.
type BindKind uint8

const (
	BindAssign BindKind = iota
	BindAug
	BindFor
	BindWith
	BindExcept
	BindWalrus
	BindMatch
	BindDef
	BindClass
	BindLambda
	BindImport
	BindMagic
	BindTypeAlias
	BindUnknown // by code we can't see
)

// Instr is one step of a body. The steps follow Python's order of evaluation; control flow is
// nested. A register is written once, except by Merge.
type Instr interface{ At() pyast.Pos }

// Place is where an instruction stands in the source.
type Place pyast.Pos

// At returns the byte offset.
func (p Place) At() pyast.Pos { return pyast.Pos(p) }

// Arg is an argument of a call.
type Arg struct {
	Reg   Reg
	Name  string // of a keyword argument
	Star  bool   // *x
	Star2 bool   // **x
	Const *pyast.Constant
}

// The instructions.
type (
	// Const makes an immutable value.
	Const struct {
		Place
		Dst   Reg
		Value *pyast.Constant // nil for a comparison's or other operator's plain result
		Type  string          // its type, if known: "builtins.int"
	}
	Load struct {
		Place
		Dst Reg
		Var Var
	}
	Store struct {
		Place
		Var  Var
		Src  Reg
		Kind BindKind
		Node pyast.Node // the statement or expression that binds
	}
	Delete struct {
		Place
		Var    Var
		Except bool // the end of an except clause
	}
	// Build makes a container of the given type, "builtins.list" and so on.
	Build struct {
		Place
		Dst   Reg
		Type  string
		Elems []Elem
		Lazy  Reg // of a generator expression, else NoReg
	}
	Attr struct {
		Place
		Dst  Reg
		Base Reg
		Name string
	}
	SetAttr struct {
		Place
		Base Reg
		Name string
		Src  Reg // NoReg deletes
	}
	// Item takes an element or a slice. Key is the index's text where it is constant.
	Item struct {
		Place
		Dst    Reg
		Base   Reg
		Index  Reg
		Key    string
		Slice  bool
		Unpack bool // an element taken by unpacking
	}
	SetItem struct {
		Place
		Base  Reg
		Index Reg
		Key   string
		Src   Reg // NoReg deletes
	}
	// Lazy starts a generator expression: what is done up to the Build that names it is done
	// again whenever the generator is read.
	Lazy struct {
		Place
		Dst Reg
	}
	// Rest is the list that a starred target takes.
	Rest struct {
		Place
		Dst, Src Reg
	}
	// Binary is a binary, unary (B is NoReg) or comparison operator, a test ("bool"), or that a value is
	// put into a string ("str") or displayed ("display").
	Binary struct {
		Place
		Dst     Reg
		Op      string // the special method's name without underscores: "add"
		A, B    Reg
		Compare bool
	}
	// InPlace is an augmented assignment's operator: it may change A.
	InPlace struct {
		Place
		Dst  Reg
		Op   string
		A, B Reg
	}
	Call struct {
		Place
		Dst       Reg
		Fn        Reg
		Args      []Arg
		Discard   bool // the result is thrown away
		Last      bool // … by the cell's last expression
		Decorator bool
		Node      *pyast.Call // nil for a decorator's call
	}
	// Iterate takes the elements of an iterable, one value for all.
	Iterate struct {
		Place
		Dst Reg
		Src Reg
	}
	// Merge adds Src's values to Dst: where two expressions' paths meet.
	Merge struct {
		Place
		Dst, Src Reg
	}
	MakeFunc struct {
		Place
		Dst      Reg
		Func     *Func
		Defaults []Reg // by parameter, NoReg where there is none
	}
	// MakeClass runs Func as the class body.
	MakeClass struct {
		Place
		Dst      Reg
		Func     *Func
		Bases    []Reg
		Keywords []Arg
	}
	Import struct {
		Place
		Dst    Reg
		Module string // dotted
		Level  int
		Whole  bool   // import a.b as m: the module a.b itself, not a
		Name   string // from Module import Name; "" for import statements
	}
	ImportStar struct {
		Place
		Module string
		Level  int
	}
	Yield struct {
		Place
		Dst, Src Reg
		From     bool
	}
	Await struct {
		Place
		Dst, Src Reg
	}
	Return struct {
		Place
		Src Reg
	}
	Raise struct{ Place }
	// If runs Then or Else.
	If struct {
		Place
		Then, Else []Instr
		// Test is what decides, as far as it asks after constants; nil where it doesn't.
		Test *Test
	}
	// Loop runs Body any number of times, then Else, unless left by Break. Endless loops have
	// no other way out.
	Loop struct {
		Place
		Body, Else []Instr
		Endless    bool
	}
	Break    struct{ Place }
	Continue struct{ Place }
	// Block runs Body, which Leave leaves at once: the cases of a match statement.
	Block struct {
		Place
		Body []Instr
	}
	Leave struct{ Place }
	Try   struct {
		Place
		Body     []Instr
		Handlers [][]Instr
		Else     []Instr
		Final    []Instr
	}
	// With runs Body under a context manager, which may swallow an exception.
	With struct {
		Place
		Dst   Reg // what __enter__ returns
		Ctx   Reg
		Enter []Instr // binds the target
		Body  []Instr
	}
	// IfBuiltin runs Then when the name still means the builtin, else Else.
	IfBuiltin struct {
		Place
		Name       string
		Then, Else []Instr
	}
	// IfBound runs Then when each name is bound or builtin: IPython expands a line wholly or
	// not at all.
	IfBound struct {
		Place
		Names []string
		Data  []Reg // whose columns are no variables
		Then  []Instr
	}
	// Opaque is code that we can't see into. It may read Tokens, and bind any name when Binds.
	Opaque struct {
		Place
		Reason string
		Tokens []Token
		Binds  bool
		// Code is the global that holds the code to be run, for exec(code).
		Code string
	}
	// Embedded reads what a computed string may name.
	Embedded struct {
		Place
		Dst Reg
	}
	// Anything is a value that may be that of any global: of eval(name), of globals()[name].
	Anything struct {
		Place
		Dst Reg
	}
	// Effect is something that the cell does besides computing: a magic, a shell line.
	Effect struct {
		Place
		Kind   string
		Detail string
	}
	// RunFile is %run of a script or notebook.
	RunFile struct {
		Place
		Path string
	}
)

// Elem is an element of a container display.
type Elem struct {
	Reg  Reg
	Star bool
	Key  string // constant key of a dict display
	Ref  Reg    // the key's register, NoReg if none
	// Merged says that the element stands for all that a comprehension makes.
	Merged bool
}

// Token is an identifier in code that we can't parse.
type Token struct {
	Name string
	Pos  pyast.Pos
}
