package pyast

// token is the kind of a token.
type token uint8

const (
	tEOF token = iota
	tNewline
	tIndent
	tDedent
	// The kinds up to here are layout: a node never ends with one of them.
	tFail // after an error, until the parser has recovered
	tName
	tNumber
	tString  // a string or bytes literal
	tFString // the prefix and opening quotes of an f-string or t-string
	tMagic   // a line of IPython's own syntax
	tBang    // "!"
	tQuestion

	tLparen
	tRparen
	tLbracket
	tRbracket
	tLbrace
	tRbrace
	tColon
	tSpecColon // the ":" that ends the expression of a replacement field
	tComma
	tSemi
	tDot
	tEllipsis
	tAt
	tEqual
	tArrow
	tWalrus
	tPlus
	tMinus
	tStar
	tSlash
	tDoubleSlash
	tPercent
	tDoubleStar
	tLshift
	tRshift
	tAmper
	tVbar
	tCircumflex
	tTilde
	tLess
	tGreater
	tEqEqual
	tNotEqual
	tLessEqual
	tGreaterEqual

	tAugmented // "+=" and its like; scanner.augOp is the operator

	tFalse
	tNone
	tTrue
	tAnd
	tAs
	tAssert
	tAsync
	tAwait
	tBreak
	tClass
	tContinue
	tDef
	tDel
	tElif
	tElse
	tExcept
	tFinally
	tFor
	tFrom
	tGlobal
	tIf
	tImport
	tIn
	tIs
	tLambda
	tNonlocal
	tNot
	tOr
	tPass
	tRaise
	tReturn
	tTry
	tWhile
	tWith
	tYield

	tokenCount
)

// keyword returns the kind of a reserved word, tName for any other word. The soft keywords
// match, case, type and _ are names.
func keyword(s string) token {
	if len(s) < 2 || len(s) > 8 {
		return tName
	}
	switch s {
	case "False":
		return tFalse
	case "None":
		return tNone
	case "True":
		return tTrue
	case "and":
		return tAnd
	case "as":
		return tAs
	case "assert":
		return tAssert
	case "async":
		return tAsync
	case "await":
		return tAwait
	case "break":
		return tBreak
	case "class":
		return tClass
	case "continue":
		return tContinue
	case "def":
		return tDef
	case "del":
		return tDel
	case "elif":
		return tElif
	case "else":
		return tElse
	case "except":
		return tExcept
	case "finally":
		return tFinally
	case "for":
		return tFor
	case "from":
		return tFrom
	case "global":
		return tGlobal
	case "if":
		return tIf
	case "import":
		return tImport
	case "in":
		return tIn
	case "is":
		return tIs
	case "lambda":
		return tLambda
	case "nonlocal":
		return tNonlocal
	case "not":
		return tNot
	case "or":
		return tOr
	case "pass":
		return tPass
	case "raise":
		return tRaise
	case "return":
		return tReturn
	case "try":
		return tTry
	case "while":
		return tWhile
	case "with":
		return tWith
	case "yield":
		return tYield
	}
	return tName
}

// IsName reports whether a text can be a variable's name: an identifier that is no keyword.
func IsName(text string) bool {
	return text != "" && (text[0] < '0' || text[0] > '9') && wordEnd(text, 0) == len(text) && keyword(text) == tName
}

// binary holds the operator of each token that is a binary operator, with its precedence:
// 1 binds loosest. 0 stands for every other token.
var binary = [tokenCount]struct {
	prec uint8
	op   Operator
}{
	tVbar:        {1, BitOr},
	tCircumflex:  {2, BitXor},
	tAmper:       {3, BitAnd},
	tLshift:      {4, LShift},
	tRshift:      {4, RShift},
	tPlus:        {5, Add},
	tMinus:       {5, Sub},
	tStar:        {6, Mult},
	tSlash:       {6, Div},
	tPercent:     {6, Mod},
	tAt:          {6, MatMult},
	tDoubleSlash: {6, FloorDiv},
}

// Classes of bytes, for the scanner's tables.
const (
	cStart  = 1 << iota // may start an identifier
	cIdent              // may go on in an identifier
	cDigit              // 0 to 9
	cHex                // 0 to 9, a to f, A to F
	cString             // ends the fast run through a string: a quote, backslash or newline
)

var class = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
			t[c] |= cStart | cIdent
		case c >= '0' && c <= '9':
			t[c] |= cIdent | cDigit | cHex
		}
		if c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' {
			t[c] |= cHex
		}
	}
	for _, c := range "'\"\\\n\r" {
		t[c] |= cString
	}
	return t
}()
