package evidence

import "syscall"

const (
	// openFlags never wait for a writer of a FIFO and never follow a link in the last place.
	openFlags = syscall.O_NONBLOCK | syscall.O_NOCTTY
	noFollow  = syscall.O_NOFOLLOW
	// noAccessTime leaves the time of the last access as it is. Only the file's owner may ask for it.
	noAccessTime = syscall.O_NOATIME
)
