package evidence

import (
	"time"

	"keytrail/forensics"
)

// Member is one thing to read: a file, or a member of an archive. It belongs to the
// visitor until the visitor returns, and is used by one goroutine at a time.
type Member struct {
	// Name is the path inside the evidence, with slashes. It is empty where the evidence is one
	// plain file; a member of a nested archive is "a.zip/b.mbox". It is made safe (no
	// "..", not absolute, at most 1024 bytes) and unique in the evidence, but may
	// hold any other byte that the evidence holds.
	Name     string
	Size     int64     // bytes as stated, -1 where unknown; Finish tells the true size
	Modified time.Time // zero where not stated

	s *stream
}

// Head gives up to 64 KiB from the start without consuming them; complete means that this
// is all. The bytes stay valid until the visitor returns and must not be changed.
func (m *Member) Head() (b []byte, complete bool) { return m.s.head() }

// Read implements io.Reader. It returns a *CutError where the member ends
// before its regular end, and the context's error where the walk is cancelled.
func (m *Member) Read(p []byte) (int, error) { return m.s.Read(p) }

// Next hands out the next bytes, up to 1 MiB, without copying them. They must not be
// changed, and are valid until the next call of Next, Read or Finish. Its errors are those
// of Read.
func (m *Member) Next() ([]byte, error) { return m.s.block() }

// Finish reads what was not read and gives the SHA-256 and the true size. After a
// *CutError both count the good bytes only.
func (m *Member) Finish() (forensics.Digest, int64, error) {
	if m.s.known {
		return m.s.digest, m.Size, nil
	}
	return m.s.finish()
}

// Known says that the visitor passes the member over, because an earlier run read it and its
// digest was d. A plain file is then not read again; Source.Digest takes d on trust.
func (m *Member) Known(d forensics.Digest) {
	if m.s.finished {
		return
	}
	m.s.stop()
	m.s.known = true
	m.s.digest = d
}
