package acquire

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Every command that can be sent stands here and in login.go. None of them changes a mailbox.
const (
	cmdCapability = "CAPABILITY"
	cmdStartTLS   = "STARTTLS"
	cmdLogout     = "LOGOUT"
	cmdList       = `LIST "" "*"`
	cmdListUse    = `LIST "" "*" RETURN (SPECIAL-USE)`
	cmdID         = `ID ("name" "keytrail" "version" "%s")`
	cmdStatus     = "STATUS %s (MESSAGES UIDNEXT UIDVALIDITY)"
	cmdExamine    = "EXAMINE %s"
	cmdEnable     = "ENABLE QRESYNC"
	cmdVanished   = "UID FETCH 1:* (FLAGS) (CHANGEDSINCE %d VANISHED)"
	cmdUIDs       = "UID FETCH %s (UID INTERNALDATE)"
	cmdFetch      = "UID FETCH %s (UID FLAGS INTERNALDATE RFC822.SIZE%s BODY.PEEK[])"
)

func (c *conn) capability() error {
	c.caps = nil
	err := c.command(c.limits.Command, cmdCapability, nil)
	if err == nil && c.caps == nil {
		err = broken("the server does not say what it can do")
	}
	return err
}

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

// logout says good-bye; what the server answers does not matter.
func (c *conn) logout() {
	_ = c.command(5*time.Second, cmdLogout, nil)
	c.close()
}

// id tells the server what we are and asks the same, RFC 2971.
func (c *conn) id(version string) (map[string]string, error) {
	if !c.caps["ID"] {
		return nil, nil
	}
	var got map[string]string
	err := c.command(c.limits.Command, fmt.Sprintf(cmdID, strings.Map(printable, version)), func(a *answer) error {
		if a.kind != "ID" || len(a.values) == 0 {
			return nil
		}
		items := a.values[0].items
		got = make(map[string]string)
		for i := 0; i+1 < len(items) && len(got) < 50; i += 2 {
			got[bounded(items[i].text, 100)] = bounded(items[i+1].text, 500)
		}
		return nil
	})
	return got, err
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

// list names all folders, RFC 3501 section 6.3.8 with RFC 6154.
func (c *conn) list() ([]listed, error) {
	text := cmdList
	if c.caps["SPECIAL-USE"] && c.caps["LIST-EXTENDED"] {
		text = cmdListUse
	}
	var folders []listed
	err := c.stream(c.limits.Command, c.limits.Folders, text, func(a *answer) error {
		if a.kind != "LIST" || len(a.values) < 3 {
			return nil
		}
		if len(folders) >= c.limits.Folders {
			return broken("the server names more than %d folders", c.limits.Folders)
		}
		name := a.values[2].text
		if name == "" || len(name) > 4096 || strings.ContainsAny(name, "\x00\r\n") {
			return nil // no name that could be asked for again
		}
		folders = append(folders, listed{wire: name, delimiter: bounded(a.values[1].text, 4), marks: a.values[0].texts()})
		return nil
	})
	return folders, err
}

// count asks for the number of messages in a folder, RFC 3501 section 6.3.10.
func (c *conn) count(folder string) (messages int64, err error) {
	err = c.command(c.limits.Command, fmt.Sprintf(cmdStatus, quote(folder)), func(a *answer) error {
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
	text := fmt.Sprintf(cmdExamine, quote(folder))
	if c.caps["CONDSTORE"] || c.caps["QRESYNC"] { // RFC 7162: without it a server need not tell HIGHESTMODSEQ
		text += " (CONDSTORE)"
	}
	err := c.command(c.limits.Command, text, func(a *answer) error {
		if a.kind == "EXISTS" {
			o.Messages = a.number
		}
		n, ok := decimalOf(a.arg)
		switch {
		case !ok:
		case a.code == "UIDVALIDITY":
			o.UIDValidity = uint32(n)
		case a.code == "UIDNEXT":
			o.UIDNext = uint32(n)
		case a.code == "HIGHESTMODSEQ":
			o.HighestModSeq = n
		}
		return nil
	})
	if err == nil && c.okCode == "READ-WRITE" {
		err = broken("the server opened the folder for writing though it was asked for reading only")
	}
	if err == nil && o.UIDValidity == 0 {
		err = broken("the server gives no UIDVALIDITY: its numbers of messages cannot be relied on")
	}
	return o, err
}

// uids lists all UIDs of the open folder with their INTERNALDATE, ascending, each once.
func (c *conn) uids(o *Observation) ([]entry, error) {
	if o.Messages == 0 {
		return nil, nil
	}
	l := &listing{most: c.limits.Messages, ordered: true}
	c.body = nil
	for set := "1:*"; set != ""; {
		before := len(l.all)
		// The bound in time is silence: a folder of millions takes what it takes.
		if err := c.stream(0, c.limits.Messages, fmt.Sprintf(cmdUIDs, set), l.take); err != nil {
			return nil, err
		}
		// RFC 9738: the server gave only so many of the highest, and says where it stopped.
		// Yahoo's does, at 1,000.
		lowest, limited := messageLimit(c.okCode, c.okArg)
		if !limited || lowest <= 1 || len(l.all) == before {
			break
		}
		l.limited = true
		set = fmt.Sprintf("1:%d", lowest-1)
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

func (l *listing) take(a *answer) error {
	if a.kind == "EXPUNGE" {
		l.expunged++
	}
	if a.fetch == nil || a.fetch.uid == 0 {
		return nil
	}
	if len(l.all) >= l.most {
		return broken("the folder has more than %d messages", l.most)
	}
	if n := len(l.all); n > 0 && l.all[n-1].uid >= a.fetch.uid {
		l.ordered = false
	}
	l.all = append(l.all, newEntry(a.fetch.uid, a.fetch.date))
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
func (c *conn) stillListed(set string, most int, still map[uint32]bool) error {
	c.body = nil
	return c.stream(c.limits.Command, most, fmt.Sprintf(cmdUIDs, set), func(a *answer) error {
		if a.fetch != nil && a.fetch.uid != 0 {
			still[a.fetch.uid] = true
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

// extras are the further items that this server has, each with its RFC.
func (c *conn) extras(modSeq bool) string {
	var s strings.Builder
	if modSeq && (c.caps["CONDSTORE"] || c.caps["QRESYNC"]) { // RFC 7162
		s.WriteString(" MODSEQ")
	}
	if c.caps["SAVEDATE"] { // RFC 8514
		s.WriteString(" SAVEDATE")
	}
	if c.caps["OBJECTID"] { // RFC 8474
		s.WriteString(" EMAILID THREADID")
	}
	if c.caps["X-GM-EXT-1"] { // https://developers.google.com/workspace/gmail/imap/imap-extensions
		s.WriteString(" X-GM-MSGID X-GM-THRID X-GM-LABELS")
	}
	return s.String()
}

// messages asks for the messages of a UID set and gives each to do, in the server's order.
func (c *conn) messages(set, extras string, most int, body func(int64, io.Reader) (*blob, error), do func(*fetched) error) error {
	c.body = body
	defer func() { c.body = nil }()
	return c.stream(0, 2*most, fmt.Sprintf(cmdFetch, set, extras), func(a *answer) error {
		c.raw.within(0)
		if a.fetch == nil || a.fetch.uid == 0 || !a.fetch.hasBody {
			a.fetch.drop()
			return nil
		}
		return do(a.fetch)
	})
}

// quote writes a folder's name as a string; list lets no name through that cannot be one.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
