// Package lsp is the language server: the analysis where people write notebooks.
//
// It speaks the Language Server Protocol 3.17 with one client, over two streams. One goroutine reads
// messages into a queue, another takes them out in order; so all state has one owner, and the
// answer to a request never depends on timing. When the queue is empty, the notebooks that
// changed are analysed and their new findings sent: keystrokes that wait in the queue cost one
// analysis together. A request for a notebook that changed analyses it first.
//
// A notebook's cells become the bytes of a notebook file again (notebook.go), and what check and
// annotate do with a file is done with these. So the editor and the command line can't differ.
package lsp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/internal/rules"
)

// Options are what the server is told from outside.
type Options struct {
	Version string
	// Log takes lines about what went wrong, for whoever reads the client's log.
	Log io.Writer
}

// ErrNoShutdown says that the client left, or said exit, without saying shutdown first.
var ErrNoShutdown = errors.New("the client left without a shutdown request")

// Serve speaks with a client until it says exit, its stream ends, or its process is gone. Errors
// are ErrNoShutdown, and what is wrong with a stream that can't be read any further.
func Serve(in io.Reader, out io.Writer, o Options) error {
	s := &server{
		options: o, out: out, queue: newQueue(), encoding: utf16,
		documents: map[string]*document{}, notebooks: map[string]*notebook{}, asked: map[string]func(json.RawMessage){},
	}
	s.forgetFiles()
	go s.queue.fill(in)
	for {
		if s.queue.idle() {
			s.publish()
		}
		m, err := s.queue.next()
		switch {
		case err != nil && s.shutdown && errors.Is(err, io.EOF):
			return nil
		case err != nil && errors.Is(err, io.EOF):
			return ErrNoShutdown
		case err != nil:
			return err
		}
		if s.handle(m) {
			if s.shutdown {
				return nil
			}
			return ErrNoShutdown
		}
	}
}

type server struct {
	options Options
	out     io.Writer
	queue   *queue

	initialized, shutdown bool
	client                clientCapabilities
	encoding              encoding
	root                  string // a folder for documents that are no files
	settings              settings

	documents map[string]*document // by URI, those of cells included
	notebooks map[string]*notebook // by URI
	opened    []*notebook          // in order of opening

	loader   load.Loader
	loadedAt time.Time // when files were looked at first

	asked map[string]func(json.RawMessage) // requests to the client, by id
	ids   int
}

// handle handles one message and says whether it was the last. A request is always answered.
func (s *server) handle(m *message) (last bool) {
	switch {
	case m.invalid != nil:
		s.reply(&message{ID: m.ID}, nil, m.invalid)
		return false
	case m.Method == "":
		s.answered(m)
		return false
	case m.Method == "exit":
		return true
	case m.ID == nil:
		if s.initialized && !s.shutdown || m.Method == "initialized" {
			if p := files.Protect(func() { s.notified(m) }); p != nil {
				s.log("internal error in %s: %v", m.Method, p)
			}
		}
		return false
	}
	var result any
	var fault *responseError
	switch {
	case s.queue.cancelled(m.ID):
		fault = &responseError{requestCancelled, "the request was cancelled", nil}
	case !s.initialized && m.Method != "initialize":
		fault = &responseError{serverNotInitialized, "initialize must come first", nil}
	case s.shutdown:
		fault = &responseError{invalidRequest, "the server was shut down: only exit may follow", nil}
	default:
		if p := files.Protect(func() { result, fault = s.request(m) }); p != nil {
			fault = &responseError{internalError, fmt.Sprintf("internal error in %s: %v; please report this line with version %s", m.Method, p, s.options.Version), nil}
			s.log("%s", fault.Message)
		}
	}
	s.reply(m, result, fault)
	return false
}

// methods are the requests that take a parameter of a type of their own; see on.
var methods = map[string]func(*server, json.RawMessage) (any, *responseError){
	"initialize":                     on((*server).initialize),
	"shutdown":                       func(s *server, _ json.RawMessage) (any, *responseError) { s.shutdown = true; return nil, nil },
	"textDocument/diagnostic":        on((*server).diagnostic),
	"textDocument/codeAction":        on((*server).codeActions),
	"codeAction/resolve":             on((*server).resolveCodeAction),
	"textDocument/hover":             on((*server).hover),
	"textDocument/inlayHint":         on((*server).inlayHints),
	"textDocument/codeLens":          on((*server).codeLenses),
	"textDocument/definition":        on((*server).definition),
	"textDocument/references":        on((*server).references),
	"textDocument/documentHighlight": on((*server).highlights),
	"textDocument/prepareRename":     on((*server).prepareRename),
	"textDocument/rename":            on((*server).rename),
	"textDocument/completion":        on((*server).completion),
	"workspace/executeCommand":       on((*server).executeCommand),
}

// notifications are the notifications that do something. Others are passed over, as the
// protocol has it for those that start with "$/", and for ones that nobody asked for.
var notifications = map[string]func(*server, json.RawMessage) *responseError{
	"initialized":                      onNotification((*server).registerAtClient),
	"notebookDocument/didOpen":         onNotification((*server).openNotebook),
	"notebookDocument/didChange":       onNotification((*server).changeNotebook),
	"notebookDocument/didSave":         onNotification((*server).saveNotebook),
	"notebookDocument/didClose":        onNotification((*server).closeNotebook),
	"textDocument/didOpen":             onNotification((*server).openDocument),
	"textDocument/didChange":           onNotification((*server).changeDocument),
	"textDocument/didSave":             onNotification((*server).saveDocument),
	"textDocument/didClose":            onNotification((*server).closeDocument),
	"workspace/didChangeWatchedFiles":  onNotification((*server).filesChanged),
	"workspace/didChangeConfiguration": onNotification((*server).configurationChanged),
}

func (s *server) request(m *message) (any, *responseError) {
	f, ok := methods[m.Method]
	if !ok {
		return nil, &responseError{methodNotFound, "no method " + m.Method, nil}
	}
	return f(s, m.Params)
}

func (s *server) notified(m *message) {
	if f, ok := notifications[m.Method]; ok {
		if fault := f(s, m.Params); fault != nil {
			s.log("%s: %s", m.Method, fault.Message)
		}
	}
}

// on decodes the parameter of a request.
func on[P any](f func(*server, *P) (any, *responseError)) func(*server, json.RawMessage) (any, *responseError) {
	return func(s *server, raw json.RawMessage) (any, *responseError) {
		p := new(P)
		if fault := decode(raw, p); fault != nil {
			return nil, fault
		}
		return f(s, p)
	}
}

func onNotification[P any](f func(*server, *P) *responseError) func(*server, json.RawMessage) *responseError {
	return func(s *server, raw json.RawMessage) *responseError {
		p := new(P)
		if fault := decode(raw, p); fault != nil {
			return fault
		}
		return f(s, p)
	}
}

func decode(raw json.RawMessage, p any) *responseError {
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, p); err != nil {
		return &responseError{invalidParams, err.Error(), nil}
	}
	return nil
}

// ask sends a request to the client; then takes its result, and isn't called on an error.
func (s *server) ask(method string, params any, then func(json.RawMessage)) {
	s.ids++
	id := json.RawMessage(fmt.Sprintf(`"xetmemo-%d"`, s.ids))
	s.asked[string(id)] = then
	s.send(struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Method  string          `json:"method"`
		Params  any             `json:"params"`
	}{"2.0", id, method, params})
}

// answered takes a response of the client.
func (s *server) answered(m *message) {
	then := s.asked[string(m.ID)]
	delete(s.asked, string(m.ID))
	switch {
	case m.Error != nil:
		s.log("the client refused a request: %s", m.Error.Message)
	case then != nil:
		if p := files.Protect(func() { then(m.Result) }); p != nil {
			s.log("internal error: %v", p)
		}
	}
}

func (s *server) notify(method string, params any) {
	s.send(struct {
		Version string `json:"jsonrpc"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}{"2.0", method, params})
}

func (s *server) reply(m *message, result any, fault *responseError) {
	id := m.ID
	if id == nil {
		id = json.RawMessage("null")
	}
	if fault != nil {
		s.send(struct {
			Version string          `json:"jsonrpc"`
			ID      json.RawMessage `json:"id"`
			Error   *responseError  `json:"error"`
		}{"2.0", id, fault})
		return
	}
	s.send(struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Result  any             `json:"result"`
	}{"2.0", id, result})
}

// send writes a message. A client that can't be written to any more also stops sending: that
// ends the server.
func (s *server) send(m any) {
	body, err := json.Marshal(m)
	if err != nil {
		s.log("a message can't be encoded: %v", err)
		return
	}
	if err := writeFrame(s.out, body); err != nil {
		s.log("the client can't be written to: %v", err)
	}
}

func (s *server) log(format string, args ...any) {
	if s.options.Log != nil {
		fmt.Fprintf(s.options.Log, "xetmemo-lint lsp: "+format+"\n", args...)
	}
}

// forgetFiles drops what was read of files: which there are, and what is in them.
func (s *server) forgetFiles() {
	s.loader = load.Loader{}
	s.loader.Configs.Rule = rules.Known
	s.loader.Modules.Unsaved = s.unsaved()
	s.loadedAt = time.Now()
}
