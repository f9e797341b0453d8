package casefile

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// before is what a mark changed, as it was: what Undo puts back.
type before struct {
	Untag    []tagged  `json:"untag,omitempty"` // tags to take off again
	Tag      []tagged  `json:"tag,omitempty"`   // tags to put on again
	Notes    []noted   `json:"notes,omitempty"` // an empty text: there was none
	Verdicts []Verdict `json:"verdicts,omitempty"`
	Settings []setting `json:"settings,omitempty"` // an empty value: it was not set
}

type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type tagged struct {
	Event int64  `json:"event"`
	Tag   string `json:"tag"`
}

type noted struct {
	Event int64  `json:"event"`
	Text  string `json:"text"`
}

func (b before) empty() bool {
	return len(b.Untag)+len(b.Tag)+len(b.Notes)+len(b.Verdicts)+len(b.Settings) == 0
}

// mark runs a change of marks and writes it into the journal.
func (c *Case) mark(change func(ctx context.Context, tx *sql.Tx) (string, before, error)) error {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	ctx := context.Background()
	return c.transact(ctx, func(tx *sql.Tx) error {
		what, b, err := change(ctx, tx)
		if err != nil {
			return fmt.Errorf("mark: %w", err)
		}
		if b.empty() {
			return nil
		}
		text, err := json.Marshal(b)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO mark (at, who, what, before) VALUES (?, ?, ?, ?)`, c.now(), c.options.Who, what, string(text))
		return err
	})
}

// Tag puts a tag on events. A tag has no spaces at its ends and is not empty.
func (c *Case) Tag(rows []int64, tag string) error {
	if tag = strings.TrimSpace(tag); tag == "" {
		return errors.New("the tag is empty")
	}
	return c.mark(func(ctx context.Context, tx *sql.Tx) (string, before, error) {
		done, err := eachTagged(rows, tag, func(t tagged) (sql.Result, error) { return c.putTag(ctx, tx, t) })
		return fmt.Sprintf("tag %s on %s", tag, events(len(done))), before{Untag: done}, err
	})
}

// Untag takes a tag off events.
func (c *Case) Untag(rows []int64, tag string) error {
	tag = strings.TrimSpace(tag)
	return c.mark(func(ctx context.Context, tx *sql.Tx) (string, before, error) {
		done, err := eachTagged(rows, tag, func(t tagged) (sql.Result, error) { return takeTag(ctx, tx, t) })
		return fmt.Sprintf("tag %s off %s", tag, events(len(done))), before{Tag: done}, err
	})
}

// eachTagged does something with the tag of each event and gives those that it changed.
func eachTagged(rows []int64, tag string, do func(tagged) (sql.Result, error)) (done []tagged, err error) {
	for _, row := range rows {
		t := tagged{row, tag}
		r, err := do(t)
		if err != nil {
			return nil, err
		}
		n, err := r.RowsAffected()
		if err != nil {
			return nil, err
		}
		if n > 0 {
			done = append(done, t)
		}
	}
	return done, nil
}

func (c *Case) putTag(ctx context.Context, tx *sql.Tx, t tagged) (sql.Result, error) {
	return tx.ExecContext(ctx, `INSERT OR IGNORE INTO tag (event, tag, at, who) VALUES (?, ?, ?, ?)`, t.Event, t.Tag, c.now(), c.options.Who)
}

func takeTag(ctx context.Context, tx *sql.Tx, t tagged) (sql.Result, error) {
	return tx.ExecContext(ctx, `DELETE FROM tag WHERE event = ? AND tag = ?`, t.Event, t.Tag)
}

// SetNote writes the note of an event; an empty text takes it away.
func (c *Case) SetNote(row int64, text string) error {
	return c.mark(func(ctx context.Context, tx *sql.Tx) (string, before, error) {
		var old string
		err := tx.QueryRowContext(ctx, `SELECT text FROM note WHERE event = ?`, row).Scan(&old)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", before{}, err
		}
		if old == text {
			return "", before{}, nil
		}
		return "note", before{Notes: []noted{{row, old}}}, c.putNote(ctx, tx, noted{row, text})
	})
}

func (c *Case) putNote(ctx context.Context, tx *sql.Tx, n noted) error {
	if n.Text == "" {
		_, err := tx.ExecContext(ctx, `DELETE FROM note WHERE event = ?`, n.Event)
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO note (event, text, at, who) VALUES (?, ?, ?, ?)`, n.Event, n.Text, c.now(), c.options.Who)
	return err
}

// Undo takes back the newest mark that was not taken back yet and says what it
// was; the empty text means that there is nothing to undo.
func (c *Case) Undo() (what string, err error) {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	ctx := context.Background()
	err = c.transact(ctx, func(tx *sql.Tx) error {
		var seq int64
		var text string
		err := tx.QueryRowContext(ctx, `SELECT seq, what, before FROM mark WHERE undone IS NULL ORDER BY seq DESC LIMIT 1`).Scan(&seq, &what, &text)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		var b before
		if err := json.Unmarshal([]byte(text), &b); err != nil {
			return err
		}
		if err := c.putBack(ctx, tx, b); err != nil {
			return err
		}
		if len(b.Verdicts)+len(b.Settings) > 0 {
			if err := c.log(ctx, tx, "undone", what); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE mark SET undone = ? WHERE seq = ?`, c.now(), seq)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("undo: %w", err)
	}
	return what, nil
}

func (c *Case) putBack(ctx context.Context, tx *sql.Tx, b before) error {
	for _, t := range b.Untag {
		if _, err := takeTag(ctx, tx, t); err != nil {
			return err
		}
	}
	for _, t := range b.Tag {
		if _, err := c.putTag(ctx, tx, t); err != nil {
			return err
		}
	}
	for _, n := range b.Notes {
		if err := c.putNote(ctx, tx, n); err != nil {
			return err
		}
	}
	for _, v := range b.Verdicts {
		if err := c.putVerdict(ctx, tx, v); err != nil {
			return err
		}
	}
	for _, s := range b.Settings {
		if err := c.putSetting(ctx, tx, s); err != nil {
			return err
		}
	}
	return nil
}

func events(n int) string {
	if n == 1 {
		return "1 event"
	}
	return fmt.Sprintf("%d events", n)
}
