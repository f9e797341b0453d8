package casefile

import (
	"context"
	"database/sql"
	"strings"
)

// bulk holds the writer's prepared inserts.
type bulk struct {
	event, text, find, seen *sql.Stmt
	hasher                  factHasher
	orphans                 map[int64]bool // facts whose event is being read again
	next                    int64          // number of the next event
	args                    []any
	fresh                   []record
}

// eventColumns are the columns of the table event in the order of record.values.
func eventColumns() []string {
	names := []string{"id", "time", "kind", "certainty", "outcome", "flags", "item", `"offset"`, "length", "line", "n", "digest",
		"original", "zone", "port", "asn", "uid", "session", "message_id", "subject", "fact", "more"}
	return append(names, textColumns[:]...)
}

func (c *Case) prepareBulk(ctx context.Context) (*bulk, error) {
	names := eventColumns()
	var b bulk
	for _, p := range []struct {
		to    **sql.Stmt
		query string
	}{
		{&b.event, `INSERT INTO event (` + strings.Join(names, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(names)-1) + `)`},
		{&b.text, `INSERT INTO text (id, text) VALUES (?, ?)`},
		{&b.find, `SELECT id FROM text WHERE text = ?`},
		{&b.seen, `INSERT INTO seen_in (event, fact, item, "offset", length, line) VALUES (?, ?, ?, ?, ?, ?)`},
	} {
		stmt, err := c.write.PrepareContext(ctx, p.query)
		if err != nil {
			return nil, err
		}
		*p.to = stmt
	}
	return &b, nil
}

func (b *bulk) Close() error {
	for _, s := range []*sql.Stmt{b.event, b.text, b.find, b.seen} {
		if err := s.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bulk) insert(ctx context.Context, tx *sql.Tx, r *record) error {
	b.args = append(b.args[:0], r.id, r.time, int64(r.kind), int64(r.certainty), int64(r.outcome), int64(r.flags), r.item, r.offset, r.length, r.line, r.n,
		digestValue(r.digest), orNull(r.original), intOrNull(int64(r.zone)), intOrNull(int64(r.port)), intOrNull(int64(r.asn)), intOrNull(int64(r.uid)),
		orNull(r.session), orNull(r.messageID), orNull(r.subject), intOrNull(r.fact), bytesOrNull(r.more))
	for _, t := range r.texts {
		b.args = append(b.args, intOrNull(int64(t)))
	}
	_, err := tx.StmtContext(ctx, b.event).ExecContext(ctx, b.args...)
	return err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func intOrNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func bytesOrNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return string(b)
}
