package casefile

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"

	"keytrail/forensics"
)

// ItemWriter takes in what one item gives. It is used by one goroutine.
type ItemWriter struct {
	c    *Case
	item forensics.Item

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
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	known, found, err := one(c.write.QueryContext(ctx, `SELECT `+itemColumns+` FROM item WHERE evidence = ? AND name = ?`, it.Evidence, it.Name))
	if err != nil {
		return nil, err
	}
	if found {
		it.ID = known.ID
		if err := c.clear(ctx, it.ID); err != nil {
			return nil, err
		}
	}
	it.Status = forensics.StatusReading
	it.Counts = forensics.Counts{}
	err = c.transact(ctx, func(tx *sql.Tx) error {
		next, err := c.nextRow(ctx, tx)
		if err != nil {
			return err
		}
		c.bulk.next = next
		if !found {
			r, err := tx.ExecContext(ctx, `INSERT INTO item (evidence, name, size, digest, modified, format, status, reason, clock,
				records, read, events, duplicates, skipped, broken, warnings, first, last, low)
				VALUES (?, ?, 0, NULL, NULL, '', 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, ?)`, it.Evidence, it.Name, next)
			if err != nil {
				return err
			}
			if it.ID, err = r.LastInsertId(); err != nil {
				return err
			}
		} else if _, err := tx.ExecContext(ctx, `UPDATE item SET low = ? WHERE id = ?`, next, it.ID); err != nil {
			return err
		}
		return updateItem(ctx, tx, it)
	})
	if err != nil {
		return nil, fmt.Errorf("begin the item: %w", err)
	}
	c.mu.Lock()
	if c.state != nil {
		s := *c.state
		s.evidence = setItem(slices.Clone(s.evidence), it.ID, it.Evidence)
		c.state = &s
	}
	c.mu.Unlock()
	return &ItemWriter{c: c, item: it, offset: -1}, nil
}

// updateItem writes everything of an item but its identity.
func updateItem(ctx context.Context, tx *sql.Tx, it forensics.Item) error {
	_, err := tx.ExecContext(ctx, `UPDATE item SET size = ?, digest = ?, modified = ?, format = ?, status = ?, reason = ?, clock = ?,
		records = ?, read = ?, events = ?, duplicates = ?, skipped = ?, broken = ?, warnings = ?, first = ?, last = ? WHERE id = ?`,
		it.Size, digestValue(it.Digest), timeValue(it.Modified), it.Format, int64(it.Status), it.Reason, it.Clock,
		it.Records, it.Read, it.Events, it.Duplicates, it.Skipped, it.Broken, it.Warnings, it.First, it.Last, it.ID)
	return err
}

// prepare loads what appending needs: the numbers of the texts and the facts.
func (c *Case) prepare(ctx context.Context) error {
	if c.bulk != nil {
		return nil
	}
	var salt string
	if err := c.write.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = ?`, metaSalt).Scan(&salt); err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	raw, err := hex.DecodeString(salt)
	if err != nil {
		return fmt.Errorf("read the case: salt: %w", err)
	}
	texts, err := c.loadTexts(ctx)
	if err != nil {
		return err
	}
	orphans, err := c.loadOrphans(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	s, err := c.current(ctx)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	facts := newFactTable(s.columns.len())
	for i, h := range s.columns.fact {
		if h != 0 {
			facts.put(h, s.columns.row[i])
		}
	}
	b, err := c.prepareBulk()
	if err != nil {
		return fmt.Errorf("prepare the case: %w", err)
	}
	b.hasher.salt, b.orphans = raw, orphans
	c.texts, c.facts, c.bulk = texts, facts, b
	return nil
}

// reset forgets what the writer remembers, after a transaction that failed.
func (c *Case) reset() {
	if c.bulk != nil {
		_ = c.bulk.Close() // its error says nothing beyond the one that led here
	}
	c.texts, c.facts, c.bulk = nil, nil, nil
}

func (c *Case) loadOrphans(ctx context.Context) (map[int64]bool, error) {
	rows, err := c.write.QueryContext(ctx, `SELECT DISTINCT fact FROM seen_in WHERE event = 0`)
	if err != nil {
		return nil, fmt.Errorf("read the case: %w", err)
	}
	list, err := scanAll(rows, func(scan func(...any) error) (fact int64, err error) { return fact, scan(&fact) })
	orphans := map[int64]bool{}
	for _, fact := range list {
		orphans[fact] = true
	}
	return orphans, err
}

// clear takes away the events, warnings and further refs of an item.
func (c *Case) clear(ctx context.Context, item int64) error {
	var had, refs int64
	var generation int64
	err := c.transact(ctx, func(tx *sql.Tx) error {
		var low int64
		if err := tx.QueryRowContext(ctx, `SELECT low FROM item WHERE id = ?`, item).Scan(&low); err != nil {
			return err
		}
		cleared := `(SELECT id FROM event WHERE id >= ?1 AND item = ?2)`
		for _, query := range []string{ // what was inferred of events that go, goes with them
			`DELETE FROM seen_in WHERE fact = 0 AND event >= ?1 AND event IN ` + cleared,
			`DELETE FROM addition WHERE event >= ?1 AND event IN ` + cleared,
		} {
			if _, err := tx.ExecContext(ctx, query, low, item); err != nil {
				return err
			}
		}
		r, err := tx.ExecContext(ctx, `UPDATE seen_in SET event = 0 WHERE event >= ?1 AND item <> ?2
			AND event IN `+cleared, low, item)
		if err != nil {
			return err
		}
		if refs, err = r.RowsAffected(); err != nil {
			return err
		}
		if r, err = tx.ExecContext(ctx, `DELETE FROM event WHERE id >= ? AND item = ?`, low, item); err != nil {
			return err
		}
		if had, err = r.RowsAffected(); err != nil {
			return err
		}
		for _, query := range []string{`DELETE FROM seen_in WHERE item = ?`, `DELETE FROM warning WHERE item = ?`} {
			if _, err := tx.ExecContext(ctx, query, item); err != nil {
				return err
			}
		}
		if had == 0 {
			return nil
		}
		if err := bump(ctx, tx, metaEpoch); err != nil {
			return err
		}
		if err := bump(ctx, tx, metaGeneration); err != nil {
			return err
		}
		generation, err = c.metaInt(ctx, tx, metaGeneration)
		return err
	})
	if err != nil {
		return fmt.Errorf("clear the item: %w", err)
	}
	if refs > 0 {
		orphans, err := c.loadOrphans(ctx)
		if err != nil {
			return err
		}
		c.bulk.orphans = orphans
	}
	if had > 0 {
		c.forget(item, generation)
	}
	return nil
}

// forget takes the events of an item out of memory.
func (c *Case) forget(item, generation int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == nil {
		return
	}
	s := *c.absorbed()
	for i, it := range s.columns.item {
		if int64(it) == item && s.columns.fact[i] != 0 {
			c.facts.put(s.columns.fact[i], 0)
		}
	}
	s.remove(uint32(item))
	s.generation, s.epoch = generation, s.epoch+1
	c.state, c.briefs = &s, nil
}

// ID gives the item's number in the case.
func (w *ItemWriter) ID() int64 { return w.item.ID }

// Append adds a batch of events, whole records only, in one transaction. An event
// whose fact the case knows already becomes a further ref of that event; their number is
// returned. The batch may be used again afterwards.
func (w *ItemWriter) Append(batch []forensics.Event) (duplicates int, err error) {
	if len(batch) == 0 {
		return 0, nil
	}
	c := w.c
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if c.bulk == nil {
		return 0, fmt.Errorf("append events: the item's writing failed before")
	}
	before := *w
	fresh := c.bulk.fresh[:0]
	generation, err := c.bulk.transact(func() error {
		for i := range batch {
			fresh = append(fresh, record{})
			r := &fresh[len(fresh)-1]
			dup, err := w.row(r, &batch[i])
			if err != nil {
				return err
			}
			if dup {
				duplicates++
				fresh = fresh[:len(fresh)-1]
			}
		}
		return c.bulk.insert(fresh)
	})
	if err != nil {
		*w = before
		c.reset()
		return 0, fmt.Errorf("append events: %w", c.explain(err))
	}
	c.generation.Add(1)
	c.bulk.fresh = fresh
	c.grow(fresh, generation)
	return duplicates, nil
}

// pendingRows is from which size on a pending batch is not added to any more.
const pendingRows = 4096

// grow adds committed events to the columns in memory.
func (c *Case) grow(fresh []record, generation int64) {
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
	if len(fresh) > 0 {
		// Only the newest state's pending batches are ever looked at, and under the lock: they may
		// grow in place. Small batches, one mail each, are put together.
		n := len(s.pending)
		if n == 0 || s.pending[n-1].len() >= pendingRows {
			s.pending = append(s.pending, columns{})
			s.pending[n].reserve(len(fresh), 0)
			n++
		}
		batch := &s.pending[n-1]
		for i := range fresh {
			batch.append(&fresh[i])
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
			return true, c.bulk.again(row, fact, w.item.ID, e.Ref.Offset, e.Ref.Length, e.Ref.Line)
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
		if err := c.bulk.adoptOrphans(fact, r.id); err != nil {
			return false, err
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
	w.c.writeMu.Lock()
	defer w.c.writeMu.Unlock()
	ctx := context.Background()
	err := w.c.transact(ctx, func(tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(ctx, `INSERT INTO warning (evidence, item, "offset", length, line, text) VALUES (?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		for _, x := range ws {
			if _, err := stmt.ExecContext(ctx, w.item.Evidence, w.item.ID, x.Ref.Offset, x.Ref.Length, x.Ref.Line, x.Text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store warnings: %w", err)
	}
	return nil
}

// Finish marks the item as read with the status, counts and digest of it. Where
// First and Last are 0 they are those of the events that were appended.
func (w *ItemWriter) Finish(it forensics.Item) error {
	if it.First == 0 && it.Last == 0 && w.any {
		it.First, it.Last = w.first, w.last
	}
	return w.finish(it)
}

// Discard takes away everything that was read of the item, because the case has
// its bytes already, and keeps the item with the status of it.
func (w *ItemWriter) Discard(it forensics.Item) error {
	w.c.writeMu.Lock()
	err := w.c.clear(context.Background(), w.item.ID)
	w.c.writeMu.Unlock()
	if err != nil {
		return err
	}
	return w.finish(it)
}

func (w *ItemWriter) finish(it forensics.Item) error {
	w.c.writeMu.Lock()
	defer w.c.writeMu.Unlock()
	it.ID, it.Evidence = w.item.ID, w.item.Evidence
	ctx := context.Background()
	err := w.c.transact(ctx, func(tx *sql.Tx) error { return updateItem(ctx, tx, it) })
	if err != nil {
		return fmt.Errorf("finish the item: %w", err)
	}
	return nil
}
