// Package trace reads what %xetmemo_trace FILE writes: for each run of a memoized cell, one line
// with what it was seen to read and to change. runtime-py/xetcache/notebook/trace.py defines the format:
//
//	{"cell": "<id or null>", "source": "<digest>", "reads": [...], "mutates": [...], …}
//
// The source is the digest of the cell's form below its header, as in a memo, so a record is of a
// cell that is still as it was when it ran, whatever its header is now.
package trace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"sync"
	"unicode/utf8"
)

// The largest line and file that are read, in bytes.
const (
	MaxLine = 1 << 20
	MaxFile = 256 << 20
)

// Record is what one or more runs of a cell were seen to do.
type Record struct {
	Reads   []string // globals from before the cell
	Mutates []string // of these, those changed in place
}

// File is the records of a file. It may be asked by several goroutines at once.
type File struct {
	// Bad are the numbers of the lines that are no records.
	Bad []int

	records map[string][]*run // by source
	mu      sync.Mutex
}

// run is one line.
type run struct {
	cell  string // its id, "" where the frontend said none
	seen  Record
	found bool // some cell is the one that ran
}

var (
	sourcePattern = regexp.MustCompile(`^[0-9a-f]{32}$`)
	namePattern   = regexp.MustCompile(`^[\pL_][\pL\pN\p{Mn}\p{Mc}_]*$`)
)

// Read reads a file of records. Lines that are none are passed over and noted in Bad.
func Read(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > MaxFile:
		return nil, fmt.Errorf("it has %d bytes, more than the %d that are read", info.Size(), MaxFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Parse(f)
}

// Parse reads records. The error says that reading failed or that there is no record at all.
func Parse(r io.Reader) (*File, error) {
	f := &File{records: map[string][]*run{}}
	lines := bufio.NewReaderSize(io.LimitReader(r, MaxFile), MaxLine)
	for number := 1; ; number++ {
		line, err := lines.ReadSlice('\n')
		tooLong := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = lines.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if text := bytes.TrimSpace(line); tooLong || len(text) > 0 && !f.add(text) {
			f.Bad = append(f.Bad, number)
		}
		if err == io.EOF {
			break
		}
	}
	if len(f.records) == 0 {
		return nil, errors.New("no record of a cell is in it: %xetmemo_trace FILE writes them")
	}
	return f, nil
}

// add reads one line and says whether it is a record.
func (f *File) add(line []byte) bool {
	var members map[string]json.RawMessage // exact names, which encoding/json doesn't ask of a struct's
	if !utf8.Valid(line) || json.Unmarshal(line, &members) != nil {
		return false
	}
	var r run
	var source string
	if json.Unmarshal(members["source"], &source) != nil || !sourcePattern.MatchString(source) {
		return false
	}
	if json.Unmarshal(members["cell"], &r.cell) != nil {
		return false
	}
	for name, into := range map[string]*[]string{"reads": &r.seen.Reads, "mutates": &r.seen.Mutates} {
		if json.Unmarshal(members[name], into) != nil || *into == nil || slices.ContainsFunc(*into, func(n string) bool { return !namePattern.MatchString(n) }) {
			return false
		}
	}
	f.records[source] = append(f.records[source], &r)
	return true
}

// Of returns what the cell with that id ("" without one) and that source digest was seen to do, in
// all its runs; nil when it never ran. A record that names another cell doesn't count.
func (f *File) Of(id, source string) *Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all *Record
	for _, r := range f.records[source] {
		if r.cell != "" && id != "" && r.cell != id {
			continue
		}
		r.found = true
		if all == nil {
			all = &Record{}
		}
		all.Reads = union(all.Reads, r.seen.Reads)
		all.Mutates = union(all.Mutates, r.seen.Mutates)
	}
	return all
}

// Unused is the number of records that are of no cell that was asked for.
func (f *File) Unused() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, runs := range f.records {
		for _, r := range runs {
			if !r.found {
				n++
			}
		}
	}
	return n
}

func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}
