package lsp

// Synchronisation of notebooks. What VS Code sends: only the cells that the selector takes, so
// that numbers count those; versions that skip; a new cell's id in a change of its own; a cell
// that turns to text as one taken out and one put in.

import (
	"encoding/json"
	"slices"
	"time"
)

func (s *server) openNotebook(p *struct {
	Notebook  notebookItem   `json:"notebookDocument"`
	Documents []documentItem `json:"cellTextDocuments"`
}) *responseError {
	if old := s.notebooks[p.Notebook.URI]; old != nil {
		s.drop(old)
	}
	nb := &notebook{
		uri: p.Notebook.URI, path: s.notebookPath(p.Notebook.URI), version: p.Notebook.Version, metadata: p.Notebook.Metadata,
		changed: true, sent: map[string]string{},
	}
	s.notebooks[nb.uri] = nb
	s.opened = append(s.opened, nb)
	for _, d := range p.Documents {
		s.openCell(nb, d)
	}
	for _, c := range p.Notebook.Cells {
		nb.cells = append(nb.cells, s.newCell(nb, c))
	}
	return nil
}

func (s *server) openCell(nb *notebook, i documentItem) {
	d := newDocument(i)
	d.notebook = nb
	s.documents[d.uri] = d
}

// newCell makes a cell of a document that was opened with it. A client that forgot to open it
// gets an empty one.
func (s *server) newCell(nb *notebook, n notebookCell) *cell {
	d := s.documents[n.Document]
	if d == nil || d.notebook != nb {
		s.openCell(nb, documentItem{URI: n.Document, LanguageID: "python"})
		d = s.documents[n.Document]
	}
	c := &cell{document: d}
	c.update(n)
	return c
}

func (s *server) changeNotebook(p *struct {
	Notebook struct {
		URI     string `json:"uri"`
		Version int    `json:"version"`
	} `json:"notebookDocument"`
	Change struct {
		Metadata *json.RawMessage `json:"metadata"`
		Cells    *struct {
			Structure *struct {
				Array struct {
					Start       int            `json:"start"`
					DeleteCount int            `json:"deleteCount"`
					Cells       []notebookCell `json:"cells"`
				} `json:"array"`
				DidOpen  []documentItem `json:"didOpen"`
				DidClose []documentID   `json:"didClose"`
			} `json:"structure"`
			Data        []notebookCell `json:"data"`
			TextContent []struct {
				Document versionedID     `json:"document"`
				Changes  []contentChange `json:"changes"`
			} `json:"textContent"`
		} `json:"cells"`
	} `json:"change"`
}) *responseError {
	nb := s.notebooks[p.Notebook.URI]
	if nb == nil {
		return &responseError{invalidParams, "a notebook that is not open changed: " + p.Notebook.URI, nil}
	}
	nb.changed, nb.version = true, p.Notebook.Version
	if p.Change.Metadata != nil {
		nb.metadata = *p.Change.Metadata
	}
	if p.Change.Cells == nil {
		return nil
	}
	if c := p.Change.Cells.Structure; c != nil {
		for _, d := range c.DidOpen {
			s.openCell(nb, d)
		}
		start := min(max(c.Array.Start, 0), len(nb.cells))
		end := min(start+max(c.Array.DeleteCount, 0), len(nb.cells))
		added := make([]*cell, len(c.Array.Cells))
		for i, n := range c.Array.Cells {
			added[i] = s.newCell(nb, n)
		}
		nb.cells = slices.Replace(nb.cells, start, end, added...)
		for _, d := range c.DidClose { // a cell that moved is not closed
			if !slices.ContainsFunc(nb.cells, func(c *cell) bool { return c.uri == d.URI }) {
				s.closeCell(nb, d.URI)
			}
		}
	}
	for _, n := range p.Change.Cells.Data {
		for _, c := range nb.cells {
			if c.uri == n.Document {
				c.update(n)
			}
		}
	}
	for _, t := range p.Change.Cells.TextContent {
		d := s.documents[t.Document.URI]
		if d == nil || d.notebook != nb {
			return &responseError{invalidParams, "a cell that is not open changed: " + t.Document.URI, nil}
		}
		d.apply(s.encoding, t.Changes)
		if t.Document.Version != nil {
			d.version = *t.Document.Version
		}
	}
	return nil
}

// saveNotebook looks at files anew: other tools may have run.
func (s *server) saveNotebook(p *struct {
	Notebook documentID `json:"notebookDocument"`
}) *responseError {
	s.fileChanged()
	return nil
}

func (s *server) closeNotebook(p *struct {
	Notebook documentID `json:"notebookDocument"`
}) *responseError {
	if nb := s.notebooks[p.Notebook.URI]; nb != nil {
		s.drop(nb)
	}
	return nil
}

// drop forgets a notebook, and takes its findings away from the client.
func (s *server) drop(nb *notebook) {
	for uri, d := range s.documents {
		if d.notebook == nb {
			s.closeCell(nb, uri)
		}
	}
	delete(s.notebooks, nb.uri)
	s.opened = remove(s.opened, nb)
}

func (s *server) closeCell(nb *notebook, uri string) {
	delete(s.documents, uri)
	if nb.sent[uri] != "" {
		s.notify("textDocument/publishDiagnostics", publishedDiagnostics{URI: uri, Diagnostics: []diagnostic{}})
	}
	delete(nb.sent, uri)
}

// freshFor is how long it is taken for granted that files outside of the editor stay as they are,
// for clients that don't watch files.
const freshFor = 2 * time.Second

func (s *server) lookAgain() {
	if !s.client.Workspace.DidChangeWatchedFiles.DynamicRegistration && time.Since(s.loadedAt) > freshFor {
		s.forgetFiles()
	}
}
