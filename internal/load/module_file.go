package load

// How a reader would name a module's file.

import (
	"path/filepath"
	"strings"

	"github.com/xetmemo/xetmemo-lint/deps"
)

// ModuleFile is a module's file as a reader of the notebook would name it: relative to the
// notebook's folder where it lies below that or beside it.
func (nb *Notebook) ModuleFile(m *deps.Module) string {
	folder, err := filepath.Abs(filepath.Dir(nb.Path))
	if err != nil {
		return m.Path
	}
	rel, err := filepath.Rel(folder, m.Path)
	if err != nil || strings.Count(rel, "..") > 2 {
		return m.Path
	}
	return filepath.ToSlash(rel)
}
