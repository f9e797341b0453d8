package casefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Settings gives the thresholds that this case sets otherwise than the program.
func (c *Case) Settings() (map[string]string, error) {
	list, err := readAll(context.Background(), c.read, "read the settings", func(scan scanner) (s setting, err error) { return s, scan(&s.Name, &s.Value) },
		`SELECT name, value FROM setting ORDER BY name`)
	if err != nil {
		return nil, err
	}
	all := make(map[string]string, len(list))
	for _, s := range list {
		all[s.Name] = s.Value
	}
	return all, nil
}

// SetSetting sets a threshold of this case; an empty value gives it back to the program. Whether name
// and value mean something is for the caller to know. It stands in the custody log, because findings
// depend on it, and Undo puts back what was.
func (c *Case) SetSetting(name, value string) error {
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if name == "" {
		return errors.New("the setting has no name")
	}
	return c.mark(func(ctx context.Context, tx *sql.Tx) (string, before, error) {
		var old string
		err := tx.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = ?`, name).Scan(&old)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", before{}, err
		}
		if old == value {
			return "", before{}, nil
		}
		what := fmt.Sprintf("%s = %s", name, value)
		if value == "" {
			what = name + ": the program's own"
		}
		b := before{Settings: []setting{{name, old}}}
		return what, b, errors.Join(c.putSetting(ctx, tx, setting{name, value}), c.log(ctx, tx, "setting", what))
	})
}

func (c *Case) putSetting(ctx context.Context, tx *sql.Tx, s setting) error {
	if s.Value == "" {
		_, err := tx.ExecContext(ctx, `DELETE FROM setting WHERE name = ?`, s.Name)
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO setting (name, value, at, who) VALUES (?, ?, ?, ?)`, s.Name, s.Value, c.now(), c.options.Who)
	return err
}
