package ingest

import (
	"context"
	"crypto/sha256"
	"fmt"

	"keytrail/forensics"
	"keytrail/forensics/detect"
	"keytrail/forensics/format"
	"keytrail/forensics/timeline"
)

const (
	// batchEvents is how many events go to the case in one transaction.
	batchEvents = 2048
	// maxWarnings bounds the warnings kept of one item; further ones are counted.
	maxWarnings = 100_000
)

// batch is what one transaction writes.
type batch struct {
	events   []forensics.Event
	warnings []forensics.Warning
}

func (b *batch) reset() {
	clear(b.events) // let go of the strings
	b.events, b.warnings = b.events[:0], b.warnings[:0]
}

// sink takes records from a format and makes events of them: digests, settled times, notices, counts.
type sink struct {
	ctx      context.Context
	item     *forensics.Item
	provider string
	notices  *detect.Notices
	clock    timeline.Clock
	places   *places

	counts, told forensics.Counts
	first, last  int64

	cur   *batch
	start func() // makes out and free when the first batch is full
	out   chan<- *batch
	free  chan *batch
}

var _ format.Sink = (*sink)(nil)

// Record implements format.Sink.
func (s *sink) Record(r *format.Record) error {
	s.counts.Records++
	s.counts.Read++
	digest := r.Digest
	if digest.IsZero() && r.Raw != nil {
		digest = sha256.Sum256(r.Raw)
	}
	ref := s.ref(r.Ref)
	if r.Mail != nil && s.notices != nil && len(r.Events) > 0 {
		s.notices.Classify(r.Mail, &r.Events[0])
	}
	for i := range r.Events {
		e := &r.Events[i]
		e.Ref, e.Digest, e.Provider = ref, digest, s.provider
		s.clock.Settle(e)
		s.places.fill(e)
		if !e.Time.Unreliable {
			if s.first == 0 || e.Time.Nano < s.first {
				s.first = e.Time.Nano
			}
			if s.last == 0 || e.Time.Nano > s.last {
				s.last = e.Time.Nano
			}
		}
		s.cur.events = append(s.cur.events, *e)
	}
	s.counts.Events += int64(len(r.Events))
	if len(s.cur.events) >= batchEvents {
		return s.flush()
	}
	return nil
}

// Skip implements format.Sink.
func (s *sink) Skip(forensics.Ref) {
	s.counts.Records++
	s.counts.Skipped++
}

// Broken implements format.Sink.
func (s *sink) Broken(ref forensics.Ref, why string) {
	s.counts.Records++
	s.counts.Broken++
	s.Warn(ref, why)
}

// Warn implements format.Sink.
func (s *sink) Warn(ref forensics.Ref, text string) {
	s.counts.Warnings++
	switch {
	case s.counts.Warnings == maxWarnings:
		text = fmt.Sprintf("more than %d warnings: the further ones are only counted", maxWarnings-1)
	case s.counts.Warnings > maxWarnings:
		return
	}
	s.cur.warnings = append(s.cur.warnings, forensics.Warning{Ref: s.ref(ref), Text: text})
	if len(s.cur.warnings) >= batchEvents {
		_ = s.flush() // a cancelled context shows itself to the format soon enough
	}
}

func (s *sink) ref(r forensics.Ref) forensics.Ref {
	r.Evidence, r.Item = s.item.Evidence, s.item.ID
	return r
}

// flush hands the batch over and takes an empty one.
func (s *sink) flush() error {
	if len(s.cur.events) == 0 && len(s.cur.warnings) == 0 {
		return s.ctx.Err()
	}
	if s.out == nil {
		s.start()
	}
	s.out <- s.cur
	s.cur = <-s.free
	return s.ctx.Err()
}
