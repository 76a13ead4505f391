// Package pyast reads Python 3.8 to 3.14 and IPython's own syntax into a tree with places.
package pyast

// How the parser works.
//
// The language is what grammar.txt beside this file says: the union of what Python 3.8 to 3.14
// accept. The parser is a recursive descent over tokens that the scanner makes on demand, one
// ahead; binary operators climb by precedence. On demand matters twice: where an f-string's
// expression ends, only the parser knows (the same ":" belongs to a lambda, a slice or the format
// specification), and behind "x = !" no token is Python's. So the parser, when it is at an f-string
// or a line of IPython's, reads the text itself and sets the scanner behind it.
//
// In three places one token is not enough: "match (" and "type X" may begin an expression, and
// "with (" a tuple. There the scanner, a plain value, is copied, the likelier reading is tried, and the
// copy put back if it fails. None of these can stand inside another, so a line is read twice at most.
//
// A node begins where its rule began and ends with the last token taken, as in CPython, so
// that parentheses count for what is around them: in "(a) + b" the BinOp begins at the parenthesis
// and the Name behind it.
//
// Errors. The first error in a statement makes every token that follows a tFail, which no rule takes:
// all rules return, no matter how deep, and parser.recover skips to the end of the logical line and past
// the block that it leads in. What is only wrong by its meaning (a target that can't be assigned to) is
// noted and leaves the tree whole, a BadExpr in the place of the target.
//
// Bounds. Brackets and indentation have CPython's bounds; other nesting has maxDepth, and the chains
// that loops build to the left (a+a+a, a.b.c, elif) maxHeight. So no tree is higher than some thousand
// nodes, and no walk over it runs out of stack. Recovery goes over the source at most a few times
// in all. For any source, then, time and memory are linear in its length.

import (
	"slices"
	"strings"
	"sync"
)

// parser builds the tree. It is a recursive descent over the tokens of its scanner.
type parser struct {
	scanner
	depth, height int
	assigned      bool // the logical line has had its first "="
	skimmed       int  // bytes gone over in recovery, which bounds them

	names        slab[Name]
	constants    slab[Constant]
	attributes   slab[Attribute]
	calls        slab[Call]
	subscripts   slab[Subscript]
	tuples       slab[Tuple]
	binOps       slab[BinOp]
	unaryOps     slab[UnaryOp]
	compares     slab[Compare]
	keywordNodes slab[Keyword]
	argNodes     slab[Arg]
	argLists     slab[Arguments]
	exprStmts    slab[ExprStmt]
	assigns      slab[Assign]
	aliasNodes   slab[Alias]

	exprs, values list[Expr]
	stmts         list[Stmt]
	keywords      list[*Keyword]
	args          list[*Arg]
	aliases       list[*Alias]
	patterns      list[Pattern]
	cmpOps        list[CmpOperator]
}

// parsers keeps parsers for their stacks and for the chunks of nodes that they have begun: most
// sources are cells of a few lines, which don't use up one chunk of anything.
var parsers = sync.Pool{New: func() any { return new(parser) }}

// Parse reads a cell or a module. It always returns a File: what is not Python is a BadStmt or
// a BadExpr in the tree and has its reason in Errors.
func Parse(src string, opt Options) *File {
	f := &File{Source: src, Version: opt.Version, Lines: lineStarts(src)}
	text, off := src, 0
	if strings.HasPrefix(src, "\ufeff") {
		off = len("\ufeff")
	}
	magics := opt.Notebook
	var places sourceMap
	var auto *Magic
	if opt.Notebook {
		c := newCell(src, f.Lines)
		magics = f.cellMagics(&c, opt.PythonMagic)
		if f.RawBody {
			return f
		}
		if opt.Automagic != nil && magics {
			auto = c.automagic()
		}
		if c.starts != nil {
			text, places = c.text()
		} else if c.first < c.lines() && c.first > 0 {
			off = int(c.start(c.first))
		} else if c.first > 0 {
			off = len(src)
		}
	}
	p := parsers.Get().(*parser)
	p.scanner = scanner{
		src: text, off: off, newLine: true, magics: magics, crlf: strings.IndexByte(text, '\r') >= 0,
		indents: p.indents[:0], brackets: p.brackets[:0],
	}
	p.skimmed = 0
	p.next()
	f.Body = p.file()
	f.Comments = p.comments
	magicErrors := f.Errors
	f.Errors = p.errors
	p.src, p.name, p.comments, p.errors = "", "", nil, nil
	parsers.Put(p)
	slices.SortStableFunc(f.Errors, func(a, b Error) int { return int(a.Start - b.Start) })
	if places != nil {
		places.move(f, 0, Pos(len(src)))
	}
	if auto != nil {
		f.Automagic = auto.Name
		if opt.Automagic(auto.Name, len(f.Errors) == 0) {
			f.Body, f.Comments, f.Errors = []Stmt{&ExprStmt{Span: auto.Span, Value: auto}}, nil, nil
		}
	}
	f.Errors = append(magicErrors, f.Errors...)
	return f
}

// ParseSnippet reads code that stands in a larger source: the line of a magic, a constant
// string. The snippet starts at base there, and all places in the File are places in that
// source (Position is not: it counts the lines of the snippet).
func ParseSnippet(src string, base Pos, opt Options) *File {
	f := Parse(src, opt)
	f.base = base
	shift := func(s *Span) {
		s.Start += base
		s.End += base
	}
	f.moveSpans(shift)
	for i := range f.CellMagics {
		shift(&f.CellMagics[i].Span)
		shift(&f.CellMagics[i].TextSpan)
	}
	shift(&f.RawBodySpan)
	for i := range f.Lines {
		f.Lines[i] += base
	}
	return f
}

func (p *parser) file() []Stmt {
	mark := p.stmts.mark()
	for p.tok != tEOF {
		p.statement()
	}
	return p.stmts.pop(mark)
}

// lineStarts returns the offsets at which the lines of src start.
func lineStarts(src string) []Pos {
	lines := make([]Pos, 1, 1+strings.Count(src, "\n"))
	if strings.IndexByte(src, '\r') < 0 {
		for i := 0; ; {
			n := strings.IndexByte(src[i:], '\n')
			if n < 0 {
				return lines
			}
			i += n + 1
			lines = append(lines, Pos(i))
		}
	}
	for i := 0; i < len(src); {
		if j := skipNewline(src, i); j != i {
			lines = append(lines, Pos(j))
			i = j
		} else {
			i++
		}
	}
	return lines
}

func (p *parser) here() Span { return Span{Pos(p.start), Pos(p.end)} }

// span is the place from start to the end of the last token taken.
func (p *parser) span(start int) Span {
	return Span{Pos(start), Pos(max(p.prevEnd, start))}
}

func (p *parser) bad() Expr { return &BadExpr{p.here()} }

// expect takes a token of kind t or fails.
func (p *parser) expect(t token) {
	if p.tok != t {
		if t == tColon && p.tok != tFail {
			p.fail(p.here(), "expected ':'")
			return
		}
		p.unexpected()
		return
	}
	p.next()
}

// identifier takes a name.
func (p *parser) identifier() Identifier {
	if p.tok != tName {
		p.unexpected()
		return Identifier{Span: p.here()}
	}
	id := Identifier{p.here(), p.name}
	p.next()
	return id
}
