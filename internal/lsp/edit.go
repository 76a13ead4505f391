package lsp

// An edit of the protocol replaces ranges of documents. Ours are made from whole cells, as the
// command line changes them: of each the lines that differ are replaced, so that the cursor, and
// what the user typed in between, stay where they are.

import (
	"strings"

	"github.com/xetmemo/xetmemo-lint/ipynb"
)

// edits are the edits that bring the cells of a notebook to other texts.
func (s *server) edits(nb *notebook, after []string) *workspaceEdit {
	if len(after) != len(nb.cells) {
		return nil
	}
	e := &workspaceEdit{}
	for i, c := range nb.cells {
		if c.text != after[i] {
			s.addEdits(e, c.document, s.lineEdit(c.text, after[i]))
		}
	}
	return e
}

func (s *server) addEdits(e *workspaceEdit, d *document, edits ...textEdit) {
	if s.client.Workspace.WorkspaceEdit.DocumentChanges {
		version := d.version
		e.DocumentChanges = append(e.DocumentChanges, documentEdit{versionedID{d.uri, &version}, edits})
		return
	}
	if e.Changes == nil {
		e.Changes = map[string][]textEdit{}
	}
	e.Changes[d.uri] = append(e.Changes[d.uri], edits...)
}

// lineEdit replaces the lines in which two texts differ.
func (s *server) lineEdit(before, after string) textEdit {
	start := 0
	for start < len(before) && start < len(after) {
		next := ipynb.LineEnd(before, start)
		if next > len(after) || before[start:next] != after[start:next] || !ipynb.EndsLine(before[:next]) {
			break
		}
		start = next
	}
	end, tail := len(before), len(after)
	for end > start && tail > start {
		line := lastLine(before[start:end])
		if !strings.HasSuffix(after[start:tail], line) || line == "" {
			break
		}
		if at := tail - len(line); at > start && !ipynb.EndsLine(after[:at]) {
			break
		}
		end -= len(line)
		tail -= len(line)
	}
	return textEdit{s.encoding.span(before, start, end), after[start:tail]}
}

// lastLine is the last line of a text, its end included.
func lastLine(text string) string {
	body := strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	return text[strings.LastIndexAny(body, "\r\n")+1:]
}

func empty(e *workspaceEdit) bool {
	return e == nil || len(e.Changes) == 0 && len(e.DocumentChanges) == 0
}
