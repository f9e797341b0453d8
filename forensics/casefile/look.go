package casefile

import (
	"errors"
	"math"
	"sync"
	"unsafe"

	sqlite3 "modernc.org/sqlite/lib"

	"keytrail/forensics/filter"
)

// lookFrom is from how many events on a look at all of them is shared between two connections.
const lookFrom = 100_000

// look keeps the events whose text in a column of the database matches. It reads every one of them,
// below database/sql as the reader does, on connections of its own, because it takes its time.
func (q *query) look(column string, match func(string) bool) (bitset, error) {
	edges := []int64{0, math.MaxInt64}
	if q.n >= lookFrom {
		edges = []int64{0, q.s.columns.row[q.n/2], math.MaxInt64}
	}
	parts := make([]bitset, len(edges)-1)
	errs := make([]error, len(parts))
	var wait sync.WaitGroup
	for i := range parts {
		parts[i] = newBitset(q.n)
		wait.Go(func() { errs[i] = q.lookAt(column, edges[i], edges[i+1], match, parts[i]) })
	}
	wait.Wait()
	for _, p := range parts[1:] {
		parts[0].or(p)
	}
	return parts[0], errors.Join(errs...)
}

// lookAt looks at the rows above from, up to to.
func (q *query) lookAt(column string, from, to int64, match func(string) bool, found bitset) (err error) {
	db, err := openRaw(q.c.address, sqlite3.SQLITE_OPEN_READONLY|sqlite3.SQLITE_OPEN_URI)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s, err := db.prepare(`SELECT id, ` + column + ` FROM event WHERE id > ? AND id <= ? AND ` + column + ` IS NOT NULL`)
	if err != nil {
		return err
	}
	defer s.Close()
	s.bindInt(1, from)
	s.bindInt(2, to)
	at, _ := q.s.columns.find(from)
	for seen := 1; ; seen++ {
		row, err := s.step()
		if err != nil || !row {
			return err
		}
		if seen%4096 == 0 {
			if err := q.ctx.Err(); err != nil {
				return err
			}
		}
		if !match(folded(s.columnBytes(1))) {
			continue
		}
		id := s.column(0)
		for at < q.n && q.s.columns.row[at] < id {
			at++
		}
		if at < q.n && q.s.columns.row[at] == id {
			found.add(at)
		}
	}
}

// folded folds a text; one that is folded already is not copied, so it holds only as long as b does.
func folded(b []byte) string {
	for _, c := range b {
		if c >= 0x80 || 'A' <= c && c <= 'Z' {
			return filter.Fold(string(b))
		}
	}
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(&b[0], len(b))
}
