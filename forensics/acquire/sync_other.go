//go:build !linux

package acquire

// syncsTree says whether syncTree makes all files below a folder durable at once. Here each
// file is synced when it is written.
const syncsTree = false

func syncTree(string) error { return nil }
