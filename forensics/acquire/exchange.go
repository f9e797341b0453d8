package acquire

import (
	"fmt"
	"time"
)

// exchange is a command of our own on the library's connection, for what the library does not
// speak: SAVEDATE, EMAILID, THREADID and X-GM-* of messages, VANISHED, and folders whose names it
// would write in another way than the server did. The guard gives it the answers that come
// until its command is answered; the library sees none of them.
type exchange struct {
	tag    string
	on     func(*answer) error
	status answer     // of the command
	ended  chan error // gets one value
}

// take gets every untagged answer, in the goroutine that reads.
func (e *exchange) take(a *answer) error {
	if e.on == nil {
		return nil
	}
	return e.on(a)
}

// exchange sends a command and waits until it is answered; so many answers are expected. A
// refusal is a *statusError.
func (c *conn) exchange(limit time.Duration, expected int, command string, on func(*answer) error) error {
	c.tags++
	e := &exchange{tag: fmt.Sprintf("k%d", c.tags), on: on, ended: make(chan error, 1)}
	g := c.guard
	if err := g.expect(limit, expected); err != nil {
		return err
	}
	defer c.raw.idle()
	g.mu.Lock()
	g.own = e
	g.mu.Unlock()
	if _, err := g.Write([]byte(e.tag + " " + command + "\r\n")); err != nil {
		return g.failure()
	}
	if c.client == nil { // nobody else reads yet
		for len(e.ended) == 0 {
			if err := g.next(); err != nil {
				return g.fail(err)
			}
		}
	}
	if err := <-e.ended; err != nil {
		return g.failure()
	}
	c.ok = e.status
	if e.status.kind != "OK" {
		return &statusError{e.status.kind, e.status.code, e.status.text}
	}
	return nil
}
