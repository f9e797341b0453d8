package mailserver

import (
	"bytes"
	"io"
	"mime"
	"strconv"

	"golang.org/x/text/encoding/htmlindex"

	"keytrail/forensics/format"
)

// mailFields are the fields of a mail_log line.
type mailFields struct {
	box, uid, msgid, from, subject, flags []byte
	none                                  bool
}

// mailKeys are the fields in the order in which the plugin writes them.
var mailKeys = [...][]byte{[]byte("box="), []byte("uid="), []byte("msgid="), []byte("size="), []byte("vsize="), []byte("from="), []byte("subject="), []byte("flags=(")}

const (
	keyBox = iota
	keyUID
	keyMsgID
	keySize
	keyVSize
	keyFrom
	keySubject
	keyFlags
)

// parseMailFields cuts at the keys, from left to right and each only behind the ones that
// come before it: a Message-ID, a sender or a subject is a stranger's text and can hold
// anything, but never moves the folder and the UID before it.
func parseMailFields(b []byte) (m mailFields) {
	var values [len(mailKeys)][]byte
	current, start := -1, 0
	for k, key := range mailKeys {
		if current < 0 {
			if bytes.HasPrefix(b, key) {
				current, start = k, len(key)
			}
			continue
		}
		i := keyAt(b, start, key)
		if k == keyFlags { // nothing stands behind the flags
			i = bytes.LastIndex(b, []byte(", flags=("))
		}
		if i < start {
			continue
		}
		values[current] = b[start:i]
		current, start = k, i+2+len(key)
	}
	if current < 0 {
		m.none = true
		return m
	}
	values[current] = b[start:]
	m.box, m.uid, m.msgid = values[keyBox], values[keyUID], values[keyMsgID]
	m.from, m.subject = values[keyFrom], values[keySubject]
	if v := values[keyFlags]; v != nil {
		m.flags = bytes.TrimSuffix(v, []byte(")"))
	}
	return m
}

// keyAt finds ", KEY" at or after from; the place is that of the comma.
func keyAt(b []byte, from int, key []byte) int {
	for at := from; at < len(b); {
		i := bytes.Index(b[at:], key)
		if i < 0 {
			return -1
		}
		i += at
		if i >= from+2 && b[i-1] == ' ' && b[i-2] == ',' {
			return i - 2
		}
		at = i + 1
	}
	return -1
}

// maxUIDs bounds what a range of UIDs is spelled out to.
const maxUIDs = 10000

// uids reads "4711", "1,2,7" and "1:4"; what is no number ("error", empty) gives none.
func uids(b []byte) (list []uint32) {
	for len(b) > 0 && len(list) < maxUIDs {
		var part []byte
		part, b, _ = bytes.Cut(b, []byte(","))
		low, high, isRange := bytes.Cut(part, []byte(":"))
		first, ok := uid(low)
		if !ok {
			continue
		}
		last := first
		if isRange {
			if last, ok = uid(high); !ok || last < first {
				last = first
			}
		}
		for n := uint64(first); n <= uint64(last) && len(list) < maxUIDs; n++ {
			list = append(list, uint32(n))
		}
	}
	return list
}

func uid(b []byte) (uint32, bool) {
	if len(b) == 0 || len(b) > 10 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b), 10, 32)
	return uint32(n), err == nil && n > 0
}

func parsePort(b []byte) uint16 {
	if len(b) > 5 {
		return 0
	}
	n, err := strconv.ParseUint(string(b), 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

// bare takes the angle brackets off a Message-ID. One that was cut keeps its "...".
func bare(b []byte) []byte { return bytes.Trim(b, "<> ") }

// addressOf gives the address of a From field, nothing where it was cut off.
func addressOf(b []byte) []byte {
	if i := bytes.LastIndexByte(b, '<'); i >= 0 {
		end := bytes.IndexByte(b[i:], '>')
		if end < 0 {
			return nil
		}
		return b[i+1 : i+end]
	}
	b = bytes.TrimSpace(b)
	if bytes.IndexByte(b, '@') < 0 || bytes.IndexByte(b, ' ') >= 0 || bytes.HasSuffix(b, []byte("...")) {
		return nil
	}
	return b
}

// subject decodes RFC 2047, which Dovecot mostly has done already.
func subject(b []byte) string {
	s := format.Text(clip(b, maxField))
	if !bytes.Contains(b, []byte("=?")) {
		return s
	}
	d := mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(r), nil
	}}
	if decoded, err := d.DecodeHeader(s); err == nil {
		return string(clip([]byte(decoded), maxField))
	}
	return s
}
