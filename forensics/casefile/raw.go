package casefile

import (
	"errors"
	"fmt"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// The hot path of adding evidence speaks to SQLite directly, below database/sql:
// binding forty columns through driver.Value costs more than SQLite's own work
// (70,000 events a second against 300,000). Everything else uses database/sql.

// rawDB is one connection, used by one goroutine at a time.
type rawDB struct {
	tls   *libc.TLS
	db    uintptr
	block uintptr // the address of arena, in SQLite's own memory
	arena []byte  // what the parameters of the running statement point into
	used  int
}

// rawError is an error of SQLite with its code.
type rawError struct {
	code int
	text string
}

func (e *rawError) Error() string { return fmt.Sprintf("%s (sqlite %d)", e.text, e.code) }

const arenaSize = 1 << 16

// openRaw opens a further connection to a database that is there already. flags are
// those of sqlite3_open_v2.
func openRaw(file string, flags int32) (*rawDB, error) {
	d := &rawDB{tls: libc.NewTLS()}
	if err := d.grow(arenaSize); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	name, err := libc.CString(file)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	defer libc.Xfree(d.tls, name)
	rc := sqlite3.Xsqlite3_open_v2(d.tls, name, d.block, flags|sqlite3.SQLITE_OPEN_NOMUTEX, 0)
	d.db = d.handle()
	if rc != sqlite3.SQLITE_OK {
		return nil, errors.Join(d.fail(), d.Close())
	}
	sqlite3.Xsqlite3_busy_timeout(d.tls, d.db, 5000)
	return d, nil
}

// grow makes the arena hold at least n bytes. No parameter may be bound.
func (d *rawDB) grow(n int) error {
	block := libc.Xcalloc(d.tls, 1, libc.Tsize_t(n))
	if block == 0 {
		return &rawError{sqlite3.SQLITE_NOMEM, "out of memory"}
	}
	if d.block != 0 {
		libc.Xfree(d.tls, d.block)
	}
	d.block = block
	d.arena = unsafe.Slice(*(**byte)(unsafe.Pointer(&block)), n) // outside of Go's heap: it stays where it is
	return nil
}

// handle reads the pointer that SQLite wrote to the start of the arena.
func (d *rawDB) handle() uintptr { return *(*uintptr)(unsafe.Pointer(&d.arena[0])) }

func (d *rawDB) fail() error {
	if d.db == 0 {
		return &rawError{sqlite3.SQLITE_NOMEM, "out of memory"}
	}
	return &rawError{int(sqlite3.Xsqlite3_extended_errcode(d.tls, d.db)), libc.GoString(sqlite3.Xsqlite3_errmsg(d.tls, d.db))}
}

// Close closes the connection; its statements must be closed before.
func (d *rawDB) Close() error {
	var err error
	if d.db != 0 && sqlite3.Xsqlite3_close_v2(d.tls, d.db) != sqlite3.SQLITE_OK {
		err = d.fail()
	}
	if d.block != 0 {
		libc.Xfree(d.tls, d.block)
	}
	d.db, d.block, d.arena = 0, 0, nil
	d.tls.Close()
	return err
}

func (d *rawDB) exec(query string) error {
	text, err := libc.CString(query)
	if err != nil {
		return err
	}
	defer libc.Xfree(d.tls, text)
	if sqlite3.Xsqlite3_exec(d.tls, d.db, text, 0, 0, 0) != sqlite3.SQLITE_OK {
		return d.fail()
	}
	return nil
}

// rawStmt is a prepared statement.
type rawStmt struct {
	d *rawDB
	p uintptr
}

func (d *rawDB) prepare(query string) (*rawStmt, error) {
	text, err := libc.CString(query)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(d.tls, text)
	if sqlite3.Xsqlite3_prepare_v2(d.tls, d.db, text, -1, d.block, 0) != sqlite3.SQLITE_OK {
		return nil, d.fail()
	}
	return &rawStmt{d: d, p: d.handle()}, nil
}

func (s *rawStmt) Close() {
	if s != nil && s.p != 0 {
		sqlite3.Xsqlite3_finalize(s.d.tls, s.p)
		s.p = 0
	}
}

// begin forgets the parameters of the last run; those that are not bound again are
// NULL. size is how many bytes of text will be bound.
func (s *rawStmt) begin(size int) error {
	sqlite3.Xsqlite3_clear_bindings(s.d.tls, s.p)
	s.d.used = 0
	if size > len(s.d.arena) {
		return s.d.grow(2 * size)
	}
	return nil
}

func (s *rawStmt) bindInt(i int, v int64) {
	sqlite3.Xsqlite3_bind_int64(s.d.tls, s.p, int32(i), v)
}

// bindNumber binds a number that is NULL where it is 0.
func (s *rawStmt) bindNumber(i int, v int64) {
	if v != 0 {
		s.bindInt(i, v)
	}
}

// bindText binds text of the size promised to begin; the empty text becomes NULL.
func (s *rawStmt) bindText(i int, text string) {
	if text == "" {
		return
	}
	at := s.d.block + uintptr(s.d.used)
	s.d.used += copy(s.d.arena[s.d.used:], text)
	sqlite3.Xsqlite3_bind_text(s.d.tls, s.p, int32(i), at, int32(len(text)), 0)
}

// bindString binds text of the size promised to begin; the empty text stays one.
func (s *rawStmt) bindString(i int, text string) {
	at := s.d.block + uintptr(s.d.used)
	s.d.used += copy(s.d.arena[s.d.used:], text)
	sqlite3.Xsqlite3_bind_text(s.d.tls, s.p, int32(i), at, int32(len(text)), 0)
}

// bindBlob binds bytes of the size promised to begin.
func (s *rawStmt) bindBlob(i int, b []byte) {
	at := s.d.block + uintptr(s.d.used)
	s.d.used += copy(s.d.arena[s.d.used:], b)
	sqlite3.Xsqlite3_bind_blob(s.d.tls, s.p, int32(i), at, int32(len(b)), 0)
}

// step runs the statement to its first row. The caller reads the row with column and
// then resets.
func (s *rawStmt) step() (row bool, err error) {
	switch sqlite3.Xsqlite3_step(s.d.tls, s.p) {
	case sqlite3.SQLITE_ROW:
		return true, nil
	case sqlite3.SQLITE_DONE:
		return false, nil
	}
	err = s.d.fail()
	s.reset()
	return false, err
}

func (s *rawStmt) column(i int) int64 { return sqlite3.Xsqlite3_column_int64(s.d.tls, s.p, int32(i)) }

func (s *rawStmt) reset() { sqlite3.Xsqlite3_reset(s.d.tls, s.p) }

// run runs a statement that gives no rows, or whose first number is wanted.
func (s *rawStmt) run() (first int64, found bool, err error) {
	found, err = s.step()
	if err != nil {
		return 0, false, err
	}
	if found {
		first = s.column(0)
	}
	s.reset()
	return first, found, nil
}

// maxText is the longest text that SQLite takes (SQLITE_MAX_LENGTH).
const maxText = 1_000_000_000
