package casefile

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"keytrail/forensics"
)

const evidenceColumns = `id, name, path, size, digest, is_folder, modified, added, done, tool`

const itemColumns = `id, evidence, name, size, digest, modified, format, status, reason, clock,
	records, read, events, duplicates, skipped, broken, warnings, first, last`

// BeginEvidence finds the evidence at e.Path that was begun and not finished, or
// that was finished and has not changed since (same size and time of change; Done
// is then set), and else makes a new row.
func (c *Case) BeginEvidence(e forensics.Evidence) (forensics.Evidence, error) {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if err := c.acquire(); err != nil {
		return e, err
	}
	_ = c.flush() // where it fails, what is lost is missing in the evidence, which is read again
	c.failed = nil
	ctx := context.Background()
	known, err := readAll(ctx, c.write, "look for the evidence", scanEvidence,
		`SELECT `+evidenceColumns+` FROM evidence WHERE path = ? ORDER BY id DESC`, e.Path)
	if err != nil {
		return e, err
	}
	for _, k := range known {
		if !k.Done || k.Size == e.Size && k.Modified.Equal(e.Modified) && k.IsFolder == e.IsFolder {
			return k, nil
		}
	}
	e.Added, e.Done, e.Tool = c.options.Now().UTC(), false, c.options.Tool
	err = c.transact(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO evidence (name, path, size, digest, is_folder, modified, added, done, tool)
			VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`,
			e.Name, e.Path, e.Size, digestValue(e.Digest), e.IsFolder, timeValue(e.Modified), e.Added.UnixNano(), e.Tool)
		if err != nil {
			return err
		}
		e.ID, err = r.LastInsertId()
		return err
	})
	if err != nil {
		return e, fmt.Errorf("begin the evidence: %w", err)
	}
	return e, nil
}

// FinishEvidence marks evidence as read to its end and writes it into the custody log.
func (c *Case) FinishEvidence(id int64, d forensics.Digest, size int64) error {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if err := c.acquire(); err != nil {
		return err
	}
	if err := c.flush(); err != nil {
		return err
	}
	ctx := context.Background()
	return c.transact(ctx, func(tx *sql.Tx) error {
		var name string
		err := tx.QueryRowContext(ctx, `UPDATE evidence SET digest = ?, size = ?, done = 1 WHERE id = ? RETURNING name`,
			digestValue(d), size, id).Scan(&name)
		if err != nil {
			return fmt.Errorf("finish the evidence: %w", err)
		}
		return c.log(ctx, tx, "evidence added", fmt.Sprintf("%s, sha256 %s, %d bytes", name, d, size))
	})
}

// FindItem finds an item by its evidence and name.
func (c *Case) FindItem(evidence int64, name string) (forensics.Item, bool, error) {
	it, found, stored := c.inGroup(func(b *bulk) (int, bool, bool) {
		key := b.index.name(evidence, name)
		i, found := b.group.byName[key]
		_, stored := b.index.names[key]
		return i, found, stored
	})
	if found || !stored {
		return it, found, nil
	}
	return firstItem(context.Background(), c.read, `WHERE evidence = ? AND name = ?`, evidence, name)
}

// FindContent finds the first item of these bytes that was read to its end.
func (c *Case) FindContent(d forensics.Digest) (forensics.Item, bool, error) {
	fresh, found, stored := c.inGroup(func(b *bulk) (int, bool, bool) {
		i, found := b.group.byDigest[d]
		_, stored := b.index.contents[contentKey(d)]
		return i, found, stored
	})
	if !stored {
		return fresh, found, nil
	}
	it, first, err := firstItem(context.Background(), c.read, `WHERE digest = ? AND status NOT IN (?, ?, ?) ORDER BY id LIMIT 1`,
		d[:], int64(forensics.StatusReading), int64(forensics.StatusDuplicate), int64(forensics.StatusFailed))
	if err == nil && !first && found {
		return fresh, true, nil
	}
	return it, first, err
}

// inGroup looks for an item in what is not written yet. stored says that the database can have one too.
func (c *Case) inGroup(find func(b *bulk) (i int, found, stored bool)) (it forensics.Item, found, stored bool) {
	if c.write == nil {
		return it, false, true
	}
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if c.bulk == nil {
		return it, false, true
	}
	i, found, stored := find(c.bulk)
	if found {
		it = c.bulk.group.items[i].Item
	}
	return it, found, stored
}

// firstItem gives the first item for which a condition holds, if there is any.
func firstItem(ctx context.Context, q querier, where string, args ...any) (forensics.Item, bool, error) {
	items, err := readAll(ctx, q, "look for an item", scanItem, `SELECT `+itemColumns+` FROM item `+where, args...)
	if err != nil || len(items) == 0 {
		return forensics.Item{}, false, err
	}
	return items[0], true, nil
}

// Evidence lists all evidence in the order in which it was added.
func (c *Case) Evidence() ([]forensics.Evidence, error) {
	return readAll(context.Background(), c.read, "list the evidence", scanEvidence, `SELECT `+evidenceColumns+` FROM evidence ORDER BY id`)
}

// Items lists the items of one evidence, or of all for 0, in the order of reading.
func (c *Case) Items(evidence int64) ([]forensics.Item, error) {
	c.flushed()
	return readAll(context.Background(), c.read, "list the items", scanItem,
		`SELECT `+itemColumns+` FROM item WHERE ?1 = 0 OR evidence = ?1 ORDER BY id`, evidence)
}

// Warnings lists up to n warnings of one evidence, or of all for 0, leaving out the
// first `after` ones.
func (c *Case) Warnings(evidence, after int64, n int) ([]forensics.Warning, error) {
	c.flushed()
	return readAll(context.Background(), c.read, "list the warnings", scanWarning, `
		SELECT w.evidence, w.item, w."offset", w.length, w.line, w.text, v.name, coalesce(i.name, '')
		FROM warning w JOIN evidence v ON v.id = w.evidence LEFT JOIN item i ON i.id = w.item
		WHERE ?1 = 0 OR w.evidence = ?1 ORDER BY w.evidence, w.item, w.id LIMIT ?2 OFFSET ?3`, evidence, n, after)
}

func scanEvidence(scan scanner) (e forensics.Evidence, err error) {
	var digest []byte
	var modified sql.NullInt64
	var added int64
	err = scan(&e.ID, &e.Name, &e.Path, &e.Size, &digest, &e.IsFolder, &modified, &added, &e.Done, &e.Tool)
	copy(e.Digest[:], digest)
	e.Modified, e.Added = timeOf(modified), time.Unix(0, added).UTC()
	return e, err
}

func scanItem(scan scanner) (it forensics.Item, err error) {
	var digest []byte
	var modified sql.NullInt64
	var status int64
	err = scan(&it.ID, &it.Evidence, &it.Name, &it.Size, &digest, &modified, &it.Format, &status, &it.Reason, &it.Clock,
		&it.Records, &it.Read, &it.Events, &it.Duplicates, &it.Skipped, &it.Broken, &it.Warnings, &it.First, &it.Last)
	copy(it.Digest[:], digest)
	it.Modified, it.Status = timeOf(modified), forensics.Status(status)
	return it, err
}

func scanWarning(scan scanner) (w forensics.Warning, err error) {
	err = scan(&w.Ref.Evidence, &w.Ref.Item, &w.Ref.Offset, &w.Ref.Length, &w.Ref.Line, &w.Text, &w.EvidenceName, &w.ItemName)
	return w, err
}

// digestValue stores a digest as 32 bytes, a missing one as NULL.
func digestValue(d forensics.Digest) any {
	if d.IsZero() {
		return nil
	}
	return d[:]
}

func timeValue(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return forensics.Nanos(t)
}

func timeOf(v sql.NullInt64) time.Time {
	if !v.Valid {
		return time.Time{}
	}
	return time.Unix(0, v.Int64).UTC()
}
