package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"keytrail/forensics"
)

// fetchBatch is how many events are read at once, on one state of the database.
const fetchBatch = 256

// maxCached bounds the texts that are remembered for reading.
const maxCached = 1 << 16

// textCache remembers texts by number. A number never changes its text.
type textCache struct {
	mu    sync.Mutex
	texts map[uint32]string
}

// origin is what the events of an item have in common.
type origin struct {
	item           string
	itemDigest     forensics.Digest
	evidence       int64
	evidenceName   string
	evidenceDigest forensics.Digest
}

// fetch reads events by their numbers and gives them in that order. Those that
// were taken away meanwhile are left out.
func (c *Case) fetch(rows []int64) ([]forensics.Event, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ctx := context.Background()
	f := fetcher{c: c, r: c.reader, texts: map[uint32]string{0: ""}, origins: map[int64]*origin{}, incidents: c.incidentsOf().all}
	var err error
	if f.verdicts, err = loadVerdicts(ctx, c.read); err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	out := make([]forensics.Event, 0, len(rows))
	for len(rows) > 0 {
		n := min(len(rows), fetchBatch)
		if out, err = f.batch(out, rows[:n]); err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		rows = rows[n:]
	}
	return out, nil
}

// fetcher reads the events of one call.
type fetcher struct {
	c        *Case
	r        *reader
	origins  map[int64]*origin
	verdicts *verdicts
	texts    map[uint32]string // those of this call
	// incidents of each event, as SetIncidents gave them
	incidents map[int64][]int64
}

// batch adds events to out.
func (f *fetcher) batch(out []forensics.Event, rows []int64) ([]forensics.Event, error) {
	err := f.r.transact(func() error {
		marked, _, err := f.r.marked.run()
		if err != nil {
			return err
		}
		var r record
		for _, row := range rows {
			found, err := f.r.record(row, &r)
			if err != nil {
				return err
			}
			if !found {
				continue
			}
			e, err := f.event(&r)
			if err != nil {
				return err
			}
			if marked != 0 {
				err = errors.Join(
					each(f.r.tag, row, func() { e.Tags = append(e.Tags, f.r.tag.columnText(0)) }),
					each(f.r.note, row, func() { e.Notes = append(e.Notes, f.r.note.columnText(0)) }))
			}
			if err = errors.Join(err, f.seen(&e), f.added(&e)); err != nil {
				return err
			}
			out = append(out, e)
		}
		return nil
	})
	return out, err
}

// event turns a row into an event with the names and digests of its item.
func (f *fetcher) event(r *record) (forensics.Event, error) {
	for _, id := range r.texts {
		if _, ok := f.texts[id]; !ok {
			if err := f.loadText(id); err != nil {
				return forensics.Event{}, err
			}
		}
	}
	e, err := r.decode(func(id uint32) string { return f.texts[id] })
	if err != nil {
		return e, err
	}
	o, err := f.origin(r.item)
	if err != nil {
		return e, err
	}
	if o != nil {
		e.Ref.Evidence, e.EvidenceName, e.EvidenceDigest = o.evidence, o.evidenceName, o.evidenceDigest
		e.ItemName, e.ItemDigest = o.item, o.itemDigest
		if !o.itemDigest.IsZero() {
			e.ID = forensics.EventID(o.itemDigest, o.item, r.offset, e.Kind, int(r.n))
		}
	}
	e.Verdict = f.verdicts.of(&e)
	e.Incidents = f.incidents[e.Row]
	return e, nil
}

// origin gives what is known of an item, nil where it is not in the case.
func (f *fetcher) origin(item int64) (*origin, error) {
	o, known := f.origins[item]
	if known {
		return o, nil
	}
	s := f.r.item
	err := each(s, item, func() {
		o = &origin{item: s.columnText(0), evidence: s.column(2), evidenceName: s.columnText(3)}
		copy(o.itemDigest[:], s.columnBytes(1))
		copy(o.evidenceDigest[:], s.columnBytes(4))
	})
	f.origins[item] = o
	return o, err
}

// loadText puts a text into texts, from the case's cache where it is there.
func (f *fetcher) loadText(id uint32) error {
	cache := &f.c.cache
	cache.mu.Lock()
	text, ok := cache.texts[id]
	cache.mu.Unlock()
	if !ok {
		if err := each(f.r.text, int64(id), func() { text = f.r.text.columnText(0) }); err != nil {
			return err
		}
		cache.mu.Lock()
		if cache.texts == nil || len(cache.texts) >= maxCached {
			cache.texts = map[uint32]string{}
		}
		cache.texts[id] = text
		cache.mu.Unlock()
	}
	f.texts[id] = text
	return nil
}

// seen fills in the further refs. What inference adds can be a place that is known already.
func (f *fetcher) seen(e *forensics.Event) error {
	s := f.r.seen
	inferred := false
	err := each(s, e.Row, func() {
		ref := forensics.Ref{Item: s.column(0), Offset: s.column(1), Length: s.column(2), Line: s.column(3)}
		inferred = inferred || s.column(4) == 0
		e.SeenIn = append(e.SeenIn, ref)
	})
	if err != nil {
		return err
	}
	for i := range e.SeenIn {
		o, err := f.origin(e.SeenIn[i].Item)
		if err != nil {
			return err
		}
		if o != nil {
			e.SeenIn[i].Evidence = o.evidence
		}
	}
	if inferred {
		e.SeenIn = slices.DeleteFunc(slices.Compact(e.SeenIn), func(r forensics.Ref) bool { return r == e.Ref })
	}
	return nil
}

// added overlays what inference adds.
func (f *fetcher) added(e *forensics.Event) error {
	var text string
	err := each(f.r.addition, e.Row, func() { text = f.r.addition.columnText(0) })
	return errors.Join(err, overlay(e, text))
}
