package lsp

// The first exchange with a client: what each side can do.

import (
	"io"
	"os"
	"slices"

	"github.com/xetmemo/xetmemo-lint/internal/parent"
)

type object = map[string]any

func (s *server) initialize(p *initializeParams) (any, *responseError) {
	if s.initialized {
		return nil, &responseError{invalidRequest, "initialize was sent before", nil}
	}
	s.initialized = true
	s.client = p.Capabilities
	s.encoding = negotiate(p.Capabilities.General.PositionEncodings)
	s.root = pathOf(p.RootURI)
	if s.root == "" && len(p.Folders) > 0 {
		s.root = pathOf(p.Folders[0].URI)
	}
	if s.root == "" {
		s.root, _ = os.Getwd()
	}
	s.settings.read(p.Options)
	if p.ProcessID != nil {
		parent.Watch(*p.ProcessID, func() { s.queue.close(io.EOF) })
	}
	capabilities := object{
		"positionEncoding": s.encoding,
		"notebookDocumentSync": object{
			"notebookSelector": []object{{
				"notebook": object{"notebookType": "jupyter-notebook"},
				"cells":    []object{{"language": "python"}, {"language": "markdown"}},
			}, {
				"notebook": object{"notebookType": "interactive"},
				"cells":    []object{{"language": "python"}},
			}},
			"save": true,
		},
		"textDocumentSync": object{"openClose": true, "change": 2, "save": object{"includeText": false}},
		"codeActionProvider": object{
			"codeActionKinds": codeActionKinds,
			"resolveProvider": true,
		},
		"hoverProvider":             true,
		"inlayHintProvider":         true,
		"codeLensProvider":          object{"resolveProvider": false},
		"definitionProvider":        true,
		"referencesProvider":        true,
		"documentHighlightProvider": true,
		"renameProvider":            object{"prepareProvider": true},
		"completionProvider":        object{"triggerCharacters": []string{"=", ",", " "}},
		"executeCommandProvider":    object{"commands": commandNames()},
	}
	if s.settings.Diagnostics == pull {
		capabilities["diagnosticProvider"] = object{"identifier": source, "interFileDependencies": true, "workspaceDiagnostics": false}
	}
	return object{"capabilities": capabilities, "serverInfo": object{"name": "xetmemo-lint", "version": s.options.Version}}, nil
}

// registerAtClient asks for what the client tells only on request: changed settings and files.
func (s *server) registerAtClient(*struct{}) *responseError {
	var list []object
	if s.client.Workspace.DidChangeConfiguration.DynamicRegistration {
		list = append(list, object{"id": "settings", "method": "workspace/didChangeConfiguration", "registerOptions": object{"section": section}})
	}
	if s.client.Workspace.DidChangeWatchedFiles.DynamicRegistration {
		list = append(list, object{"id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": object{
			"watchers": []object{{"globPattern": "**/*.py"}, {"globPattern": "**/.xetmemo.yaml"}},
		}})
	}
	if len(list) > 0 {
		s.ask("client/registerCapability", object{"registrations": list}, nil)
	}
	s.askConfiguration()
	return nil
}

// resolves says whether the client asks for a property of a code action when it needs it.
func (s *server) resolves(property string) bool {
	return slices.Contains(s.client.TextDocument.CodeAction.ResolveSupport.Properties, property)
}
