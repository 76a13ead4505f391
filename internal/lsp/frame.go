package lsp

// The base protocol: a header with the length of the body, an empty line, the body.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

const (
	maxBody   = 1 << 30 // bytes of a message; a notebook of 1 GiB of code is a mistake
	maxHeader = 1 << 13 // bytes of a line of the header
)

// readFrame reads the body of the next message. At the end of the stream the error is io.EOF.
// After any error the stream can't be read further: nothing tells where the next message starts.
func readFrame(r *bufio.Reader) ([]byte, error) {
	length := -1
	for first := true; ; first = false {
		line, err := readHeaderLine(r)
		if err != nil {
			if first && line == "" && errors.Is(err, io.EOF) {
				return nil, io.EOF
			}
			return nil, fmt.Errorf("a message's header is cut off: %v", err) // no io.EOF: that stands between messages
		}
		if line == "" {
			if first {
				continue // some clients send an empty line between messages
			}
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("a message's header has a line without a colon: %.60q", line)
		}
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			if err != nil || n < 0 {
				return nil, fmt.Errorf("a message's header has no valid length: %.60q", line)
			}
			if n > maxBody {
				return nil, fmt.Errorf("a message of %d bytes is too long: at most %d are read", n, maxBody)
			}
			length = int(n)
		}
	}
	if length < 0 {
		return nil, errors.New("a message's header has no Content-Length")
	}
	// The body is read as it comes: a length that is a lie takes no memory.
	body, err := io.ReadAll(io.LimitReader(r, int64(length)))
	if err == nil && len(body) < length {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("a message is cut off: %w", err)
	}
	return body, nil
}

func readHeaderLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxHeader:
			return "", errors.New("a line of a message's header is too long")
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return string(line), err
		}
		return strings.TrimRight(string(line), "\r\n"), nil
	}
}

func writeFrame(w io.Writer, body []byte) error {
	_, err := w.Write(append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(body)), body...))
	return err
}

// message is any message of the client: a request has a method and an id, a notification no id, a
// response no method.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *responseError  `json:"error"`

	invalid *responseError // why it can't be handled
}

// The error codes of JSON-RPC and of the protocol that are used here.
const (
	parseError           = -32700
	invalidRequest       = -32600
	methodNotFound       = -32601
	invalidParams        = -32602
	internalError        = -32603
	serverNotInitialized = -32002
	requestFailed        = -32803
	requestCancelled     = -32800
)

type responseError struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// parseMessage reads a body. What is no message is one that says why.
func parseMessage(body []byte) *message {
	m := &message{}
	if err := json.Unmarshal(body, m); err != nil {
		code := parseError
		if json.Valid(body) {
			code = invalidRequest
		}
		return &message{invalid: &responseError{code, err.Error(), nil}}
	}
	if string(m.ID) == "null" {
		m.ID = nil
	}
	if m.Method == "" && m.ID == nil {
		m.invalid = &responseError{invalidRequest, "neither a request nor a response", nil}
	}
	if len(m.ID) > 0 && m.ID[0] != '"' && m.ID[0] != '-' && (m.ID[0] < '0' || m.ID[0] > '9') {
		m.invalid, m.ID = &responseError{invalidRequest, "the id is neither a number nor a string", nil}, nil
	}
	return m
}

// queue holds the messages that wait, as many as come: the client never waits for the server to read.
type queue struct {
	mu      sync.Mutex
	arrived *sync.Cond
	waiting []*message
	gone    map[string]bool // ids of requests that were cancelled while they waited
	err     error           // why no more will come
}

func newQueue() *queue {
	q := &queue{gone: map[string]bool{}}
	q.arrived = sync.NewCond(&q.mu)
	return q
}

// fill reads messages until the stream ends.
func (q *queue) fill(in io.Reader) {
	r := bufio.NewReaderSize(in, 1<<16)
	for {
		body, err := readFrame(r)
		var m *message
		if err == nil {
			m = parseMessage(body)
		}
		q.mu.Lock()
		switch {
		case err != nil:
			q.err = err
		case m.Method == "$/cancelRequest":
			q.cancel(m)
		default:
			q.waiting = append(q.waiting, m)
		}
		q.arrived.Signal()
		q.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// close ends the queue: what waits is dropped.
func (q *queue) close(err error) {
	q.mu.Lock()
	q.err, q.waiting = err, nil
	q.arrived.Signal()
	q.mu.Unlock()
}

// cancel notes that a request is not wanted any more, if it still waits.
func (q *queue) cancel(m *message) {
	var p struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(m.Params, &p) != nil {
		return
	}
	for _, w := range q.waiting {
		if string(w.ID) == string(p.ID) && w.Method != "" {
			q.gone[string(p.ID)] = true
		}
	}
}

func (q *queue) cancelled(id json.RawMessage) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	gone := q.gone[string(id)]
	delete(q.gone, string(id))
	return gone
}

// idle says that nothing waits.
func (q *queue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) == 0
}

// next waits for a message. The error says why there will be none.
func (q *queue) next() (*message, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 {
		if q.err != nil {
			return nil, q.err
		}
		q.arrived.Wait()
	}
	m := q.waiting[0]
	q.waiting = q.waiting[1:]
	return m, nil
}
