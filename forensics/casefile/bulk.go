package casefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"keytrail/forensics"
)

// bulk holds the writer's own connection with its prepared statements.
type bulk struct {
	db                            *rawDB
	event, events                 *rawStmt // inserts of one event and of rowsAtOnce
	text, find, seen, adopt, bump *rawStmt
	item, warning                 *rawStmt

	hasher  factHasher
	orphans map[int64]bool // facts whose event is being read again
	next    int64          // number of the next event

	nextItem int64 // number of the next item
	index    index
	group    group
}

const (
	numEventColumns = 22 + int(numTexts)
	rowsAtOnce      = 32
)

// eventColumns are the columns of the table event in the order in which insert
// binds them.
func eventColumns() []string {
	names := []string{"id", "time", "kind", "certainty", "outcome", "flags", "item", `"offset"`, "length", "line", "n", "digest",
		"original", "zone", "port", "asn", "uid", "session", "message_id", "subject", "fact", "more"}
	return append(names, textColumns[:]...)
}

func (c *Case) prepareBulk() (*bulk, error) {
	db, err := openRaw(filepath.Join(c.path, databaseName), sqlite3.SQLITE_OPEN_READWRITE)
	if err != nil {
		return nil, err
	}
	if err := db.exec("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 2000"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	b := &bulk{db: db, group: group{limit: c.options.groupEvents, byID: map[int64]int{}, byName: map[uint64]int{}, byDigest: map[forensics.Digest]int{}}}
	b.group.late = time.AfterFunc(groupAge, c.flushLate)
	b.group.late.Stop()
	values := `(?` + strings.Repeat(", ?", numEventColumns-1) + `)`
	insert := `INSERT INTO event (` + strings.Join(eventColumns(), ", ") + `) VALUES ` + values
	for _, p := range []struct {
		to    **rawStmt
		query string
	}{
		{&b.event, insert},
		{&b.events, insert + strings.Repeat(", "+values, rowsAtOnce-1)},
		{&b.text, `INSERT INTO text (id, text) VALUES (?, ?)`},
		{&b.find, `SELECT id FROM text WHERE text = ?`},
		{&b.seen, `INSERT INTO seen_in (event, fact, item, "offset", length, line) VALUES (?, ?, ?, ?, ?, ?)`},
		{&b.adopt, `UPDATE seen_in SET event = ? WHERE event = 0 AND fact = ?`},
		{&b.item, `INSERT INTO item (id, evidence, name, size, digest, modified, format, status, reason, clock,
			records, read, events, duplicates, skipped, broken, warnings, first, last, low)
			VALUES (?` + strings.Repeat(", ?", 19) + `) ON CONFLICT (id) DO UPDATE SET size = excluded.size, digest = excluded.digest,
			modified = excluded.modified, format = excluded.format, status = excluded.status, reason = excluded.reason, clock = excluded.clock,
			records = excluded.records, read = excluded.read, events = excluded.events, duplicates = excluded.duplicates,
			skipped = excluded.skipped, broken = excluded.broken, warnings = excluded.warnings, first = excluded.first, last = excluded.last,
			low = excluded.low`},
		{&b.warning, `INSERT INTO warning (evidence, item, "offset", length, line, text) VALUES (?, ?, ?, ?, ?, ?)`},
		{&b.bump, `UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = '` + metaGeneration + `' RETURNING CAST(value AS INTEGER)`},
	} {
		if *p.to, err = db.prepare(p.query); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return b, nil
}

// Close closes the connection.
func (b *bulk) Close() error {
	b.group.late.Stop()
	for _, s := range []*rawStmt{b.event, b.events, b.text, b.find, b.seen, b.adopt, b.bump, b.item, b.warning} {
		s.Close()
	}
	return b.db.Close()
}

// transact runs f in one transaction that counts a new generation of the events,
// which it returns.
func (b *bulk) transact(f func() error) (generation int64, err error) {
	if err := b.db.exec("BEGIN IMMEDIATE"); err != nil {
		return 0, err
	}
	err = f()
	if err == nil {
		generation, _, err = b.bump.run()
	}
	if err == nil {
		err = b.db.exec("COMMIT")
	}
	if err != nil {
		if rollback := b.db.exec("ROLLBACK"); rollback != nil && !isCode(rollback, sqlite3.SQLITE_ERROR) {
			err = errors.Join(err, rollback) // SQLITE_ERROR: SQLite has rolled back itself
		}
		return 0, err
	}
	return generation, nil
}

func isCode(err error, code int) bool {
	var e *rawError
	return errors.As(err, &e) && e.code&0xff == code
}

// insert stores new events, as many as it can with one statement, because ending a
// statement costs as much as a third of a row.
func (b *bulk) insert(list []record) error {
	for len(list) >= rowsAtOnce {
		if err := b.insertWith(b.events, list[:rowsAtOnce]); err != nil {
			return err
		}
		list = list[rowsAtOnce:]
	}
	for i := range list {
		if err := b.insertWith(b.event, list[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (b *bulk) insertWith(s *rawStmt, list []record) error {
	size := 0
	for i := range list {
		r := &list[i]
		n := len(r.digest) + len(r.original) + len(r.session) + len(r.messageID) + len(r.subject) + len(r.more)
		if n > maxText {
			return fmt.Errorf("an event of %d bytes is too long", n)
		}
		size += n
	}
	if err := s.begin(size); err != nil {
		return err
	}
	for i := range list {
		bindEvent(s, &list[i], i*numEventColumns)
	}
	_, _, err := s.run()
	return err
}

// bindEvent binds an event to the parameters after the one with the number at.
func bindEvent(s *rawStmt, r *record, at int) {
	for i, v := range [...]int64{r.id, r.time, int64(r.kind), int64(r.certainty), int64(r.outcome), int64(r.flags), r.item, r.offset, r.length, r.line, r.n} {
		s.bindInt(at+1+i, v)
	}
	if !r.digest.IsZero() {
		s.bindBlob(at+12, r.digest[:])
	}
	s.bindText(at+13, r.original)
	for i, v := range [...]int64{int64(r.zone), int64(r.port), int64(r.asn), int64(r.uid)} {
		s.bindNumber(at+14+i, v)
	}
	s.bindText(at+18, r.session)
	s.bindText(at+19, r.messageID)
	s.bindText(at+20, r.subject)
	s.bindNumber(at+21, r.fact)
	s.bindText(at+22, r.more)
	for i, id := range r.texts {
		s.bindNumber(at+23+i, int64(id))
	}
}

// store adds a text.
func (b *bulk) store(id uint32, text string) error {
	if err := b.text.begin(len(text)); err != nil {
		return err
	}
	b.text.bindInt(1, int64(id))
	b.text.bindText(2, text)
	_, _, err := b.text.run()
	return err
}

// lookup finds the number of a text.
func (b *bulk) lookup(text string) (id uint32, found bool, err error) {
	if err := b.find.begin(len(text)); err != nil {
		return 0, false, err
	}
	b.find.bindText(1, text)
	n, found, err := b.find.run()
	return uint32(n), found, err
}

// again notes that a known fact stands at a further place.
func (b *bulk) again(r seenRow) error {
	if err := b.seen.begin(0); err != nil {
		return err
	}
	for i, v := range [...]int64{r.row, r.fact, r.item, r.offset, r.length, r.line} {
		b.seen.bindInt(i+1, v)
	}
	_, _, err := b.seen.run()
	return err
}

// adoptOrphans gives the further refs of a fact their event back.
func (b *bulk) adoptOrphans(a adoption) error {
	if err := b.adopt.begin(0); err != nil {
		return err
	}
	b.adopt.bindInt(1, a.row)
	b.adopt.bindInt(2, a.fact)
	_, _, err := b.adopt.run()
	return err
}
