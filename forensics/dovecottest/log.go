package dovecottest

import (
	"bytes"
	"slices"
	"sync"
)

// log is what the server has said so far. It may be written and read at once.
type log struct {
	mu   sync.Mutex
	said []byte
	more chan struct{} // closed when something is added
}

func newLog() *log { return &log{more: make(chan struct{})} }

// Write adds to it; an error is never given.
func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, b...)
	close(l.more)
	l.more = make(chan struct{})
	return len(b), nil
}

// grown is closed when something is added after this call.
func (l *log) grown() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.more
}

// whole gives the lines that have their end.
func (l *log) whole() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.said[:bytes.LastIndexByte(l.said, '\n')+1])
}
