package acquire

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"keytrail/forensics/utf7"
)

// fetched is one FETCH answer.
type fetched struct {
	uid      uint32
	date     time.Time // INTERNALDATE
	flags    []string
	size     int64 // RFC822.SIZE, -1 where not given
	modSeq   uint64
	saved    time.Time
	emailID  string
	threadID string
	gmMsgID  uint64
	gmThread uint64
	gmLabels []string
	hasBody  bool
	body     *blob // nil where the server gave NIL for the message
}

func (f *fetched) drop() {
	if f != nil && f.body != nil {
		f.body.drop()
		f.body = nil
	}
}

// readFetch reads the list of a FETCH answer to a command of our own, RFC 3501 section 7.4.2.
func readFetch(w *wire) (*fetched, error) {
	f := &fetched{size: -1}
	err := w.inList(func() error {
		name, err := w.atom()
		if err != nil {
			return err
		}
		w.space()
		v, err := w.value(0)
		if err != nil {
			return err
		}
		return f.set(strings.ToUpper(string(name)), v)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// bodyReader takes the bytes of a message from the line.
type bodyReader func(size int64, r io.Reader) (*blob, error)

// readItems takes what the library read of a message. The order of the items is the server's
// choice: the bytes of a message may come before its UID.
func (c *conn) readItems(m *imapclient.FetchMessageData, body bodyReader) (f *fetched, err error) {
	f = &fetched{size: -1}
	defer func() {
		if err != nil {
			f.drop()
			f = nil
		}
	}()
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			if item.UID == 0 {
				return f, broken("0 is not a UID")
			}
			f.uid = uint32(item.UID)
		case imapclient.FetchItemDataFlags:
			for _, flag := range item.Flags {
				f.flags = append(f.flags, string(flag))
			}
		case imapclient.FetchItemDataInternalDate:
			f.date = nameless(item.Time)
		case imapclient.FetchItemDataRFC822Size:
			f.size = item.Size
		case imapclient.FetchItemDataModSeq:
			f.modSeq = item.ModSeq
		case imapclient.FetchItemDataBodySection:
			if err := f.readBody(item, body); err != nil {
				return f, err
			}
		}
	}
	if flags, found := c.guard.takeOdd(m.SeqNum); found {
		f.flags = flags
	}
	return f, nil
}

func (f *fetched) readBody(item imapclient.FetchItemDataBodySection, body bodyReader) (err error) {
	switch s := item.Section; {
	case body == nil:
		return broken("a message is given that nobody asked for")
	case f.hasBody:
		return broken("a message is given twice in one answer")
	case len(s.Part) > 0 || s.Specifier != imap.PartSpecifierNone || s.Partial != nil:
		return broken("a part of a message is given where the whole was asked for")
	}
	f.hasBody = true
	if item.Literal == nil { // NIL
		return nil
	}
	line := &oneReader{r: item.Literal}
	f.body, err = body(item.Literal.Size(), line)
	if err == nil {
		_, err = io.Copy(io.Discard, line) // the library goes on once its reader has come to its end
	}
	if line.broke {
		return lineBroke{unexpected(err)}
	}
	return err
}

// oneReader notes that the line broke while a message was read from it. The library has gone on
// then, and its reader must not be touched again.
type oneReader struct {
	r     io.Reader
	broke bool
}

func (l *oneReader) Read(p []byte) (int, error) {
	if l.broke {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := l.r.Read(p)
	l.broke = err != nil && !errors.Is(err, io.EOF)
	return n, err
}

// lineBroke says so.
type lineBroke struct{ error }

func (l lineBroke) Unwrap() error { return l.error }

// set takes one item; those that nobody knows are passed over.
func (f *fetched) set(item string, v value) error {
	n, isNumber := v.number()
	switch item {
	case "UID":
		if !isNumber || n == 0 || n > 1<<32-1 {
			return broken("%q is not a UID", bounded(v.text, 40))
		}
		f.uid = uint32(n)
	case "SAVEDATE":
		f.saved = serverTime(v.text)
	case "EMAILID":
		f.emailID = strings.Join(v.texts(), " ")
	case "THREADID":
		f.threadID = strings.Join(v.texts(), " ")
	case "X-GM-MSGID":
		f.gmMsgID = n
	case "X-GM-THRID":
		f.gmThread = n
	case "X-GM-LABELS":
		for _, label := range v.texts() {
			f.gmLabels = append(f.gmLabels, utf7.Decode(label))
		}
	}
	return nil
}

// serverTime reads a date-time of RFC 3501, "14-Nov-2022 03:01:02 +0100", with one digit or two
// for the day; the zone is kept. It is zero where the server wrote something else.
func serverTime(s string) time.Time {
	t, err := time.Parse("_2-Jan-2006 15:04:05 -0700", s)
	if err != nil {
		return time.Time{}
	}
	return nameless(t)
}

// nameless takes away a zone's name, which would belong to this machine.
func nameless(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.In(time.FixedZone("", offset))
}

// uidSet chooses UIDs as ranges. want says of each listed one whether it belongs to the set; a
// range may run over numbers that are not listed, never over one that is not wanted. It stops
// after most messages or before the text is too long for careful servers, and says where.
func uidSet(all []entry, from, most int, want func(i int) bool) (set imap.UIDSet, count, next int) {
	const ranges = 180 // of at most 22 bytes each: some 4,000 bytes
	i := from
	for i < len(all) && count < most && len(set) < ranges {
		if !want(i) {
			i++
			continue
		}
		first := i
		for i < len(all) && count < most && want(i) {
			i++
			count++
		}
		set = append(set, imap.UIDRange{Start: imap.UID(all[first].uid), Stop: imap.UID(all[i-1].uid)})
	}
	return set, count, i
}
