//go:build unix

package parent

// Watching the parent process on Unix.

import (
	"syscall"
	"time"
)

// every is how often it is asked whether the process is still there.
const every = time.Second

func watch(pid int, gone func()) {
	own := syscall.Getppid() == pid
	alive := func() bool {
		if own { // a parent that nobody waits for stays visible when it has ended, but isn't the parent any more
			return syscall.Getppid() == pid
		}
		return syscall.Kill(pid, 0) != syscall.ESRCH
	}
	if !alive() {
		return
	}
	go func() {
		for alive() {
			time.Sleep(every)
		}
		gone()
	}()
}
