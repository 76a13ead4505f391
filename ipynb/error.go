package ipynb

// Why a file can't be read as a notebook.

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// An Error tells why a file can't be read as a notebook, and where.
type Error struct {
	Kind   ErrorKind
	Offset int // in bytes from the start of the file
	Line   int // from 1
	Column int // from 0, in code points
	Msg    string
}

// ErrorKind is the reason of an [Error].
type ErrorKind uint8

// The reasons why Parse refuses a file.
const (
	Empty       ErrorKind = iota + 1 // nothing but white space
	NotJSON                          // breaks the grammar of JSON, or isn't UTF-8
	Truncated                        // right as far as it goes, but the file ends too early
	TooDeep                          // nested deeper than any notebook is
	NotNotebook                      // JSON without the parts that make a notebook
	Unsupported                      // a notebook of an nbformat other than 2, 3 and 4
)

func (k ErrorKind) String() string {
	switch k {
	case Empty:
		return "empty"
	case NotJSON:
		return "not JSON"
	case Truncated:
		return "truncated"
	case TooDeep:
		return "too deep"
	case NotNotebook:
		return "not a notebook"
	case Unsupported:
		return "unsupported"
	}
	return "unknown"
}

// Error names line and column as editors count them, both from 1.
func (e *Error) Error() string {
	if e.Kind == Empty {
		return e.Msg
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column+1, e.Msg)
}

// place fills in line and column.
func (e *Error) place(src []byte) *Error {
	before := src[:e.Offset]
	e.Line = bytes.Count(before, []byte{'\n'}) + 1
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	if e.Line == 1 {
		line = bytes.TrimPrefix(line, []byte(byteOrderMark))
	}
	e.Column = utf8.RuneCount(line)
	return e
}

// foreign recognises what is often found in place of a notebook by its first
// bytes, and says what to do about it.
func foreign(src []byte) string {
	for _, f := range foreignFiles {
		if bytes.HasPrefix(src, []byte(f.prefix)) {
			return f.msg
		}
	}
	return ""
}

var foreignFiles = []struct{ prefix, msg string }{
	{"\xff\xfe", "the file is encoded as UTF-16, not UTF-8: save it as UTF-8"},
	{"\xfe\xff", "the file is encoded as UTF-16, not UTF-8: save it as UTF-8"},
	{"{\x00", "the file is encoded as UTF-16 or UTF-32, not UTF-8: save it as UTF-8"},
	{"\x00", "the file is binary or encoded as UTF-16: save it as UTF-8"},
	{"version https://git-lfs.github.com/spec/", "the file is a Git LFS pointer: run `git lfs pull` to fetch the notebook"},
	{"<!DOCTYPE html", "the file is an HTML page: download the raw notebook"},
	{"<html", "the file is an HTML page: download the raw notebook"},
	{"\x1f\x8b", "the file is compressed with gzip: unpack it"},
	{"PK\x03\x04", "the file is a zip archive: unpack it"},
}

// isConflictMarker tells whether a line of src at offset i starts as those that
// git leaves behind after a merge.
func isConflictMarker(src []byte, i int) bool {
	if i > 0 && src[i-1] != '\n' {
		return false
	}
	for _, m := range [...]string{"<<<<<<< ", "=======", ">>>>>>> ", "||||||| "} {
		if bytes.HasPrefix(src[i:], []byte(m)) {
			return true
		}
	}
	return false
}
