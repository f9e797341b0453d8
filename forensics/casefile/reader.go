package casefile

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"

	sqlite3 "modernc.org/sqlite/lib"
)

// reader hands out events, below database/sql like the writer and for the same
// reason: a report of a million events has forty million values. Its statements look one
// event up by its number.
type reader struct {
	mu                     sync.Mutex
	db                     *rawDB
	event, text, tag, note *rawStmt
	seen, marked, addition *rawStmt
	item                   *rawStmt
}

// openReader opens the connection to the database at an address as dsn writes it.
func openReader(address string) (*reader, error) {
	db, err := openRaw(address, sqlite3.SQLITE_OPEN_READONLY|sqlite3.SQLITE_OPEN_URI)
	if err != nil {
		return nil, fmt.Errorf("open the case: %w", err)
	}
	r := &reader{db: db}
	for _, p := range []struct {
		to    **rawStmt
		query string
	}{
		{&r.event, `SELECT ` + strings.Join(eventColumns(), ", ") + ` FROM event WHERE id = ?`},
		{&r.text, `SELECT text FROM text WHERE id = ?`},
		{&r.tag, `SELECT tag FROM tag WHERE event = ? ORDER BY tag`},
		{&r.note, `SELECT text FROM note WHERE event = ?`},
		{&r.seen, `SELECT item, "offset", length, line, fact FROM seen_in WHERE event = ? ORDER BY item, "offset", length, line, fact DESC`},
		{&r.item, `SELECT i.name, i.digest, v.id, v.name, v.digest FROM item i JOIN evidence v ON v.id = i.evidence WHERE i.id = ?`},
		{&r.addition, `SELECT more FROM addition WHERE event = ?`},
		{&r.marked, `SELECT EXISTS (SELECT 1 FROM tag) OR EXISTS (SELECT 1 FROM note)`},
	} {
		if *p.to, err = db.prepare(p.query); err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	return r, nil
}

// Close closes the connection.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.db == nil {
		return nil
	}
	for _, s := range []*rawStmt{r.event, r.text, r.tag, r.note, r.seen, r.marked, r.addition, r.item} {
		s.Close()
	}
	db := r.db
	r.db = nil
	return db.Close()
}

// transact runs f on one state of the database.
func (r *reader) transact(f func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.db == nil {
		return errors.New("the case is closed")
	}
	if err := r.db.exec("BEGIN"); err != nil {
		return err
	}
	return errors.Join(f(), r.db.exec("COMMIT"))
}

// each gives every row that s finds for a number.
func each(s *rawStmt, number int64, f func()) error {
	defer s.reset()
	s.bindInt(1, number)
	for {
		row, err := s.step()
		if err != nil || !row {
			return err
		}
		f()
	}
}

// record reads an event, false where it is not there any more.
func (r *reader) record(row int64, to *record) (found bool, err error) {
	err = each(r.event, row, func() {
		found = true
		s := r.event
		*to = record{
			id: row, time: s.column(1), kind: uint8(s.column(2)), certainty: uint8(s.column(3)), outcome: uint8(s.column(4)),
			flags: uint16(s.column(5)), item: s.column(6), offset: s.column(7), length: s.column(8), line: s.column(9), n: s.column(10),
			original: s.columnText(12), zone: int32(s.column(13)), port: uint16(s.column(14)), asn: uint32(s.column(15)), uid: uint32(s.column(16)),
			session: s.columnText(17), messageID: s.columnText(18), subject: s.columnText(19), fact: s.column(20), more: s.columnText(21),
		}
		copy(to.digest[:], s.columnBytes(11))
		for i := range to.texts {
			to.texts[i] = uint32(s.column(22 + i))
		}
	})
	return found, err
}

// columnBytes shows a value until the next step.
func (s *rawStmt) columnBytes(i int) []byte {
	at := sqlite3.Xsqlite3_column_blob(s.d.tls, s.p, int32(i))
	n := sqlite3.Xsqlite3_column_bytes(s.d.tls, s.p, int32(i))
	if at == 0 || n <= 0 {
		return nil
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), n)
}

func (s *rawStmt) columnText(i int) string { return string(s.columnBytes(i)) }
