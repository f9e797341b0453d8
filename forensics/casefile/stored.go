package casefile

import (
	"database/sql"
	"fmt"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// stored answers conditions on what is only in the database: marks, which are few,
// and columns that are seldom asked for.
func (q *query) stored(t *filter.Term) (bitset, error) {
	match := t.Pattern.Match
	var sqlText string
	switch t.Key {
	case "tag":
		sqlText = `SELECT event, tag FROM tag`
	case "note":
		sqlText, match = `SELECT event, text FROM note`, contains(t.Pattern)
	case "session":
		sqlText = `SELECT id, session FROM event WHERE session IS NOT NULL`
	case "message-id":
		sqlText = `SELECT id, message_id FROM event WHERE message_id IS NOT NULL`
	case "id":
		return q.ids(t.Pattern)
	}
	rows, err := q.c.read.QueryContext(q.ctx, sqlText)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := newBitset(q.n)
	var raw sql.RawBytes
	for rows.Next() {
		var row int64
		if err := rows.Scan(&row, &raw); err != nil {
			return nil, err
		}
		if !match(filter.Fold(string(raw))) {
			continue
		}
		if i, ok := q.s.columns.find(row); ok {
			found.add(i)
		}
	}
	return found, rows.Err()
}

// ids computes the ID of every event.
func (q *query) ids(p filter.Pattern) (bitset, error) {
	origins, err := q.c.origins(q.ctx)
	if err != nil {
		return nil, err
	}
	rows, err := q.c.read.QueryContext(q.ctx, `SELECT id, item, "offset", kind, n FROM event`)
	if err != nil {
		return nil, fmt.Errorf("find ids: %w", err)
	}
	defer rows.Close()
	found := newBitset(q.n)
	for rows.Next() {
		var r record
		if err := rows.Scan(&r.id, &r.item, &r.offset, &r.kind, &r.n); err != nil {
			return nil, err
		}
		o := origins[r.item]
		if o == nil || o.itemDigest.IsZero() {
			continue
		}
		if p.Match(forensics.EventID(o.itemDigest, o.item, r.offset, forensics.Kind(r.kind), int(r.n))) {
			if i, ok := q.s.columns.find(r.id); ok {
				found.add(i)
			}
		}
	}
	return found, rows.Err()
}
