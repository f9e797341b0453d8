//go:build !unix

package evidence

const (
	openFlags    = 0
	noFollow     = 0
	noAccessTime = 0
)
