package casefile

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"keytrail/forensics"
)

// Addition is what inference adds to an event that a log or a copy already gave.
type Addition struct {
	Row     int64
	Reasons []string
	Bounds  *forensics.Bounds // fill in what the event does not state itself
	Refs    []forensics.Ref   // further places that show the same
}

// inferredN marks, in the column n, an event that was inferred; the lower bits are a hash of its kind and fact.
// Events of a record count from 0, so that IDs never meet.
const inferredN = 1 << 62

// inferredPlace gives n of an inferred event: the same fact has the same place, hence the same ID, whatever else
// was inferred from the same record.
func inferredPlace(kind forensics.Kind, fact string) int64 {
	sum := sha256.Sum256(append([]byte{byte(kind)}, fact...))
	return inferredN | int64(binary.BigEndian.Uint64(sum[:])>>2)
}

// inference is one call of ReplaceInferred.
type inference struct {
	c *Case
	s *state

	stands    map[inferredKey]*inferred // in the case now
	own       map[int64]bool            // rows of stands
	wanted    map[inferredKey]*inferred
	order     []inferredKey // of wanted, as they were given
	additions map[int64]*added
	before    map[int64]*added // additions in the case now
}

type inferredKey struct {
	kind uint8
	n    int64
}

// inferred is an inferred event with its further places.
type inferred struct {
	event *forensics.Event
	record
	refs []forensics.Ref
}

// added is an addition as it is stored.
type added struct {
	more string
	refs []forensics.Ref
}

// ReplaceInferred makes the inferred events and additions of the case those that are given, in one
// transaction, and tells how many changed. Events are told apart by kind and Fact: one that stands in the case
// already keeps its row, with its tags and notes; one that is not given any more is taken away.
//
// An event's certainty is always Inferred. Its Ref names the record that proves best, in an item of the
// case, SeenIn further ones; without a Digest, it is that of the event that was read from the same place. Inferred events are no
// part of an item's counts, because the source did not write them.
func (c *Case) ReplaceInferred(ctx context.Context, events []forensics.Event, additions []Addition) (changed int, err error) {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if err := c.acquire(); err != nil {
		return 0, err
	}
	if err := c.flush(); err != nil {
		return 0, err
	}
	if err := c.prepare(ctx); err != nil {
		return 0, err
	}
	c.mu.Lock()
	s, err := c.current(ctx)
	if err == nil {
		s.sort()
	}
	c.mu.Unlock()
	if err != nil {
		return 0, err
	}
	f := inference{c: c, s: s, stands: map[inferredKey]*inferred{}, own: map[int64]bool{}, wanted: map[inferredKey]*inferred{},
		additions: map[int64]*added{}, before: map[int64]*added{}}
	if err := f.load(ctx); err != nil {
		return 0, fmt.Errorf("inferred events: %w", err)
	}
	if err := f.want(events, additions); err != nil {
		return 0, fmt.Errorf("inferred events: %w", err)
	}
	changed, err = f.write(ctx)
	if err != nil {
		c.reset()
		return 0, fmt.Errorf("inferred events: %w", c.explain(err))
	}
	return changed, nil
}

// InferenceIsStale reports whether events were added or taken away since ReplaceInferred.
func (c *Case) InferenceIsStale(ctx context.Context) (bool, error) {
	generation, err := c.metaInt(ctx, c.read, metaGeneration)
	if err != nil {
		return false, fmt.Errorf("read the case: %w", err)
	}
	at, err := c.metaInt(ctx, c.read, metaInferred)
	if err != nil {
		return false, fmt.Errorf("read the case: %w", err)
	}
	return generation != at, nil
}

// load reads the inferred events and the additions of the case.
func (f *inference) load(ctx context.Context) error {
	var rows []int64
	c := &f.s.columns
	for i, n := range c.nth {
		if n == manyth && forensics.Certainty(c.status[i]>>shiftCertainty&3) == forensics.Inferred {
			rows = append(rows, c.row[i])
		}
	}
	type addition struct {
		event int64
		more  string
	}
	all, err := readAll(ctx, f.c.write, "read the additions", func(scan scanner) (a addition, err error) { return a, scan(&a.event, &a.more) },
		`SELECT event, more FROM addition`)
	if err != nil {
		return err
	}
	r := f.c.reader
	return r.transact(func() error {
		for _, row := range rows {
			var e inferred
			found, err := r.record(row, &e.record)
			if err != nil {
				return err
			}
			if !found || e.n < inferredN {
				continue
			}
			if e.refs, err = r.inferredRefs(row); err != nil {
				return err
			}
			f.stands[inferredKey{e.kind, e.n}] = &e
			f.own[row] = true
		}
		for _, a := range all {
			refs, err := r.inferredRefs(a.event)
			if err != nil {
				return err
			}
			f.before[a.event] = &added{a.more, refs}
		}
		return nil
	})
}

// inferredRefs reads the further places that inference gave an event: those without a fact.
func (r *reader) inferredRefs(row int64) (refs []forensics.Ref, err error) {
	s := r.seen
	err = each(s, row, func() {
		if s.column(4) == 0 {
			refs = append(refs, forensics.Ref{Item: s.column(0), Offset: s.column(1), Length: s.column(2), Line: s.column(3)})
		}
	})
	return refs, err
}

// want encodes what is asked for and checks that it speaks of this case.
func (f *inference) want(events []forensics.Event, additions []Addition) error {
	for i := range events {
		e := &events[i]
		if e.Fact == "" {
			return errors.New("an event has no fact")
		}
		key := inferredKey{uint8(e.Kind), inferredPlace(e.Kind, e.Fact)}
		if f.wanted[key] != nil {
			return fmt.Errorf("two events %s have the fact %q", e.Kind, e.Fact)
		}
		w := &inferred{event: e}
		var err error
		if w.refs, err = f.refs(e.SeenIn); err != nil {
			return err
		}
		if err := f.known(e.Ref.Item); err != nil {
			return err
		}
		if err := w.encode(e); err != nil {
			return err
		}
		w.certainty, w.n = uint8(forensics.Inferred), key.n
		f.wanted[key] = w
		f.order = append(f.order, key)
	}
	if err := f.findDigests(); err != nil {
		return err
	}
	for _, a := range additions {
		_, ok := f.s.columns.find(a.Row)
		if !ok || f.own[a.Row] {
			return fmt.Errorf("row %d is no event that a source gave", a.Row)
		}
		if f.additions[a.Row] != nil {
			return fmt.Errorf("two additions to row %d", a.Row)
		}
		refs, err := f.refs(a.Refs)
		if err != nil {
			return err
		}
		more, err := encodeMore(&forensics.Event{Reasons: a.Reasons, Bounds: a.Bounds})
		if err != nil {
			return err
		}
		if more != "" || len(refs) > 0 {
			f.additions[a.Row] = &added{more, refs}
		}
	}
	return nil
}

func (f *inference) known(item int64) error {
	if item <= 0 || item >= int64(len(f.s.evidence)) {
		return fmt.Errorf("item %d is not in the case", item)
	}
	return nil
}

// refs brings further places into their one order.
func (f *inference) refs(list []forensics.Ref) ([]forensics.Ref, error) {
	var refs []forensics.Ref
	for _, r := range list {
		if err := f.known(r.Item); err != nil {
			return nil, err
		}
		r.Evidence = 0 // that of the item
		refs = append(refs, r)
	}
	slices.SortFunc(refs, func(a, b forensics.Ref) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Length, b.Length), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(refs), nil
}

// findDigests gives events without a digest the one of the record that they point to, where an
// event was read from it.
func (f *inference) findDigests() error {
	type place struct{ item, offset int64 }
	open := map[place][]*inferred{}
	for _, w := range f.wanted {
		if w.digest.IsZero() {
			p := place{w.item, w.offset}
			open[p] = append(open[p], w)
		}
	}
	if len(open) == 0 {
		return nil
	}
	rows := map[place]int64{}
	c := &f.s.columns
	for i, item := range c.item {
		p := place{int64(item), c.offset[i]}
		if open[p] != nil && rows[p] == 0 && !f.own[c.row[i]] {
			rows[p] = c.row[i]
		}
	}
	r := f.c.reader
	return r.transact(func() error {
		for p, row := range rows {
			var source record
			if _, err := r.record(row, &source); err != nil {
				return err
			}
			for _, w := range open[p] {
				w.digest, w.length, w.line = source.digest, source.length, source.line
			}
		}
		return nil
	})
}

// overlay adds to an event what inference adds to it.
func overlay(e *forensics.Event, text string) error {
	if text == "" {
		return nil
	}
	var m more
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return fmt.Errorf("addition to event %d: %w", e.Row, err)
	}
	for _, r := range m.Reasons {
		if !slices.Contains(e.Reasons, r) {
			e.Reasons = append(e.Reasons, r)
		}
	}
	if m.Bounds == nil {
		return nil
	}
	if e.Bounds == nil {
		e.Bounds = &forensics.Bounds{}
	}
	for _, b := range [...]struct {
		to   *forensics.Time
		from *moreTime
	}{
		{&e.Bounds.NotBefore, m.Bounds.NotBefore}, {&e.Bounds.NotAfter, m.Bounds.NotAfter},
		{&e.Bounds.ArrivedNotBefore, m.Bounds.ArrivedNotBefore}, {&e.Bounds.ArrivedNotAfter, m.Bounds.ArrivedNotAfter},
	} {
		if *b.to == (forensics.Time{}) {
			*b.to = decodeBound(b.from)
		}
	}
	return nil
}
