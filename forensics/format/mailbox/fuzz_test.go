package mailbox

import (
	"bytes"
	"testing"

	"keytrail/forensics/format"
)

// FuzzSplit: the records of any input tile it, and are the same however it arrives.
func FuzzSplit(f *testing.F) {
	f.Add([]byte(sep+"Subject: a\n\nhi\n>From here\n\n"+sep+"Subject: b\n\nhi\n"), uint8(3))
	f.Add([]byte(sep+"Subject: a\nContent-Length: 60\n\nhi\n\n"+sep+"Subject: b\n\nhi\n"), uint8(7))
	f.Add([]byte("From - \nSubject: a\n\nFrom 1@xxx\nX: y\n"), uint8(1))
	f.Add([]byte("\xFF\xFEF\x00r\x00o\x00m\x00 \x00-\x00\n\x00"), uint8(1))
	f.Add([]byte("\xEF\xBB\xBF\nSubject : a\r\n\tb\r\n\r\n"), uint8(200))
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		for _, fm := range []format.Format{Maildir{}, MBox{}, EML{}} {
			fm.Match(&format.Head{Name: "a/cur/b:2,S", Bytes: b, Complete: true})
			whole := read(t, fm, "x", b)
			in := &format.Input{Name: "x", Size: -1, Head: b, Reader: trickle{bytes.NewReader(b), int(n) + 1}}
			pieces := readFrom(t, fm, in, b)
			if len(whole.records) != len(pieces.records) {
				t.Fatalf("%s: %d records at once, %d in pieces", fm.Name(), len(whole.records), len(pieces.records))
			}
			for i, r := range whole.records {
				if p := pieces.records[i]; r.ref != p.ref || r.broken != p.broken || r.text != p.text {
					t.Fatalf("%s: record %d: %+v at once, %+v in pieces", fm.Name(), i, r, p)
				}
			}
		}
	})
}

// FuzzDecode: headers, addresses, dates, verdicts and bodies of any shape are read within bounds.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("From: =?utf-8?q?a?= <a@b>\nDate: Mon, 14 Nov 2022 03:12:45 -0600\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+\n--b--\n"))
	f.Add([]byte("Authentication-Results: a; dkim=pass (x) header.d=\"b\"; spf=pass smtp.mailfrom=a@b\nSubject: =?iso-2022-jp?B?GyRC?= =?x?\n\n"))
	f.Add([]byte("Content-Type: text/html; charset=utf-16\n\n<a href='x'>y</a><!-- <p"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var h header
		h.scan(b, true)
		if h.end < 0 || h.end > len(b) {
			t.Fatalf("headers end at %d of %d", h.end, len(b))
		}
		for i := range h.fields {
			v := h.value(&h.fields[i])
			decodeValue(v)
			for _, a := range parseAddresses(v, maxAddresses) {
				if a.addr == "" {
					t.Fatalf("empty address in %q", v)
				}
			}
			timeOf(v, "")
			parseAuth(string(v[:min(len(v), maxAuthValue)]), true, 0, nil)
			parseSeparator(v)
		}
		if text := textOf(&h, b[h.end:], true); len(text) > 8*maxText {
			t.Fatalf("%d bytes of text", len(text))
		}
	})
}
