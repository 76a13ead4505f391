package files

// Replacing a file in one step.

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrChanged is returned when a file is no longer what it was when it was read.
var ErrChanged = errors.New("the file changed while it was worked on: nothing was written, run again")

// Replace puts new content in the place of a file's old content, all or nothing: it writes a file
// beside it and renames that. A link is followed to its target. Mode and owner stay. The file is
// left alone when it doesn't hold the old content any more.
func Replace(path string, old, content []byte) (err error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	if err := writable(target); err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	dir := filepath.Dir(target)
	temp, err := os.CreateTemp(dir, "."+filepath.Base(target)+".*.tmp")
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("no permission to write in its folder: nothing was written")
	} else if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			temp.Close()
			os.Remove(temp.Name())
		}
	}()
	if _, err = temp.Write(content); err != nil {
		return err
	}
	keepOwner(temp, info)
	if err = temp.Chmod(info.Mode()); err != nil {
		return err
	}
	if err = temp.Sync(); err != nil {
		return err
	}
	if err = temp.Close(); err != nil {
		return err
	}
	now, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, old) {
		return ErrChanged
	}
	if err = os.Rename(temp.Name(), target); err != nil {
		return err
	}
	if d, openErr := os.Open(dir); openErr == nil { // the new name must last, too; not all systems can
		_ = d.Sync()
		d.Close()
	}
	return nil
}

// writable says whether the file itself may be written to: renaming another file over it asks for
// the folder's permission only.
func writable(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrPermission) {
		return errors.New("no permission to write to it: nothing was written")
	} else if err != nil {
		return err
	}
	return f.Close()
}
