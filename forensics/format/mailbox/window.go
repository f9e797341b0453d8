package mailbox

import (
	"bytes"
	"io"
)

// fill reads one more block behind s.end and reports whether anything came. It moves the
// current message to the front of the buffer, makes the buffer larger up to
// maxBuffer, and then drops what lies between the kept bytes and s.scan.
func (s *splitter) fill() bool { return s.read(maxBuffer) }

// fillAhead reads on without dropping what s.scan has not reached, for covered.
func (s *splitter) fillAhead() bool { return s.read(maxBuffer + maxAhead) }

func (s *splitter) read(limit int) bool {
	if s.eof || s.err != nil {
		return false
	}
	if s.err = s.ctx.Err(); s.err != nil {
		return false
	}
	if s.start > 0 && (len(s.buf)-s.end < block || s.end-s.start <= block/8) { // a long way ahead is not moved each time
		copy(s.buf, s.buf[s.start:s.end])
		s.scan -= s.start
		s.end -= s.start
		s.start = 0
	}
	if free := len(s.buf) - s.end; free == 0 || free < block/2 && len(s.buf) >= block {
		if len(s.buf) >= maxBuffer && !s.spill() || len(s.buf) < maxBuffer {
			if len(s.buf) >= limit && limit > maxBuffer {
				return false // looked ahead far enough
			}
			bigger := make([]byte, max(min(2*len(s.buf), limit), len(s.buf)+block))
			copy(bigger, s.buf[:s.end])
			s.buf = bigger
		}
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:min(len(s.buf), s.end+block)])
		s.end += n
		switch {
		case err == io.EOF:
			s.eof = true
		case err != nil:
			s.err = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// spill drops the bytes between the kept ones and the place of the search, after the hash
// has seen them. It reports false where there is not a block of them.
func (s *splitter) spill() bool {
	gap := s.gap
	if gap == 0 {
		gap = keep
	}
	from := s.scan - margin
	if from-gap < block {
		return false
	}
	if s.gap == 0 {
		s.sum.Reset()
		s.hashed = 0
	}
	s.sum.Write(s.buf[s.hashed:from])
	s.lines += int64(bytes.Count(s.buf[s.hashed:from], newline))
	copy(s.buf[gap:], s.buf[from:s.end])
	n := from - gap
	s.end -= n
	s.scan -= n
	s.dropped += int64(n)
	s.gap, s.hashed = gap, gap
	return true
}
