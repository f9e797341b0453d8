package casefile

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"strings"
	"sync"

	"keytrail/forensics"
)

// fetchBatch is how many events one statement reads.
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

// muldiv computes a*b/c without overflow; the result must fit.
func muldiv(a, b, c uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	q, _ := bits.Div64(hi, lo, c)
	return q
}

// origins reads names and digests of all items.
func (c *Case) origins(ctx context.Context) (map[int64]*origin, error) {
	return c.originsIn(ctx, c.read)
}

func (c *Case) originsIn(ctx context.Context, q querier) (map[int64]*origin, error) {
	rows, err := q.QueryContext(ctx, `SELECT i.id, i.name, i.digest, v.id, v.name, v.digest FROM item i JOIN evidence v ON v.id = i.evidence`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[int64]*origin{}
	for rows.Next() {
		var id int64
		var o origin
		var item, evidence sql.RawBytes
		if err := rows.Scan(&id, &o.item, &item, &o.evidence, &o.evidenceName, &evidence); err != nil {
			return nil, err
		}
		copy(o.itemDigest[:], item)
		copy(o.evidenceDigest[:], evidence)
		all[id] = &o
	}
	return all, rows.Err()
}

// fetch reads events by their numbers and gives them in that order. Those that
// were taken away meanwhile are left out.
func (c *Case) fetch(rows []int64) ([]forensics.Event, error) {
	ctx := context.Background()
	if len(rows) == 0 {
		return nil, nil
	}
	tx, err := c.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	defer func() { _ = rolledBack(tx) }()
	f := fetcher{c: c, ctx: ctx, tx: tx}
	out := make([]forensics.Event, 0, len(rows))
	for len(rows) > 0 {
		n := min(len(rows), fetchBatch)
		batch, err := f.batch(rows[:n])
		if err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		out = append(out, batch...)
		rows = rows[n:]
	}
	return out, nil
}

type fetcher struct {
	c       *Case
	ctx     context.Context
	tx      *sql.Tx
	origins map[int64]*origin
	verdict *verdicts
}

// in writes " IN (?, ?, ...)" with its arguments.
func in[T any](values []T) (string, []any) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return " IN (?" + strings.Repeat(", ?", len(values)-1) + ")", args
}

func (f *fetcher) batch(rows []int64) ([]forensics.Event, error) {
	records, err := f.records(rows)
	if err != nil {
		return nil, err
	}
	texts, err := f.texts(records)
	if err != nil {
		return nil, err
	}
	if f.origins == nil {
		if f.origins, err = f.c.originsIn(f.ctx, f.tx); err != nil {
			return nil, err
		}
		if f.verdict, err = loadVerdicts(f.ctx, f.tx); err != nil {
			return nil, err
		}
	}
	events := make([]forensics.Event, 0, len(rows))
	at := make(map[int64]int, len(rows))
	for _, row := range rows {
		r := records[row]
		if r == nil {
			continue
		}
		e, err := r.decode(func(id uint32) string { return texts[id] })
		if err != nil {
			return nil, err
		}
		if o := f.origins[r.item]; o != nil {
			e.Ref.Evidence, e.EvidenceName, e.EvidenceDigest = o.evidence, o.evidenceName, o.evidenceDigest
			e.ItemName, e.ItemDigest = o.item, o.itemDigest
			if !o.itemDigest.IsZero() {
				e.ID = forensics.EventID(o.itemDigest, o.item, r.offset, e.Kind, int(r.n))
			}
		}
		e.Verdict = f.verdict.of(&e)
		at[row] = len(events)
		events = append(events, e)
	}
	return events, f.marks(rows, at, events)
}

func (f *fetcher) records(rows []int64) (map[int64]*record, error) {
	names := make([]string, numTexts)
	for i := range names {
		names[i] = "coalesce(" + textColumns[i] + ", 0)"
	}
	list, args := in(rows)
	result, err := f.tx.QueryContext(f.ctx, `SELECT id, time, kind, certainty, outcome, flags, item, "offset", length, line, n, digest,
		coalesce(original, ''), coalesce(zone, 0), coalesce(port, 0), coalesce(asn, 0), coalesce(uid, 0), coalesce(session, ''),
		coalesce(message_id, ''), coalesce(subject, ''), coalesce(more, ''), `+strings.Join(names, ", ")+` FROM event WHERE id`+list, args...)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	records := make(map[int64]*record, len(rows))
	for result.Next() {
		var r record
		var digest []byte
		to := []any{&r.id, &r.time, &r.kind, &r.certainty, &r.outcome, &r.flags, &r.item, &r.offset, &r.length, &r.line, &r.n, &digest,
			&r.original, &r.zone, &r.port, &r.asn, &r.uid, &r.session, &r.messageID, &r.subject, &r.more}
		for i := range r.texts {
			to = append(to, &r.texts[i])
		}
		if err := result.Scan(to...); err != nil {
			return nil, err
		}
		copy(r.digest[:], digest)
		records[r.id] = &r
	}
	return records, result.Err()
}

// texts gives the texts that the records name.
func (f *fetcher) texts(records map[int64]*record) (map[uint32]string, error) {
	cache := &f.c.cache
	texts := map[uint32]string{0: ""}
	var missing []int64
	cache.mu.Lock()
	for _, r := range records {
		for _, id := range r.texts {
			if _, ok := texts[id]; ok {
				continue
			}
			text, ok := cache.texts[id]
			if !ok {
				missing = append(missing, int64(id))
			}
			texts[id] = text
		}
	}
	cache.mu.Unlock()
	for len(missing) > 0 {
		n := min(len(missing), 512)
		if err := f.readTexts(missing[:n], texts); err != nil {
			return nil, err
		}
		missing = missing[n:]
	}
	return texts, nil
}

func (f *fetcher) readTexts(ids []int64, texts map[uint32]string) error {
	list, args := in(ids)
	rows, err := f.tx.QueryContext(f.ctx, `SELECT id, text FROM text WHERE id`+list, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	cache := &f.c.cache
	cache.mu.Lock()
	defer cache.mu.Unlock()
	if cache.texts == nil || len(cache.texts) > maxCached {
		cache.texts = map[uint32]string{}
	}
	for rows.Next() {
		var id uint32
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		texts[id], cache.texts[id] = text, text
	}
	return rows.Err()
}

// marks fills in tags, notes and further refs.
func (f *fetcher) marks(rows []int64, at map[int64]int, events []forensics.Event) error {
	list, args := in(rows)
	each := func(query string, to []any, f1 func(e *forensics.Event)) error {
		result, err := f.tx.QueryContext(f.ctx, query, args...)
		if err != nil {
			return err
		}
		defer result.Close()
		row := to[0].(*int64)
		for result.Next() {
			if err := result.Scan(to...); err != nil {
				return err
			}
			if i, ok := at[*row]; ok {
				f1(&events[i])
			}
		}
		return result.Err()
	}
	var row, item int64
	var text string
	var ref forensics.Ref
	if err := each(`SELECT event, tag FROM tag WHERE event`+list+` ORDER BY event, tag`, []any{&row, &text},
		func(e *forensics.Event) { e.Tags = append(e.Tags, text) }); err != nil {
		return err
	}
	if err := each(`SELECT event, text FROM note WHERE event`+list, []any{&row, &text},
		func(e *forensics.Event) { e.Notes = append(e.Notes, text) }); err != nil {
		return err
	}
	return each(`SELECT event, item, "offset", length, line FROM seen_in WHERE event`+list+` ORDER BY event, item, "offset"`,
		[]any{&row, &item, &ref.Offset, &ref.Length, &ref.Line}, func(e *forensics.Event) {
			ref.Item, ref.Evidence = item, 0
			if o := f.origins[item]; o != nil {
				ref.Evidence = o.evidence
			}
			e.SeenIn = append(e.SeenIn, ref)
		})
}
