package acquire

import (
	"io"
	"strconv"
	"strings"
	"time"
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

// readFetch reads the list of a FETCH answer, RFC 3501 section 7.4.2. The order of its items is
// the server's choice: the bytes of a message may come before its UID.
func (c *conn) readFetch() (f *fetched, err error) {
	w := c.wire
	if err := w.expect('('); err != nil {
		return nil, err
	}
	f = &fetched{size: -1}
	defer func() {
		if err != nil {
			f.drop()
			f = nil
		}
	}()
	for {
		b, err := w.peek()
		if err != nil {
			return f, err
		}
		switch b {
		case ')':
			_, err := w.byte()
			return f, err
		case ' ':
			if _, err := w.byte(); err != nil {
				return f, err
			}
			continue
		}
		name, err := w.atom()
		if err != nil {
			return f, err
		}
		item := strings.ToUpper(string(name))
		if err := w.space(); err != nil {
			return f, err
		}
		if item == "BODY[]" {
			if err := c.readBody(f); err != nil {
				return f, err
			}
			continue
		}
		v, err := w.value(0)
		if err != nil {
			return f, err
		}
		if err := f.set(item, v); err != nil {
			return f, err
		}
	}
}

func (c *conn) readBody(f *fetched) error {
	w := c.wire
	if f.hasBody {
		return broken("a message is given twice in one answer")
	}
	if c.body == nil {
		return broken("a message is given that nobody asked for")
	}
	b, err := w.peek()
	if err != nil {
		return err
	}
	f.hasBody = true
	if b != '{' && b != '~' {
		v, err := w.value(0)
		if err != nil || v.kind == kindNone {
			return err
		}
		if v.kind != kindText {
			return broken("something stands where a message has to be")
		}
		f.body, err = c.body(int64(len(v.text)), strings.NewReader(v.text))
		return err
	}
	size, err := w.announced()
	if err != nil {
		return err
	}
	if size > c.limits.Message {
		return broken("the server announces a message of %d bytes, %d are the most that is taken", size, c.limits.Message)
	}
	c.raw.within(c.limits.Silence + time.Duration(size/slowest)*time.Second)
	body := io.LimitedReader{R: w.r, N: size}
	f.body, err = c.body(size, &body)
	if err == nil && body.N != 0 {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// set takes one item; those that nobody knows are passed over.
func (f *fetched) set(item string, v value) error {
	n, isNumber := v.number()
	switch item {
	case "UID":
		if !isNumber || n == 0 || n > 1<<32-1 {
			return broken("%q is not a UID", bounded(v.text, 40))
		}
		f.uid = uint32(n)
	case "FLAGS":
		f.flags = v.texts()
	case "INTERNALDATE":
		f.date = serverTime(v.text)
	case "RFC822.SIZE":
		if isNumber && n <= 1<<62 {
			f.size = int64(n)
		}
	case "MODSEQ":
		if len(v.items) == 1 {
			f.modSeq, _ = v.items[0].number()
		}
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
			f.gmLabels = append(f.gmLabels, decodeName(label))
		}
	}
	return nil
}

// serverTime reads a date-time of RFC 3501, "14-Nov-2022 03:01:02 +0100", with one digit or two
// for the day; the zone is kept. It is zero where the server wrote something else.
func serverTime(s string) time.Time {
	for _, layout := range []string{"_2-Jan-2006 15:04:05 -0700", "2-Jan-2006 15:04:05 -0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			_, offset := t.Zone()
			return t.In(time.FixedZone("", offset)) // never a name that belongs to this machine
		}
	}
	return time.Time{}
}

// uidSet writes UIDs as ranges. want says of each listed one whether it belongs to the set; a
// range may run over numbers that are not listed, never over one that is not wanted. It stops
// after most messages or before the text is too long for careful servers, and says where.
func uidSet(all []entry, from, most int, want func(i int) bool) (set string, count, next int) {
	const longest = 4000
	var b strings.Builder
	i := from
	for i < len(all) && count < most && b.Len() < longest {
		if !want(i) {
			i++
			continue
		}
		first := i
		for i < len(all) && count < most && want(i) {
			i++
			count++
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatUint(uint64(all[first].uid), 10))
		if last := all[i-1].uid; last != all[first].uid {
			b.WriteString(":" + strconv.FormatUint(uint64(last), 10))
		}
	}
	return b.String(), count, i
}
