package lsp

// Code actions: what fixes and annotates, on request.

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/rules"
	"github.com/xetmemo/xetmemo-lint/ipynb"
	"github.com/xetmemo/xetmemo-lint/rewrite"
)

// The kinds of code actions. Those that start with "notebook." concern the whole notebook: VS Code
// runs them once when it saves or formats one, and "source." ones once for each cell.
const (
	quickFix         = "quickfix"
	annotateCell     = "refactor.rewrite.xetmemo.annotate"
	splitCell        = "refactor.rewrite.xetmemo.split"
	fixCell          = "source.fixAll.xetmemo"
	fixNotebook      = "notebook.source.fixAll.xetmemo"
	annotateNotebook = "notebook.source.annotate.xetmemo"
)

var codeActionKinds = []string{quickFix, annotateCell, splitCell, fixCell, fixNotebook, annotateNotebook}

type codeAction struct {
	Title       string          `json:"title"`
	Kind        string          `json:"kind"`
	Diagnostics []diagnostic    `json:"diagnostics,omitempty"`
	Preferred   bool            `json:"isPreferred,omitempty"`
	Edit        *workspaceEdit  `json:"edit,omitempty"`
	Command     *command        `json:"command,omitempty"`
	Data        *codeActionData `json:"data,omitempty"`
}

// codeActionData says what an action's edit is to be made of, when the client asks for it.
type codeActionData struct {
	Kind string `json:"kind"`
	URI  string `json:"uri"` // of the cell
}

func (s *server) codeActions(p *struct {
	TextDocument documentID `json:"textDocument"`
	Range        textRange  `json:"range"`
	Context      struct {
		Diagnostics []json.RawMessage `json:"diagnostics"`
		Only        []string          `json:"only"`
	} `json:"context"`
}) (any, *responseError) {
	a := actions{server: s, only: p.Context.Only, list: []codeAction{}}
	nb, loaded, index, unit := s.find(p.TextDocument.URI)
	if loaded == nil {
		return a.list, nil
	}
	a.nb, a.loaded, a.cell, a.unit = nb, loaded, nb.cells[index], unit
	if unit < 0 { // VS Code asks the first cell for what to do when the notebook is saved, and that is mostly text
		a.whole(nil)
		return a.list, nil
	}
	start, end := s.encoding.offset(a.cell.text, p.Range.Start), s.encoding.offset(a.cell.text, p.Range.End)
	var here []*rules.Finding // in the cell
	for _, f := range nb.findings {
		if f.Cell != nil && f.Cell.Index == index {
			here = append(here, f)
		}
	}
	for _, f := range here {
		if from, to := place(nb, f); from <= end && start <= to {
			a.forFinding(f)
		}
	}
	a.fixHeader(here)
	a.annotate()
	a.split()
	a.whole(here)
	return a.list, nil
}

// actions gathers what can be done at a place.
type actions struct {
	*server
	nb     *notebook
	loaded *load.Notebook
	cell   *cell
	unit   int
	only   []string
	list   []codeAction
}

func (a *actions) source() *ipynb.Cell { return &a.loaded.Cells[a.loaded.Code[a.unit]] }

// wants says whether the client asks for actions of a kind.
func (a *actions) wants(kind string) bool {
	return len(a.only) == 0 || slices.ContainsFunc(a.only, func(o string) bool {
		return o == "" || kind == o || strings.HasPrefix(kind, o+".")
	})
}

// add adds an action that brings the cell to another text.
func (a *actions) add(c codeAction, after string) {
	if after == a.cell.text {
		return
	}
	c.Edit = &workspaceEdit{}
	a.addEdits(c.Edit, a.cell.document, a.lineEdit(a.cell.text, after))
	a.list = append(a.list, c)
}

func (a *actions) forFinding(f *rules.Finding) {
	if !a.wants(quickFix) {
		return
	}
	about := []diagnostic{a.diagnosticOf(a.nb, a.cell, f)}
	if f.Fix != nil && f.Fix.Safe {
		if after, ok := a.fixed([]*rules.Finding{f}); ok {
			a.add(codeAction{Title: f.Rule.Code + ": " + f.Fix.Description, Kind: quickFix, Diagnostics: about, Preferred: true}, after)
		}
	}
	file := a.loaded.Graph.Cells[a.unit].Summary.File
	if file.RawBody {
		return
	}
	if len(f.Names) == 1 && excludable[f.Rule.Code] && isIdentifier(f.Names[0]) {
		if c := rewrite.AddDirective(file, "exclude", f.Names[0]); c != nil {
			a.add(codeAction{Title: "Exclude " + f.Names[0] + " from this cell's header", Kind: quickFix, Diagnostics: about}, a.source().Changed([]ipynb.Change{*c}))
		}
	}
	if c := rewrite.AddDirective(file, "ignore", f.Rule.Code); c != nil {
		a.add(codeAction{Title: "Ignore " + f.Rule.Code + " in this cell", Kind: quickFix, Diagnostics: about}, a.source().Changed([]ipynb.Change{*c}))
	}
}

// excludable are the rules about a name that a header should not list, or may do without.
var excludable = map[string]bool{"XM101": true, "XM103": true, "XM107": true, "XM108": true, "XM110": true}

// fixed is the text of the cell with fixes made.
func (a *actions) fixed(findings []*rules.Finding) (string, bool) {
	content, err := rules.MakeFixes(a.loaded, findings)
	if err != nil {
		return "", false
	}
	after, err := ipynb.Parse(content)
	if err != nil || len(after.Cells) != len(a.nb.cells) {
		return "", false
	}
	return after.Cells[a.loaded.Code[a.unit]].Source, true
}

// fixHeader fixes all that is wrong with the cell's header at once.
func (a *actions) fixHeader(here []*rules.Finding) {
	safe := slices.DeleteFunc(slices.Clone(here), func(f *rules.Finding) bool { return f.Fix == nil || !f.Fix.Safe })
	if len(safe) < 2 || !a.wants(quickFix) {
		return
	}
	var about []diagnostic
	for _, f := range safe {
		about = append(about, a.diagnosticOf(a.nb, a.cell, f))
	}
	if after, ok := a.fixed(safe); ok {
		a.add(codeAction{Title: "Fix this header", Kind: quickFix, Diagnostics: about}, after)
	}
}

func (a *actions) annotate() {
	if !a.wants(annotateCell) {
		return
	}
	title := "Write this cell's %%xetmemo header"
	if a.loaded.Find(a.unit).Header != nil {
		title = "Renew this cell's %%xetmemo header"
	}
	for _, e := range a.loaded.Plan([]int{a.unit}, a.loaded.Style()) {
		a.add(codeAction{Title: title, Kind: annotateCell}, a.loaded.Source(e))
	}
}

// split offers the client's own command: it alone can add a cell.
func (a *actions) split() {
	if !a.settings.SplitCells || !a.wants(splitCell) {
		return
	}
	if p := a.loaded.Split(a.unit); p != nil {
		a.list = append(a.list, codeAction{Title: "Move imports and definitions to a cell of their own", Kind: splitCell, Command: &command{
			Title: "Split the cell", Command: "xetmemo.splitCell",
			Arguments: []any{a.nb.uri, a.cell.uri, object{"above": p.Above, "text": a.source().Changed(p.Changes)}},
		}})
	}
}

// whole offers what concerns more than this place. Its edits are made when they are asked for.
func (a *actions) whole(here []*rules.Finding) {
	fixable := func(list []*rules.Finding) bool {
		return slices.ContainsFunc(list, func(f *rules.Finding) bool { return f.Fix != nil && f.Fix.Safe })
	}
	later := func(title, kind string) {
		c := codeAction{Title: title, Kind: kind, Data: &codeActionData{kind, a.cell.uri}}
		if !a.resolves("edit") {
			if c.Edit = a.editFor(c.Data); empty(c.Edit) {
				return
			}
			c.Data = nil
		}
		a.list = append(a.list, c)
	}
	if a.wants(fixCell) && fixable(here) {
		later("Fix all xetmemo findings of this cell", fixCell)
	}
	if a.wants(fixNotebook) && fixable(a.nb.findings) {
		later("Fix all xetmemo findings of the notebook", fixNotebook)
	}
	if a.wants(annotateNotebook) && len(a.loaded.Annotate(a.loaded.Select(rewrite.AutoCells, a.loaded.Config.Seconds()), a.loaded.Style())) > 0 {
		later("Write the %%xetmemo headers of the notebook", annotateNotebook)
	}
}

func (s *server) resolveCodeAction(p *codeAction) (any, *responseError) {
	if p.Data != nil && p.Edit == nil {
		p.Edit = s.editFor(p.Data)
		if p.Edit == nil {
			p.Edit = &workspaceEdit{}
		}
	}
	return p, nil
}

// editFor is the edit of an action that concerns more than a place.
func (s *server) editFor(d *codeActionData) *workspaceEdit {
	nb, loaded, index, _ := s.find(d.URI)
	if loaded == nil {
		return nil
	}
	switch d.Kind {
	case fixCell:
		after := s.fixAll(nb)
		if after == nil {
			return nil
		}
		e := &workspaceEdit{}
		if c := nb.cells[index]; after[index] != c.text {
			s.addEdits(e, c.document, s.lineEdit(c.text, after[index]))
		}
		return e
	case fixNotebook:
		return s.edits(nb, s.fixAll(nb))
	case annotateNotebook:
		return s.edits(nb, s.annotateAll(nb))
	}
	return nil
}

// fixAll is what check --fix makes of the cells.
func (s *server) fixAll(nb *notebook) []string {
	loaded := s.analyse(nb)
	if loaded == nil {
		return nil
	}
	fixed, err := rules.FixAll(loaded, optionsOf(loaded), false, func(content []byte) (*load.Notebook, error) {
		return s.load(nb, content, loaded)
	})
	if err != nil {
		s.log("%s: fixes don't apply: %v", nb.name(), err)
		return nil
	}
	return sources(fixed.Notebook.Cells)
}

// annotateAll is what annotate makes of the cells.
func (s *server) annotateAll(nb *notebook) []string {
	loaded := s.analyse(nb)
	if loaded == nil {
		return nil
	}
	after := sources(loaded.Cells)
	for _, e := range loaded.Annotate(loaded.Select(rewrite.AutoCells, loaded.Config.Seconds()), loaded.Style()) {
		after[e.Cell] = loaded.Source(e)
	}
	return after
}
