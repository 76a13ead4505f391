package lsp

// The commands that a client may run.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/xetmemo/xetmemo-lint/internal/graph"
	"github.com/xetmemo/xetmemo-lint/internal/report"
)

// The commands. Arguments are strings: the URI of a notebook or cell first.
const (
	commandGraph            = "xetmemo.graph"            // notebook, "svg", "dot", "mermaid" or "json": the picture as text
	commandExplain          = "xetmemo.explain"          // cell, and a name if it's about one: the explanation
	commandAnnotateCell     = "xetmemo.annotateCell"     // cell
	commandAnnotateNotebook = "xetmemo.annotateNotebook" // notebook
	commandFixAll           = "xetmemo.fixAll"           // notebook
)

var commands map[string]func(*server, []string) (any, *responseError)

func init() {
	commands = map[string]func(*server, []string) (any, *responseError){
		commandGraph:   (*server).commandGraph,
		commandExplain: (*server).commandExplain,
		commandAnnotateCell: func(s *server, args []string) (any, *responseError) {
			nb, loaded, _, unit := s.find(args[0])
			if loaded == nil || unit < 0 {
				return nil, notOpen("Python cell", args[0])
			}
			after := sources(loaded.Cells)
			for _, e := range loaded.Plan([]int{unit}, loaded.Style()) {
				after[e.Cell] = loaded.Source(e)
			}
			return s.applyAtClient("Write the header", s.edits(nb, after)), nil
		},
		commandAnnotateNotebook: wholeNotebook("Write the headers", (*server).annotateAll),
		commandFixAll:           wholeNotebook("Fix all", (*server).fixAll),
	}
}

func commandNames() []string { return slices.Sorted(maps.Keys(commands)) }

func notOpen(what, uri string) *responseError {
	return &responseError{invalidParams, fmt.Sprintf("no %s is open as %s", what, uri), nil}
}

func (s *server) executeCommand(p *struct {
	Command   string            `json:"command"`
	Arguments []json.RawMessage `json:"arguments"`
}) (any, *responseError) {
	f := commands[p.Command]
	if f == nil {
		return nil, &responseError{invalidParams, "no command " + p.Command, nil}
	}
	var args []string
	for _, raw := range p.Arguments {
		var text *string
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, &responseError{invalidParams, p.Command + ": arguments are strings", nil}
		}
		if text != nil {
			args = append(args, *text)
		}
	}
	if len(args) == 0 {
		return nil, &responseError{invalidParams, p.Command + " needs the URI of a notebook or cell", nil}
	}
	return f(s, args)
}

func (s *server) commandGraph(args []string) (any, *responseError) {
	nb := s.notebooks[args[0]]
	if nb == nil {
		return nil, notOpen("notebook", args[0])
	}
	loaded := s.analyse(nb)
	if loaded == nil {
		return nil, &responseError{requestFailed, nb.fault.Error(), nil}
	}
	format := "svg"
	if len(args) > 1 {
		format = args[1]
	}
	write, err := graph.Writer(format)
	if err != nil {
		return nil, &responseError{invalidParams, err.Error(), nil}
	}
	return string(write(graph.Build(loaded))), nil
}

func (s *server) commandExplain(args []string) (any, *responseError) {
	_, loaded, _, unit := s.find(args[0])
	if loaded == nil || unit < 0 {
		return nil, notOpen("Python cell", args[0])
	}
	var b bytes.Buffer
	name := ""
	if len(args) > 1 {
		name = args[1]
	}
	if !report.Explain(&b, loaded, unit, name) && name != "" {
		return nil, &responseError{requestFailed, "the notebook has no name " + name, nil}
	}
	return b.String(), nil
}

// wholeNotebook has the client apply what is made of a notebook's cells.
func wholeNotebook(label string, after func(*server, *notebook) []string) func(*server, []string) (any, *responseError) {
	return func(s *server, args []string) (any, *responseError) {
		nb := s.notebooks[args[0]]
		if nb == nil {
			return nil, notOpen("notebook", args[0])
		}
		texts := after(s, nb)
		if texts == nil {
			return nil, &responseError{requestFailed, "the notebook can't be analysed", nil}
		}
		return s.applyAtClient(label, s.edits(nb, texts)), nil
	}
}

// applyAtClient sends an edit for the client to make, and tells how many cells it changes.
func (s *server) applyAtClient(label string, e *workspaceEdit) int {
	if empty(e) {
		return 0
	}
	s.ask("workspace/applyEdit", object{"label": label, "edit": e}, nil)
	return len(e.Changes) + len(e.DocumentChanges)
}
