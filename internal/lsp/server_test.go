package lsp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// session is a server with the test as its client.
type session struct {
	t       testing.TB
	to      *io.PipeWriter
	from    *bufio.Reader
	done    chan error
	ids     int
	written chan struct{} // closed when the last message was
}

func start(t testing.TB) *session {
	in, to := io.Pipe()
	from, out := io.Pipe()
	s := &session{t: t, to: to, from: bufio.NewReader(from), done: make(chan error, 1)}
	go func() {
		s.done <- Serve(in, out, Options{Version: "test"})
		_ = out.Close()
	}()
	t.Cleanup(func() { _ = to.Close() })
	return s
}

func (s *session) write(text string) {
	before, after := s.written, make(chan struct{})
	s.written = after
	go func() {
		defer close(after)
		if before != nil {
			<-before // writes of a pipe from several goroutines have no order
		}
		_, _ = io.WriteString(s.to, text)
	}()
}

func frame(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }

// next is the next message that the server sends.
func (s *session) next() *message {
	s.t.Helper()
	got := make(chan *message, 1)
	go func() {
		body, err := readFrame(s.from)
		if err != nil {
			got <- nil
			return
		}
		m := &message{}
		_ = json.Unmarshal(body, m)
		got <- m
	}()
	select {
	case m := <-got:
		if m == nil {
			s.t.Fatal("the server closed its stream")
		}
		return m
	case <-time.After(20 * time.Second):
		s.t.Fatal("the server does not answer")
	}
	return nil
}

// call sends a request and waits for its response, passing over what else is sent.
func (s *session) call(method string, params any) *message {
	s.t.Helper()
	s.ids++
	raw, err := json.Marshal(params)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(frame(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, s.ids, method, raw)))
	for {
		if m := s.next(); m.Method == "" && string(m.ID) == fmt.Sprint(s.ids) {
			return m
		}
	}
}

func (s *session) notify(method string, params any) {
	raw, err := json.Marshal(params)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(frame(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, raw)))
}

func (s *session) ended() error {
	s.t.Helper()
	select {
	case err := <-s.done:
		return err
	case <-time.After(20 * time.Second):
		s.t.Fatal("the server goes on")
	}
	return nil
}

func (s *session) open(uri string, cells ...string) {
	var list, docs []object
	for i, text := range cells {
		c := fmt.Sprintf("%s#%d", uri, i)
		list = append(list, object{"kind": codeCell, "document": c})
		docs = append(docs, object{"uri": c, "languageId": "python", "version": 1, "text": text})
	}
	s.notify("notebookDocument/didOpen", object{
		"notebookDocument":  object{"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": list},
		"cellTextDocuments": docs,
	})
}

func initialized(t *testing.T, options object) *session {
	s := start(t)
	if m := s.call("initialize", object{"capabilities": object{}, "initializationOptions": options}); m.Error != nil {
		t.Fatal(m.Error.Message)
	}
	s.notify("initialized", object{})
	return s
}

func TestLifeCycle(t *testing.T) {
	s := start(t)
	if m := s.call("textDocument/hover", object{}); m.Error == nil || m.Error.Code != serverNotInitialized {
		t.Errorf("a request before initialize: %+v", m.Error)
	}
	s.notify("notebookDocument/didOpen", object{}) // dropped
	if m := s.call("initialize", object{"capabilities": object{}}); m.Error != nil {
		t.Fatal(m.Error.Message)
	}
	if m := s.call("initialize", object{}); m.Error == nil || m.Error.Code != invalidRequest {
		t.Errorf("initialize twice: %+v", m.Error)
	}
	if m := s.call("no/suchMethod", object{}); m.Error == nil || m.Error.Code != methodNotFound {
		t.Errorf("an unknown method: %+v", m.Error)
	}
	if m := s.call("shutdown", nil); m.Error != nil || string(m.Result) != "null" {
		t.Errorf("shutdown: %+v %s", m.Error, m.Result)
	}
	if m := s.call("textDocument/hover", object{}); m.Error == nil || m.Error.Code != invalidRequest {
		t.Errorf("a request after shutdown: %+v", m.Error)
	}
	s.notify("exit", nil)
	if err := s.ended(); err != nil {
		t.Error(err)
	}
}

func TestClientThatLeaves(t *testing.T) {
	s := initialized(t, nil)
	_ = s.to.Close()
	if err := s.ended(); !errors.Is(err, ErrNoShutdown) {
		t.Error(err)
	}
	s = initialized(t, nil)
	s.notify("exit", nil)
	if err := s.ended(); !errors.Is(err, ErrNoShutdown) {
		t.Error(err)
	}
}

// Streams that can't be read on end the server with a reason.
func TestBrokenFrames(t *testing.T) {
	for _, c := range [][2]string{
		{"Content-Length: 5\r\n\r\n{}", "cut off"},
		{"Content-Length: -1\r\n\r\n", "no valid length"},
		{"Content-Length: x\r\n\r\n", "no valid length"},
		{"Content-Length: 99999999999999\r\n\r\n", "too long"},
		{"Content-Type: x\r\n\r\n{}", "no Content-Length"},
		{"nonsense\r\n\r\n", "without a colon"},
		{strings.Repeat("x", 3*maxHeader), "too long"},
		{"Content-Length: 2", "cut off"},
	} {
		in, to := io.Pipe()
		done := make(chan error, 1)
		go func() { done <- Serve(in, io.Discard, Options{}) }()
		go func() { _, _ = io.WriteString(to, c[0]); _ = to.Close() }()
		select {
		case err := <-done:
			if err == nil || !strings.Contains(err.Error(), c[1]) {
				t.Errorf("%.40q: %v, should tell of %q", c[0], err, c[1])
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%.40q: the server hangs", c[0])
		}
	}
}

// Messages that are none are answered, and the server goes on.
func TestBrokenMessages(t *testing.T) {
	s := initialized(t, nil)
	for _, c := range []struct {
		body string
		code int
	}{
		{`{`, parseError},
		{``, parseError},
		{`[]`, invalidRequest},
		{`{"jsonrpc":"2.0"}`, invalidRequest},
		{`{"id":{},"method":"shutdown"}`, invalidRequest},
		{`{"id":7,"method":5}`, invalidRequest},
		{`{"id":7,"method":"textDocument/hover","params":"x"}`, invalidParams},
		{`{"id":7,"method":"textDocument/hover","params":{"position":{"line":"x"}}}`, invalidParams},
		{`{"id":7,"method":"workspace/executeCommand","params":{"command":"xetmemo.graph","arguments":[{}]}}`, invalidParams},
	} {
		s.write(frame(c.body))
		if m := s.next(); m.Error == nil || m.Error.Code != c.code {
			t.Errorf("%s: %+v, should be error %d", c.body, m.Error, c.code)
		}
	}
	for _, body := range []string{ // notifications and responses that make no sense
		`{"method":"notebookDocument/didChange","params":{"notebookDocument":{"uri":"none"}}}`,
		`{"method":"textDocument/didChange","params":{"textDocument":{"uri":"none"}}}`,
		`{"method":"notebookDocument/didOpen","params":[1]}`,
		`{"method":"$/setTrace","params":{"value":"off"}}`,
		`{"id":"xetmemo-99","result":null}`, `{"id":3,"error":{"code":1,"message":"no"}}`,
	} {
		s.write(frame(body))
	}
	time.Sleep(50 * time.Millisecond)
	if m := s.call("textDocument/hover", object{"textDocument": object{"uri": "none"}}); m.Error != nil {
		t.Error(m.Error.Message)
	}
}

// Changes that contradict what is open don't end anything, and what is said fits the text there is.
func TestChangesOutOfRange(t *testing.T) {
	s := initialized(t, nil)
	s.open("file:///x/nb.ipynb", "a = 1", "b = a")
	change := func(cells object) {
		s.notify("notebookDocument/didChange", object{"notebookDocument": object{"uri": "file:///x/nb.ipynb", "version": 9}, "change": object{"cells": cells}})
	}
	change(object{"structure": object{"array": object{"start": 40, "deleteCount": 7, "cells": []object{{"kind": 2, "document": "new"}}}}})
	change(object{"structure": object{"array": object{"start": -3, "deleteCount": -1}}})
	change(object{"textContent": []object{{"document": object{"uri": "file:///x/nb.ipynb#0"}, "changes": []object{
		{"text": "c", "range": textRange{position{99, 99}, position{100, 5}}},
		{"text": "d", "range": textRange{position{0, 5}, position{-1, -4}}},
	}}}})
	change(object{"textContent": []object{{"document": object{"uri": "unknown"}, "changes": []object{{"text": "c"}}}}})
	m := s.call("workspace/executeCommand", object{"command": commandExplain, "arguments": []string{"file:///x/nb.ipynb#1"}})
	if m.Error != nil {
		t.Error(m.Error.Message)
	}
}

func TestCancel(t *testing.T) {
	s := initialized(t, nil)
	s.write(frame(`{"id":50,"method":"textDocument/hover","params":{}}`) + frame(`{"id":51,"method":"textDocument/hover","params":{}}`) +
		frame(`{"method":"$/cancelRequest","params":{"id":51}}`) + frame(`{"method":"$/cancelRequest","params":{"id":"never"}}`))
	seen := map[string]bool{}
	for range 2 { // each is answered, whether the cancellation came in time or not
		m := s.next()
		seen[string(m.ID)] = true
		if m.Error != nil && m.Error.Code != requestCancelled {
			t.Error(m.Error.Message)
		}
	}
	if !seen["50"] || !seen["51"] {
		t.Errorf("answered: %v", seen)
	}

	q := newQueue() // deterministically
	q.waiting = []*message{{ID: json.RawMessage("1"), Method: "x"}}
	q.cancel(&message{Params: json.RawMessage(`{"id":1}`)})
	q.cancel(&message{Params: json.RawMessage(`{"id":2}`)})
	if !q.cancelled(json.RawMessage("1")) || q.cancelled(json.RawMessage("1")) || q.cancelled(json.RawMessage("2")) {
		t.Error("one waiting request is cancelled, once")
	}
}

func TestHugeDocument(t *testing.T) {
	s := initialized(t, nil)
	s.open("file:///x/nb.ipynb", strings.Repeat("value = [1, 2, 3]  # é😀\n", 40000), "print(value)")
	m := s.call("workspace/executeCommand", object{"command": commandExplain, "arguments": []string{"file:///x/nb.ipynb#1", "value"}})
	if m.Error != nil || !strings.Contains(string(m.Result), "line 40000") {
		t.Errorf("%+v %.200s", m.Error, m.Result)
	}
}

// A client says whether it can split a cell: the protocol has no edit that adds one.
func TestSplit(t *testing.T) {
	for _, can := range []bool{true, false} {
		s := initialized(t, object{"splitCells": can})
		s.open("file:///x/nb.ipynb", "out = [1]", "%%xetmemo input=out output=m\nimport math\nm = math.fsum(out)", "math.pi + m")
		m := s.call("textDocument/codeAction", object{
			"textDocument": object{"uri": "file:///x/nb.ipynb#1"}, "range": textRange{}, "context": object{"only": []string{splitCell}},
		})
		want := `[]`
		if can {
			want = `[{"title":"Move imports and definitions to a cell of their own","kind":"refactor.rewrite.xetmemo.split","command":{"title":"Split the cell","command":"xetmemo.splitCell",` +
				`"arguments":["file:///x/nb.ipynb","file:///x/nb.ipynb#1",{"above":"import math","text":"%%xetmemo input=out output=m\nm = math.fsum(out)"}]}}]`
		}
		if string(m.Result) != want {
			t.Errorf("%s\nshould be\n%s", m.Result, want)
		}
	}
}

// VS Code asks the first cell what is to be done when a notebook is saved, be it text.
func TestWholeNotebookFromText(t *testing.T) {
	s := initialized(t, nil)
	s.notify("notebookDocument/didOpen", object{
		"notebookDocument": object{"uri": "file:///x/nb.ipynb", "cells": []object{{"kind": markupCell, "document": "title"}, {"kind": codeCell, "document": "code"}}},
		"cellTextDocuments": []object{
			{"uri": "title", "languageId": "markdown", "text": "# Title"},
			{"uri": "code", "languageId": "python", "text": "%%xetmemo input=k output=m\nm = 1"},
		},
	})
	for kind, want := range map[string]string{
		fixNotebook: `[{"title":"Fix all xetmemo findings of the notebook","kind":"notebook.source.fixAll.xetmemo","edit":{"changes":{"code":[` +
			`{"range":{"start":{"line":0,"character":0},"end":{"line":1,"character":0}},"newText":"%%xetmemo output=m\n"}]}}}]`,
		fixCell: `[]`, quickFix: `[]`, annotateCell: `[]`,
	} {
		m := s.call("textDocument/codeAction", object{"textDocument": object{"uri": "title"}, "range": textRange{}, "context": object{"only": []string{kind}}})
		if string(m.Result) != want {
			t.Errorf("%s: %s\nshould be\n%s", kind, m.Result, want)
		}
	}
}

func TestDocumentOfNoCell(t *testing.T) {
	s := initialized(t, nil)
	s.notify("notebookDocument/didOpen", object{
		"notebookDocument":  object{"uri": "file:///x/nb.ipynb", "cells": []object{}},
		"cellTextDocuments": []object{{"uri": "stray", "languageId": "python", "text": "%%xetmemo input=k output=m\nm = 1"}},
	})
	m := s.call("textDocument/codeAction", object{"textDocument": object{"uri": "stray"}, "range": textRange{}, "context": object{}})
	if m.Error != nil || string(m.Result) != "[]" {
		t.Errorf("%+v %s", m.Error, m.Result)
	}
}

// Many changes that wait are analysed once.
func TestCoalescing(t *testing.T) {
	var in, out bytes.Buffer
	in.WriteString(frame(`{"id":1,"method":"initialize","params":{"capabilities":{}}}`))
	in.WriteString(frame(`{"method":"notebookDocument/didOpen","params":{"notebookDocument":{"uri":"file:///x/a.ipynb","cells":[{"kind":2,"document":"c"}]},"cellTextDocuments":[{"uri":"c","languageId":"python","version":0,"text":""}]}}`))
	for i := range 200 {
		fmt.Fprint(&in, frame(fmt.Sprintf(`{"method":"notebookDocument/didChange","params":{"notebookDocument":{"uri":"file:///x/a.ipynb"},"change":{"cells":{"textContent":[{"document":{"uri":"c","version":%d},"changes":[{"text":"print(undefined%d)"}]}]}}}}`, i+1, i)))
	}
	if err := Serve(&in, &out, Options{}); !errors.Is(err, ErrNoShutdown) {
		t.Fatal(err)
	}
	published := strings.Count(out.String(), "publishDiagnostics")
	if published == 0 || published > 100 {
		t.Errorf("%d times published for 200 changes that waited", published)
	}
	if !strings.Contains(out.String()[strings.LastIndex(out.String(), "Content-Length"):], "undefined199") {
		t.Error("the last state is not the last that was published")
	}
}

// FuzzServe feeds the server any bytes: it ends, and all that it says is a message.
func FuzzServe(f *testing.F) {
	hello := frame(`{"id":1,"method":"initialize","params":{"capabilities":{}}}`)
	f.Add([]byte(hello + frame(`{"id":2,"method":"shutdown"}`) + frame(`{"method":"exit"}`)))
	for method := range methods {
		f.Add([]byte(hello + frame(fmt.Sprintf(`{"id":2,"method":%q,"params":{"textDocument":{"uri":"c"},"position":{"line":0,"character":1}}}`, method))))
	}
	open := frame(`{"method":"notebookDocument/didOpen","params":{"notebookDocument":{"uri":"file:///x/a.ipynb","cells":[{"kind":2,"document":"c"}]},"cellTextDocuments":[{"uri":"c","languageId":"python","text":"%%xetmemo input=x\nx = 1\nprint(x)"}]}}`)
	f.Add([]byte(hello + open + frame(`{"method":"notebookDocument/didChange","params":{"notebookDocument":{"uri":"file:///x/a.ipynb"},"change":{"cells":{"structure":{"array":{"start":0,"deleteCount":1}},"textContent":[{"document":{"uri":"c"},"changes":[{"range":{"start":{"line":0,"character":2}},"text":"é"}]}]}}}}`)))
	f.Add([]byte("Content-Length: 3\r\n\r\n{}"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		_ = Serve(bytes.NewReader(in), &out, Options{})
		r := bufio.NewReader(&out)
		for {
			body, err := readFrame(r)
			if errors.Is(err, io.EOF) && len(body) == 0 {
				return
			}
			if err != nil || !json.Valid(body) {
				t.Fatalf("the server said %q: %v", body, err)
			}
			if bytes.Contains(body, []byte("internal error")) {
				t.Fatalf("%s", body)
			}
		}
	})
}
