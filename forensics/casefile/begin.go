package casefile

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
)

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
	if b.next, err = c.nextRow(ctx, c.write); err == nil {
		err = c.loadIndex(ctx, b)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("prepare the case: %w", err), b.Close())
	}
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

// loadOrphans reads the facts whose event was taken away while a further place of them stayed.
func (c *Case) loadOrphans(ctx context.Context) (map[int64]bool, error) {
	list, err := readAll(ctx, c.write, "read the case", func(scan scanner) (fact int64, err error) { return fact, scan(&fact) },
		`SELECT DISTINCT fact FROM seen_in WHERE event = 0`)
	if err != nil {
		return nil, err
	}
	orphans := make(map[int64]bool, len(list))
	for _, fact := range list {
		orphans[fact] = true
	}
	return orphans, nil
}

// clear takes away the events, warnings and further refs of an item.
func (c *Case) clear(ctx context.Context, item int64) error {
	var had, refs, generation int64
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
