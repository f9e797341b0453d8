package casefile

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
)

// state is what is known of the events without asking the database.
type state struct {
	generation int64 // of the database when this was true
	epoch      int64
	columns    columns
	pending    []columns // committed batches that are not in columns yet
	texts      texts
	evidence   []int64  // evidence of each item
	order      []uint32 // indexes in the order of the timeline; shorter than columns while appending
	settled    int      // how many events the derived file has
	dated      int      // how many of order have a reliable time
}

// current gives the state as the database has it now. The caller holds mu.
func (c *Case) current(ctx context.Context) (*state, error) {
	generation, err := c.metaInt(ctx, c.read, metaGeneration)
	if err != nil {
		return nil, fmt.Errorf("read the case: %w", err)
	}
	if c.state != nil && c.state.generation >= generation {
		return c.absorbed(), nil
	}
	tx, err := c.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("read the case: %w", err)
	}
	defer func() { _ = rolledBack(tx) }()
	epoch, err := c.metaInt(ctx, tx, metaEpoch)
	if err != nil {
		return nil, fmt.Errorf("read the case: %w", err)
	}
	var s *state
	if c.state != nil {
		s = c.absorbed()
	} else {
		s = c.loadDerived(ctx)
	}
	if s == nil || s.epoch != epoch {
		s = &state{texts: newTexts(), epoch: epoch}
	} else {
		copied := *s
		s = &copied
	}
	if s.generation, err = c.metaInt(ctx, tx, metaGeneration); err != nil {
		return nil, fmt.Errorf("read the case: %w", err)
	}
	if err := s.catchUp(ctx, tx); err != nil {
		return nil, fmt.Errorf("read the case: %w", err)
	}
	c.state = s
	return s, nil
}

// absorbed gives the state with the pending batches put into its columns, as a
// new state, because views hold the old one.
func (c *Case) absorbed() *state {
	if len(c.state.pending) > 0 {
		s := *c.state
		s.absorb()
		c.state = &s
	}
	return c.state
}

// absorb puts the pending batches into the columns.
func (s *state) absorb() {
	n, words := 0, 0
	for i := range s.pending {
		n, words = n+s.pending[i].len(), words+len(s.pending[i].words)
	}
	if n == 0 {
		return
	}
	s.columns.reserve(n, words)
	for i := range s.pending {
		s.columns.extend(&s.pending[i], 0, s.pending[i].len())
	}
	s.pending = nil
}

// catchUp reads what the database has beyond the state.
func (s *state) catchUp(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT id, text FROM text WHERE id >= ? ORDER BY id`, len(s.texts.end))
	if err != nil {
		return err
	}
	defer rows.Close()
	var raw sql.RawBytes
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id, &raw); err != nil {
			return err
		}
		if id != int64(len(s.texts.end)) || id >= math.MaxUint32 {
			return fmt.Errorf("the case is damaged: text %d is missing", len(s.texts.end))
		}
		s.texts.set(uint32(id), string(raw))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	last := int64(0)
	if n := s.columns.len(); n > 0 {
		last = s.columns.row[n-1]
	}
	if err := s.readEvents(ctx, tx, last); err != nil {
		return err
	}
	return s.readItems(ctx, tx)
}

// readEvents reads the events with numbers above last.
func (s *state) readEvents(ctx context.Context, tx *sql.Tx, last int64) error {
	names := make([]string, numFiltered)
	for i := range names {
		names[i] = "coalesce(" + textColumns[i] + ", 0)"
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, time, kind, certainty, outcome, flags, item, "offset", coalesce(asn, 0), coalesce(fact, 0),
		n, coalesce(subject, ''), coalesce(session, ''), coalesce(message_id, ''), `+strings.Join(names, ", ")+` FROM event WHERE id > ? ORDER BY id`, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	var r record
	var subject sql.RawBytes
	to := []any{&r.id, &r.time, &r.kind, &r.certainty, &r.outcome, &r.flags, &r.item, &r.offset, &r.asn, &r.fact,
		&r.n, &subject, &r.session, &r.messageID}
	for i := range names {
		to = append(to, &r.texts[i])
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		r.subject = string(subject)
		for i, id := range r.texts[:numFiltered] {
			if int(id) >= len(s.texts.end) {
				return fmt.Errorf("the case is damaged: event %d has text %d, which is missing", r.id, r.texts[i])
			}
		}
		s.columns.append(&r)
	}
	return rows.Err()
}

func (s *state) readItems(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT id, evidence FROM item ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	evidence := make([]int64, 1, len(s.evidence)+16)
	for rows.Next() {
		var id, of int64
		if err := rows.Scan(&id, &of); err != nil {
			return err
		}
		if id != int64(len(evidence)) {
			return fmt.Errorf("the case is damaged: item %d is missing", len(evidence))
		}
		evidence = append(evidence, of)
	}
	s.evidence = evidence
	return rows.Err()
}

// setItem notes the evidence of an item. Items only come to it: what snapshots hold of the list stays.
func setItem(evidence []int64, item, of int64) []int64 {
	for int64(len(evidence)) <= item {
		evidence = append(evidence, 0)
	}
	evidence[item] = of
	return evidence
}
