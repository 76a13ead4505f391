package ipynb

// What is read of a cell's metadata.

import (
	"strconv"
	"strings"
	"time"
)

// readCellMetadata reads tags, recorded duration and language. Several programs
// record a duration; the first of these that did so is believed:
//
//   - "execution", by JupyterLab with recordTiming, and by nbclient: times of the
//     messages with which the kernel took up the cell and replied
//   - "papermill": {"duration": seconds}
//   - "ExecuteTime", by the extension of that name for the classic notebook:
//     start_time and end_time
//   - "executionInfo", by Colab: {"elapsed": milliseconds}
func (nb *Notebook) readCellMetadata(c *Cell, metadata Span) {
	if metadata.Len() <= len("{}") || nb.Src[metadata.Start] != '{' {
		return
	}
	var execution, papermill, executeTime, executionInfo Span
	s := scanner{src: nb.Src, pos: metadata.Start}
	s.object(func(key Span) bool {
		var value Span
		ok := s.spanOf(&value)
		switch string(s.key(key)) {
		case "tags":
			c.Tags = nil
			nb.elements(value, func(tag Span) {
				if nb.Src[tag.Start] == '"' {
					c.Tags = append(c.Tags, decoded(nb.Src, tag))
				}
			})
		case "execution":
			execution = value
		case "papermill":
			papermill = value
		case "ExecuteTime":
			executeTime = value
		case "executionInfo":
			executionInfo = value
		case "vscode":
			c.Language = languageName(decoded(nb.Src, member(nb.Src, value, "languageId")))
		case "dotnet_interactive":
			c.Language = languageName(decoded(nb.Src, member(nb.Src, value, "language")))
		case "polyglot_notebook":
			c.Language = languageName(decoded(nb.Src, member(nb.Src, value, "kernelName")))
		case "kernel": // Script of Scripts
			c.Language = kernelLanguage(decoded(nb.Src, value))
		}
		return ok
	})
	if c.Kind != Code {
		c.Language = ""
		return
	}
	for _, record := range [...]func() (float64, bool){
		func() (float64, bool) { return nb.elapsed(execution, "iopub.execute_input", "shell.execute_reply") },
		func() (float64, bool) {
			return nb.elapsed(execution, "shell.execute_reply.started", "shell.execute_reply")
		},
		func() (float64, bool) { return nb.number(member(nb.Src, papermill, "duration")) },
		func() (float64, bool) { return nb.elapsed(executeTime, "start_time", "end_time") },
		func() (float64, bool) {
			ms, ok := nb.number(member(nb.Src, executionInfo, "elapsed"))
			return ms / 1000, ok
		},
	} {
		if seconds, ok := record(); ok && seconds >= 0 {
			c.Duration = seconds
			return
		}
	}
}

// elapsed is the seconds between two members of an object that hold times.
func (nb *Notebook) elapsed(object Span, from, to string) (float64, bool) {
	if object.Len() == 0 {
		return 0, false
	}
	start, ok := parseTime(decoded(nb.Src, member(nb.Src, object, from)))
	end, ok2 := parseTime(decoded(nb.Src, member(nb.Src, object, to)))
	return end.Sub(start).Seconds(), ok && ok2
}

// parseTime reads an ISO 8601 time. Python's isoformat leaves out the zone of
// naive times; they are all taken for UTC, as only differences matter.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, strings.Replace(text, " ", "T", 1)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func (nb *Notebook) number(value Span) (float64, bool) {
	if value.Len() == 0 {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(nb.Src[value.Start:value.End]), 64)
	return f, err == nil
}
