// Package report writes what was found, in the formats that docs/commands.md lists.
package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

// AnalyzeVersion is the version of the analyze format. Fields are only ever added.
const AnalyzeVersion = 1

type notebookJSON struct {
	Path     string      `json:"path"`
	Language string      `json:"language"`
	Errors   []errorJSON `json:"errors"`
	Cells    []cellJSON  `json:"cells"`
}

type errorJSON struct {
	Code    string `json:"code"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

type cellJSON struct {
	Index    int      `json:"index"`
	ID       *string  `json:"id"`
	Language string   `json:"language"`
	Inputs   []string `json:"inputs"`
	Outputs  struct {
		Live []string `json:"live"`
		All  []string `json:"all"`
	} `json:"outputs"`
	Reads           []readJSON   `json:"reads"`
	Binds           []string     `json:"binds"`
	Mutates         []string     `json:"mutates"`
	Deletes         []string     `json:"deletes"`
	Modules         []string     `json:"modules"`
	Functions       []string     `json:"functions"`
	Approximated    []string     `json:"approximated,omitempty"`
	Deps            *string      `json:"deps"`
	Opaque          []string     `json:"opaque"`
	Effects         []effectJSON `json:"effects"`
	Memoizable      bool         `json:"memoizable"`
	WhyNot          []reasonJSON `json:"why_not"`
	Header          *headerJSON  `json:"header"`
	SuggestedHeader *string      `json:"suggested_header"`
	SyntaxErrors    []errorJSON  `json:"syntax_errors"`
}

type readJSON struct {
	Name      string   `json:"name"`
	Line      int      `json:"line"`
	Column    int      `json:"column"`
	Via       []string `json:"via"`
	DefinedIn []int    `json:"defined_in"`
}

type effectJSON struct {
	Kind   string   `json:"kind"`
	Line   int      `json:"line"`
	Column int      `json:"column"`
	Detail string   `json:"detail"`
	Via    []string `json:"via"`
}

type reasonJSON struct {
	Code string `json:"code"`
	Line int    `json:"line"`
	Name string `json:"name"`
	Text string `json:"text"`
}

type headerJSON struct {
	Input  []string `json:"input"`
	Output []string `json:"output"`
	Key    *string  `json:"key"`
	Always bool     `json:"always"`
	Deps   *string  `json:"deps"`
	Text   string   `json:"text"`
}

// Analyze is the JSON object of one notebook.
func Analyze(nb *load.Notebook) []byte {
	out := notebookJSON{Path: nb.Path, Language: nb.Language, Errors: []errorJSON{}, Cells: []cellJSON{}}
	if nb.Language != "python" {
		out.Errors = append(out.Errors, errorJSON{Code: "XM003", Message: load.OtherLanguage(nb.Language)})
	}
	for unit := range nb.Code {
		out.Cells = append(out.Cells, analyzeCell(nb, unit))
	}
	return marshal(out)
}

// Unreadable is the JSON object of a file that is no notebook. Message is the error in words.
func Unreadable(path string, err error, message string) []byte {
	e := errorJSON{Code: "XM001", Message: message}
	var bad *ipynb.Error
	if errors.As(err, &bad) {
		e = errorJSON{"XM001", bad.Line, bad.Column, bad.Msg}
	}
	return marshal(notebookJSON{Path: path, Errors: []errorJSON{e}, Cells: []cellJSON{}})
}

func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // of plain structs: can't fail
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

func analyzeCell(nb *load.Notebook, unit int) cellJSON {
	cell, c := &nb.Cells[nb.Code[unit]], nb.Graph.Cells[unit]
	out := cellJSON{
		Index: cell.Index, Language: nb.Language, Inputs: list(nb.Graph.Inputs(unit)),
		Reads: []readJSON{}, Binds: []string{}, Mutates: []string{}, Deletes: list(c.Deletes), Modules: list(c.Modules),
		Functions: []string{}, Opaque: list(nb.Graph.OpaqueInputs(unit)), Effects: []effectJSON{},
		WhyNot: []reasonJSON{}, SyntaxErrors: []errorJSON{},
	}
	if cell.HasID {
		out.ID = &cell.ID
	}
	if cell.Language != "" {
		out.Language = cell.Language
	}
	outputs := nb.Graph.Outputs(unit)
	out.Outputs.Live, out.Outputs.All = list(outputs.Live), list(outputs.All)
	if c.Summary == nil {
		for _, r := range nb.WhyNot(unit) {
			out.WhyNot = append(out.WhyNot, reasonJSON{r.Code, 1, r.Name, r.Text})
		}
		return out
	}
	f := c.Summary.File
	for _, r := range c.Reads {
		read := readJSON{Name: r.Name, Via: list(r.Via), DefinedIn: []int{}}
		read.Line, read.Column = f.Position(r.Pos)
		for _, d := range r.Defs {
			if d.Unit >= 0 && !slices.Contains(read.DefinedIn, nb.Code[d.Unit]) {
				read.DefinedIn = append(read.DefinedIn, nb.Code[d.Unit])
			}
		}
		out.Reads = append(out.Reads, read)
	}
	for _, b := range c.Bound {
		out.Binds = append(out.Binds, b.Name)
	}
	for _, m := range c.Mutates {
		out.Mutates = append(out.Mutates, m.Name)
	}
	for _, fn := range c.Functions {
		out.Functions = append(out.Functions, fn.Name)
		if fn.Approximated {
			out.Approximated = append(out.Approximated, fn.Name)
		}
	}
	if short := nb.Graph.Digest(unit).Short(); short != "" {
		out.Deps = &short
	}
	for _, e := range c.Effects {
		line, column := f.Position(e.Pos)
		out.Effects = append(out.Effects, effectJSON{string(e.Kind), line, column, e.Detail, list(e.Via)})
	}
	for _, r := range nb.WhyNot(unit) {
		line, _ := f.Position(r.Pos)
		out.WhyNot = append(out.WhyNot, reasonJSON{r.Code, line, r.Name, r.Text})
	}
	if out.Memoizable = len(out.WhyNot) == 0; out.Memoizable {
		line := nb.Suggest(unit, rewrite.Style{Outputs: nb.Config.Outputs, Functions: nb.Config.Functions})
		out.SuggestedHeader = &line
	}
	if found := nb.Find(unit); found.Header != nil {
		out.Header = header(found)
	}
	for _, e := range f.Errors {
		line, column := f.Position(e.Start)
		out.SyntaxErrors = append(out.SyntaxErrors, errorJSON{"XM002", line, column, e.Msg})
	}
	return out
}

func list(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}

func header(found rewrite.Found) *headerJSON {
	h := found.Header
	out := &headerJSON{Input: list(h.Input), Output: list(h.Output), Always: h.Always, Text: h.Text}
	if h.Key != "" {
		out.Key = &h.Key
	}
	if found.Directives.Deps != "" {
		out.Deps = &found.Directives.Deps
	}
	return out
}
