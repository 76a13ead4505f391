package parent

// Watching the parent process on Windows.

import "syscall"

func watch(pid int, gone func()) {
	h, err := syscall.OpenProcess(syscall.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return
	}
	go func() {
		defer syscall.CloseHandle(h)
		if event, err := syscall.WaitForSingleObject(h, syscall.INFINITE); err == nil && event == syscall.WAIT_OBJECT_0 {
			gone()
		}
	}()
}
