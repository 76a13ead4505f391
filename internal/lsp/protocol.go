package lsp

// The types of the protocol that are used here, as far as they are used
// (Language Server Protocol 3.17). Pointers and slices are optional where the protocol says so.

import "encoding/json"

type initializeParams struct {
	ProcessID    *int               `json:"processId"`
	RootURI      string             `json:"rootUri"`
	Folders      []workspaceFolder  `json:"workspaceFolders"`
	Capabilities clientCapabilities `json:"capabilities"`
	Options      json.RawMessage    `json:"initializationOptions"`
}

type workspaceFolder struct {
	URI string `json:"uri"`
}

type clientCapabilities struct {
	General struct {
		PositionEncodings []encoding `json:"positionEncodings"`
	} `json:"general"`
	Workspace struct {
		Configuration bool `json:"configuration"`
		WorkspaceEdit struct {
			DocumentChanges bool `json:"documentChanges"`
		} `json:"workspaceEdit"`
		DidChangeConfiguration dynamicRegistration `json:"didChangeConfiguration"`
		DidChangeWatchedFiles  dynamicRegistration `json:"didChangeWatchedFiles"`
		InlayHint              refreshSupport      `json:"inlayHint"`
		CodeLens               refreshSupport      `json:"codeLens"`
		Diagnostics            refreshSupport      `json:"diagnostics"`
	} `json:"workspace"`
	TextDocument struct {
		CodeAction struct {
			ResolveSupport struct {
				Properties []string `json:"properties"`
			} `json:"resolveSupport"`
		} `json:"codeAction"`
		Hover struct {
			ContentFormat []string `json:"contentFormat"`
		} `json:"hover"`
	} `json:"textDocument"`
}

type dynamicRegistration struct {
	DynamicRegistration bool `json:"dynamicRegistration"`
}

type refreshSupport struct {
	RefreshSupport bool `json:"refreshSupport"`
}

type documentID struct {
	URI string `json:"uri"`
}

type versionedID struct {
	URI     string `json:"uri"`
	Version *int   `json:"version"`
}

type documentItem struct {
	URI        string `json:"uri"`
	LanguageID string `json:"languageId"`
	Version    int    `json:"version"`
	Text       string `json:"text"`
}

type documentPosition struct {
	TextDocument documentID `json:"textDocument"`
	Position     position   `json:"position"`
}

type contentChange struct {
	Range *textRange `json:"range"` // nil: the whole text
	Text  string     `json:"text"`
}

type notebookItem struct {
	URI      string          `json:"uri"`
	Version  int             `json:"version"`
	Metadata json.RawMessage `json:"metadata"`
	Cells    []notebookCell  `json:"cells"`
}

type notebookCell struct {
	Kind             int             `json:"kind"`
	Document         string          `json:"document"`
	Metadata         json.RawMessage `json:"metadata"`
	ExecutionSummary *struct {
		ExecutionOrder int `json:"executionOrder"`
	} `json:"executionSummary"`
}

const (
	markupCell = 1
	codeCell   = 2
)

type location struct {
	URI   string    `json:"uri"`
	Range textRange `json:"range"`
}

type textEdit struct {
	Range   textRange `json:"range"`
	NewText string    `json:"newText"`
}

type workspaceEdit struct {
	Changes         map[string][]textEdit `json:"changes,omitempty"`
	DocumentChanges []documentEdit        `json:"documentChanges,omitempty"`
}

type documentEdit struct {
	TextDocument versionedID `json:"textDocument"`
	Edits        []textEdit  `json:"edits"`
}

type command struct {
	Title     string `json:"title"`
	Command   string `json:"command"`
	Arguments []any  `json:"arguments,omitempty"`
}

type markupContent struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}
