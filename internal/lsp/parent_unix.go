//go:build unix

package lsp

import (
	"io"
	"syscall"
	"time"
)

// watchEvery is how often it is asked whether the client's process is still there.
const watchEvery = 3 * time.Second

// watchParent ends the queue when the client's process is gone: a stream that somebody else holds
// open says nothing of it. A process that isn't seen from here in the first place, as from inside a
// container, isn't watched.
func (s *server) watchParent(pid int) {
	alive := func() bool { return syscall.Kill(pid, 0) != syscall.ESRCH }
	if pid <= 0 || !alive() {
		return
	}
	go func() {
		for alive() {
			time.Sleep(watchEvery)
		}
		s.queue.close(io.EOF)
	}()
}
