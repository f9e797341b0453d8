package casefile

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// maxHistory bounds the filters that are remembered.
const maxHistory = 200

// History lists the filters that were used, the newest first.
func (c *Case) History() []string {
	list, err := readAll(context.Background(), c.read, "list the filters", scanText, `SELECT filter FROM filter_history ORDER BY at DESC, filter`)
	if err != nil {
		return nil // a convenience: without it nothing is lost
	}
	return list
}

// AddHistory remembers a filter; the oldest of very many is forgotten.
func (c *Case) AddHistory(filter string) error {
	if filter = strings.TrimSpace(filter); filter == "" {
		return nil
	}
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	ctx := context.Background()
	err := c.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO filter_history (filter, at) VALUES (?, ?)`, filter, c.now()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM filter_history WHERE filter NOT IN
			(SELECT filter FROM filter_history ORDER BY at DESC, filter LIMIT ?)`, maxHistory)
		return err
	})
	if err != nil {
		return fmt.Errorf("remember the filter: %w", err)
	}
	return nil
}
