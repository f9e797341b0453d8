package casefile

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strconv"
)

// changes is what a call does.
type changes struct {
	gone    []int64     // rows that are taken away
	altered []*inferred // rows that stay and say something else now
	fresh   []*inferred
	unsaid  []int64 // rows whose addition goes
	said    []int64 // rows whose addition is new or another
}

func (ch *changes) count() int {
	return len(ch.gone) + len(ch.altered) + len(ch.fresh) + len(ch.unsaid) + len(ch.said)
}

// compare finds out what differs. Texts that the case does not have yet make an event differ.
func (f *inference) compare() (ch changes, err error) {
	for _, key := range slices.SortedFunc(maps.Keys(f.stands), func(a, b inferredKey) int { return cmp.Compare(f.stands[a].id, f.stands[b].id) }) {
		if f.wanted[key] == nil {
			ch.gone = append(ch.gone, f.stands[key].id)
		}
	}
	for _, key := range f.order {
		w, stands := f.wanted[key], f.stands[key]
		if stands == nil {
			ch.fresh = append(ch.fresh, w)
			continue
		}
		w.id = stands.id
		same, err := w.findTexts(f.c)
		if err != nil {
			return ch, err
		}
		if !same || w.record != stands.record || !slices.Equal(w.refs, stands.refs) {
			ch.altered = append(ch.altered, w)
		}
	}
	for _, row := range slices.Sorted(maps.Keys(f.before)) {
		if f.additions[row] == nil {
			ch.unsaid = append(ch.unsaid, row)
		}
	}
	for _, row := range slices.Sorted(maps.Keys(f.additions)) {
		a, b := f.additions[row], f.before[row]
		if b == nil || a.more != b.more || !slices.Equal(a.refs, b.refs) {
			ch.said = append(ch.said, row)
		}
	}
	return ch, nil
}

// findTexts fills in the numbers of the texts as far as the case has them all.
func (w *inferred) findTexts(c *Case) (all bool, err error) {
	return w.eachText(func(text string) (id uint32, found bool, err error) {
		if id, ok := c.texts.known[text]; ok {
			return id, true, nil
		}
		return c.bulk.lookup(text)
	})
}

// storeTexts fills in the numbers of the texts, new ones where the case does not have them yet.
func (w *inferred) storeTexts(c *Case) error {
	_, err := w.eachText(func(text string) (id uint32, found bool, err error) {
		id, err = c.texts.number(c.bulk, text)
		return id, true, err
	})
	return err
}

func (w *inferred) eachText(number func(string) (uint32, bool, error)) (all bool, err error) {
	all = true
	list := textsOf(w.event)
	if w.event.IP.IsValid() {
		list[textIP] = w.event.IP.String()
	}
	for i, text := range list {
		w.texts[i] = 0
		if text == "" {
			continue
		}
		id, found, err := number(text)
		if err != nil {
			return false, err
		}
		w.texts[i] = id
		all = all && found
	}
	return all, nil
}

// write brings the database and the columns to what is wanted.
func (f *inference) write(ctx context.Context) (int, error) {
	ch, err := f.compare()
	if err != nil {
		return 0, err
	}
	c := f.c
	if ch.count() == 0 {
		return 0, c.transact(ctx, func(tx *sql.Tx) error { // the events are the same: what was inferred holds for the newest
			return setMeta(ctx, tx, metaInferred, strconv.FormatInt(f.s.generation, 10))
		})
	}
	if c.bulk.next, err = c.nextRow(ctx, c.write); err != nil {
		return 0, err
	}
	locked := false
	generation, err := c.bulk.transact(func() error {
		if err := f.store(&ch); err != nil {
			return err
		}
		c.mu.Lock() // nobody reads the new state from the database before the columns have it
		locked = true
		return nil
	})
	if locked {
		defer c.mu.Unlock()
	}
	if err != nil {
		return 0, err
	}
	c.generation.Add(1)
	c.replaced(&ch, generation)
	return ch.count(), nil
}

// store writes the changes.
func (f *inference) store(ch *changes) error {
	b := f.c.bulk
	prepared := map[string]*rawStmt{}
	defer func() {
		for _, s := range prepared {
			s.Close()
		}
	}()
	run := func(query string, args ...int64) error {
		s := prepared[query]
		if s == nil {
			var err error
			if s, err = b.db.prepare(query); err != nil {
				return err
			}
			prepared[query] = s
		}
		for i, v := range args {
			s.bindInt(i+1, v)
		}
		_, _, err := s.run()
		return err
	}
	forget := func(row int64, and string) error {
		return errors.Join(run(`DELETE FROM seen_in WHERE event = ? AND fact = 0`, row), run(and, row))
	}
	for _, row := range ch.gone {
		if err := forget(row, `DELETE FROM event WHERE id = ?`); err != nil {
			return err
		}
	}
	for _, w := range ch.altered {
		if err := forget(w.id, `DELETE FROM event WHERE id = ?`); err != nil {
			return err
		}
	}
	for _, row := range slices.Concat(ch.unsaid, ch.said) {
		if err := forget(row, `DELETE FROM addition WHERE event = ?`); err != nil {
			return err
		}
	}
	for _, w := range ch.fresh {
		w.id = b.next
		b.next++
	}
	for _, w := range slices.Concat(ch.altered, ch.fresh) {
		if err := w.storeTexts(f.c); err != nil {
			return err
		}
	}
	for _, t := range f.c.texts.fresh {
		if err := b.store(t.id, t.text); err != nil {
			return err
		}
	}
	for _, w := range slices.Concat(ch.altered, ch.fresh) {
		if err := b.insert([]record{w.record}); err != nil {
			return err
		}
		for _, r := range w.refs {
			if err := b.again(seenRow{w.id, 0, r.Item, r.Offset, r.Length, r.Line}); err != nil {
				return err
			}
		}
	}
	for _, row := range ch.said {
		a := f.additions[row]
		if err := b.addition(row, a.more); err != nil {
			return err
		}
		for _, r := range a.refs {
			if err := b.again(seenRow{row, 0, r.Item, r.Offset, r.Length, r.Line}); err != nil {
				return err
			}
		}
	}
	if len(ch.gone)+len(ch.altered) > 0 {
		if err := run(`INSERT INTO meta (name, value) VALUES ('` + metaEpoch + `', '1') ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1`); err != nil {
			return err
		}
	}
	// Rows are never given twice, even after the last ones went: tags and notes name them.
	if err := run(`INSERT OR REPLACE INTO meta (name, value) VALUES ('`+metaNextRow+`', CAST(? AS TEXT))`, b.next); err != nil {
		return err
	}
	return run(`INSERT OR REPLACE INTO meta (name, value)
		SELECT '` + metaInferred + `', CAST(CAST(value AS INTEGER) + 1 AS TEXT) FROM meta WHERE name = '` + metaGeneration + `'`) // transact counts one more
}

// replaced brings the columns to what was written; the caller holds mu.
func (c *Case) replaced(ch *changes, generation int64) {
	newTexts := c.texts.takeFresh()
	if c.state == nil {
		return
	}
	s := *c.absorbed()
	for _, t := range newTexts {
		s.texts.set(t.id, t.text)
	}
	altered := map[int64]*record{}
	for _, w := range ch.altered {
		altered[w.id] = &w.record
	}
	var fresh []*record
	for _, w := range ch.fresh {
		fresh = append(fresh, &w.record)
	}
	s.replace(ch.gone, altered, fresh)
	if len(ch.gone)+len(ch.altered) > 0 {
		s.epoch++
	}
	s.generation = generation
	c.state, c.briefs = &s, nil
}

// addition stores what inference adds to an event.
func (b *bulk) addition(row int64, more string) error {
	s, err := b.db.prepare(`INSERT INTO addition (event, more) VALUES (?, ?)`)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.begin(len(more)); err != nil {
		return err
	}
	s.bindInt(1, row)
	s.bindString(2, more)
	_, _, err = s.run()
	return err
}

// nextRow gives the number that the next event gets.
func (c *Case) nextRow(ctx context.Context, q querier) (int64, error) {
	var top int64
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM event`).Scan(&top); err != nil {
		return 0, err
	}
	floor, err := c.metaInt(ctx, q, metaNextRow)
	return max(top+1, floor), err
}
