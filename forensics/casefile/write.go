package casefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"keytrail/forensics"
)

// ItemWriter takes in what one item gives. It is used by one goroutine, and one writer at a time.
type ItemWriter struct {
	c    *Case
	item forensics.Item
	name uint64 // the item's key in the index
	low  int64  // no event of the item has a smaller number

	offset int64 // of the record that the last event came from
	n      int64 // how many events that record gave so far
	first  int64
	last   int64
	any    bool
}

// BeginItem makes an item ready for its events. What an interrupted run left of
// it - events, warnings, further refs - is taken away first.
func (c *Case) BeginItem(it forensics.Item) (*ItemWriter, error) {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	ctx := context.Background()
	if err := c.acquire(); err != nil {
		return nil, err
	}
	if c.failed != nil {
		return nil, c.failed
	}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	key := c.bulk.index.name(it.Evidence, it.Name)
	if _, found := c.bulk.group.byName[key]; found {
		if err := c.flush(); err != nil {
			return nil, err
		}
	}
	if _, stored := c.bulk.index.names[key]; stored {
		if err := c.beginAgain(ctx, &it); err != nil {
			return nil, err
		}
	}
	if it.ID == 0 {
		it.ID = c.bulk.nextItem
		c.bulk.nextItem++
	}
	it.Status = forensics.StatusReading
	it.Counts = forensics.Counts{}
	w := &ItemWriter{c: c, item: it, name: key, low: c.bulk.next, offset: -1}
	c.bulk.group.put(it, w.low, key)
	return w, nil
}

// beginAgain gives an item that the database has its number back and takes away what is there of it.
func (c *Case) beginAgain(ctx context.Context, it *forensics.Item) error {
	known, found, err := firstItem(ctx, c.write, `WHERE evidence = ? AND name = ?`, it.Evidence, it.Name)
	if err != nil || !found {
		return err
	}
	it.ID = known.ID
	if err := c.flush(); err != nil {
		return err
	}
	if err := c.clear(ctx, it.ID); err != nil {
		return err
	}
	// Before new events stand in it: a run that is killed must not take it for one that was read.
	err = c.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE item SET status = ? WHERE id = ?`, int64(forensics.StatusReading), it.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("begin the item: %w", err)
	}
	c.bulk.next, err = c.nextRow(ctx, c.write)
	return err
}

// ID gives the item's number in the case.
func (w *ItemWriter) ID() int64 { return w.item.ID }

// Append adds a batch of events, whole records only, which go to the database together or not at
// all. An event whose fact the case knows already becomes a further ref of that event; their number is
// returned. The batch may be used again afterwards.
func (w *ItemWriter) Append(batch []forensics.Event) (duplicates int, err error) {
	if len(batch) == 0 {
		return 0, nil
	}
	c := w.c
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if err := w.usable(); err != nil {
		return 0, err
	}
	g := &c.bulk.group
	w.note()
	for i := range batch {
		g.fresh = append(g.fresh, record{})
		r := &g.fresh[len(g.fresh)-1]
		dup, err := w.row(r, &batch[i])
		if err != nil {
			c.failed = fmt.Errorf("append events: %w", c.explain(err))
			c.reset()
			return 0, c.failed
		}
		if dup {
			duplicates++
			g.fresh = g.fresh[:len(g.fresh)-1]
		} else {
			g.size += len(r.original) + len(r.session) + len(r.messageID) + len(r.subject) + len(r.more)
		}
	}
	if g.full() {
		return duplicates, c.flush()
	}
	return duplicates, nil
}

// usable reports what was lost of what was to be written.
func (w *ItemWriter) usable() error {
	if w.c.failed != nil {
		return w.c.failed
	}
	if w.c.bulk == nil {
		return errors.New("the case was closed, or its writing failed before")
	}
	return nil
}

// note sees to it that the item goes to the database with what it gave, as one that is being read.
func (w *ItemWriter) note() {
	if _, ok := w.c.bulk.group.byID[w.item.ID]; !ok {
		w.c.bulk.group.put(w.item, w.low, w.name)
	}
}

// pendingRows is from which size on a pending batch is not added to any more.
const pendingRows = 4096

// grow adds what was committed to the columns in memory.
func (c *Case) grow(g *group, generation int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	newTexts := c.texts.takeFresh()
	if c.state == nil || c.state.generation >= generation {
		return // somebody read them from the database already
	}
	s := *c.state
	for _, t := range newTexts {
		s.texts.set(t.id, t.text)
	}
	for i := range g.items {
		s.evidence = setItem(s.evidence, g.items[i].ID, g.items[i].Evidence)
	}
	if len(g.fresh) > 0 {
		// Only the newest state's pending batches are ever looked at, and under the lock: they may
		// grow in place. Small batches are put together.
		n := len(s.pending)
		if n == 0 || s.pending[n-1].len() >= pendingRows {
			s.pending = append(s.pending, columns{})
			s.pending[n].reserve(len(g.fresh), 0)
			n++
		}
		batch := &s.pending[n-1]
		for i := range g.fresh {
			batch.append(&g.fresh[i])
		}
	}
	s.generation = generation
	c.state = &s
}

// row fills in the row of an event. dup says that it became a further ref instead.
func (w *ItemWriter) row(r *record, e *forensics.Event) (dup bool, err error) {
	c := w.c
	if e.Ref.Offset == w.offset {
		w.n++
	} else {
		w.offset, w.n = e.Ref.Offset, 0
	}
	var fact int64
	if e.Fact != "" {
		fact = c.bulk.hasher.hash(e.Kind, e.Fact)
		if row := c.facts.get(fact); row != 0 {
			c.bulk.group.seen = append(c.bulk.group.seen, seenRow{row, fact, w.item.ID, e.Ref.Offset, e.Ref.Length, e.Ref.Line})
			return true, nil
		}
	}
	if err := r.encode(e); err != nil {
		return false, err
	}
	for i, text := range textsOf(e) {
		if r.texts[i], err = c.texts.inColumn(c.bulk, i, text); err != nil {
			return false, err
		}
	}
	if e.IP.IsValid() {
		if r.texts[textIP], err = c.texts.ip(c.bulk, e.IP); err != nil {
			return false, err
		}
	}
	r.id, r.item, r.n, r.fact = c.bulk.next, w.item.ID, w.n, fact
	c.bulk.next++
	if fact != 0 {
		c.facts.put(fact, r.id)
		if c.bulk.orphans[fact] {
			delete(c.bulk.orphans, fact)
			c.bulk.group.adopted = append(c.bulk.group.adopted, adoption{fact, r.id})
		}
	}
	if !e.Time.Unreliable && !e.Time.IsZero() {
		if !w.any || e.Time.Nano < w.first {
			w.first = e.Time.Nano
		}
		if !w.any || e.Time.Nano > w.last {
			w.last = e.Time.Nano
		}
		w.any = true
	}
	return false, nil
}

// Warn stores what could not be read.
func (w *ItemWriter) Warn(ws []forensics.Warning) error {
	if len(ws) == 0 {
		return nil
	}
	c := w.c
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if err := w.usable(); err != nil {
		return err
	}
	w.note()
	g := &c.bulk.group
	for _, x := range ws {
		x.Ref.Evidence, x.Ref.Item = w.item.Evidence, w.item.ID
		g.warnings = append(g.warnings, x)
		g.size += len(x.Text)
	}
	if g.full() {
		return c.flush()
	}
	return nil
}

// Finish marks the item as read with the status, counts and digest of it. Where
// First and Last are 0 they are those of the events that were appended.
func (w *ItemWriter) Finish(it forensics.Item) error {
	if it.First == 0 && it.Last == 0 && w.any {
		it.First, it.Last = w.first, w.last
	}
	w.c.writeMu.Lock()
	defer w.c.writeMu.Unlock()
	return w.finish(it)
}

// Discard takes away everything that was read of the item, because the case has
// its bytes already, and keeps the item with the status of it.
func (w *ItemWriter) Discard(it forensics.Item) error {
	c := w.c
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if err := w.usable(); err != nil {
		return err
	}
	ctx := context.Background()
	err := c.flush()
	if err == nil {
		err = c.clear(ctx, w.item.ID)
	}
	if err == nil {
		c.bulk.next, err = c.nextRow(ctx, c.write)
	}
	if err != nil {
		return err
	}
	return w.finish(it)
}

func (w *ItemWriter) finish(it forensics.Item) error {
	if err := w.usable(); err != nil {
		return err
	}
	it.ID, it.Evidence, it.Name = w.item.ID, w.item.Evidence, w.item.Name
	g := &w.c.bulk.group
	g.put(it, w.low, w.name)
	if g.full() || time.Since(g.begun) > groupAge {
		return w.c.flush()
	}
	return nil
}
