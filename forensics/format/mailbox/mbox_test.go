package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

const sep = "From pat@example.com Mon Nov 14 03:12:45 2022\n"

func subjects(c *catcher) []string {
	var out []string
	for _, r := range c.records {
		out = append(out, r.event.Subject)
	}
	return out
}

func TestMBoxDialects(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     []string
	}{
		{"mboxo", sep + "Subject: a\n\nhi\n>From here\n\n" + sep + "Subject: b\n\nhi\n", []string{"a", "b"}},
		{"carriage-returns", strings.ReplaceAll(sep+"Subject: a\n\nhi\n\n"+sep+"Subject: b\n\nhi\n", "\n", "\r\n"), []string{"a", "b"}},
		{"no-blank-line-before", sep + "Subject: a\n\nhi\n" + sep + "Subject: b\n\nhi\n", []string{"a", "b"}},
		{"no-final-newline", sep + "Subject: a\n\nhi\n\n" + sep + "Subject: b", []string{"a", "b"}},
		{"prose", sep + "Subject: a\n\nFrom Russia with love\n\nFrom here on\nYear: 1963\n\n" + sep + "Subject: b\n\n", []string{"a", "b"}},
		{"takeout", "From 123@xxx Mon Nov 14 03:12:45 +0000 2022\nSubject: a\n\nhi\n\nFrom 124@xxx\nSubject: b\n\n", []string{"a", "b"}},
		{"mozilla", "From - \nX-Mozilla-Status: 0009\nSubject: a\n\nhi\nFrom -\nSubject: b\n\n", []string{"a", "b"}},
		{"byte-order-mark", "\xEF\xBB\xBF" + sep + "Subject: a\n\nhi\n\n" + sep + "Subject: b\n\n", []string{"a", "b"}},
		{"blank-lines-first", "\n\n" + sep + "Subject: a\n\nhi\n\n" + sep + "Subject: b\n\n", []string{"a", "b"}},
		{"content-length", sep + "Content-Length: 68\nSubject: a\n\n" + "forwarded:\n\n" + sep + "Subject: in\n\n\n" + sep + "Subject: b\n\n", []string{"a", "in", "b"}},
		{"cut-off-in-front", "Subject: a\n\nhi\n\n" + sep + "Subject: b\n\n", []string{"a", "b"}},
		{"empty-message", sep + "\n" + sep + "Subject: b\n\n", []string{"", "b"}},
		{"separator-at-the-end", sep + "Subject: a\n\nhi\n\n" + sep, []string{"a", ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := read(t, MBox{}, "INBOX.mbox", []byte(tc.in))
			if diff := cmp.Diff(tc.want, subjects(c)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			small := readFrom(t, MBox{}, &format.Input{Name: "INBOX.mbox", Size: -1, Reader: trickle{strings.NewReader(tc.in), 3}}, []byte(tc.in))
			if diff := cmp.Diff(tc.want, subjects(small)); diff != "" {
				t.Errorf("in small pieces (-want +got):\n%s", diff)
			}
		})
	}
}

// TestContentLength: a body with a whole mail in it, unescaped, as mboxcl2 allows.
func TestContentLength(t *testing.T) {
	body := "forwarded:\n\n" + sep + "Subject: inner\n\nhi\n"
	next := "\n" + sep + "Subject: b\n\nhi\n"
	msg := func(n int) string { return fmt.Sprintf("%sSubject: a\nContent-Length: %d\n\n%s", sep, n, body) }
	for _, tc := range []struct {
		name, in string
		want     []string
	}{
		{"exact", msg(len(body)) + next, []string{"a", "b"}},
		{"with-the-blank-line", msg(len(body)+1) + next, []string{"a", "b"}},
		{"at-the-end", msg(len(body)), []string{"a"}},
		{"too-long", msg(len(body)+2) + next, []string{"a", "inner", "b"}},
		{"too-short", msg(len(body)-2) + next, []string{"a", "inner", "b"}},
		{"absurd", msg(999_999_999) + next, []string{"a", "inner", "b"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := read(t, MBox{}, "x", []byte(tc.in))
			if diff := cmp.Diff(tc.want, subjects(c)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if warned := len(c.warnings) == 1; warned != (len(tc.want) < 3) {
				t.Errorf("warnings: %q", c.warnings)
			}
		})
	}
	big := strings.Repeat("x", 10<<20) + "\n\n" + sep + "Subject: inner\n\nhi\n"
	in := fmt.Sprintf("%sSubject: a\nContent-Length: %d\n\n%s\n%sSubject: b\n\n", sep, len(big)+6<<20, big+strings.Repeat("y", 6<<20-9)+"\n", sep)
	if diff := cmp.Diff([]string{"a", "inner", "b"}, subjects(read(t, MBox{}, "x", []byte(in)))); diff != "" {
		t.Errorf("wrong length (-want +got):\n%s", diff)
	}
	in = fmt.Sprintf("%sSubject: a\nContent-Length: %d\n\n%s\n%sSubject: b\n\n", sep, len(big)+6<<20, big+strings.Repeat("y", 6<<20), sep)
	if diff := cmp.Diff([]string{"a", "b"}, subjects(read(t, MBox{}, "x", []byte(in)))); diff != "" {
		t.Errorf("exact length over 16 MiB (-want +got):\n%s", diff)
	}
}

// TestLargeMessages: messages larger than the buffer pass through it, whole in digest and length.
func TestLargeMessages(t *testing.T) {
	var b bytes.Buffer
	var want []string
	for i, n := range []int{10, 11 << 20, 100, block, block - 100, maxBuffer, maxBuffer + 1, 3 << 20, 5, 9 << 20} {
		fmt.Fprintf(&b, "%sSubject: m%d\n\n%s\n\n", sep, i, strings.Repeat("0123456789abcdef From 0123456789\n", n/33))
		want = append(want, fmt.Sprintf("m%d", i))
	}
	c := read(t, MBox{}, "x", b.Bytes())
	if diff := cmp.Diff(want, subjects(c)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, r := range c.records {
		if wantLine := int64(bytes.Count(b.Bytes()[:r.ref.Offset], newline)) + 1; r.ref.Line != wantLine {
			t.Errorf("%s stands in line %d, want %d", r.event.Subject, r.ref.Line, wantLine)
		}
	}
	again := readFrom(t, MBox{}, &format.Input{Name: "x", Size: -1, Reader: trickle{bytes.NewReader(b.Bytes()), 4097}}, b.Bytes())
	if diff := cmp.Diff(want, subjects(again)); diff != "" {
		t.Errorf("in small pieces (-want +got):\n%s", diff)
	}
}

// endless gives one line of n bytes.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.left -= n
	return n, nil
}

func TestEndlessLine(t *testing.T) {
	for _, start := range []string{sep + "Subject: a\n\n", sep + "Subject: ", "Subject: a\nX-Y: ", sep, ""} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		in := &format.Input{Name: "x", Size: -1, Reader: io.MultiReader(strings.NewReader(start), &endless{left: 120 << 20})}
		c := &catcher{withText: true}
		if err := (MBox{}).Parse(context.Background(), in, c); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 40 {
			t.Errorf("%q: %d MiB allocated", start, used)
		}
		if len(c.records) != 1 || c.records[0].ref.Length != int64(len(start))+120<<20 {
			t.Errorf("%q: %d records", start, len(c.records))
		}
	}
}

func TestCancelAndErrors(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	one := []byte(sep + "Subject: a\n\n")
	if err := (MBox{}).Parse(ctx, input("x", one), &catcher{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	stop := errors.New("stop")
	if err := (MBox{}).Parse(context.Background(), input("x", one), &catcher{fail: stop}); !errors.Is(err, stop) {
		t.Errorf("sink's error: got %v", err)
	}
	in := input("x", one)
	in.Reader = io.MultiReader(bytes.NewReader(one), iotestErr{stop})
	if err := (MBox{}).Parse(context.Background(), in, &catcher{}); !errors.Is(err, stop) {
		t.Errorf("reader's error: got %v", err)
	}
}

type iotestErr struct{ err error }

func (e iotestErr) Read([]byte) (int, error) { return 0, e.err }

// utf16Of writes a text as UTF-16 with a byte order mark.
func utf16Of(s string, order order) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func TestUTF16(t *testing.T) {
	text := sep + "Subject: für 😀 Sie\n\nHällo\n\n" + sep + "Subject: b\n\nhi\n" + sep + "Subject: c\n\n" + strings.Repeat("für 😀 Sie\n", 500_000)
	want := []string{"für 😀 Sie", "b", "c"}
	for _, mark := range []string{"\xFF\xFE", "\xFE\xFF"} {
		b := utf16Of(text, byteOrder([]byte(mark)))
		for _, tail := range [][]byte{nil, {0x41}, {0x00, 0xD8, 0x00, 0xD8}} {
			in := append(bytes.Clone(b), tail...)
			f, g := format.Detect(Formats(), &format.Head{Name: "x", Bytes: in[:format.HeadSize]})
			if f == nil || f.Name() != "mailbox/mbox" {
				t.Fatalf("not recognised: %v", g)
			}
			c := read(t, f, "x", in)
			if diff := cmp.Diff(want, subjects(c)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	}
}

func TestMBoxFields(t *testing.T) {
	in := "From 123@xxx Mon Nov 14 09:20:00 +0000 2022\n" +
		"X-GM-THRID: 5\nX-Gmail-Labels: =?UTF-8?Q?Inbox,K=C3=B6ln?=\nDelivered-To: Pat@Example.net\n" +
		"Received: by mx.example.net with SMTP id x\n\tfor <pat@example.net>; Mon, 14 Nov 2022 01:12:50 -0800 (PST)\n" +
		"Authentication-Results: mx.example.net;\n dkim=pass header.d=bank.example\n" +
		"Received: from bank.example; Mon, 14 Nov 2022 09:12:48 +0000\nDelivered-To: forged@evil.example\n" +
		"Authentication-Results: forged.example; dkim=pass header.d=bank.example\n" +
		"Date: Mon, 14 Nov 2022 09:12:45 +0000\nFrom: \"Bank\" <No-Reply@bank.example>\nReply-To: x@evil.example\n" +
		"To: pat@example.net, kim@example.net\nCc: lee@example.net\nSubject: Reset\nMessage-ID: <1@bank.example>\n\nhi\n"
	c := read(t, MBox{}, "Takeout/Mail/All mail.mbox", []byte(in))
	if len(c.records) != 1 {
		t.Fatalf("%d records", len(c.records))
	}
	r := c.records[0]
	desc := func(ts []forensics.Time) (out []string) {
		for _, t := range ts {
			out = append(out, t.RFC3339()+" "+t.Desc)
		}
		return out
	}
	got := []any{r.event.Kind.String(), desc([]forensics.Time{r.event.Time}), desc(r.event.Others), r.event.Account, r.event.From, r.event.To, r.event.Folder, r.event.Subject, r.event.MessageID, r.mail.To, r.mail.FromName, r.mail.ReplyTo}
	want := []any{"mail-received", []string{"2022-11-14T09:12:50Z Received by the last server"}, []string{"2022-11-14T09:12:45Z Date header"}, "pat@example.net", "no-reply@bank.example",
		[]string{"pat@example.net", "kim@example.net"}, "Inbox,Köln", "Reset", "1@bank.example",
		[]string{"pat@example.net", "kim@example.net", "lee@example.net", "pat@example.net", "forged@evil.example"}, "Bank", "x@evil.example"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	auth := []forensics.AuthVerdict{{Server: "mx.example.net", Method: "dkim", Result: "pass", Domain: "bank.example", Below: 1}, {Server: "forged.example", Method: "dkim", Result: "pass", Domain: "bank.example", Below: 2}}
	if diff := cmp.Diff(auth, r.mail.Auth); diff != "" {
		t.Errorf("Auth (-want +got):\n%s", diff)
	}
}

func TestKindAndAccount(t *testing.T) {
	for _, tc := range []struct {
		name, item, account, in string
		kind                    forensics.Kind
		wantAccount             string
	}{
		{"received", "INBOX", "", "Received: x; Mon, 14 Nov 2022 01:12:50 +0000\nFrom: a@example.com\nTo: pat@example.net\n", forensics.MailReceived, "pat@example.net"},
		{"several-recipients", "INBOX", "", "From: a@example.com\nTo: pat@example.net, kim@example.net\n", forensics.MailReceived, ""},
		{"mailing-list", "INBOX", "", "From: a@example.com\nTo: list@example.net\nList-Id: <list.example.net>\n", forensics.MailReceived, ""},
		{"sent-folder", "Sent.mbox", "", "From: Pat@example.net\nTo: a@example.com\n", forensics.MailSent, "pat@example.net"},
		{"sent-label", "All.mbox", "", "X-Gmail-Labels: Sent,Opened\nFrom: Pat@example.net\nTo: a@example.com\n", forensics.MailSent, "pat@example.net"},
		{"forged-sent-label", "All.mbox", "", "Received: x; Mon, 14 Nov 2022 01:12:50 +0000\nX-Gmail-Labels: Sent\nFrom: a@example.com\nTo: pat@example.net\n", forensics.MailReceived, "pat@example.net"},
		{"from-the-owner", "x", "pat@example.net", "From: pat@example.net\nTo: a@example.com\n", forensics.MailSent, "pat@example.net"},
		{"forged-owner", "x", "pat@example.net", "Received: x; Mon, 14 Nov 2022 01:12:50 +0000\nFrom: pat@example.net\nTo: a@example.com\n", forensics.MailReceived, "pat@example.net"},
		{"draft", "Drafts", "", "From: pat@example.net\n", forensics.Other, "pat@example.net"},
		{"att", "INBOX", "", "X-Apparently-To: pat@att.example via 192.0.2.7; Mon, 14 Nov 2022 01:12:50 +0000\nReceived: x; Mon, 14 Nov 2022 01:12:50 +0000\nTo: x@example.com, y@example.com\n", forensics.MailReceived, "pat@att.example"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := []byte(sep + tc.in + "Message-ID: <1@example.com>\n\nhi\n")
			in := input(tc.item, b)
			in.Account = tc.account
			r := readFrom(t, MBox{}, in, b).records[0]
			if r.event.Kind != tc.kind || r.event.Account != tc.wantAccount {
				t.Errorf("got %v %q, want %v %q", r.event.Kind, r.event.Account, tc.kind, tc.wantAccount)
			}
		})
	}
}

func TestFact(t *testing.T) {
	fact := func(in string) string {
		return read(t, MBox{}, "x", []byte(sep+in)).records[0].event.Fact
	}
	head := "Message-ID: <1@example.com>\nDate: Mon, 14 Nov 2022 09:12:45 +0000\nFrom: a@example.com\n"
	if fact(head+"Subject: one\n two\n\nhi\n") != fact("Received: x\n"+strings.ReplaceAll(head, "\n", "\r\n")+"Subject: one two\r\n\r\nhi\r\n") {
		t.Error("two copies of one mail are two facts")
	}
	if fact(head+"Subject: one\n\nhi\n") == fact(head+"Subject: two\n\nhi\n") {
		t.Error("two mails with one Message-ID are one fact")
	}
	bare := "Date: Mon, 14 Nov 2022 09:12:45 +0000\nFrom: a@example.com\n\n"
	if a, b := fact(bare+"hi\nyou\n"), fact(strings.ReplaceAll(bare, "\n", "\r\n")+"hi\r\nyou\r\n\r\n"); a != b || a == "" {
		t.Errorf("two copies without Message-ID: %q, %q", a, b)
	}
	if fact(bare+"hi\n") == fact(bare+"hello\n") {
		t.Error("two mails without Message-ID are one fact")
	}
	if f := fact("Subject: hi\n\n"); f != "" {
		t.Errorf("too thin, but %q", f)
	}
}
