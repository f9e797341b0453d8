// Package ingest runs the stages: it opens evidence, finds the format of every item, parses
// it, settles times, asks the notice rules, and appends the events to the case.
//
//	evidence (reads, hashes) ──> format (parses) ──> sink (times, notices, digests) ──> writer (case)
//	   goroutine of its own        ──── one goroutine ────                             one goroutine
//
// Invariants: an item that cannot be read never stops the others; every record is counted;
// a run that was killed at any moment and is started again ends in the case that an
// uninterrupted run gives; memory is bounded whatever the evidence holds.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/evidence"
	"keytrail/forensics/format"
)

// Options say how evidence is read.
type Options struct {
	Formats []format.Format
	Notices *detect.Notices
	Limits  evidence.Limits
	Year    int            // of logs that write none; 0: taken from neighbours
	Zone    *time.Location // of times that state none; nil: UTC, marked as assumed
	Tool    string         // name and version, for the custody log
	Now     func() time.Time

	// Where, where it is not nil, says where an address is; events take from it what their source does
	// not state. WhereFrom names the database, for the custody log.
	Where     func(netip.Addr) forensics.Place
	WhereFrom string
}

// Progress is how far an add has come. It is told about ten times a second.
type Progress struct {
	Path, Item, Format    string
	BytesDone, BytesTotal int64 // of all paths; BytesTotal is an estimate inside archives
	Items                 int64
	Records, Events       int64
	Warnings              int64
	Elapsed               time.Duration
	Done                  bool
	Err                   error
}

// Problem is an item that was not read whole.
type Problem struct {
	Path, Item string
	Status     forensics.Status
	Reason     string
}

// Summary is what an add did.
type Summary struct {
	forensics.Counts
	Items    int64
	Bytes    int64
	Known    []string // paths that were in the case already, whole
	Problems []Problem
	Elapsed  time.Duration
}

// maxProblems bounds how many problems a summary names; the case keeps all of them.
const maxProblems = 1000

// Add reads the paths into the case. It goes on after an item that fails; the error it
// returns means that it could not go on at all: a path that does not exist, a full disk,
// a cancelled context. What was read until then stays.
func Add(ctx context.Context, c *casefile.Case, paths []string, o Options, tell func(Progress)) (Summary, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Limits == (evidence.Limits{}) {
		o.Limits = evidence.DefaultLimits()
	}
	r := &run{c: c, o: o, tell: tell, start: time.Now(), places: places{where: o.Where}}
	for _, p := range paths {
		r.progress.BytesTotal += sizeOf(p)
	}
	var err error
	for _, p := range paths {
		if err = r.add(ctx, p); err != nil {
			break
		}
	}
	if settleErr := c.Settle(); err == nil {
		err = settleErr
	}
	r.progress.Done, r.progress.Err = true, err
	r.report(true)
	r.summary.Elapsed = time.Since(r.start)
	return r.summary, err
}

// run is one call of Add.
type run struct {
	c        *casefile.Case
	o        Options
	tell     func(Progress)
	start    time.Time
	told     time.Time
	progress Progress
	summary  Summary
	places   places
	known    time.Time // the last dated event of the case when the path was begun; zero where there is none
}

func (r *run) report(force bool) {
	if r.tell == nil {
		return
	}
	now := time.Now()
	if !force && now.Sub(r.told) < 100*time.Millisecond {
		return
	}
	r.told = now
	p := r.progress
	p.Items = r.summary.Items
	p.Elapsed = now.Sub(r.start)
	r.tell(p)
}

// add reads one path: a file or a folder.
func (r *run) add(ctx context.Context, path string) error {
	src, err := evidence.Open(path, r.o.Limits)
	if err != nil {
		return err
	}
	defer src.Close()
	info := src.Info()
	info.Added, info.Tool = r.o.Now(), r.o.Tool
	ev, err := r.c.BeginEvidence(info)
	if err != nil {
		return err
	}
	r.progress.Path = ev.Path
	if ev.Done {
		r.summary.Known = append(r.summary.Known, path)
		r.progress.BytesDone += ev.Size
		return nil
	}
	detail := fmt.Sprintf("%d: %s, %d bytes", ev.ID, ev.Path, ev.Size)
	if r.o.Where != nil && r.o.WhereFrom != "" {
		detail += "; addresses looked up in " + r.o.WhereFrom
	}
	if err := r.c.Log("evidence opened", detail); err != nil {
		return err
	}
	if view, err := r.c.Query(ctx, nil); err == nil {
		if _, last, ok := view.Span(); ok {
			r.known = time.Unix(0, last)
		}
	}
	walk := &walker{run: r, ev: ev}
	if err := src.Walk(ctx, func(m *evidence.Member) error { return walk.visit(ctx, m) }, walk.warn); err != nil {
		return err
	}
	if err := walk.flushWarnings(); err != nil {
		return err
	}
	if err := r.c.FinishEvidence(ev.ID, src.Digest(), ev.Size); err != nil {
		return err
	}
	return r.c.Log("evidence read", fmt.Sprintf("%d: %s, sha256 %s", ev.ID, ev.Path, src.Digest()))
}

// walker handles the members of one evidence.
type walker struct {
	*run
	ev    forensics.Evidence
	warns []memberWarning // not yet stored
	spare batch           // of the item that is being read; used again by the next
	// last is the item that was finished last: a warning about it can still come.
	last struct {
		item   forensics.Item
		writer *casefile.ItemWriter
	}
}

// memberWarning is what the walk itself has to say about a member.
type memberWarning struct{ item, text string }

func (w *walker) warn(item, text string) {
	w.warns = append(w.warns, memberWarning{item, text})
}

// take gives the walk's warnings about one item and forgets them.
func (w *walker) take(item string, id int64) []forensics.Warning {
	var out []forensics.Warning
	rest := w.warns[:0]
	for _, m := range w.warns {
		if m.item == item {
			out = append(out, forensics.Warning{Ref: forensics.Ref{Evidence: w.ev.ID, Item: id}, Text: m.text})
		} else {
			rest = append(rest, m)
		}
	}
	w.warns = rest
	return out
}

// flushWarnings stores the walk's warnings: with the item that was read last, or, for a
// member that could not be unpacked, with an item of its own, so that it is listed with its reason.
func (w *walker) flushWarnings() error {
	if w.last.writer != nil {
		if err := w.warnLast(); err != nil {
			return err
		}
	}
	for len(w.warns) > 0 {
		name := w.warns[0].item
		_, found, err := w.c.FindItem(w.ev.ID, name)
		if err != nil {
			return err
		}
		if found { // an earlier run stored it
			w.take(name, 0)
			continue
		}
		it := forensics.Item{Evidence: w.ev.ID, Name: name, Status: forensics.StatusFailed, Reason: w.warns[0].text}
		iw, err := w.c.BeginItem(it)
		if err != nil {
			return err
		}
		ws := w.take(name, iw.ID())
		if err := iw.Warn(ws); err != nil {
			return err
		}
		it.ID, it.Warnings = iw.ID(), int64(len(ws))
		if err := iw.Finish(it); err != nil {
			return err
		}
		w.count(it)
	}
	return nil
}

// warnLast stores warnings that came when their item was finished already.
func (w *walker) warnLast() error {
	it := &w.last.item
	ws := w.take(it.Name, it.ID)
	if len(ws) == 0 {
		return nil
	}
	if err := w.last.writer.Warn(ws); err != nil {
		return err
	}
	it.Warnings += int64(len(ws))
	w.summary.Warnings += int64(len(ws))
	if it.Status == forensics.StatusOK {
		it.Status, it.Reason = forensics.StatusPartial, ws[0].Text
		w.problem(*it)
	}
	return w.last.writer.Finish(*it)
}

// visit reads one member, or passes over it where an earlier run did.
func (w *walker) visit(ctx context.Context, m *evidence.Member) error {
	w.progress.Item = m.Name
	known, found, err := w.c.FindItem(w.ev.ID, m.Name)
	if err != nil {
		return err
	}
	if err := w.flushWarnings(); err != nil {
		return err
	}
	if found && done(&known, m) {
		m.Known(known.Digest)
		w.progress.BytesDone += known.Size
		return nil
	}
	it, err := w.readItem(ctx, m)
	if err != nil {
		return err
	}
	w.count(it)
	w.report(false)
	return nil
}

// done reports whether an earlier run read the member and it has not changed since.
func done(known *forensics.Item, m *evidence.Member) bool {
	return known.Status != forensics.StatusReading && !known.Digest.IsZero() &&
		(m.Size < 0 || m.Size == known.Size) && m.Modified.Equal(known.Modified)
}

// count adds an item that is done to the summary.
func (r *run) count(it forensics.Item) {
	r.summary.Items++
	r.summary.Bytes += it.Size
	r.summary.Counts = r.summary.Counts.Add(it.Counts)
	switch it.Status {
	case forensics.StatusOK, forensics.StatusDuplicate, forensics.StatusEmpty:
		return
	}
	r.problem(it)
}

// problem names an item that was not read whole.
func (r *run) problem(it forensics.Item) {
	if len(r.summary.Problems) < maxProblems {
		r.summary.Problems = append(r.summary.Problems, Problem{r.progress.Path, it.Name, it.Status, it.Reason})
	}
}

// sizeOf estimates how much there is to read below a path.
func sizeOf(path string) int64 {
	var n int64
	_ = filepath.WalkDir(path, func(_ string, d os.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // an estimate: what cannot be listed is reported when it is read
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
		return nil
	})
	return n
}

// stopped reports whether an error means that nothing can go on, as against a
// fault of one item.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, errWrite)
}
