package casefile

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	_ "modernc.org/sqlite" // the database driver "sqlite"

	"keytrail/forensics"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Names in the table meta.
const (
	metaSchema     = "schema"     // number of the last migration
	metaSalt       = "salt"       // of the hashes of facts, hexadecimal
	metaGeneration = "generation" // grows with every change of the events
	metaEpoch      = "epoch"      // grows whenever events are taken away or changed
	metaNextRow    = "next_row"   // events get no smaller number
	metaInferred   = "inferred"   // the generation for which ReplaceInferred was called
)

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

// migrations lists the embedded migrations in the order of their numbers.
func migrations() ([]string, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	slices.Sort(names)
	return names, err
}

func (c *Case) checkSchema(have int) error {
	names, err := migrations()
	if err != nil {
		return err
	}
	if have > len(names) {
		return &forensics.Error{What: fmt.Sprintf("this case was written by a newer keytrail (schema %d, this one knows %d)", have, len(names)),
			File: c.path, Byte: -1, Hint: "use the newer keytrail"}
	}
	if have < len(names) && c.write == nil {
		return &forensics.Error{What: fmt.Sprintf("this case has the older schema %d and cannot be brought to %d read-only", have, len(names)),
			File: c.path, Byte: -1, Hint: "open a copy of it once where it can be written"}
	}
	return nil
}

// migrate brings the database to the newest schema: the migrations run in the
// order of their numbers, each in a transaction that also records it.
func (c *Case) migrate() error {
	ctx := context.Background()
	var tables int
	if err := c.write.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'meta'`).Scan(&tables); err != nil {
		return &forensics.Error{What: "the case database cannot be read", File: filepath.Join(c.path, databaseName), Byte: -1, Err: err}
	}
	have := 0
	if tables > 0 {
		n, err := c.metaInt(ctx, c.write, metaSchema)
		if err != nil {
			return err
		}
		have = int(n)
	}
	if err := c.checkSchema(have); err != nil {
		return err
	}
	names, err := migrations()
	if err != nil {
		return err
	}
	for i := have; i < len(names); i++ {
		if err := c.migrateOne(ctx, i+1, names[i]); err != nil {
			return fmt.Errorf("migrate the case with %s: %w", names[i], err)
		}
	}
	return nil
}

func (c *Case) migrateOne(ctx context.Context, number int, name string) error {
	script, err := migrationFiles.ReadFile(name)
	if err != nil {
		return err
	}
	return c.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, string(script)); err != nil {
			return err
		}
		if number == 1 {
			salt := make([]byte, 16)
			if _, err := rand.Read(salt); err != nil {
				return err
			}
			if err := setMeta(ctx, tx, metaGeneration, "1"); err != nil {
				return err
			}
			if err := setMeta(ctx, tx, metaSalt, hex.EncodeToString(salt)); err != nil {
				return err
			}
		}
		if err := setMeta(ctx, tx, metaSchema, strconv.Itoa(number)); err != nil {
			return err
		}
		return fillKinds(ctx, tx, number)
	})
}

// fillKinds writes the names of the kinds for readers of the database.
func fillKinds(ctx context.Context, tx *sql.Tx, schema int) error {
	if schema < 2 {
		return nil
	}
	for _, k := range forensics.Kinds() {
		if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO kind (id, name, "group") VALUES (?, ?, ?)`,
			int64(k), k.String(), k.Group().String()); err != nil {
			return err
		}
	}
	return nil
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// metaInt reads a number of the table meta, 0 where it is not set.
func (c *Case) metaInt(ctx context.Context, q querier, name string) (int64, error) {
	var value int64
	err := q.QueryRowContext(ctx, `SELECT CAST(value AS INTEGER) FROM meta WHERE name = ?`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return value, err
}

func setMeta(ctx context.Context, tx *sql.Tx, name, value string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

// bump adds one to a number of the table meta.
func bump(ctx context.Context, tx *sql.Tx, name string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES (?, '1')
		ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1`, name)
	return err
}

// transact runs f in one transaction and counts a new generation.
func (c *Case) transact(ctx context.Context, f func(tx *sql.Tx) error) error {
	if c.write == nil {
		return c.readOnlyError()
	}
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return c.explain(err)
	}
	if err := f(tx); err != nil {
		return errors.Join(c.explain(err), rolledBack(tx))
	}
	if err := tx.Commit(); err != nil {
		return c.explain(err)
	}
	c.generation.Add(1)
	return nil
}

func rolledBack(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

func (c *Case) readOnlyError() error {
	return &forensics.Error{What: "the case is open for reading only", File: c.path, Byte: -1}
}
