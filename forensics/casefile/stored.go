package casefile

import (
	"context"
	"database/sql"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// Conditions that only the database answers.

// maxCandidates is up to how many events are looked at one by one in the database
// before a look at all is cheaper.
const maxCandidates = 20_000

// marks answers conditions on tags and notes, which are few.
func (q *query) marks(t *filter.Term) (bitset, error) {
	if t.Key == "tag" {
		return q.scan(`SELECT event, tag FROM tag`, t.Pattern.Match)
	}
	return q.scan(`SELECT event, text FROM note`, contains(t.Pattern))
}

// named answers conditions on a column of the database that is seldom asked for: a
// whole value by its hash, which a few events have; a pattern by a look at all.
func (q *query) named(column string, hashes []uint32, p filter.Pattern) (bitset, error) {
	if !p.IsLiteral() {
		return q.look(column, p.Match)
	}
	wanted := hashName(p.Parts[0])
	var candidates []int64
	for i, h := range hashes {
		if h == wanted {
			candidates = append(candidates, q.s.columns.row[i])
		}
	}
	if len(candidates) > maxCandidates {
		return q.look(column, p.Match)
	}
	found := newBitset(q.n)
	for len(candidates) > 0 {
		n := min(len(candidates), fetchBatch)
		list, args := in(candidates[:n])
		part, err := q.scan(`SELECT id, `+column+` FROM event WHERE id`+list, p.Match, args...)
		if err != nil {
			return nil, err
		}
		found.or(part)
		candidates = candidates[n:]
	}
	return found, nil
}

// scan runs a statement that gives rows and texts, and keeps the rows whose text
// matches.
func (q *query) scan(statement string, match func(string) bool, args ...any) (bitset, error) {
	rows, err := q.c.read.QueryContext(q.ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := newBitset(q.n)
	var text sql.RawBytes
	for rows.Next() {
		var row int64
		if err := rows.Scan(&row, &text); err != nil {
			return nil, err
		}
		if match(filter.Fold(string(text))) {
			if i, ok := q.s.columns.find(row); ok {
				found.add(i)
			}
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
	many, err := q.manyth()
	if err != nil {
		return nil, err
	}
	c := &q.s.columns
	return where(q.n, func(i int) bool {
		o := origins[int64(c.item[i])]
		if o == nil || o.itemDigest.IsZero() {
			return false
		}
		n := int(c.nth[i])
		if n == manyth {
			n = many[c.row[i]]
		}
		return p.Match(forensics.EventID(o.itemDigest, o.item, c.offset[i], forensics.Kind(c.kind[i]), n))
	}), nil
}

// manyth reads the places that the column nth cannot hold: those of events that were inferred, and of
// records that gave very many.
func (q *query) manyth() (map[int64]int, error) {
	var list []int64
	for i, n := range q.s.columns.nth {
		if n == manyth {
			list = append(list, q.s.columns.row[i])
		}
	}
	many := make(map[int64]int, len(list))
	read := func(statement string, args ...any) error {
		rows, err := q.c.read.QueryContext(q.ctx, statement, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var row int64
			var n int
			if err := rows.Scan(&row, &n); err != nil {
				return err
			}
			many[row] = n
		}
		return rows.Err()
	}
	if len(list) > maxCandidates {
		return many, read(`SELECT id, n FROM event WHERE n >= ?`, manyth)
	}
	for len(list) > 0 {
		n := min(len(list), fetchBatch)
		rows, args := in(list[:n])
		if err := read(`SELECT id, n FROM event WHERE id`+rows, args...); err != nil {
			return nil, err
		}
		list = list[n:]
	}
	return many, nil
}

// origins reads names and digests of all items.
func (c *Case) origins(ctx context.Context) (map[int64]*origin, error) {
	rows, err := c.read.QueryContext(ctx, `SELECT i.id, i.name, i.digest, v.id, v.name, v.digest FROM item i JOIN evidence v ON v.id = i.evidence`)
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

// in writes " IN (?, ?, ...)" with its arguments.
func in[T any](values []T) (string, []any) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return " IN (?" + strings.Repeat(", ?", len(values)-1) + ")", args
}
