package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"keytrail/forensics"
)

const (
	blockSize  = 1 << 20
	ringBlocks = 4
	// headSize is how much of a member Head shows.
	headSize = 64 << 10
)

// ring is the memory of one stream: the first block, which stays as it is so that
// Head stays valid, and the blocks that go round.
type ring struct {
	first  []byte
	blocks [ringBlocks][]byte
}

// stream reads a source in blocks. Each block goes to the hashing goroutine and to the
// consumer at the same time: both only read it. Blocks are used in a fixed circle, so
// one is free again when the hasher has reported it (done) and the consumer has gone on.
//
// Content that fits into the first block is hashed without a goroutine.
type stream struct {
	ctx context.Context
	src io.Reader
	mem *ring

	cur     []byte // what the consumer has not taken of the current block
	first   []byte // the first block's content
	started bool   // the first block was read
	filled  int    // blocks filled after the first
	n       int64  // bytes taken from src
	err     error  // what src returned; sticky

	noHash bool // set before the second block is read
	full   chan []byte
	done   chan struct{}
	sum    chan forensics.Digest

	finished bool
	digest   forensics.Digest
	known    bool // digest was told by the visitor
}

func newStream(ctx context.Context, src io.Reader, mem *ring) *stream {
	return &stream{ctx: ctx, src: src, mem: mem}
}

// consumed counts the bytes that the consumer has taken.
func (s *stream) consumed() int64 { return s.n - int64(len(s.cur)) }

// start reads the first block.
func (s *stream) start() {
	if s.started {
		return
	}
	s.started = true
	if s.mem.first == nil {
		s.mem.first = make([]byte, blockSize)
	}
	s.first = s.read(s.mem.first)
	s.cur = s.first
}

// head shows the first bytes without taking them.
func (s *stream) head() (b []byte, complete bool) {
	s.start()
	if len(s.first) > headSize {
		return s.first[:headSize:headSize], false
	}
	return s.first, s.err != nil
}

// read fills a block as far as the source goes.
func (s *stream) read(block []byte) []byte {
	if err := s.ctx.Err(); err != nil && s.err == nil {
		s.err = err
	}
	n, empty := 0, 0
	for n < len(block) && s.err == nil {
		k, err := s.src.Read(block[n:])
		n += k
		s.n += int64(k)
		switch {
		case err == nil && k == 0:
			if empty++; empty == 100 {
				s.err = &CutError{Text: "reading failed", Err: io.ErrNoProgress}
			}
		case err != nil:
			s.err = s.wrap(err)
		default:
			empty = 0
		}
	}
	return block[:n]
}

func (s *stream) wrap(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if cut, ok := asCut(err); ok {
		return cut
	}
	return &CutError{Text: fmt.Sprintf("reading failed after %d bytes", s.n), Err: err}
}

func asCut(err error) (*CutError, bool) {
	var cut *CutError
	ok := errors.As(err, &cut)
	return cut, ok
}

// next moves to the next block. It is called where cur is empty.
func (s *stream) next() error {
	if !s.started {
		s.start()
		if len(s.cur) > 0 {
			return nil
		}
	}
	if s.err != nil {
		return s.err
	}
	if s.finished {
		return io.EOF
	}
	if s.full == nil && !s.noHash {
		s.startHash()
	}
	slot := s.filled % ringBlocks
	if s.filled >= ringBlocks && !s.noHash {
		<-s.done
	}
	if s.mem.blocks[slot] == nil {
		s.mem.blocks[slot] = make([]byte, blockSize)
	}
	s.cur = s.read(s.mem.blocks[slot])
	s.filled++
	if !s.noHash {
		s.full <- s.cur
	}
	if len(s.cur) == 0 {
		return s.err
	}
	return nil
}

// dropHash saves the hashing of a stream whose digest nobody asks for. It has no
// effect once hashing has begun.
func (s *stream) dropHash() {
	if s.full == nil {
		s.noHash = true
	}
}

func (s *stream) startHash() {
	s.full = make(chan []byte, ringBlocks)
	s.done = make(chan struct{}, ringBlocks+1)
	s.sum = make(chan forensics.Digest, 1)
	go func(first []byte, full <-chan []byte, done chan<- struct{}, sum chan<- forensics.Digest) {
		h := sha256.New()
		h.Write(first)
		for b := range full {
			h.Write(b)
			done <- struct{}{}
		}
		sum <- forensics.Digest(h.Sum(nil))
	}(s.first, s.full, s.done, s.sum)
}

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(s.cur) == 0 {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.cur)
	s.cur = s.cur[n:]
	return n, nil
}

// block hands out what is left of the current block, or the next one.
func (s *stream) block() ([]byte, error) {
	if len(s.cur) == 0 {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	b := s.cur
	s.cur = nil
	return b, nil
}

// finish drains the stream. The error is nil at the regular end.
func (s *stream) finish() (forensics.Digest, int64, error) {
	if s.finished {
		return s.digest, s.n, s.failure()
	}
	s.start()
	for s.err == nil {
		s.cur = nil
		_ = s.next() // its error is s.err
	}
	s.cur = nil
	s.stop()
	return s.digest, s.n, s.failure()
}

// failure is why the stream ended before its regular end, nil where it did not.
func (s *stream) failure() error {
	if s.err == nil || errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}

// stop ends the hashing goroutine without draining the source. Afterwards the memory
// may be used by another stream.
func (s *stream) stop() {
	if s.finished {
		return
	}
	s.finished = true
	switch {
	case s.full != nil:
		close(s.full)
		s.digest = <-s.sum
	case !s.noHash && !s.known:
		s.digest = sha256.Sum256(s.first)
	}
}
