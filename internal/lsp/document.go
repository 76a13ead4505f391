package lsp

// Open texts, and the files among them.

import (
	"slices"

	"github.com/xetmemo/xetmemo-lint/pyast"
)

// document is an open text: a cell's, or that of a file.
type document struct {
	uri, language string
	version       int
	text          string
	notebook      *notebook // nil: it is a file's

	parsed *pyast.File // of a Python file's text as it is, nil until asked for
}

// python is the tree of an open Python file.
func (d *document) python() *pyast.File {
	if d.parsed == nil || d.parsed.Source != d.text {
		d.parsed = pyast.Parse(d.text, pyast.Options{})
	}
	return d.parsed
}

// apply makes the changes of a didChange, in order: each refers to what the one before left.
func (d *document) apply(e encoding, changes []contentChange) {
	for _, c := range changes {
		if c.Range == nil {
			d.text = c.Text
			continue
		}
		start, end := e.offset(d.text, c.Range.Start), e.offset(d.text, c.Range.End)
		if end < start {
			start, end = end, start
		}
		d.text = d.text[:start] + c.Text + d.text[end:]
	}
}

// The files: only Python files and configurations are asked for.

func (s *server) openDocument(p *struct {
	TextDocument documentItem `json:"textDocument"`
}) *responseError {
	if d := s.documents[p.TextDocument.URI]; d != nil && d.notebook != nil {
		return nil // some clients open cells twice
	}
	s.documents[p.TextDocument.URI] = newDocument(p.TextDocument)
	s.fileChanged()
	return nil
}

func newDocument(i documentItem) *document {
	return &document{uri: i.URI, language: i.LanguageID, version: i.Version, text: i.Text}
}

func (s *server) changeDocument(p *struct {
	TextDocument   versionedID     `json:"textDocument"`
	ContentChanges []contentChange `json:"contentChanges"`
}) *responseError {
	d := s.documents[p.TextDocument.URI]
	if d == nil {
		return &responseError{invalidParams, "a document that is not open changed: " + p.TextDocument.URI, nil}
	}
	d.apply(s.encoding, p.ContentChanges)
	if p.TextDocument.Version != nil {
		d.version = *p.TextDocument.Version
	}
	if d.notebook != nil { // some clients send the text of cells as documents
		d.notebook.changed = true
		return nil
	}
	s.fileChanged()
	return nil
}

func (s *server) saveDocument(p *struct {
	TextDocument documentID `json:"textDocument"`
}) *responseError {
	s.fileChanged()
	return nil
}

func (s *server) closeDocument(p *struct {
	TextDocument documentID `json:"textDocument"`
}) *responseError {
	if d := s.documents[p.TextDocument.URI]; d != nil && d.notebook == nil {
		delete(s.documents, p.TextDocument.URI)
		s.fileChanged()
	}
	return nil
}

// fileChanged forgets what is known of files: which are there, and what is in them.
func (s *server) fileChanged() {
	s.forgetFiles()
	for _, nb := range s.opened {
		nb.changed = true
	}
}

// unsaved is the text of open files by path.
func (s *server) unsaved() map[string]string {
	texts := map[string]string{}
	for _, d := range s.documents {
		if path := pathOf(d.uri); d.notebook == nil && path != "" {
			texts[path] = d.text
		}
	}
	return texts
}

func (s *server) filesChanged(p *struct {
	Changes []struct {
		URI string `json:"uri"`
	} `json:"changes"`
}) *responseError {
	s.fileChanged()
	return nil
}

// remove takes an element out of a list.
func remove[T comparable](list []T, x T) []T {
	return slices.DeleteFunc(list, func(y T) bool { return x == y })
}
