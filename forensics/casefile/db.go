package casefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the database driver "sqlite"

	"keytrail/forensics"
)

// How the database is opened, also on a medium that cannot be written.

// dsn writes the address of a database file with what every connection needs.
func dsn(file string, query url.Values) string {
	path := filepath.ToSlash(file)
	if filepath.VolumeName(file) != "" {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}).String()
}

// connect opens the database for writing and reading, or for reading only where
// the medium or the options ask for it.
func (c *Case) connect() error {
	file := filepath.Join(c.path, databaseName)
	if c.options.ReadOnly || !c.options.writable(c.path, file) {
		return c.connectReadOnly(file)
	}
	write, err := sql.Open("sqlite", dsn(file, url.Values{
		"_pragma": {"busy_timeout(5000)", "synchronous(NORMAL)", "foreign_keys(0)"},
		"_txlock": {"immediate"},
	}))
	if err != nil {
		return fmt.Errorf("open the case: %w", err)
	}
	write.SetMaxOpenConns(1)
	c.write = write
	// Large pages: events come in by the thousand and are written twice, to the log
	// and from there to the database. The size counts only while the file is new.
	for _, pragma := range []string{`PRAGMA page_size = 16384`, `PRAGMA journal_mode = WAL`} {
		if _, err := write.Exec(pragma); err != nil {
			return &forensics.Error{What: "the case database cannot be opened", File: file, Byte: -1, Err: c.explain(err)}
		}
	}
	if err := c.migrate(); err != nil {
		return err
	}
	return c.connectRead(file, url.Values{"mode": {"ro"}})
}

func (c *Case) connectReadOnly(file string) error {
	query := url.Values{"mode": {"ro"}}
	if !c.options.writable(c.path, file) {
		// Without a place for its shared memory SQLite can only read a file that nobody
		// changes; then it does not look at a log beside it, so a log that holds
		// anything is folded in a copy.
		log, err := os.Stat(file + "-wal")
		if err == nil && log.Size() > 0 {
			if file, err = c.copyOut(file); err != nil {
				return err
			}
		} else {
			query.Set("immutable", "1")
		}
	}
	if err := c.connectRead(file, query); err != nil {
		return err
	}
	schema, err := c.metaInt(context.Background(), c.read, metaSchema)
	if err != nil { // an empty database is what a run leaves that was killed while it made the case
		return &forensics.Error{What: "there is no whole case in it", File: c.path, Byte: -1, Err: err, Hint: "if it was stopped while it was made, add its evidence again: keytrail add CASE PATH"}
	}
	return c.checkSchema(int(schema))
}

func (c *Case) connectRead(file string, query url.Values) error {
	c.address = dsn(file, query)
	query["_pragma"] = []string{"busy_timeout(5000)", "query_only(1)"}
	read, err := sql.Open("sqlite", dsn(file, query))
	if err != nil {
		return fmt.Errorf("open the case: %w", err)
	}
	read.SetMaxOpenConns(4)
	c.read = read
	return nil
}

// writable reports whether both the folder and the database can be written.
func writable(dir, file string) bool {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err == nil {
		err = f.Close()
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return false
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return false
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name())) == nil
}

// copyOut copies the database and its log to a temporary folder.
func (c *Case) copyOut(file string) (string, error) {
	dir, err := os.MkdirTemp("", "keytrail-case-*")
	if err != nil {
		return "", fmt.Errorf("copy the case from a read-only medium: %w", err)
	}
	c.scratch = dir
	to := filepath.Join(dir, databaseName)
	for _, suffix := range []string{"", "-wal"} {
		if err := copyFile(to+suffix, file+suffix); err != nil {
			return "", fmt.Errorf("copy the case from a read-only medium: %w", err)
		}
	}
	return to, nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
