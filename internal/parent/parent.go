// Package parent tells when the process that this one works for is gone.
package parent

// Watch calls gone once the process with this id has ended, and returns at once. A process that can't be seen from here
// in the first place, as from inside a container, isn't watched.
func Watch(pid int, gone func()) {
	if pid > 0 {
		watch(pid, gone)
	}
}
