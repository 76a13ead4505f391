package rules

// The documentation of the rules.

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.md
var pages embed.FS

// Doc is the rule's documentation in Markdown: a summary line, then sections of "##".
func (r *Rule) Doc() string {
	text, err := pages.ReadFile(strings.ReplaceAll(r.Name, "-", "_") + ".md")
	if err != nil {
		panic(err) // a test reads them all
	}
	return string(text)
}

// Summary is the first line of the documentation.
func (r *Rule) Summary() string {
	line, _, _ := strings.Cut(r.Doc(), "\n")
	return line
}

// Page is the rule's documentation under its title and with what the rule's table says.
func (r *Rule) Page() string {
	title := fmt.Sprintf("# %s %s\n\n", r.Code, r.Name)
	return title + "*" + r.traits() + "*\n\n" + r.Doc()
}

func (r *Rule) traits() string {
	traits := []string{string(r.Severity)}
	if r.Off {
		traits = append(traits, "off by default")
	}
	if r.For == UnderXetCache002 {
		traits = append(traits, "for XetCache 0.0.2")
	}
	switch r.Fix {
	case SafeFix:
		traits = append(traits, "fixed by --fix")
	case UnsafeFix:
		traits = append(traits, "fixed by --unsafe-fixes")
	}
	return strings.Join(traits, ", ")
}

// Table lists the rules in Markdown.
func Table() string {
	var b strings.Builder
	b.WriteString("| code | name | finds | |\n|---|---|---|---|\n")
	for _, r := range All {
		fmt.Fprintf(&b, "| [%s](#%s-%s) | %s | %s | %s |\n", r.Code, strings.ToLower(r.Code), r.Name, r.Name, strings.TrimSuffix(r.Summary(), "."), r.traits())
	}
	return b.String()
}

// Book is docs/rules.md: the table, then each rule's page.
func Book() string {
	var b strings.Builder
	b.WriteString("# Rules\n\nWhat `xetmemo-lint check` reports. How to choose rules and to suppress findings: [check.md](check.md).\nThis page is made from the rules' own documentation, `internal/rules/*.md`, by `go generate ./internal/rules`.\n\n")
	b.WriteString(Table())
	for _, r := range All {
		b.WriteByte('\n')
		b.WriteString(deeper(r.Page()))
	}
	return b.String()
}

// deeper puts headings one level down. Lines of code stay.
func deeper(page string) string {
	var b strings.Builder
	code := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if !code && strings.HasPrefix(line, "#") {
			b.WriteByte('#')
		}
		b.WriteString(line)
	}
	return b.String()
}
