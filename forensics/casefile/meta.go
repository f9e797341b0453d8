package casefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"keytrail/forensics"
)

// How the database is asked and changed, and the numbers that a case keeps about itself.

// Names in the table meta.
const (
	metaSchema     = "schema"     // number of the last migration
	metaSalt       = "salt"       // of the hashes of facts, hexadecimal
	metaGeneration = "generation" // grows with every change of the events
	metaEpoch      = "epoch"      // grows whenever events are taken away or changed
	metaNextRow    = "next_row"   // events get no smaller number
	metaInferred   = "inferred"   // the generation for which ReplaceInferred was called
)

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scanner reads the columns of one row, as the method Scan of sql.Rows does.
type scanner func(columns ...any) error

// readAll makes a value of every row that a query gives. what stands in front of errors.
func readAll[T any](ctx context.Context, q querier, what string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		all = append(all, v)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return all, nil
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
