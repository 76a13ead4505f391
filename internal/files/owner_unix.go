//go:build unix

package files

// Owners of files on Unix.

import (
	"os"
	"syscall"
)

// keepOwner gives a file the owner and group of another, as far as that is permitted.
func keepOwner(f *os.File, of os.FileInfo) {
	if s, ok := of.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(s.Uid), int(s.Gid))
	}
}
