package formattest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// maxKept is the longest raw record that a Sink copies; of longer ones only the digest is kept.
const maxKept = 1 << 20

// Sink records everything a format tells it, as deep copies. The zero value is ready.
type Sink struct {
	Records  []Record
	Skipped  []forensics.Ref
	Lost     []Note // what came by Broken
	Warnings []Note // what came by Warn; Lost are apart
	// Refs are the places of all entries (records, skipped, broken) in the order of the calls.
	Refs []forensics.Ref
	// Headers names the mail headers to copy into Mail.Headers.
	Headers []string
	// Fail is asked before a record is taken, with the number of records before it;
	// its error is given back to the format. Nil never fails.
	Fail func(before int) error
	// CountOnly keeps Read and Refs but no copies of records.
	CountOnly bool
	// Read counts the records, those refused by Fail included.
	Read int
}

var _ format.Sink = (*Sink)(nil)

// Record is a copy of a format.Record.
type Record struct {
	Ref    forensics.Ref
	Raw    []byte // nil where it was not at hand or longer than 1 MiB
	Digest forensics.Digest
	Events []forensics.Event
	Mail   *Mail
}

// Mail is a copy of a forensics.Mail with its functions called.
type Mail struct {
	From, FromName, ReplyTo, Subject string
	To                               []string
	Auth                             []forensics.AuthVerdict
	Text                             string
	Headers                          map[string][]string // of the names in Sink.Headers
}

// Note is a broken entry or a warning.
type Note struct {
	Ref  forensics.Ref
	Text string
}

// Record implements format.Sink.
func (s *Sink) Record(r *format.Record) error {
	before := s.Read
	s.Read++
	if s.Fail != nil {
		if err := s.Fail(before); err != nil {
			return err
		}
	}
	s.Refs = append(s.Refs, r.Ref)
	if s.CountOnly {
		return nil
	}
	c := Record{Ref: r.Ref, Digest: r.Digest, Mail: s.mail(r.Mail)}
	if c.Digest.IsZero() {
		c.Digest = sha256.Sum256(r.Raw)
	}
	if len(r.Raw) <= maxKept {
		c.Raw = bytes.Clone(r.Raw)
	}
	for _, e := range r.Events {
		c.Events = append(c.Events, cloneEvent(e))
	}
	s.Records = append(s.Records, c)
	return nil
}

// Skip implements format.Sink.
func (s *Sink) Skip(ref forensics.Ref) {
	s.Refs = append(s.Refs, ref)
	s.Skipped = append(s.Skipped, ref)
}

// Broken implements format.Sink.
func (s *Sink) Broken(ref forensics.Ref, why string) {
	s.Refs = append(s.Refs, ref)
	s.Lost = append(s.Lost, Note{ref, strings.Clone(why)})
}

// Warn implements format.Sink.
func (s *Sink) Warn(ref forensics.Ref, text string) {
	s.Warnings = append(s.Warnings, Note{ref, strings.Clone(text)})
}

func (s *Sink) mail(m *forensics.Mail) *Mail {
	if m == nil {
		return nil
	}
	c := &Mail{
		From: m.From, FromName: m.FromName, ReplyTo: m.ReplyTo, Subject: m.Subject,
		To: slices.Clone(m.To), Auth: slices.Clone(m.Auth),
	}
	if m.Text != nil {
		c.Text = m.Text()
	}
	if m.Header != nil && len(s.Headers) > 0 {
		c.Headers = map[string][]string{}
		for _, name := range s.Headers {
			if values := m.Header(name); len(values) > 0 {
				c.Headers[name] = slices.Clone(values)
			}
		}
	}
	return c
}

// cloneEvent copies the slices of an event; its strings are its own by contract.
func cloneEvent(e forensics.Event) forensics.Event {
	e.Others = slices.Clone(e.Others)
	e.To = slices.Clone(e.To)
	e.Messages = slices.Clone(e.Messages)
	e.Reasons = slices.Clone(e.Reasons)
	e.UIDs = slices.Clone(e.UIDs)
	if e.Bounds != nil {
		b := *e.Bounds
		e.Bounds = &b
	}
	return e
}

// Summary counts in one line: what a failing comparison prints first.
func (s *Sink) Summary() string {
	return fmt.Sprintf("%d read, %d events, %d skipped, %d broken, %d warnings",
		s.Read, len(s.Events()), len(s.Skipped), len(s.Lost), len(s.Warnings))
}

// Events gives the events of all records in their order.
func (s *Sink) Events() []forensics.Event {
	var all []forensics.Event
	for _, r := range s.Records {
		all = append(all, r.Events...)
	}
	return all
}
