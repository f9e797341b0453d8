package casefile

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"

	"keytrail/forensics"
)

// The schema of the database and how an older one is brought to it.

//go:embed migrations/*.sql
var migrationFiles embed.FS

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
