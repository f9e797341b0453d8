package acquire

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncsTree says that syncTree makes all files below a folder durable at once, so that none
// needs a sync of its own.
const syncsTree = true

// syncTree makes everything below a folder durable: syncfs(2) writes out its file system.
func syncTree(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // opened for reading only: nothing can be lost
	return unix.Syncfs(int(d.Fd()))
}
