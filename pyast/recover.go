package pyast

// recover goes on after a statement that failed on the logical line that starts at
// p.lineStart. It skips the line and the block that the line leads in, puts a BadStmt in
// their place behind what was whole before that line, and clears failed. Statements from
// mark on are those of the statement, which began at from.
func (p *parser) recover(mark, from int) {
	p.dropLists()
	start := p.lineStart
	for n := p.stmts.mark(); n > mark && int(p.stmts.stack[n-1].Pos().Start) >= start; n-- {
		p.stmts.drop(n - 1)
	}
	if p.magics && p.helpLine(start) {
		return
	}
	p.restart(start)
	p.skim = true
	p.skipLine()
	p.skim = false
	p.first, p.newLine, p.content = false, true, false
	end := p.off
	for end > start && isSpace(p.src[end-1]) {
		end--
	}
	if p.stmts.mark() == mark {
		start = min(start, from) // nothing is left of the lines before, decorators for one
	}
	bad := &BadStmt{Span{Pos(start), Pos(end)}}
	p.stmts.push(bad)
	p.tok, p.prevEnd = tNewline, end
	p.next()
	if p.tok != tIndent {
		return
	}
	p.skim = true
	for level := 0; p.tok != tEOF; p.next() {
		if p.tok == tIndent {
			level++
		} else if p.tok == tDedent {
			if level--; level == 0 {
				break
			}
		}
	}
	bad.End = Pos(max(p.prevEnd, end))
	p.skim = false
	if p.tok == tDedent {
		p.next()
	}
}

// dropLists forgets the lists that were being gathered: between statements there are none.
func (p *parser) dropLists() {
	p.exprs.drop(0)
	p.values.drop(0)
	p.keywords.drop(0)
	p.args.drop(0)
	p.aliases.drop(0)
	p.patterns.drop(0)
}

// restart puts the scanner at off, in front of a token of a logical line.
func (p *parser) restart(off int) {
	p.moveBack(off)
	p.failed = false
	p.pending = 0
	p.brackets = p.brackets[:0]
	p.fieldAt = 0
	p.newLine, p.first = false, false
	p.content = true
	p.tok = tNewline
}

// skipLine moves p.off to the end of the logical line at p.off. A bracket that the line leaves
// open would take the rest of the source with it: then the line ends where the next one
// begins that is indented no deeper and closes no bracket.
func (p *parser) skipLine() {
	start := p.off
	if p.skimmed > 4*len(p.src)+1<<16 {
		p.off = len(p.src)
		return
	}
	for p.uneven = false; !p.uneven; {
		p.next()
		if !p.uneven && (p.tok == tNewline || p.tok == tEOF) {
			p.skimmed += p.off - start
			return
		}
	}
	p.skimmed += p.off - start
	p.brackets = p.brackets[:0]
	width := start - lineBegin(p.src, start)
	off := start
	for {
		off = skipNewline(p.src, lineEnd(p.src, off))
		if off >= len(p.src) {
			p.off = len(p.src)
			return
		}
		i := off
		for i < len(p.src) && (p.src[i] == ' ' || p.src[i] == '\t' || p.src[i] == '\f') {
			i++
		}
		if i-off > width || i >= len(p.src) {
			continue
		}
		switch p.src[i] {
		case ')', ']', '}', '#', '\n', '\r':
			continue
		}
		p.moveBack(off)
		return
	}
}

// moveBack makes off the next byte to scan; the comments behind it will be met again.
func (p *parser) moveBack(off int) {
	p.off = off
	n := len(p.comments)
	for n > 0 && int(p.comments[n-1].Start) >= off {
		n--
	}
	p.comments = p.comments[:n]
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
}

// lineBegin returns the offset at which the line of off starts.
func lineBegin(src string, off int) int {
	for off > 0 && src[off-1] != '\n' && src[off-1] != '\r' {
		off--
	}
	return off
}
