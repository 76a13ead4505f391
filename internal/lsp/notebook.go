package lsp

// Open notebooks: cells to bytes, and the analysis of them.

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/rules"
	"github.com/xetmemo/xetmemo-lint/ipynb"
)

// notebook is an open notebook: its cells in the client's order. Cells are known by their place
// in that list and by their document's URI, which says nothing else.
type notebook struct {
	uri, path string
	version   int
	metadata  json.RawMessage
	cells     []*cell

	changed  bool           // since it was loaded
	unsent   bool           // its findings were not published yet
	loaded   *load.Notebook // nil: it can't be read, fault says why
	fault    error
	findings []*rules.Finding
	sent     map[string]string // what was published last, by URI
}

type cell struct {
	*document
	kind     int
	metadata json.RawMessage
	order    int // of the execution, 0 for none
}

func (c *cell) update(n notebookCell) {
	c.kind, c.metadata = n.Kind, n.Metadata
	if n.ExecutionSummary != nil {
		c.order = n.ExecutionSummary.ExecutionOrder
	}
}

// bytes is the notebook as a file that has its cells. What a client says of a notebook is
// wrapped in different ways: VS Code has the file's metadata in a member "metadata" of its own,
// or in "custom".
func (nb *notebook) bytes() []byte {
	type cellJSON struct {
		Type   string          `json:"cell_type"`
		ID     string          `json:"id,omitempty"`
		Count  *int            `json:"execution_count,omitempty"`
		Meta   json.RawMessage `json:"metadata"`
		Source string          `json:"source"`
	}
	file := struct {
		Format int             `json:"nbformat"`
		Minor  int             `json:"nbformat_minor"`
		Meta   json.RawMessage `json:"metadata"`
		Cells  []cellJSON      `json:"cells"`
	}{4, 5, unwrapped(nb.metadata), make([]cellJSON, len(nb.cells))}
	for i, c := range nb.cells {
		out := cellJSON{Type: "code", ID: cellID(c.metadata), Meta: unwrapped(c.metadata), Source: c.text}
		if c.kind == markupCell {
			out.Type = "markdown"
		} else if c.order > 0 {
			out.Count = &c.order
		}
		if c.kind == codeCell && c.language != "" && c.language != "python" {
			out.Meta = withLanguage(out.Meta, c.language)
		}
		file.Cells[i] = out
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(file); err != nil { // metadata that is no JSON can't come out of a message
		return []byte(err.Error())
	}
	return b.Bytes()
}

// unwrapped is the metadata that stands in the file.
func unwrapped(raw json.RawMessage) json.RawMessage {
	var outer map[string]json.RawMessage
	if json.Unmarshal(raw, &outer) != nil || outer == nil {
		return json.RawMessage("{}")
	}
	for _, name := range [...]string{"custom", "metadata"} {
		var inner map[string]json.RawMessage
		if json.Unmarshal(outer[name], &inner) == nil && inner != nil {
			if name == "custom" {
				return unwrapped(outer[name])
			}
			return outer[name]
		}
	}
	return raw
}

func cellID(raw json.RawMessage) string {
	var m struct {
		ID     string `json:"id"`
		Custom struct {
			ID string `json:"id"`
		} `json:"custom"`
	}
	if json.Unmarshal(raw, &m) != nil {
		return ""
	}
	if m.ID == "" {
		return m.Custom.ID
	}
	return m.ID
}

// withLanguage says in a cell's metadata that it is in another language, as VS Code does in files.
func withLanguage(raw json.RawMessage, language string) json.RawMessage {
	m := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &m) != nil {
		return raw
	}
	m["vscode"], _ = json.Marshal(map[string]string{"languageId": language})
	out, err := json.Marshal(m)
	if err != nil {
		return raw
	}
	return out
}

// analyse brings a notebook's analysis up to date.
func (s *server) analyse(nb *notebook) *load.Notebook {
	if !nb.changed && (nb.loaded != nil || nb.fault != nil) {
		return nb.loaded
	}
	s.lookAgain()
	nb.changed, nb.unsent = false, true
	nb.findings = nil
	before := nb.loaded
	nb.loaded, nb.fault = s.load(nb, nb.bytes(), before)
	if nb.loaded != nil {
		nb.findings = rules.Check(nb.loaded, optionsOf(nb.loaded))
	}
	return nb.loaded
}

func optionsOf(nb *load.Notebook) rules.Options {
	return rules.Options{Selection: rules.Configured(nb), Stale: rules.StalePin}
}

func (s *server) load(nb *notebook, src []byte, before *load.Notebook) (*load.Notebook, error) {
	cfg, err := s.loader.Configs.For(filepath.Dir(nb.path))
	if err != nil {
		return nil, err
	}
	s.loader.Sources.Forget()
	return s.loader.Reload(nb.path, src, cfg, before)
}

// find is the cell of a document, and its number among the loaded notebook's units; unit is -1
// for what is no Python cell.
func (s *server) find(uri string) (nb *notebook, loaded *load.Notebook, index, unit int) {
	d := s.documents[uri]
	if d == nil || d.notebook == nil {
		return nil, nil, -1, -1
	}
	nb, index = d.notebook, -1
	if loaded = s.analyse(nb); loaded == nil {
		return nb, nil, -1, -1
	}
	index = slices.IndexFunc(nb.cells, func(c *cell) bool { return c.document == d })
	if index < 0 {
		return nb, nil, -1, -1 // opened with the notebook, but none of its cells
	}
	for u, i := range loaded.Code {
		if i == index && loaded.Graph.Cells[u].Summary != nil {
			return nb, loaded, index, u
		}
	}
	return nb, loaded, index, -1
}

// name is what the notebook is called in texts.
func (nb *notebook) name() string { return filepath.Base(nb.path) }

// notebookPath is the path of a notebook; one that is no file lies in the workspace's folder.
func (s *server) notebookPath(uri string) string {
	if path := pathOf(uri); path != "" {
		return path
	}
	name := uri[strings.LastIndexAny(uri, "/:")+1:]
	if name == "" {
		name = "untitled.ipynb"
	}
	return filepath.Join(s.root, name)
}

// sources are the texts of a notebook's cells.
func sources(cells []ipynb.Cell) []string {
	texts := make([]string, len(cells))
	for i := range cells {
		texts[i] = cells[i].Source
	}
	return texts
}
