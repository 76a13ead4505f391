//go:build !unix

package lsp

// watchParent does nothing: the streams of a process that is gone are closed.
func (s *server) watchParent(int) {}
