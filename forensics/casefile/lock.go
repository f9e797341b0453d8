package casefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"keytrail/forensics"
)

// writerLock keeps a second keytrail from adding to the same case. It is an
// exclusive transaction on an empty database beside the case: SQLite knows how to
// lock a file on every system, and the system lets go of it when the process dies.
type writerLock struct {
	db   *sql.DB
	conn *sql.Conn
}

// Lock keeps every other keytrail from adding to the case until this one closes it.
func (c *Case) Lock() error {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	return c.acquire()
}

// acquire takes the lock for the rest of the case's life; the caller holds writeMu.
func (c *Case) acquire() error {
	if c.write == nil {
		return c.readOnlyError()
	}
	if c.lock != nil {
		return nil
	}
	ctx := context.Background()
	db, err := sql.Open("sqlite", dsn(filepath.Join(c.path, lockName), url.Values{"_pragma": {"busy_timeout(200)"}}))
	if err != nil {
		return fmt.Errorf("lock the case: %w", err)
	}
	conn, err := db.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, `BEGIN EXCLUSIVE`)
		if err != nil {
			err = errors.Join(err, conn.Close())
		}
	}
	if err != nil {
		return errors.Join(c.explain(err), db.Close())
	}
	c.lock = &writerLock{db: db, conn: conn}
	return nil
}

func (l *writerLock) release() error {
	_, err := l.conn.ExecContext(context.Background(), `ROLLBACK`)
	return errors.Join(err, l.conn.Close(), l.db.Close())
}

// explain turns a busy database into words.
func (c *Case) explain(err error) error {
	code := 0
	var e *sqlite.Error
	var raw *rawError
	if errors.As(err, &e) {
		code = e.Code()
	} else if errors.As(err, &raw) {
		code = raw.code
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &forensics.Error{What: "another keytrail is adding to this case", File: c.path, Byte: -1,
			Hint: "wait until it has finished; reading is possible meanwhile", Err: err}
	case sqlite3.SQLITE_FULL:
		return &forensics.Error{What: "the disk is full", File: c.path, Byte: -1, Hint: "make room and add the evidence again", Err: err}
	}
	return err
}
