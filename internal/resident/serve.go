// Package resident is the analyser that runs beside a kernel: the runtime tells it each cell that runs, in the order of
// running, and asks what the next one reads and leaves behind before it runs.
//
// One goroutine reads lines, another works on them in order, so that answers never depend on timing. The process ends when
// its standard input does, or when the process that it works for is gone: nothing that a client sends ends it.
package resident

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/xetmemo/xetmemo-lint/internal/files"
	"github.com/xetmemo/xetmemo-lint/internal/parent"
)

// patience is how long what was asked before the client left may still be worked on.
const patience = 2 * time.Second

// Options are what the analyser is told from outside.
type Options struct {
	Version string
}

// Serve answers requests until the input ends or the client is gone.
func Serve(in io.Reader, out io.Writer, o Options) {
	s := &server{options: o, out: out, gone: make(chan struct{})}
	lines, done, late := make(chan line, 64), make(chan struct{}), make(chan struct{})
	go func() {
		fill(lines, in)
		time.Sleep(patience)
		close(late)
	}()
	go func() {
		defer close(done)
		for l := range lines {
			s.handle(l)
		}
	}()
	select {
	case <-done:
	case <-late:
	case <-s.gone:
	}
}

// line is a line of the client, or why it could not be read.
type line struct {
	text []byte
	err  error
}

func fill(lines chan<- line, in io.Reader) {
	defer close(lines)
	r := bufio.NewReaderSize(in, 1<<16)
	for {
		text, err := readLine(r)
		if err != nil && !errors.Is(err, errTooLong) {
			return
		}
		lines <- line{text, err}
	}
}

type server struct {
	options Options
	out     io.Writer
	session *session
	gone    chan struct{} // closed when the client's process has ended
	watched bool
}

// handle answers one line. Whatever it holds, the next one is answered as well.
func (s *server) handle(l line) {
	if l.err != nil {
		s.reply(nil, nil, faulty(tooLong, "a line is longer than %d bytes", maxLine))
		return
	}
	if len(l.text) == 0 {
		return
	}
	q, f := parse(l.text)
	if f != nil {
		s.reply(q.ID, nil, f)
		return
	}
	var result any
	if p := files.Protect(func() { result, f = s.answer(q) }); p != nil {
		if s.session != nil {
			s.session.broken = faulty(internal, "an earlier run could not be analysed: %v", p)
		}
		f = faulty(internal, "internal error in %s: %v; please report this line with version %s", q.Op, p, s.options.Version)
	}
	if q.ID != nil || f != nil {
		s.reply(q.ID, result, f)
	}
}

func (s *server) answer(q *request) (any, *fault) {
	switch q.Op {
	case "begin":
		return s.begin(q)
	case "run", "failed", "answer":
	case "":
		return nil, faulty(badRequest, "a request needs an op")
	default:
		return nil, faulty(badRequest, "no op %q: there are begin, run, failed, answer", q.Op)
	}
	if s.session == nil {
		return nil, faulty(notBegun, "begin must come first")
	}
	switch q.Op {
	case "run":
		return s.session.run(q)
	case "failed":
		return s.session.failed(q)
	}
	return s.session.answer(q)
}

// begun is the result of begin.
type begun struct {
	Protocol int    `json:"protocol"`
	Version  string `json:"version"`
}

func (s *server) begin(q *request) (any, *fault) {
	if q.Protocol < 1 {
		return nil, faulty(badRequest, "begin needs the protocol that the client speaks, a number from 1")
	}
	session, f := newSession(q)
	if f != nil {
		return nil, f
	}
	s.session = session
	if !s.watched {
		s.watched = true
		parent.Watch(q.Parent, func() { close(s.gone) })
	}
	return begun{min(q.Protocol, Protocol), s.options.Version}, nil
}

// reply writes an answer. A client that can't be written to has left, which the end of the input tells.
func (s *server) reply(id json.RawMessage, result any, f *fault) {
	_ = write(s.out, id, result, f)
}
