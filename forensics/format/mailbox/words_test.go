package mailbox

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

func TestDecodeValue(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"plain", "Reset your password", "Reset your password"},
		{"folded", "Reset\r\n your password", "Reset your password"},
		{"quoted-printable", "=?utf-8?q?Passwort_zur=C3=BCcksetzen?=", "Passwort zurücksetzen"},
		{"base64", "=?UTF-8?B?UGFzc3dvcnQgenVyw7xja3NldHplbg==?=", "Passwort zurücksetzen"},
		{"two-words", "=?utf-8?q?Pass?= =?utf-8?q?wort?= neu", "Passwort neu"},
		{"folded-words", "=?utf-8?q?Pass?=\n =?utf-8?q?wort?=", "Passwort"},
		{"character-cut-in-two", "=?utf-8?q?zur=C3?= =?utf-8?q?=BCck?=", "zurück"},
		{"two-charsets", "=?utf-8?q?a=C3=BC?= =?iso-8859-1?q?b=FC?=", "aübü"},
		{"latin-1", "=?iso-8859-1?Q?f=FCr_Sie?=", "für Sie"},
		{"windows-1252-called-latin-1", "=?iso-8859-1?Q?100=80?=", "100€"},
		{"japanese", "=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=", "日本語"},
		{"raw-japanese", "\x1b$BF|K\\8l\x1b(B", "日本語"},
		{"raw-utf-8", "für Sie", "für Sie"},
		{"raw-latin-1", "f\xfcr Sie", "für Sie"},
		{"language", "=?utf-8*en?q?hello?=", "hello"},
		{"unknown-charset", "=?x-nothing?q?hello?=", "hello"},
		{"space-in-word", "=?utf-8?Q?your key was made?=", "your key was made"},
		{"never-closed", "=?utf-8?Q?your", "=?utf-8?Q?your"},
		{"text-around", "Re: =?utf-8?q?caf=C3=A9?= today", "Re: café today"},
		{"broken-hex", "=?utf-8?q?50=_off?=", "50= off"},
		{"broken-base64", "=?utf-8?B?aGVsbG8?=", "hello"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := decodeValue([]byte(tc.in)); got != tc.want {
				t.Errorf("decodeValue(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestParseAddresses(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     []address
	}{
		{"bare", "Pat@Example.com", []address{{"", "pat@example.com"}}},
		{"named", `"Doe, Pat" <pat@example.com>, kim@example.net`, []address{{"Doe, Pat", "pat@example.com"}, {"", "kim@example.net"}}},
		{"encoded-name", "=?utf-8?q?P=C3=A4t?= <pat@example.com>", []address{{"Pät", "pat@example.com"}}},
		{"name-looks-like-an-address", `"no-reply@bank.example" <x@evil.example>`, []address{{"no-reply@bank.example", "x@evil.example"}}},
		{"unquoted-name-looks-like-an-address", "no-reply@bank.example <x@evil.example>", []address{{"no-reply@bank.example", "x@evil.example"}}},
		{"comment", "pat@example.com (Pat Doe)", []address{{"Pat Doe", "pat@example.com"}}},
		{"group", "friends: pat@example.com, kim@example.net;", []address{{"", "pat@example.com"}, {"", "kim@example.net"}}},
		{"empty-group", "undisclosed-recipients:;", nil},
		{"route", "<@relay.example:pat@example.com>", []address{{"", "pat@example.com"}}},
		{"blanks", "pat @ example . com", []address{{"", "pat@example.com"}}},
		{"never-closed", "Pat <pat@example.com", []address{{"Pat", "pat@example.com"}}},
		{"two-ats", `"a@b"@example.com`, []address{{"", "a@b@example.com"}}},
		{"apparently-to", "pat@example.com via 192.0.2.1; Mon, 14 Nov 2022 03:12:45 +0000", []address{{"", "pat@example.com"}}},
		{"comments-inside", `Pat(a good \) one) <pat(her account)@example.com(her host)>`, []address{{"Pat", "pat@example.com"}}},
		{"none", "Pat Doe", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, parseAddresses([]byte(tc.in), 10), cmp.AllowUnexported(address{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseAuth(t *testing.T) {
	type v = forensics.AuthVerdict
	for _, tc := range []struct {
		name, in string
		arc      bool
		want     []v
	}{
		{"gmail", "mx.example.net;\r\n dkim=pass header.i=@bank.example header.s=s1 header.b=Ab;\r\n spf=pass (mx.example.net: domain of b@m.bank.example designates 192.0.2.1) smtp.mailfrom=b@m.bank.example;\r\n dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=bank.example", false, []v{
			{Server: "mx.example.net", Method: "dkim", Result: "pass", Domain: "bank.example"},
			{Server: "mx.example.net", Method: "spf", Result: "pass", Domain: "m.bank.example"},
			{Server: "mx.example.net", Method: "dmarc", Result: "pass", Domain: "bank.example"},
		}},
		{"no-blank-before-comment", "a.example; dkim=pass header.d=Bank.Example; dmarc=pass(p=REJECT) header.from=bank.example;", false, []v{
			{Server: "a.example", Method: "dkim", Result: "pass", Domain: "bank.example"},
			{Server: "a.example", Method: "dmarc", Result: "pass", Domain: "bank.example"},
		}},
		{"version", "a.example 1; spf=fail smtp.mailfrom=x.example", false, []v{{Server: "a.example", Method: "spf", Result: "fail", Domain: "x.example"}}},
		{"arc", "i=2; a.example; dkim=pass header.d=bank.example", true, []v{{Server: "a.example", Method: "dkim", Result: "pass", Domain: "bank.example", ARC: true}}},
		{"no-server", "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.example; dkim=none header.d=none", false, []v{
			{Method: "spf", Result: "pass", Domain: "x.example"}, {Method: "dkim", Result: "none", Domain: "none"}}},
		{"none", "a.example; none", false, nil},
		{"blanks-around-equals", "a.example; dkim = pass header.d = bank.example", false, []v{{Server: "a.example", Method: "dkim", Result: "pass", Domain: "bank.example"}}},
		{"verdict-in-a-quoted-sender", `a.example; spf=softfail smtp.mailfrom="x;dkim=pass header.d=bank.example"@evil.example`, false, []v{{Server: "a.example", Method: "spf", Result: "softfail", Domain: "evil.example"}}},
		{"verdict-in-a-comment", "a.example; spf=fail (bad; dkim=pass header.d=bank.example) smtp.mailfrom=x@evil.example", false, []v{{Server: "a.example", Method: "spf", Result: "fail", Domain: "evil.example"}}},
		{"verdict-in-a-value", "a.example; spf=none smtp.mailfrom=dkim=pass@evil.example", false, []v{{Server: "a.example", Method: "spf", Result: "none", Domain: "evil.example"}}},
		{"comment-never-closed", "a.example; spf=fail (dkim=pass; dkim=pass header.d=bank.example", false, []v{{Server: "a.example", Method: "spf", Result: "fail"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, parseAuth(tc.in, tc.arc, 0, nil)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestText(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"plain", "Subject: a\n\nHello\n", "Hello\n"},
		{"quoted-printable", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nf=C3=BCr =\nSie", "für Sie"},
		{"base64-latin-1", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\nZvxyIFNpZQ==\n", "für Sie"},
		{"alternative", "Content-Type: multipart/alternative; boundary=\"b\"\n\npreamble\n--b\nContent-Type: text/html\n\n<p>no</p>\n--b\nContent-Type: text/plain\n\nyes\n--b--\n", "yes\n"},
		{"html", "Content-Type: text/html\n\n<style>p{}</style><p>Your&nbsp;key: <a class=x href=\"https://example.com/?rfn%3D20\">see</a></p><!-- no -->", "Your key: see <https://example.com/?rfn%3D20>"},
		{"boundary-inside-boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\nin the inner one\n--bb--\n--b--\n", "in the inner one\n"},
		{"attachment-is-not-the-text", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nno\n--b\n\nyes\n--b--\n", "yes\n"},
		{"forwarded-is-not-the-text", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\nno\n--b\nContent-Type: text/html\n\n<b>yes</b>\n--b--\n", "yes"},
		{"never-closed", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nyes\n", "yes\n"},
		{"unescaped", "Subject: a\n\n>From here\n>>From there\n> From\n", "From here\n>From there\n> From\n"},
		{"boundary-never-seen", "Content-Type: multipart/mixed; boundary=b\n\nhello\n", "hello\n"},
		{"broken-html", "Content-Type: text/html\n\na < b <", "a < b <"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var h header
			h.scan([]byte(tc.in), true)
			if got := textOf(&h, []byte(tc.in)[h.end:], true); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTextIsBounded(t *testing.T) {
	for _, in := range []string{
		"Content-Type: text/html\n\n" + strings.Repeat("<a", 200_000),
		"Content-Type: text/html\n\n" + strings.Repeat("<a href=\"", 50_000) + ">",
		"Content-Type: text/plain\n\n" + strings.Repeat("=?x?q?", 100_000),
		"Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n", 100_000),
	} {
		var h header
		h.scan([]byte(in), true)
		if got := textOf(&h, []byte(in)[h.end:], true); len(got) > 2*maxText {
			t.Errorf("%.30q: %d bytes of text", in, len(got))
		}
	}
}
