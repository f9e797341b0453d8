package casefile

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"keytrail/forensics"
)

// Log adds an entry to the custody log.
func (c *Case) Log(what, detail string) error {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	ctx := context.Background()
	return c.transact(ctx, func(tx *sql.Tx) error { return c.log(ctx, tx, what, detail) })
}

func (c *Case) log(ctx context.Context, tx *sql.Tx, what, detail string) error {
	entry := forensics.Custody{Seq: 1, At: c.options.Now().UTC(), Who: c.options.Who, What: what, Detail: detail, Tool: c.options.Tool}
	var seq int64
	var prev []byte
	err := tx.QueryRowContext(ctx, `SELECT seq, hash FROM custody ORDER BY seq DESC LIMIT 1`).Scan(&seq, &prev)
	if err == nil {
		entry.Seq = seq + 1
		copy(entry.Prev[:], prev)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("custody log: %w", err)
	}
	entry.Hash = CustodyHash(entry)
	_, err = tx.ExecContext(ctx, `INSERT INTO custody (seq, at, who, what, detail, tool, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		entry.Seq, entry.At.UnixNano(), entry.Who, entry.What, entry.Detail, entry.Tool, entry.Prev[:], entry.Hash[:])
	if err != nil {
		return fmt.Errorf("custody log: %w", err)
	}
	return nil
}

// CustodyHash computes the hash of an entry: SHA-256 over
//
//	the 32 bytes of the hash of the entry before (zeroes for the first)
//	the number and the time (nanoseconds since 1970), 8 bytes big-endian each
//	who, what, detail, tool: each its length in bytes, 8 bytes big-endian, then its UTF-8
func CustodyHash(e forensics.Custody) forensics.Digest {
	b := append([]byte(nil), e.Prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixNano()))
	for _, s := range []string{e.Who, e.What, e.Detail, e.Tool} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b)
}

// Custody lists the custody log, oldest first.
func (c *Case) Custody() ([]forensics.Custody, error) {
	return readAll(context.Background(), c.read, "custody log", func(scan scanner) (e forensics.Custody, err error) {
		var at int64
		var prev, hash []byte
		err = scan(&e.Seq, &at, &e.Who, &e.What, &e.Detail, &e.Tool, &prev, &hash)
		e.At = time.Unix(0, at).UTC()
		if len(prev) == len(e.Prev) && len(hash) == len(e.Hash) { // else the zero digests do not fit
			copy(e.Prev[:], prev)
			copy(e.Hash[:], hash)
		}
		return e, err
	}, `SELECT seq, at, who, what, detail, tool, prev, hash FROM custody ORDER BY seq`)
}

// CheckCustody reads the chain again and reports the first entry that was changed,
// taken out or put in. It cannot see that entries are missing at the end, nor that all were written anew: that
// needs the newest hash, noted elsewhere.
func (c *Case) CheckCustody() error {
	entries, err := c.Custody()
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return &forensics.Error{What: "the custody log is empty", File: c.path, Byte: -1}
	}
	var prev forensics.Digest
	for i, e := range entries {
		switch {
		case e.Seq != int64(i+1):
			return c.custodyError(e, "an entry before it is missing")
		case e.Prev != prev:
			return c.custodyError(e, "it does not follow from the entry before it")
		case CustodyHash(e) != e.Hash:
			return c.custodyError(e, "it was changed after it was written")
		}
		prev = e.Hash
	}
	return nil
}

func (c *Case) custodyError(e forensics.Custody, why string) error {
	return &forensics.Error{What: fmt.Sprintf("custody entry %d (%s) is not as it was written: %s", e.Seq, e.What, why), File: c.path, Byte: -1,
		Hint: "compare with a report made earlier, or with a copy of the case"}
}
