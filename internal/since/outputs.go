package since

// What git holds of the outputs of cells.

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/xetmemo/xetmemo-lint/internal/load"
)

// Outputs asks git for notebooks as they are staged or committed, each once. The zero value can be used.
type Outputs struct {
	mu    sync.Mutex
	known map[string][]kept
}

// kept is a cell as git has it.
type kept struct {
	ID      string `json:"id"`
	Outputs []any  `json:"outputs"`
}

// Committed says whether git has outputs of the cell of that index. Where there is no git, or the notebook is not in it or was
// stripped of its outputs on the way, it has none.
func (o *Outputs) Committed(nb *load.Notebook, index int) bool {
	cell := &nb.Cells[index]
	cells := o.of(nb.Path)
	for i, c := range cells {
		if cell.HasID && c.ID == cell.ID || !cell.HasID && i == index && c.ID == "" {
			return len(c.Outputs) > 0
		}
	}
	return false
}

func (o *Outputs) of(path string) []kept {
	o.mu.Lock()
	defer o.mu.Unlock()
	if found, ok := o.known[path]; ok {
		return found
	}
	var notebook struct{ Cells []kept }
	show := exec.Command("git", "cat-file", "blob", ":./"+filepath.Base(path))
	show.Dir = filepath.Dir(path)
	if content, err := show.Output(); err == nil {
		_ = json.Unmarshal(content, &notebook) // what is no notebook has no cells
	}
	if o.known == nil {
		o.known = map[string][]kept{}
	}
	o.known[path] = notebook.Cells
	return notebook.Cells
}
