// Package casefile is the case on disk: a folder NAME.keytrail with one SQLite
// database, and beside it a derived file of columns for the screen.
//
//	NAME.keytrail/case.db            everything that is known (docs/case-format.md)
//	NAME.keytrail/writer.lock        locked while a keytrail writes
//	NAME.keytrail/derived/rows.bin   columns of the events; may be deleted at any time
//
// Why two: a page of a hundred events comes out of SQLite in about a
// millisecond, but a filter, a density strip or an order by time needs one look at every
// event, and SQLite needs about a second for a million rows while plain columns need
// a few milliseconds. Secondary indexes would help some filters only, and cost more
// than they bring at every append. So the database holds narrow rows in the order of
// reading, without indexes, and the columns answer which rows and in which order.
// There is one evaluator of filters, so that screen, command line and report agree.
//
// Invariants:
//   - The raw record is never stored: it is read back from the evidence by its Ref.
//   - Nothing outside this package speaks SQL.
//   - One writer at a time, readers at any time. A View is a snapshot.
//   - An item killed half-way is cleared when it is begun again, so that the case is
//     the one that an uninterrupted run gives, row numbers included.
//   - rows.bin is never trusted further than its header matches the database.
package casefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"keytrail/forensics"
)

// Suffix ends the name of every case folder.
const Suffix = forensics.CaseSuffix

const (
	databaseName = "case.db"
	lockName     = "writer.lock"
	derivedDir   = "derived"
	rowsName     = "rows.bin"
)

// Options say how a case is opened.
type Options struct {
	ReadOnly bool
	Tool     string           // such as "keytrail 0.1.0"; stands in the custody log
	Who      string           // user and host; found out where empty
	Now      func() time.Time // time.Now where nil

	writable    func(dir, file string) bool // tests stand in for a read-only medium
	groupEvents int                         // tests write smaller groups; 0: groupEvents
}

// Case is an open case. Its reading methods may be called from any goroutine, its
// writing methods from one at a time.
type Case struct {
	path    string
	options Options

	write   *sql.DB // one connection; nil where the case is opened read-only
	read    *sql.DB
	reader  *reader // of events
	address string  // of the database, for reading
	scratch string  // a copy made because the medium is read-only; removed by Close

	generation atomic.Int64

	lateMu  sync.Mutex // held by flushLate; before writeMu
	writeMu sync.Mutex // held by every writing method
	lock    *writerLock
	texts   *interner  // of the writer; nil before the first event
	facts   *factTable // of the writer; nil before the first event
	bulk    *bulk      // the writer's prepared inserts; nil before the first event
	failed  error      // what was to be written and was lost, until evidence is begun again

	mu     sync.Mutex // guards state and briefs
	state  *state     // nil until first needed
	briefs *Briefs    // of the newest state that was asked for

	incidents atomic.Pointer[incidentRows]

	entitiesMu sync.Mutex // guards entities
	entities   map[string]*entityTable

	cache textCache
}

// Path gives the folder of the case called name.
func Path(name string) string {
	name = filepath.Clean(name)
	if strings.HasSuffix(name, Suffix) {
		return name
	}
	return name + Suffix
}

// Exists reports whether there is a case at path.
func Exists(path string) bool {
	info, err := os.Stat(filepath.Join(Path(path), databaseName))
	return err == nil && info.Mode().IsRegular()
}

// Create makes a new case folder; it is an error if there is one.
func Create(path string, o Options) (*Case, error) {
	path = Path(path)
	if Exists(path) {
		return nil, &forensics.Error{What: "this case exists already", File: path, Byte: -1, Hint: "open it, or choose another name"}
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the case folder: %w", err)
	}
	o.ReadOnly = false
	return open(path, o)
}

// Open opens a case that is there. A case on a medium that cannot be written is
// opened read-only.
func Open(path string, o Options) (*Case, error) {
	path = Path(path)
	if !Exists(path) {
		return nil, &forensics.Error{What: "there is no case here", File: path, Byte: -1,
			Hint: "keytrail open CASE PATH... makes one", Err: os.ErrNotExist}
	}
	return open(path, o)
}

func open(path string, o Options) (*Case, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.writable == nil {
		o.writable = writable
	}
	if o.groupEvents == 0 {
		o.groupEvents = groupEvents
	}
	if o.Who == "" {
		o.Who = whoAmI()
	}
	c := &Case{path: path, options: o}
	err := c.connect()
	if err == nil {
		c.reader, err = openReader(c.address)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	generation, err := c.metaInt(context.Background(), c.read, metaGeneration)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.generation.Store(generation)
	if err := c.logCreation(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// logCreation begins the custody log of a case that holds nothing: a new one, or one
// whose making was interrupted.
func (c *Case) logCreation() error {
	if c.write == nil {
		return nil
	}
	var used bool
	if err := c.write.QueryRow(`SELECT EXISTS (SELECT 1 FROM custody) OR EXISTS (SELECT 1 FROM evidence)`).Scan(&used); err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	if used {
		return nil
	}
	return c.Log("case created", c.Name())
}

// manyUnsettled is how many events may be missing from the derived file when a case
// is closed: more take a person's time at the next start.
const manyUnsettled = 20_000

// Close ends all access. Views of the case cannot be read any more.
func (c *Case) Close() error {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	var errs []error
	if c.write != nil {
		errs = append(errs, c.flush())
	}
	if c.unsettled() > manyUnsettled {
		errs = append(errs, c.settle())
	}
	if c.bulk != nil {
		errs = append(errs, c.bulk.Close())
		c.bulk = nil
	}
	if c.reader != nil {
		errs = append(errs, c.reader.Close())
	}
	if c.read != nil {
		errs = append(errs, c.read.Close())
	}
	if c.write != nil {
		errs = append(errs, c.write.Close()) // the last one out folds the log into the database
	}
	if c.lock != nil {
		errs = append(errs, c.lock.release())
		c.lock = nil
	}
	if c.scratch != "" {
		errs = append(errs, os.RemoveAll(c.scratch))
	}
	return errors.Join(errs...)
}

// unsettled counts the events in memory that the derived file does not have, which
// an add that was killed leaves.
func (c *Case) unsettled() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.write == nil || c.state == nil {
		return 0
	}
	return c.absorbed().columns.len() - c.state.settled
}

// Name gives the case's name, without folder and suffix.
func (c *Case) Name() string { return strings.TrimSuffix(filepath.Base(c.path), Suffix) }

// Path gives the case's folder.
func (c *Case) Path() string { return c.path }

// ReadOnly reports whether nothing can be written.
func (c *Case) ReadOnly() bool { return c.write == nil }

// Generation grows with everything this process writes.
func (c *Case) Generation() int64 { return c.generation.Load() }

// whoAmI names user and host for the custody log.
func whoAmI() string {
	name := "unknown"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil && host != "" {
		name += "@" + host
	}
	return name
}

func (c *Case) now() int64 { return c.options.Now().UnixNano() }
