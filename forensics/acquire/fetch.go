package acquire

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// strays takes the messages that the library cannot match to a command: it wants the UID before
// the bytes, and each UID once. The library gives them to a goroutine of their own.
type strays struct {
	mu      sync.Mutex // held while a message is taken, stray or not
	changed *sync.Cond
	take    func(*imapclient.FetchMessageData) error // nil: no command wants any
	taken   int64                                    // of all messages of the command under way
	err     error
}

// stray is called by the library.
func (c *conn) stray(m *imapclient.FetchMessageData) {
	c.strays.mu.Lock()
	defer c.strays.mu.Unlock()
	c.strays.one(m, c.guard)
}

// one takes a message to its end, so that the library can go on; mu is held. An error ends the
// command, and the connection with it.
func (s *strays) one(m *imapclient.FetchMessageData, g *guard) {
	if s.take != nil && s.err == nil {
		s.err = s.take(m)
	}
	s.taken++
	if s.changed != nil {
		s.changed.Broadcast()
	}
	if s.err != nil {
		_ = g.fail(s.err)
		if errors.As(s.err, new(lineBroke)) {
			return
		}
	}
	for m.Next() != nil { // what was not wanted
	}
}

// fetch asks for messages of the open folder and gives each to do, in the server's order. One
// command is under way at a time: the library stands still over several. body takes the bytes,
// nil where none are asked for.
func (c *conn) fetch(limit time.Duration, most int, set imap.UIDSet, o *imap.FetchOptions, body bodyReader, do func(*fetched) error) error {
	s := &c.strays
	s.mu.Lock()
	s.changed, s.taken, s.err = sync.NewCond(&s.mu), 0, nil
	s.take = func(m *imapclient.FetchMessageData) error {
		f, err := c.readItems(m, body)
		if err != nil {
			return err
		}
		return do(f)
	}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.take = nil
		s.mu.Unlock()
	}()
	g := c.guard
	g.mu.Lock()
	g.fetches = 0
	g.mu.Unlock()
	return c.run(limit, most, func() error {
		cmd := c.client.Fetch(set, o)
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			s.mu.Lock()
			s.one(m, g)
			failed := s.err
			s.mu.Unlock()
			if errors.As(failed, new(lineBroke)) {
				return failed // the library ends by itself
			}
		}
		err := cmd.Close()
		var refused *imap.Error
		if failed := s.wait(g, err == nil || errors.As(err, &refused)); failed != nil {
			return failed
		}
		return err
	})
}

// wait until the strays of a command that was answered are taken too: all of them are under way.
func (s *strays) wait(g *guard, answered bool) error {
	g.mu.Lock()
	fetches := g.fetches
	g.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for answered && s.taken < fetches && s.err == nil {
		s.changed.Wait()
	}
	return s.err
}

// extras are the further items that this server has, each with its RFC.
func (c *conn) extras() string {
	var s []string
	if c.caps["SAVEDATE"] { // RFC 8514
		s = append(s, "SAVEDATE")
	}
	if c.caps["OBJECTID"] { // RFC 8474
		s = append(s, "EMAILID", "THREADID")
	}
	if c.caps["X-GM-EXT-1"] { // https://developers.google.com/workspace/gmail/imap/imap-extensions
		s = append(s, "X-GM-MSGID", "X-GM-THRID", "X-GM-LABELS")
	}
	return strings.Join(s, " ")
}

// extrasOf asks for them.
func (c *conn) extrasOf(set imap.UIDSet, items string, most int) (map[uint32]*fetched, error) {
	found := make(map[uint32]*fetched, most)
	err := c.exchange(0, 2*most, "UID FETCH "+set.String()+" (UID "+items+")", func(a *answer) error {
		if a.fetch != nil && a.fetch.uid != 0 && len(found) < 2*most {
			found[a.fetch.uid] = a.fetch
		}
		return nil
	})
	return found, err
}

// messages asks for the messages of a set and gives each to do, in the server's order.
func (c *conn) messages(set imap.UIDSet, extras string, modSeq bool, most int, body bodyReader, do func(*fetched) error) error {
	var more map[uint32]*fetched
	if extras != "" {
		var err error
		if more, err = c.extrasOf(set, extras, most); err != nil {
			return err
		}
	}
	o := &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true, ModSeq: modSeq, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}
	return c.fetch(0, 2*most, set, o, body, func(f *fetched) error {
		if f.uid == 0 || !f.hasBody {
			f.drop()
			return nil
		}
		if m := more[f.uid]; m != nil {
			f.saved, f.emailID, f.threadID, f.gmMsgID, f.gmThread, f.gmLabels = m.saved, m.emailID, m.threadID, m.gmMsgID, m.gmThread, m.gmLabels
		}
		return do(f)
	})
}
