package resident

// The protocol: JSON objects, one a line, in both directions. docs/analyser.md describes it.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Protocol is the version of the protocol. Fields are only ever added within a version.
const Protocol = 1

// maxLine is how long a line may be. A cell of 16 MB is a mistake, or an attack on memory.
const maxLine = 16 << 20

// request is any message of the client. Which fields count depends on Op.
type request struct {
	ID json.RawMessage `json:"id"`
	Op string          `json:"op"`

	Protocol int    `json:"protocol"` // of begin
	Python   string `json:"python"`
	Parent   int    `json:"parent"`

	Source *string           `json:"source"` // of run
	Folder string            `json:"folder"` // of begin and run
	Paths  []string          `json:"paths"`
	Types  map[string]string `json:"types"`

	Run *int `json:"run"` // of failed and answer
}

// The codes of fault.
const (
	badLine     = "bad-line"     // no JSON object, or a field of the wrong type
	tooLong     = "too-long"     // a line over maxLine
	badRequest  = "bad-request"  // an unknown op, or a field is missing or wrong
	notBegun    = "not-begun"    // begin must come first
	notTheLast  = "not-the-last" // failed and answer are about the last run only
	outOfMemory = "out-of-memory"
	internal    = "internal" // a defect of this program
)

// fault is why a request can't be answered: a stable code, and what to say to people.
type fault struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

func faulty(code, format string, args ...any) *fault {
	return &fault{code, fmt.Sprintf(format, args...)}
}

// readLine reads the next line, without its end. Of one that is too long it reads to the end and returns errTooLong; at the end of
// the stream the error is io.EOF, after the last line, whether or not that one was ended.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxLine; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case long:
			return nil, errTooLong
		case err != nil && len(line) == 0:
			return nil, err
		}
		return bytes.TrimRight(line, "\r\n"), nil
	}
}

var errTooLong = errors.New("too long")

// parse reads a line as a request.
func parse(line []byte) (*request, *fault) {
	q := &request{}
	if err := json.Unmarshal(line, q); err != nil {
		return &request{ID: q.ID}, faulty(badLine, "the line is no request: %v", err)
	}
	if len(q.ID) > 0 && q.ID[0] != '"' && q.ID[0] != '-' && (q.ID[0] < '0' || q.ID[0] > '9') && string(q.ID) != "null" {
		return &request{}, faulty(badRequest, "the id is neither a number nor a string")
	}
	if string(q.ID) == "null" {
		q.ID = nil
	}
	return q, nil
}

// reply is an answer to a request: its id, and a fault or the fields of a result.
type reply struct {
	ID    json.RawMessage `json:"id"`
	Error *fault          `json:"error,omitempty"`
}

// write writes an answer as one line. A result is a struct, whose fields stand beside the id.
func write(w io.Writer, id json.RawMessage, result any, f *fault) error {
	if id == nil {
		id = json.RawMessage("null")
	}
	line, err := encode(reply{id, f})
	if err != nil {
		return err
	}
	if f == nil {
		fields, err := encode(result)
		if err != nil {
			return err
		}
		line = append(line[:len(line)-1], ',')
		line = append(line, fields[1:]...)
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), err
}
