package rewrite

// Cells of other packages that keep values, %cache of ipython-cache and cache-magic and %%cache of ipycache, as cells with headers.

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/pyast"
	"github.com/xetmemo/xetmemo-lint/rewrite/header"
)

// A Move says what becomes of one cell.
type Move struct {
	Cell  int    // of the notebook
	Parts []Part // that take its place, in order; none: it stays
	Notes []string
}

// A Part is a cell that a Move makes.
type Part struct {
	Source   string
	Memoized bool // it has a header, whose names are still to be found
}

// Moves plans what becomes of the cells that use one of these packages. Values that were kept are not read: each cell
// runs once more.
func (b *Book) Moves() []Move {
	var moves []Move
	for unit, cell := range b.Code {
		m := mover{source: b.Cells[cell].Source}
		if s := b.Graph.Cells[unit].Summary; s != nil {
			m.file = s.File
		}
		m.move()
		if len(m.parts)+len(m.notes) > 0 {
			moves = append(moves, Move{cell, m.parts, m.notes})
		}
	}
	return moves
}

type mover struct {
	source string
	file   *pyast.File // nil where the cell is no Python
	parts  []Part
	notes  []string
}

func (m *mover) note(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}

func (m *mover) move() {
	trimmed := strings.TrimLeft(m.source, " \t\r\n")
	if rest, ok := strings.CutPrefix(trimmed, "%%cache"); ok && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n")) {
		m.cellMagic(trimmed)
		return
	}
	if m.file != nil {
		m.lineMagics()
	}
}

// cellMagic is for ipycache's: %%cache [-v] [-f] [-r] [-d DIR] FILE NAME…
func (m *mover) cellMagic(source string) {
	end := ipynb.LineEnd(source, 0)
	line, body := strings.TrimRight(source[:end], "\r\n"), source[end:]
	words := strings.Fields(strings.TrimPrefix(line, "%%cache"))
	var names []string
	file, force := "", false
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case word == "-v" || word == "--verbose":
		case word == "-f" || word == "--force":
			force = true
			m.note("%s ran the cell every time: it has no header", word)
		case word == "-r" || word == "--read":
			m.note("%s only read %s, and never ran the cell: it will run once", word, cmp.Or(file, "the file"))
		case word == "-d" || word == "--cachedir":
			i++
			m.note("%s: memos are in xmemo/ beside the notebook, or where xetcache.set_memo_path says", word)
		case strings.HasPrefix(word, "-d") || strings.HasPrefix(word, "--cachedir="):
			m.note("%s: memos are in xmemo/ beside the notebook, or where xetcache.set_memo_path says", word)
		case strings.HasPrefix(word, "-"):
			m.note("%s is an option that ipycache doesn't have", word)
		case file == "":
			file = word
		default:
			names = header.Add(names, strings.FieldsFunc(word, func(r rune) bool { return r == ',' })...)
		}
	}
	if file != "" {
		m.note("%s is not read: the cell runs once more", file)
	}
	if force {
		m.parts = []Part{{Source: body}}
		return
	}
	made := header.Prefix
	if len(names) > 0 {
		made += " output=" + strings.Join(names, ",")
	}
	m.parts = []Part{{Source: made + " always=True" + lineEnd(line, source) + body, Memoized: true}}
}

// lineEnd is how the first line of a source ends.
func lineEnd(line, source string) string {
	if end := source[len(line):ipynb.LineEnd(source, 0)]; end != "" {
		return end
	}
	return "\n"
}

// lineMagics is for %cache lines, and for what loads one of the packages.
func (m *mover) lineMagics() {
	var changes []ipynb.Change // of what stays in its place
	var cuts []cut
	for _, stmt := range m.file.Body {
		if magic := cacheMagic(stmt); magic != nil && len(m.file.CellMagics) == 0 {
			cuts = append(cuts, m.cut(magic, stmt))
			continue
		}
		changes = append(changes, m.inside(stmt)...)
	}
	if len(cuts) == 0 {
		if len(changes) > 0 {
			cell := ipynb.Cell{Source: m.source}
			m.parts = []Part{{Source: cell.Changed(changes)}}
		}
		return
	}
	at := 0
	for _, c := range cuts {
		text, comments := splitComments(m.text(at, c.start, changes))
		if strings.TrimSpace(text) != "" {
			m.parts = append(m.parts, Part{Source: strings.Trim(text, "\r\n")})
		}
		at = c.end
		if c.header == "" {
			m.parts = append(m.parts, Part{Source: comments + c.code})
		} else {
			m.parts = append(m.parts, Part{Source: c.header + "\n" + c.directive + comments + c.code, Memoized: true})
		}
	}
	if tail := m.text(at, len(m.source), changes); strings.TrimSpace(tail) != "" {
		m.parts = append(m.parts, Part{Source: strings.Trim(tail, "\r\n")})
	}
	m.joinPlain()
}

// joinPlain puts parts without a header together that follow each other: only memoized lines need cells of their own.
func (m *mover) joinPlain() {
	var joined []Part
	for _, p := range m.parts {
		if last := len(joined) - 1; last >= 0 && !p.Memoized && !joined[last].Memoized {
			joined[last].Source += "\n" + p.Source
		} else {
			joined = append(joined, p)
		}
	}
	m.parts = joined
}

// text is a part of the source with the changes in it made.
func (m *mover) text(start, end int, changes []ipynb.Change) string {
	var own []ipynb.Change
	for _, c := range changes {
		if c.Start >= start && c.End <= end {
			own = append(own, ipynb.Change{Start: c.Start - start, End: c.End - start, Text: c.Text})
		}
	}
	cell := ipynb.Cell{Source: m.source[start:end]}
	return cell.Changed(own)
}

// splitComments splits the lines of comments off that a text ends in: they are about what follows.
func splitComments(text string) (before, comments string) {
	lines := slices.Collect(strings.Lines(text))
	n := len(lines)
	for n > 0 && strings.HasPrefix(lines[n-1], "#") {
		n--
	}
	return strings.Join(lines[:n], ""), strings.Join(lines[n:], "")
}

func cacheMagic(stmt pyast.Stmt) *pyast.Magic {
	if e, ok := stmt.(*pyast.ExprStmt); ok {
		if magic, ok := e.Value.(*pyast.Magic); ok && magic.Kind == pyast.LineMagic && magic.Name == "cache" {
			return magic
		}
	}
	return nil
}

// inside plans the changes of a statement that stays: imports of the packages, and %cache lines in blocks.
func (m *mover) inside(stmt pyast.Stmt) (changes []ipynb.Change) {
	change := func(s pyast.Span, text string) {
		changes = append(changes, ipynb.Change{Start: int(s.Start), End: int(s.End), Text: text})
	}
	pyast.Walk(stmt, func(n pyast.Node) bool {
		switch n := n.(type) {
		case *pyast.Import:
			for _, a := range n.Names {
				if a.Name.Name == "cache_magic" || a.Name.Name == "ipycache" {
					change(a.Span, "xetcache")
				}
			}
		case *pyast.Magic:
			switch text := strings.TrimSpace(n.Text); {
			case n.Name == "load_ext" && (text == "cache_magic" || text == "ipycache"):
				change(n.Span, "import xetcache")
			case n.Name == "cache" && n.Kind == pyast.LineMagic:
				c := m.cut(n, stmt)
				if c.header != "" {
					m.note("%q stands in a block or under another magic: it runs every time", strings.TrimSpace(n.Text))
				}
				change(n.Span, c.code)
			}
		}
		return true
	})
	return changes
}

// A cut is a %cache line: what becomes of it.
type cut struct {
	start, end        int // of the whole line
	header, directive string
	code              string
}

var (
	assigned = regexp.MustCompile(`^([\pL_][\pL\pN_]*)\s*=\s*([^=\s].*)$`)
	put      = regexp.MustCompile(`\{([^{}:!]+)\}|\$([\pL_][\pL\pN_]*)`)
	digits   = regexp.MustCompile(`^[0-9]+$`)
	word     = regexp.MustCompile(`^[\pL_][\pL\pN_]*$`)
)

// cut reads a line: %cache [-v VERSION] [-r] [-d] [NAME [= EXPRESSION]]
func (m *mover) cut(magic *pyast.Magic, stmt pyast.Stmt) cut {
	c := cut{start: lineStart(m.source, int(stmt.Pos().Start)), end: ipynb.LineEnd(m.source, int(stmt.Pos().End))}
	rest, version, reset := strings.TrimSpace(magic.Text), "", false
	for strings.HasPrefix(rest, "-") {
		option, after, _ := strings.Cut(rest, " ")
		rest = strings.TrimSpace(after)
		switch option {
		case "-v", "--version":
			version, rest, _ = strings.Cut(rest, " ")
			rest = strings.TrimSpace(rest)
		case "-r", "--reset":
			reset = true
		case "-d", "--debug":
		default:
			m.note("%s is an option that %%cache doesn't have", option)
		}
	}
	found := assigned.FindStringSubmatch(rest)
	if found == nil {
		c.code = strings.TrimSpace("# %cache " + strings.TrimSpace(magic.Text))
		switch {
		case reset:
			m.note("%%cache %s: \"%%xetmemo forget\" and \"xetcache forget\" remove memos; the line is a comment now", strings.TrimSpace(magic.Text))
		case rest == "":
			m.note("%%cache alone listed what was kept: \"xetcache stats\" and \"xetmemo-lint status\" do; the line is a comment now")
		default:
			m.note("%%cache %s loaded what was kept, and doesn't say how it is made: write that; the line is a comment now", rest)
		}
		return c
	}
	expression := put.ReplaceAllString(found[2], "$1$2")
	if expression != found[2] {
		m.note("IPython put the text of values into %q: they are used themselves now", found[2])
	}
	c.code = found[1] + " = " + expression
	if reset {
		m.note("-r made %s anew every time: it has no header", found[1])
		return c
	}
	c.header = header.Prefix + " output=" + found[1] + " always=True"
	switch {
	case digits.MatchString(version):
		c.header += " key=v" + version
	case word.MatchString(version):
		c.directive = "# xetmemo: include=" + version + "\n"
	case version != "":
		m.note("-v %s is neither a number nor a name", version)
	}
	return c
}

// ApplyMoves returns the notebook's bytes with the moves made. Origin is the number that each of its cells had before, -1 for a
// new one; memoized are the cells with headers whose names are still to be found.
func (b *Book) ApplyMoves(moves []Move) (content []byte, origin, memoized []int, err error) {
	content = b.Src
	at := map[int]*Move{}
	for i := range moves {
		at[moves[i].Cell] = &moves[i]
	}
	for _, m := range slices.Backward(moves) {
		for i, p := range slices.Backward(m.Parts) {
			nb, err := ipynb.Parse(content)
			if err != nil {
				return nil, nil, nil, err
			}
			var edits []ipynb.Edit
			if i == len(m.Parts)-1 { // the last keeps what the cell showed
				edits, err = nb.ReplaceAll(m.Cell, []ipynb.Change{{Start: 0, End: len(nb.Cells[m.Cell].Source), Text: p.Source}})
			} else {
				edits, err = nb.InsertCell(m.Cell, p.Source)
			}
			if err == nil {
				content, err = ipynb.Apply(content, edits)
			}
			if err != nil {
				return nil, nil, nil, err
			}
		}
	}
	for cell := range b.Cells {
		parts := []Part{{}}
		if m := at[cell]; m != nil && len(m.Parts) > 0 {
			parts = m.Parts
		}
		for i, p := range parts {
			if p.Memoized {
				memoized = append(memoized, len(origin))
			}
			if i < len(parts)-1 {
				origin = append(origin, -1)
			} else {
				origin = append(origin, cell)
			}
		}
	}
	return content, origin, memoized, nil
}
