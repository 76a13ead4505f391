// Package ledger reads what the runtime noted of how long cells take. The file's form is described where it is written, in
// runtime-py/xetcache/notebook/ledger.py.
package ledger

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/xetmemo/xetmemo-lint/internal/memo"
)

// Cache keeps the ledgers of folders, each read once. The zero value can be used.
type Cache struct {
	mu    sync.Mutex
	known map[string]Ledger
}

// Of is the ledger of the notebooks of a folder; empty where there is none.
func (c *Cache) Of(dir string) Ledger {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.known[dir]
	if !ok {
		if c.known == nil {
			c.known = map[string]Ledger{}
		}
		found = read(file(dir))
		c.known[dir] = found
	}
	return found
}

// A Ledger holds the seconds that cells took when they last ran, by their sources.
type Ledger map[string]float64

// Seconds is what the cell of a body, its source without a header, took when it last ran.
func (l Ledger) Seconds(body string) (float64, bool) {
	if len(l) == 0 {
		return 0, false
	}
	seconds, ok := l[digest(strings.TrimSpace(body))]
	return seconds, ok
}

func read(path string) Ledger {
	l := Ledger{}
	f, err := os.Open(path)
	if err != nil {
		return l
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var row struct {
			Source  string   `json:"source"`
			Seconds *float64 `json:"seconds"`
		}
		if json.Unmarshal(lines.Bytes(), &row) != nil || row.Source == "" {
			continue // cut off, or another's
		}
		if row.Seconds == nil {
			delete(l, row.Source)
		} else {
			l[row.Source] = *row.Seconds
		}
	}
	return l
}

// file is the one of a folder's notebooks: the runtime's cache folder, and in it a name made of that of the memos' folder.
func file(dir string) string {
	root, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	root = filepath.Join(root, memo.Folder)
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	return filepath.Join(cacheFolder(), "ledger", digest(root)+".jsonl")
}

func cacheFolder() string {
	if named := os.Getenv("XETCACHE_CONFIG_DIR"); named != "" {
		return named
	}
	home, _ := os.UserHomeDir()
	base := os.Getenv("XDG_CACHE_HOME")
	if runtime.GOOS == "windows" {
		base = os.Getenv("APPDATA")
		if base == "" {
			base = home
		}
	} else if base == "" {
		base = filepath.Join(home, ".cache")
	}
	return filepath.Join(base, "xetcache")
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
