package xlsx

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
)

// synthetic is a view of n events made from their index, so that a benchmark of a million holds no case.
type synthetic struct {
	n, undated int
	event      func(i int) forensics.Event
}

func (s synthetic) Len() int   { return s.n }
func (s synthetic) Dated() int { return s.n - s.undated }

func (s synthetic) Events(from, n int) ([]forensics.Event, error) {
	out := make([]forensics.Event, 0, n)
	for i := from; i < min(from+n, s.n); i++ {
		out = append(out, s.event(i))
	}
	return out, nil
}

func (s synthetic) Time(k int) int64 { e := s.event(k); return e.Time.Nano }
func (s synthetic) Item(k int) int64 { e := s.event(k); return e.Ref.Item }

func (s synthetic) Span() (first, last int64, ok bool) {
	if s.Dated() == 0 {
		return 0, 0, false
	}
	return s.Time(0), s.Time(s.Dated() - 1), true
}

func (s synthetic) GroupCounts() casefile.Cell {
	var c casefile.Cell
	if s.n > 10_000 { // of no interest to the benchmark
		return c
	}
	for i := range s.n {
		e := s.event(i)
		c[e.Kind.Group()]++
	}
	return c
}

func (s synthetic) Histogram(from, to int64, cells int) []casefile.Cell {
	out := make([]casefile.Cell, cells)
	if s.n > 10_000 {
		return out
	}
	for i := range s.Dated() {
		e := s.event(i)
		if at := e.Time.Nano; at >= from && at < to {
			out[int((at-from)*int64(cells)/(to-from))][e.Kind.Group()]++
		}
	}
	return out
}

// content makes a workbook's content around a timeline; the sheets of groups stay empty unless given.
func content(timeline Events, groups map[forensics.Group]Events) *Content {
	none := synthetic{}
	c := &Content{Case: "rivera", Tool: "keytrail 0.0.0", Total: timeline.Len(), Timeline: timeline, Groups: map[forensics.Group]Events{},
		Charted: timeline, Alerts: none, BySource: map[int64]Events{}, Times: none,
		Warnings: func(int64, int) ([]forensics.Warning, error) { return nil, nil },
		Custody:  []forensics.Custody{{Seq: 1, At: time.Date(2023, 3, 1, 9, 0, 0, 0, time.UTC), Who: "pat@desk", What: "case created", Detail: "rivera", Tool: "keytrail 0.0.0"}},
	}
	for _, g := range forensics.Groups() {
		c.Groups[g] = none
		if events, ok := groups[g]; ok {
			c.Groups[g] = events
		}
	}
	return c
}

var busyKinds = []forensics.Kind{forensics.LoginSucceeded, forensics.LoginSucceeded, forensics.MailRead, forensics.LoginFailed, forensics.MailDeleted, forensics.KeyCreated, forensics.ResetRequested, forensics.Other}

// busyEvent is one of many, as an audit log of an organisation has them.
func busyEvent(i int) forensics.Event {
	var seed [8]byte
	binary.BigEndian.PutUint64(seed[:], uint64(i))
	sum := sha256.Sum256(seed[:])
	at := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i)*31*time.Second + time.Duration(sum[0])*time.Millisecond)
	kind := busyKinds[i%len(busyKinds)]
	return forensics.Event{
		Row: int64(i + 1), ID: fmt.Sprintf("%x", sum[:12]), Kind: kind, Certainty: forensics.Observed, Outcome: forensics.Success, Provider: "microsoft/unified-audit",
		Time:    forensics.UTC(at, forensics.PrecisionMilli, at.Format(time.RFC3339Nano), "CreationTime"),
		Account: fmt.Sprintf("user%03d@corp.example.com", int(sum[1])*4+int(sum[2])%4), Actor: "user@corp.example.com",
		IP: netip.AddrFrom4([4]byte{198, 51, 100, sum[3]}), Country: "NL", ASN: 64496, Org: "Example Hosting", Client: "Client=OWA;Mozilla/5.0 (Windows NT 10.0)",
		Protocol: "imap", Service: "microsoft", Operation: "MailItemsAccessed", Subject: fmt.Sprintf("Minutes of the meeting no. %d & agenda", i%5000), Folder: "INBOX",
		Ref: forensics.Ref{Evidence: 1, Item: 1, Offset: int64(i) * 1811, Length: 1811, Line: int64(i + 2)}, Digest: sum,
		EvidenceName: "AuditLog.csv", SeenIn: seen(i),
	}
}

func seen(i int) []forensics.Ref {
	if i%5 != 0 {
		return nil
	}
	return []forensics.Ref{{Evidence: 2, Item: 2, Offset: int64(i)}}
}
