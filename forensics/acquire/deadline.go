package acquire

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// deadlineConn bounds how long a server may be silent while it owes an answer, and how long a
// command may take. It lies below TLS. Between commands there is no bound: the reader waits for
// what the server says by itself.
type deadlineConn struct {
	net.Conn
	silence time.Duration
	until   atomic.Int64 // nanoseconds since 1970 when the command has to be over; 0: no such bound
	mu      sync.Mutex   // deadlines are worked out and set in one step
	busy    bool
}

// owed begins the time of a command; 0 bounds its silence only.
func (d *deadlineConn) owed(limit time.Duration) error {
	d.within(limit)
	return d.set(true)
}

// idle ends it.
func (d *deadlineConn) idle() { _ = d.set(false) } // of a connection that is closed nothing is read any more

// set works out the deadline and sets it, also for a read that is under way.
func (d *deadlineConn) set(busy bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = busy
	return d.renew()
}

func (d *deadlineConn) renew() error {
	if !d.busy {
		return d.SetReadDeadline(time.Time{})
	}
	at := time.Now().Add(d.silence)
	if until := d.until.Load(); until != 0 && at.UnixNano() > until {
		at = time.Unix(0, until)
	}
	return d.SetReadDeadline(at)
}

func (d *deadlineConn) Read(p []byte) (int, error) {
	d.mu.Lock()
	err := d.renew()
	d.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return d.Conn.Read(p)
}

func (d *deadlineConn) Write(p []byte) (int, error) {
	if err := d.SetWriteDeadline(time.Now().Add(d.silence)); err != nil {
		return 0, err
	}
	return d.Conn.Write(p)
}

// within bounds what follows in time; 0 takes the bound away.
func (d *deadlineConn) within(limit time.Duration) {
	if limit == 0 {
		d.until.Store(0)
		return
	}
	d.until.Store(time.Now().Add(limit).UnixNano())
}
