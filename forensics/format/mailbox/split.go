package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"hash"
	"io"

	"keytrail/forensics"
)

const (
	maxHead = 1 << 20   // bytes of headers that are read
	maxBody = 256 << 10 // bytes of the body that are kept for the rules
	keep    = maxHead + maxBody

	block     = 512 << 10 // bytes read at a time: they stay in the cache while they are searched and hashed
	maxBuffer = 4 << 20   // a longer message passes through
	maxAhead  = 16 << 20  // how far a Content-Length is followed to see what stands there
	margin    = 64        // bytes before the place of the search that stay at hand
)

// letter is one message as it was cut out. Its slices are valid until the next one.
type letter struct {
	offset int64
	length int64
	digest forensics.Digest
	line   int64  // the first line's number, from 1
	size   int64  // length, but of the bytes that kept is the beginning of: they differ in UTF-16
	kept   []byte // the first bytes of the record, at most keep
	head   *header
	sep    []byte // the separator line, where there is one
	lead   int    // bytes before the headers: byte order mark, blank lines, separator
	inside int    // lines that look like separators and are covered by the Content-Length
}

// splitter cuts a stream of mbox records, or takes the stream as one message.
//
// The buffer holds the current message from its first byte. When it does not fit, its first
// keep bytes stay and the rest passes through behind them:
//
//	| kept ............ | gap: dropped bytes | margin | search goes on here ... |
type splitter struct {
	ctx    context.Context
	r      io.Reader
	single bool // the whole stream is one message: no separators

	buf        []byte
	start, end int   // of the current message, and of what was read
	scan       int   // where the search goes on
	gap        int   // index in buf behind the kept bytes; 0 while nothing is dropped
	dropped    int64 // bytes dropped at gap
	hashed     int   // index in buf up to which the hash has seen the message, where gap is set
	base       int64 // offset of the current message in the stream
	eof        bool
	err        error

	sum     hash.Hash
	wide    *wideHash   // sum, where the stream is UTF-16
	source  *wideReader // and r
	line    int64       // lines before the current message
	lines   int64       // line ends of it that were dropped
	digest  forensics.Digest
	first   bool
	head    header
	scanned bool // head is of the current message
	lead    int
	length  int64 // of the body by its Content-Length, -1 where there is none
	landing int8  // 0 not looked at, 1 the length ends at a separator or at the end, -1 it does not
	inside  int

	out letter
}

var (
	newline     = []byte("\n")
	newlineFrom = []byte("\nFrom ")
)

// newSplitter reads r, of size bytes where that is known (-1 otherwise). head is how r begins.
func newSplitter(ctx context.Context, r io.Reader, head []byte, size int64, single bool) *splitter {
	n := int64(block + margin)
	if size >= 0 {
		n = min(n, size+1)
	}
	s := &splitter{ctx: ctx, r: r, single: single, buf: make([]byte, n), sum: sha256.New(), first: true}
	if order := byteOrder(head); order != nil {
		s.wide, s.source = newWideHash(order), &wideReader{r: r, order: order}
		s.sum, s.r = s.wide, s.source
	}
	return s
}

// next cuts the next message; false at the end or after an error.
func (s *splitter) next() bool {
	if s.start == s.end && !s.fill() {
		return false
	}
	s.scan, s.gap, s.dropped, s.lines = s.start, 0, 0, 0
	s.scanned, s.landing, s.inside = false, 0, 0
	if s.first {
		s.passBlank()
	}
	for {
		i := -1
		if !s.single {
			i = bytes.Index(s.buf[s.scan:s.end], newlineFrom)
		}
		if i < 0 {
			s.scan = max(s.scan, s.end-len(newlineFrom)+1)
			if s.fill() {
				continue
			}
			if s.err != nil {
				return false
			}
			s.cut(s.lastEnd())
			return true
		}
		s.scan += i + 1
		if s.separatorAt(0) && !s.covered() {
			s.cut(s.scan)
			return true
		}
		if s.err != nil {
			return false
		}
	}
}

// passBlank lets the search begin behind the blank lines at the beginning of the item.
func (s *splitter) passBlank() {
	for {
		n := skipBlank(s.buf[s.start:s.end])
		s.scan = s.start + n
		if n+len(newlineFrom) < s.end-s.start || n > block/2 || !s.fill() {
			return
		}
	}
}

// lastEnd finds where the last message ends: at the end of the input, or before a separator
// that the input ends in.
func (s *splitter) lastEnd() int {
	from := max(s.start, s.gap, s.end-maxSeparator-1)
	i := bytes.LastIndexByte(s.buf[from:s.end], '\n') + 1
	if s.single || i == 0 || from+i <= s.start || !isCutSeparator(s.buf[from+i:s.end]) {
		return s.end
	}
	s.scan = from + i
	if s.covered() {
		return s.end
	}
	return s.scan
}

// cut ends the current message at index at and fills out.
func (s *splitter) cut(at int) {
	length := int64(at-s.start) + s.dropped
	from := s.hashed
	if s.gap == 0 {
		from = s.start
		s.sum.Reset()
	}
	s.sum.Write(s.buf[from:at])
	lines := s.lines + int64(bytes.Count(s.buf[from:at], newline))
	raw := length
	if s.wide != nil {
		if s.eof && at == s.end {
			s.wide.add(s.source.odd)
		}
		raw = s.wide.n
	}
	s.sum.Sum(s.digest[:0])
	kept := s.buf[s.start:min(at, s.start+keep)]
	if s.gap > 0 {
		kept = s.buf[s.start:s.gap]
	}
	if !s.scanned {
		s.scanHead(kept, int64(len(kept)) == length)
	}
	s.head.raw = kept[s.lead:] // the buffer may have moved since the scan
	s.out = letter{
		offset: s.base, length: raw, line: s.line + 1, digest: s.digest, size: length,
		kept: kept, head: &s.head, lead: s.lead, inside: s.inside,
	}
	if n := separatorLength(kept[:s.lead]); n > 0 {
		s.out.sep = kept[s.lead-n : s.lead]
	}
	s.base += raw
	s.line += lines
	s.start = at
	s.first = false
}

// scanHead reads the fields of the current message, of which b is the beginning.
func (s *splitter) scanHead(b []byte, complete bool) {
	s.lead = leadOf(b, s.first)
	h := b[s.lead:]
	if len(h) > maxHead {
		h, complete = h[:maxHead], false
	}
	s.head.scan(h, complete)
	s.scanned = true
	s.length = -1
	if v := s.head.get(fieldContentLength); len(v) > 0 && s.head.found {
		if n, d := number(v); d > 0 && d == len(v) && d < 10 {
			s.length = int64(n)
		}
	}
}

// leadOf gives the length of what stands before the headers: a byte order mark and blank
// lines at the beginning of an item, and the separator line.
func leadOf(b []byte, first bool) int {
	pos := 0
	if first {
		pos = skipBlank(b)
	}
	end := len(b)
	if i := bytes.IndexByte(b[pos:], '\n'); i >= 0 {
		end = pos + i + 1
	}
	if !bytes.HasPrefix(b[pos:], fromSpace) {
		return pos
	}
	if first && !opens(b[pos:end], lineAt(b, end)) {
		return pos
	}
	return end
}

// skipBlank gives the length of a UTF-8 byte order mark and the blank lines behind it.
func skipBlank(b []byte) int {
	pos := 0
	if bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")) {
		pos = 3
	}
	for i := pos; i < len(b); i++ {
		switch b[i] {
		case '\n':
			pos = i + 1
		case '\r', ' ', '\t':
		default:
			return pos
		}
	}
	return pos
}

// separatorLength gives the length of the separator line at the end of what stands before the headers.
func separatorLength(lead []byte) int {
	if len(lead) == 0 {
		return 0
	}
	i := bytes.LastIndexByte(lead[:len(lead)-1], '\n') + 1
	line := lead[i:]
	if bytes.HasPrefix(line, []byte("\xEF\xBB\xBF")) {
		line = line[3:]
	}
	if !bytes.HasPrefix(line, fromSpace) {
		return 0
	}
	return len(line)
}

// lineAt gives the line that begins at index at, without its end.
func lineAt(b []byte, at int) []byte {
	if at >= len(b) {
		return nil
	}
	b = b[at:min(len(b), at+maxSeparator)]
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i+1]
	}
	return trimEnd(b)
}

// separatorAt judges the line that begins rel bytes behind s.scan with "From ". It may
// read on, which moves s.scan with the bytes.
func (s *splitter) separatorAt(rel int) bool {
	for !twoLines(s.buf[s.scan+rel:s.end]) && s.fill() {
	}
	at := s.scan + rel
	w := s.buf[at:s.end]
	i := bytes.IndexByte(w[:min(len(w), maxSeparator)], '\n')
	if i < 0 && !(s.eof && len(w) < maxSeparator) {
		return false
	}
	end := len(w)
	if i >= 0 {
		end = i + 1
	}
	next := lineAt(w, end)
	return separates(w[:end], around{
		next: next, blankBefore: s.blankBefore(at),
		atEnd: s.eof && end == len(w), nextCut: s.eof && end+len(next) == len(w),
	})
}

// twoLines reports whether b holds the two lines that a judgement needs, or too much to matter.
func twoLines(b []byte) bool {
	if len(b) >= 2*maxSeparator {
		return true
	}
	i := bytes.IndexByte(b, '\n')
	return i >= 0 && bytes.IndexByte(b[i+1:], '\n') >= 0
}

func (s *splitter) blankBefore(at int) bool {
	i := at - 1 // the end of the line before
	if i > s.start && s.buf[i-1] == '\r' {
		i--
	}
	return i > s.start && s.buf[i-1] == '\n'
}

// covered reports whether the separator line at s.scan lies inside the body that the
// message's Content-Length gives. The length is believed only where it ends exactly at a
// further separator (with or without an empty line between) or at the end of the input.
func (s *splitter) covered() bool {
	if !s.scanned {
		b := s.buf[s.start:min(s.scan, s.start+keep)]
		if s.gap > 0 {
			b = s.buf[s.start:s.gap]
		}
		s.scanHead(b, true)
		if s.lead+s.head.end == len(b) && !bytes.HasSuffix(b, []byte("\n\n")) && !bytes.HasSuffix(b, []byte("\n\r\n")) {
			s.length = -1 // no body yet
		}
	}
	if s.length < 0 || s.landing < 0 {
		return false
	}
	here := int64(s.scan-s.start) + s.dropped
	ahead := int64(s.lead+s.head.end) + s.length - here
	if ahead <= 0 {
		return false
	}
	if s.landing == 0 {
		s.landing = -1
		if ahead <= maxAhead && s.lands(int(ahead)) {
			s.landing = 1
		}
	}
	if s.landing < 0 {
		return false
	}
	s.inside++
	return true
}

// lands reports whether a record ends rel bytes behind s.scan.
func (s *splitter) lands(rel int) bool {
	for s.end-s.scan < rel+2*maxSeparator && s.fillAhead() {
	}
	if s.scan+rel > s.end || s.err != nil {
		return false
	}
	rest := s.buf[s.scan+rel : s.end]
	if s.eof && len(bytes.Trim(rest, "\r\n")) == 0 && len(rest) <= 4 {
		return true
	}
	for _, lineEnd := range []string{"", "\n", "\r\n"} {
		n := rel + len(lineEnd)
		w := s.buf[s.scan+rel : s.end]
		if bytes.HasPrefix(w, []byte(lineEnd)) && bytes.HasPrefix(w[len(lineEnd):], fromSpace) && s.buf[s.scan+n-1] == '\n' {
			return s.separatorAt(n)
		}
	}
	return false
}
