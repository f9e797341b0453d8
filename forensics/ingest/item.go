package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/evidence"
	"keytrail/forensics/format"
	"keytrail/forensics/timeline"
)

// errWrite marks a failure to write the case: the disk is full, or the case was taken away.
var errWrite = errors.New("cannot write to the case")

// readItem takes one member through all stages.
func (w *walker) readItem(ctx context.Context, m *evidence.Member) (forensics.Item, error) {
	it := forensics.Item{Evidence: w.ev.ID, Name: m.Name, Size: m.Size, Modified: m.Modified}
	head, complete := m.Head()
	name := m.Name
	if name == "" {
		name = w.ev.Name
	}
	f, guess := format.Detect(w.o.Formats, &format.Head{Name: name, Bytes: head, Complete: complete})
	if guess.Score > 0 {
		it.Format = f.Name()
	}
	w.progress.Format = it.Format

	iw, err := w.c.BeginItem(it)
	if err != nil {
		return it, err
	}
	it.ID = iw.ID()

	var p parsed
	switch {
	case len(head) == 0:
		it.Status = forensics.StatusEmpty
	case guess.Score <= 0:
		it.Status, it.Reason = forensics.StatusUnrecognised, unrecognised(f, guess)
	default:
		p = w.parse(ctx, f, m, head, name, iw, &it)
	}
	if p.err != nil && stopped(ctx, p.err) {
		return it, p.err
	}
	digest, size, err := m.Finish()
	it.Digest, it.Size = digest, size
	if err == nil {
		err = p.err
	}
	if err != nil {
		it.Status, it.Reason = forensics.StatusFailed, err.Error()
		if it.Read > 0 {
			it.Status = forensics.StatusPartial
		}
	}
	if size == 0 && err == nil {
		it.Status = forensics.StatusEmpty
	}
	err = w.finish(iw, &it, &p)
	w.last.item, w.last.writer = it, iw
	return it, err
}

// finish stores what is not stored yet and closes the item; where the same bytes are in the case
// already, nothing of it stays.
func (w *walker) finish(iw *casefile.ItemWriter, it *forensics.Item, p *parsed) error {
	warnings := w.take(it.Name, it.ID)
	if it.Status == forensics.StatusOK || it.Status == forensics.StatusPartial {
		twin, found, err := w.c.FindContent(it.Digest)
		if err != nil {
			return err
		}
		if found && twin.ID != it.ID {
			it.Status = forensics.StatusDuplicate
			it.Reason = fmt.Sprintf("the same bytes as evidence %d %s", twin.Evidence, twin.Name)
			it.Counts = forensics.Counts{}
			it.First, it.Last = 0, 0
			if p.stored {
				return iw.Discard(*it)
			}
			return iw.Finish(*it)
		}
	}
	if p.rest != nil {
		duplicates, err := iw.Append(p.rest.events)
		if err == nil {
			err = iw.Warn(p.rest.warnings)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errWrite, err)
		}
		it.Duplicates += int64(duplicates)
		it.Events -= int64(duplicates)
	}
	if err := iw.Warn(warnings); err != nil {
		return err
	}
	it.Warnings += int64(len(warnings))
	if len(warnings) > 0 && it.Status == forensics.StatusOK {
		it.Status, it.Reason = forensics.StatusPartial, warnings[0].Text
	}
	return iw.Finish(*it)
}

func unrecognised(near format.Format, g format.Guess) string {
	if near == nil || g.Why == "" {
		return "no format knows it; `keytrail formats` lists what can be read"
	}
	return fmt.Sprintf("no format knows it; nearest is %s: %s", near.Name(), g.Why)
}

// parsed is what came of parsing an item.
type parsed struct {
	// rest is what is not with the case yet: all of an item that gave no more than one batch. It is the walker's spare one.
	rest   *batch
	stored bool // the case has got a part of it
	err    error
}

// parse runs the format, and beside it the writer from the second batch on. What a small item gives is kept back
// until its digest is known.
func (w *walker) parse(ctx context.Context, f format.Format, m *evidence.Member, head []byte, name string, iw *casefile.ItemWriter, it *forensics.Item) (p parsed) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.spare.reset()
	s := &sink{
		ctx: ctx, item: it, notices: w.o.Notices, provider: f.Name(), places: &w.places, cur: &w.spare,
		clock: timeline.Clock{Zone: w.o.Zone, Year: w.o.Year, Written: w.written(m), Latest: w.o.Now().Add(48 * time.Hour)},
	}
	var tally tally
	var written chan error
	s.start = func() {
		batches := make(chan *batch, 2)
		s.out, s.free = batches, make(chan *batch, 4)
		for range cap(s.free) {
			s.free <- &batch{}
		}
		written = make(chan error, 1)
		go func() {
			written <- w.write(iw, batches, s.free, &tally, cancel)
		}()
	}
	in := &format.Input{
		Name: name, Size: m.Size, Modified: m.Modified, Head: head,
		Reader: &counter{r: m, n: &w.progress.BytesDone, after: func() { w.live(s) }},
	}
	p.err = guarded(ctx, f, in, s)
	if s.out != nil {
		if err := s.flush(); p.err == nil {
			p.err = err
		}
		close(s.out)
		p.stored = true
		if err := <-written; err != nil {
			p.err = err
			return p
		}
	} else {
		p.rest = s.cur
		if p.err == nil {
			p.err = ctx.Err()
		}
	}
	it.Counts = s.counts
	it.Duplicates = tally.duplicates
	it.Events -= tally.duplicates
	it.First, it.Last = s.first, s.last
	it.Clock = s.clock.Assumed()
	it.Status = forensics.StatusOK
	switch {
	case s.counts.Broken > 0:
		it.Status, it.Reason = forensics.StatusPartial, fmt.Sprintf("%d of %d records are broken", s.counts.Broken, s.counts.Records)
	case s.counts.Records == 0:
		it.Status, it.Reason = forensics.StatusPartial, "no record found in it"
	}
	w.live(s)
	return p
}

// live brings the progress up to date while an item is being read.
func (w *walker) live(s *sink) {
	w.progress.Records += s.counts.Records - s.told.Records
	w.progress.Events += s.counts.Events - s.told.Events
	w.progress.Warnings += s.counts.Warnings - s.told.Warnings
	s.told = s.counts
	w.report(false)
}

// guarded keeps a format's panic to its item.
func guarded(ctx context.Context, f format.Format, in *format.Input, s *sink) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s failed on this item (please report it): %v\n%s", f.Name(), p, debug.Stack())
		}
	}()
	return f.Parse(ctx, in, s)
}

// written is when a log without years was last written: the member's date, or,
// where that is just the date of a fresh copy, the end of what the case knew when the path was begun.
func (w *walker) written(m *evidence.Member) time.Time {
	at := m.Modified
	if at.IsZero() {
		at = w.ev.Modified
	}
	if w.known.IsZero() || w.o.Now().Sub(at) > 48*time.Hour {
		return at
	}
	return w.known
}

// tally is what the writer found out.
type tally struct{ duplicates int64 }

// write appends batches until there are no more, and stops the parser where the case cannot be written.
func (w *walker) write(iw *casefile.ItemWriter, in <-chan *batch, free chan<- *batch, t *tally, cancel func()) error {
	var failed error
	for b := range in {
		if failed == nil {
			n, err := iw.Append(b.events)
			t.duplicates += int64(n)
			if err == nil && len(b.warnings) > 0 {
				err = iw.Warn(b.warnings)
			}
			if err != nil {
				failed = fmt.Errorf("%w: %w", errWrite, err)
				cancel()
			}
		}
		b.reset()
		free <- b
	}
	return failed
}

// counter tells how many bytes were taken.
type counter struct {
	r     io.Reader
	n     *int64
	after func()
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	c.after()
	return n, err
}
