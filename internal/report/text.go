package report

// Findings as text, with their source line.

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xetmemo/xetmemo-lint/internal/rules"
)

// maxShown is how many characters of a source line are shown.
const maxShown = 120

// Text is a finding for people: its place and message on a line, below it the line of the cell
// and a mark under what is meant.
func Text(f *rules.Finding, colored bool) string {
	paint := func(code, text string) string {
		if !colored {
			return text
		}
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
	color := "33"
	switch f.Severity() {
	case rules.Error:
		color = "31"
	case rules.Information:
		color = "36"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: ", paint("1", Printable(f.Path)), f.FileLine)
	if place := placeInCell(f); place != "" {
		b.WriteString(Printable(place) + ": ")
	}
	fmt.Fprintf(&b, "%s %s %s: %s", paint(color, string(f.Severity())), paint("1", f.Rule.Code), f.Rule.Name, Printable(f.Message))
	if f.Fix != nil {
		how := "--fix"
		if !f.Fix.Safe {
			how = "--unsafe-fixes"
		}
		b.WriteString(paint("2", " ["+how+"]"))
	}
	b.WriteByte('\n')
	if f.Cell == nil || f.Line == 0 {
		return b.String()
	}
	line, start, end := window(f)
	number := fmt.Sprint(f.Line)
	indent := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(line[:start]))
	fmt.Fprintf(&b, "%s %s\n", paint("36", "  "+number+" |"), Printable(string(line)))
	fmt.Fprintf(&b, "%s %s%s\n", paint("36", "  "+strings.Repeat(" ", len(number))+" |"), indent, paint(color, strings.Repeat("^", max(1, end-start))))
	return b.String()
}

// window is the part of the source line that is shown, and the place of the mark in it.
func window(f *rules.Finding) (line []rune, start, end int) {
	line = []rune(f.Text)
	start, end = min(f.Column, len(line)), len(line)
	if f.EndLine == f.Line {
		end = min(f.EndColumn, len(line))
	}
	if len(line) > maxShown {
		from := max(0, min(start-maxShown/3, len(line)-maxShown))
		line = line[from:min(from+maxShown, len(line))]
		start, end = start-from, min(end-from, len(line))
	}
	return line, start, end
}

// Printable is text without what would move a terminal's cursor or change its state.
func Printable(text string) string {
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if unprintable(r) {
			return utf8.RuneError
		}
		return r
	}, text)
}

func unprintable(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }
