package acquire

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"keytrail/forensics"
)

// Options say whose mailbox is copied and how.
type Options struct {
	Target  Target
	Secret  Secret         // password, or OAuth token
	Token   bool           // Secret gives a token
	Roots   *x509.CertPool // nil: those of this machine
	Folders []string       // names as shown, or marks such as \Trash; empty: all
	Since   time.Time      // by INTERNALDATE, inclusive; zero: no bound
	Before  time.Time      // exclusive; zero: no bound
	Tool    string         // such as "keytrail 0.1.0"
	Command []string       // the command line, without secrets, for acquisition.json
	Limits  Limits
	DKIM    LookupTXT      // how DKIM keys are asked for; nil: signatures are not verified
	Tell    func(Progress) // may be nil; never called twice at a time
	Now     func() time.Time
	Wait    func(ctx context.Context, d time.Duration) error // nil: a timer
}

func (o *Options) request() Request {
	return Request{URL: o.Target.String(), Host: o.Target.Host, Port: o.Target.Port, User: o.Target.User, Folders: o.Folders,
		Since: rfc3339(o.Since), Before: rfc3339(o.Before), DKIM: o.DKIM != nil}
}

// Session is a mailbox that is open. It is used by one goroutine.
type Session struct {
	o       Options
	conn    *conn // nil while the line is down
	store   *store
	told    time.Time
	started time.Time
	state   Progress
	attempt int          // in a row without progress
	reached bool         // there was a connection and a login
	moved   atomic.Int64 // messages that are safe
	bytes   atomic.Int64

	verifier *verifier // nil: signatures are not verified
}

// Progress is how far a copy has come. It is told about ten times a second.
type Progress struct {
	Stage         string // "listing", "checking", "copying", "finishing"
	Folder        string
	Folders, Of   int   // folders begun, of how many
	Messages      int64 // safe, of all folders, with those of earlier runs
	Total         int64 // as far as the server told
	Bytes         int64
	Fetched       int64 // messages that this run fetched
	FolderDone    int64
	FolderTotal   int64
	Waiting       time.Duration // how long it waits now; 0: it does not
	Why           string        // it waits
	Elapsed, Left time.Duration // Left is 0 where it cannot be guessed
}

// Open connects and logs in. Nothing is written, and nothing is sent before the server's
// certificate is verified. An error is a *forensics.Error in plain words wherever a person can
// do something about it.
func Open(ctx context.Context, o Options) (*Session, error) {
	o.Limits = o.Limits.withDefaults()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	s := &Session{o: o, started: time.Now()}
	return s, s.try(ctx, func() error { return nil })
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Close logs out. What is asked for afterwards connects anew.
func (s *Session) Close() {
	if s.conn != nil {
		s.conn.logout()
		s.conn = nil
	}
}

// connect makes the connection where there is none.
func (s *Session) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	c, err := dial(ctx, &s.o)
	if err != nil {
		return err
	}
	if err := c.login(ctx, &s.o); err != nil {
		c.close()
		return err
	}
	c.account.Capabilities = c.capNames()
	if c.account.ServerID, err = c.id(s.o.Tool); err != nil {
		var refused *statusError
		if !errors.As(err, &refused) || refused.kind == "BYE" {
			c.close()
			return err
		}
	}
	s.conn, s.reached = c, true
	if s.store != nil {
		return s.store.connected(c)
	}
	return nil
}

// try does something on a connection, again after a pause where the line broke or the server
// asked for patience. A new connection is made each time; progress gives the patience back.
func (s *Session) try(ctx context.Context, do func() error) error {
	pause := s.o.Limits.FirstWait
	for attempt := 1; ; attempt++ {
		before := s.moved.Load()
		s.attempt = attempt
		err := s.connect(ctx)
		if err == nil {
			err = do()
		}
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var refused *statusError
		first := !s.reached && !errors.As(err, &refused) // no server was there yet
		if !transient(err) || exhausted(err) || first {
			return s.explain(err)
		}
		s.drop()
		if s.moved.Load() > before {
			attempt, pause = 1, s.o.Limits.FirstWait
		}
		if attempt >= s.o.Limits.Attempts {
			return s.explain(err)
		}
		now := min(max(pause, askedPause(err)), s.o.Limits.LongestWait)
		pause = min(2*pause, s.o.Limits.LongestWait)
		s.state.Waiting, s.state.Why = now, bounded(err.Error(), 300)
		s.report(true)
		if err := s.o.Wait(ctx, now); err != nil {
			return err
		}
		s.state.Waiting, s.state.Why = 0, ""
	}
}

// stuckOn tells a refusal that asks for patience in words only, again and again at the same
// place: Yahoo says "Server error - Please try again later" for single messages for ever.
func (s *Session) stuckOn(refused *statusError) bool {
	return s.attempt >= 3 && refused.kind == "NO" && refused.code == "" && askedPause(refused) == 0
}

func (s *Session) drop() {
	if s.conn != nil {
		s.conn.close()
		s.conn = nil
	}
}

// explain puts an error into the words of a person.
func (s *Session) explain(err error) error {
	var told *forensics.Error
	var p *protocolError
	var disk diskError
	host := s.o.Target.Host
	again := "the same command goes on from there"
	switch {
	case errors.As(err, &told):
		return err
	case errors.As(err, &disk):
		return sayAs(FailureDisk, "cannot write the copy", "make room or choose another place; "+again, err)
	case errors.As(err, &p):
		return sayAs(FailureRules, fmt.Sprintf("%s does not keep to the rules of IMAP; the copy was stopped", host),
			"what was copied is kept. A device or a program between you and the server can be the cause: try another network", err)
	case exhausted(err):
		return sayAs(FailureTomorrow, fmt.Sprintf("%s gives no more today", host), "providers bound how much a day may bring: tomorrow "+again, err)
	case transient(err):
		return sayAs(FailureLine, fmt.Sprintf("%s cannot be reached, or asks to wait", host), "what was copied is kept; later "+again, err)
	}
	return say(fmt.Sprintf("%s refused", host), "", err)
}

// report tells about the progress.
func (s *Session) report(force bool) {
	if s.o.Tell == nil {
		return
	}
	now := time.Now()
	if !force && now.Sub(s.told) < 100*time.Millisecond {
		return
	}
	s.told = now
	p := s.state
	p.Fetched = s.moved.Load()
	p.Messages += p.Fetched
	p.Bytes += s.bytes.Load()
	p.Elapsed = now.Sub(s.started)
	if left := p.Total - p.Messages; left > 0 && p.Fetched > 0 {
		p.Left = time.Duration(float64(p.Elapsed) / float64(p.Fetched) * float64(left))
	}
	s.o.Tell(p)
}
