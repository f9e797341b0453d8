package evidence

import (
	"fmt"
	"io"
)

// Limits bound what is unpacked from archives. They do not bound plain files and
// folders: these are as large as they are. A bound that is zero or negative takes its
// default.
type Limits struct {
	MaxMembers     int   // members unpacked from one file of evidence, those of nested archives included
	MaxDepth       int   // archives within archives: 1 unpacks an archive but none inside it; a .tar.gz counts as one
	MaxRatio       int64 // unpacked bytes per packed byte, of a member and of a whole file; counts from 64 MiB unpacked on
	MaxMemberBytes int64 // unpacked bytes of one member
	MaxTotalBytes  int64 // unpacked bytes of all archives of one walk

	grace int64 // ratioGrace; tests take less
	spool int   // maxSpoolMemory; tests take less
}

// DefaultLimits fits provider exports of several hundred gigabytes and stops
// archives that were made to explode.
func DefaultLimits() Limits {
	return Limits{
		MaxMembers:     1_000_000,
		MaxDepth:       3,
		MaxRatio:       250,
		MaxMemberBytes: 256 << 30,
		MaxTotalBytes:  2 << 40,
	}
}

// ratioGrace is unpacked whatever the ratio: small files of blanks are not bombs.
const ratioGrace = 64 << 20

// maxWarnings is how many warnings one file of evidence may cost; the rest is
// counted and told in one more.
const maxWarnings = 1000

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	if l.MaxMembers <= 0 {
		l.MaxMembers = d.MaxMembers
	}
	if l.MaxDepth <= 0 {
		l.MaxDepth = d.MaxDepth
	}
	if l.MaxRatio <= 0 {
		l.MaxRatio = d.MaxRatio
	}
	if l.MaxMemberBytes <= 0 {
		l.MaxMemberBytes = d.MaxMemberBytes
	}
	if l.MaxTotalBytes <= 0 {
		l.MaxTotalBytes = d.MaxTotalBytes
	}
	if l.grace <= 0 {
		l.grace = ratioGrace
	}
	if l.spool <= 0 {
		l.spool = maxSpoolMemory
	}
	return l
}

// CutError ends a member before its regular end: a bound was reached, or the bytes
// are damaged. Member.Read returns it after the last good byte, Member.Finish returns it with
// the digest of the good bytes. Walk has then told warn already; the member is partial.
type CutError struct {
	Bound string // the field of Limits that was reached; empty for damage
	Text  string // what happened, with the bound's value
	Err   error  // the cause, where there is one
}

// Error gives the text and its cause.
func (e *CutError) Error() string {
	if e.Err != nil {
		return e.Text + ": " + e.Err.Error()
	}
	return e.Text
}

// Unwrap gives the cause.
func (e *CutError) Unwrap() error { return e.Err }

// bounded counts what an unpacking reader gives and cuts it at the limits.
type bounded struct {
	w   *walker
	r   io.Reader
	in  func() int64 // packed bytes used so far
	out int64
}

// Read implements io.Reader. An error of the unpacking reader means damage.
func (b *bounded) Read(p []byte) (int, error) {
	lim := b.w.lim
	most := min(lim.MaxMemberBytes-b.out, lim.MaxTotalBytes-b.w.total)
	if most < int64(len(p)) {
		p = p[:most+1] // one more byte tells an exact fit from an overrun
	}
	n, err := b.r.Read(p)
	if int64(n) > most {
		b.out += most
		b.w.total += most
		if b.w.total >= lim.MaxTotalBytes {
			b.w.over = true
			return int(most), &CutError{Bound: "MaxTotalBytes", Text: fmt.Sprintf("bound MaxTotalBytes reached: %d bytes were unpacked in all; cut after %d bytes", lim.MaxTotalBytes, b.out)}
		}
		return int(most), &CutError{Bound: "MaxMemberBytes", Text: fmt.Sprintf("bound MaxMemberBytes reached: cut after %d bytes", b.out)}
	}
	b.out += int64(n)
	b.w.total += int64(n)
	if b.out > lim.grace && b.out/lim.MaxRatio > b.in() {
		return n, &CutError{Bound: "MaxRatio", Text: fmt.Sprintf("bound MaxRatio reached: unpacks to more than %d times its packed size; cut after %d bytes", lim.MaxRatio, b.out)}
	}
	if all := b.w.total - b.w.totalBefore; all > lim.grace && all/lim.MaxRatio > b.w.packed {
		b.w.over = true
		return n, &CutError{Bound: "MaxRatio", Text: fmt.Sprintf("bound MaxRatio reached: the file unpacks to more than %d times its size; cut after %d bytes", lim.MaxRatio, b.out)}
	}
	if err != nil && err != io.EOF {
		if cut, ok := asCut(err); ok {
			return n, cut
		}
		if ctxErr := b.w.ctx.Err(); ctxErr != nil {
			return n, ctxErr
		}
		return n, &CutError{Text: fmt.Sprintf("damaged or truncated after %d bytes", b.out), Err: err}
	}
	return n, err
}
