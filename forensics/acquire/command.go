package acquire

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

func (c *conn) setCaps(words []string) {
	caps := make(map[string]bool, len(words))
	for _, w := range words {
		if w != "" && len(caps) < 500 {
			caps[strings.ToUpper(w)] = true
		}
	}
	c.caps = caps
}

func (c *conn) capNames() []string {
	names := make([]string, 0, len(c.caps))
	for name := range c.caps {
		names = append(names, bounded(name, 200))
	}
	slices.Sort(names)
	return names
}

func printable(r rune) rune {
	if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
		return -1
	}
	return r
}

// listed is one folder as LIST names it.
type listed struct {
	wire      string // as the server wrote it
	delimiter string
	marks     []string // \HasNoChildren, \Trash, ...
}

func (l *listed) has(mark string) bool {
	return slices.ContainsFunc(l.marks, func(m string) bool { return strings.EqualFold(m, mark) })
}

// listedOf reads an answer to LIST; a name that could not be asked for again is none.
func listedOf(values []value) (listed, bool) {
	if len(values) < 3 {
		return listed{}, false
	}
	name := values[2].text
	if name == "" || len(name) > 4096 || strings.ContainsAny(name, "\x00\r\n") {
		return listed{}, false
	}
	l := listed{wire: strings.Clone(name), delimiter: bounded(values[1].text, 4)}
	for _, mark := range values[0].texts() {
		if len(l.marks) < 50 {
			l.marks = append(l.marks, bounded(mark, 100))
		}
	}
	return l, true
}

// list names all folders, RFC 3501 section 6.3.8 with RFC 6154. The library decodes names, and
// some it cannot: the guard keeps the answers as they were written.
func (c *conn) list() ([]listed, error) {
	var o *imap.ListOptions
	if c.caps["SPECIAL-USE"] && c.caps["LIST-EXTENDED"] {
		o = &imap.ListOptions{ReturnSpecialUse: true}
	}
	if err := c.run(c.limits.Command, c.limits.Folders, func() error { return c.client.List("", "*", o).Close() }); err != nil {
		return nil, err
	}
	c.guard.mu.Lock()
	defer c.guard.mu.Unlock()
	return c.guard.folders, nil
}

// plainName tells names that the library writes as the server did: all others it decodes and
// encodes again, and where a server is half of IMAP4rev2 it picks the wrong encoding.
func plainName(wire string) bool {
	for i := 0; i < len(wire); i++ {
		if wire[i] < 0x20 || wire[i] > 0x7e || wire[i] == '&' {
			return false
		}
	}
	return true
}

// count asks for the number of messages in a folder, RFC 3501 section 6.3.10; -1 where the answer
// does not tell it.
func (c *conn) count(folder string) (messages int64, err error) {
	messages = -1
	if plainName(folder) {
		err = c.run(c.limits.Command, 0, func() error {
			data, err := c.client.Status(folder, &imap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true}).Wait()
			if data.NumMessages != nil {
				messages = int64(*data.NumMessages)
			}
			return err
		})
		return messages, err
	}
	err = c.exchange(c.limits.Command, 0, "STATUS "+quote(folder)+" (MESSAGES UIDNEXT UIDVALIDITY)", func(a *answer) error {
		if a.kind == "STATUS" && len(a.values) >= 2 {
			items := a.values[1].items
			for i := 0; i+1 < len(items); i += 2 {
				if n, ok := items[i+1].number(); ok && strings.EqualFold(items[i].text, "MESSAGES") {
					messages = int64(n)
				}
			}
		}
		return nil
	})
	return messages, err
}

// examine opens a folder for reading only.
func (c *conn) examine(folder string) (Observation, error) {
	var o Observation
	// RFC 7162: a server need not tell HIGHESTMODSEQ to one that does not ask.
	condStore := c.caps["CONDSTORE"] || c.caps["QRESYNC"]
	var err error
	if plainName(folder) {
		err = c.run(c.limits.Command, 0, func() error {
			data, err := c.client.Select(folder, &imap.SelectOptions{ReadOnly: true, CondStore: condStore}).Wait()
			o = Observation{Messages: data.NumMessages, UIDValidity: data.UIDValidity, UIDNext: uint32(data.UIDNext), HighestModSeq: data.HighestModSeq}
			return err
		})
	} else {
		command := "EXAMINE " + quote(folder)
		if condStore {
			command += " (CONDSTORE)"
		}
		err = c.exchange(c.limits.Command, 0, command, o.take)
	}
	if err == nil && c.ok.code == "READ-WRITE" {
		err = broken("the server opened the folder for writing though it was asked for reading only")
	}
	if err == nil && o.UIDValidity == 0 {
		err = broken("the server gives no UIDVALIDITY: its numbers of messages cannot be relied on")
	}
	return o, err
}

// take reads the answers to an EXAMINE of our own.
func (o *Observation) take(a *answer) error {
	if a.kind == "EXISTS" {
		o.Messages = a.number
	}
	n, ok := decimalOf(a.arg)
	switch {
	case !ok:
	case a.code == "UIDVALIDITY" && n < 1<<32:
		o.UIDValidity = uint32(n)
	case a.code == "UIDNEXT" && n < 1<<32:
		o.UIDNext = uint32(n)
	case a.code == "HIGHESTMODSEQ":
		o.HighestModSeq = n
	}
	return nil
}

// datesOnly asks for the list of a folder.
var datesOnly = &imap.FetchOptions{UID: true, InternalDate: true}

// uids lists all UIDs of the open folder with their INTERNALDATE, ascending, each once.
func (c *conn) uids(o *Observation) ([]entry, error) {
	if o.Messages == 0 {
		return nil, nil
	}
	l := &listing{most: c.limits.Messages, ordered: true}
	for last := imap.UID(0); ; { // 0: all
		before := len(l.all)
		var set imap.UIDSet
		set.AddRange(1, last)
		// The bound in time is silence: a folder of millions takes what it takes.
		if err := c.fetch(0, c.limits.Messages, set, datesOnly, nil, l.take); err != nil {
			return nil, err
		}
		c.guard.mu.Lock()
		l.expunged += c.guard.expunged
		c.guard.mu.Unlock()
		// RFC 9738: the server gave only so many of the highest, and says where it stopped.
		// Yahoo's does, at 1,000.
		lowest, limited := messageLimit(c.ok.code, c.ok.arg)
		if !limited || lowest <= 1 || len(l.all) == before {
			break
		}
		l.limited = true
		last = imap.UID(lowest - 1)
	}
	return l.finish(o), nil
}

// messageLimit reads the code "MESSAGELIMIT 1000 23221": 23221 is the lowest UID that was given.
func messageLimit(code, arg string) (lowest uint32, limited bool) {
	_, uid, found := strings.Cut(arg, " ")
	n, ok := decimalOf(uid)
	return uint32(n), code == "MESSAGELIMIT" && found && ok && n <= 1<<32-1
}

// chunk is how many messages one FETCH may ask for.
func (c *conn) chunk() int {
	most := chunkMost
	for name := range c.caps {
		if digits, found := strings.CutPrefix(name, "MESSAGELIMIT="); found { // RFC 9738
			if n, ok := decimalOf(digits); ok && n > 0 && n < uint64(most) {
				most = int(n)
			}
		}
	}
	return most
}

// listing gathers the list of a folder.
type listing struct {
	all      []entry
	most     int
	ordered  bool
	limited  bool // it came in parts, the highest first
	expunged int64
}

func (l *listing) take(f *fetched) error {
	if f.uid == 0 {
		return nil
	}
	if len(l.all) >= l.most {
		return broken("the folder has more than %d messages", l.most)
	}
	if n := len(l.all); n > 0 && l.all[n-1].uid >= f.uid {
		l.ordered = false
	}
	l.all = append(l.all, newEntry(f.uid, f.date))
	return nil
}

// finish sorts the list and notes how it breaks the rules: RFC 3501 section 2.3.1.1 promises
// the order, and that there are as many as were counted.
func (l *listing) finish(o *Observation) []entry {
	all := l.all
	var wrong []string
	if !l.ordered {
		slices.SortStableFunc(all, func(a, b entry) int { return int(int64(a.uid) - int64(b.uid)) })
		before := len(all)
		all = slices.CompactFunc(all, func(a, b entry) bool { return a.uid == b.uid })
		if twice := before - len(all); !l.limited || twice > 0 {
			wrong = append(wrong, fmt.Sprintf("the server listed UIDs out of order; %d were named twice", twice))
		}
	}
	if int64(len(all))+l.expunged < int64(o.Messages) {
		wrong = append(wrong, fmt.Sprintf("the server counts %d messages and lists %d", o.Messages, len(all)))
	}
	o.Disorder = strings.Join(wrong, "; ")
	return all
}

// stillListed notes which messages of a set the server still has.
func (c *conn) stillListed(set imap.UIDSet, most int, still map[uint32]bool) error {
	return c.fetch(c.limits.Command, most, set, datesOnly, nil, func(f *fetched) error {
		if f.uid != 0 {
			still[f.uid] = true
		}
		return nil
	})
}

// entry is a message in a folder's list; there may be millions.
type entry struct {
	unix  int64 // INTERNALDATE, seconds since 1970
	uid   uint32
	zone  int16 // minutes east of UTC, as the server wrote it
	dated bool
}

func newEntry(uid uint32, date time.Time) entry {
	_, offset := date.Zone()
	return entry{unix: date.Unix(), uid: uid, zone: int16(offset / 60), dated: !date.IsZero()}
}

// date is INTERNALDATE, zero where the server gave none.
func (e entry) date() time.Time {
	if !e.dated {
		return time.Time{}
	}
	return time.Unix(e.unix, 0).In(time.FixedZone("", int(e.zone)*60))
}

// quote writes a folder's name as a string; list lets no name through that cannot be one.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
