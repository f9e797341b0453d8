package mailserver

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

// seen is the part of an event that the tables below look at.
type seen struct {
	Kind      forensics.Kind
	Time      string
	Account   string
	IP        string
	Port      uint16
	Protocol  string
	Session   string
	Detail    string
	MessageID string
	Subject   string
	To        []string
}

func TestOtherServers(t *testing.T) {
	tests := []struct {
		name string
		f    format.Format
		line string
		want []seen
	}{
		{"exim_failed", Exim{}, "2022-11-14 03:12:07 dovecot_login authenticator failed for mx.example.net ([198.51.100.1]) [192.0.2.7]:55379: 535 Incorrect authentication data (set_id=Pat@example.org)", []seen{
			{Kind: forensics.LoginFailed, Time: "2022-11-14T03:12:07Z", Account: "pat@example.org", IP: "192.0.2.7", Port: 55379, Protocol: "smtp", Detail: "dovecot_login"}}},
		{"exim_failed_forged", Exim{}, "2022-11-14 03:12:07.345 +0100 [77] login authenticator failed for (x) [2001:db8::5]:5: 535 Incorrect authentication data (set_id=a [203.0.113.1]: 535 b)", []seen{
			{Kind: forensics.LoginFailed, Time: "2022-11-14T02:12:07.345Z", Account: "a [203.0.113.1]: 535 b", IP: "2001:db8::5", Port: 5, Protocol: "smtp", Detail: "login"}}},
		{"exim_syslog", Exim{}, "Nov 14 03:12:07 mail exim[12]: 2022-11-14 03:12:07 login authenticator failed for no-port.example.org [192.0.2.7]: 535 Incorrect authentication data", []seen{
			{Kind: forensics.LoginFailed, Time: "2022-11-14T03:12:07Z", IP: "192.0.2.7", Protocol: "smtp", Detail: "login"}}},
		{"exim_sent", Exim{}, `2022-11-14 03:12:07 1ouQ2d-0001Ab-Cd <= pat@example.org H=(phone) [192.0.2.7]:50123 I=[198.51.100.2]:465 P=esmtpsa X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no A=dovecot_plain:pat@example.org S=812 id=m1@example.org T="an \"offer\"" from <pat@example.org> for a@example.net b@example.net`, []seen{
			{Kind: forensics.LoginSucceeded, Time: "2022-11-14T03:12:07Z", Account: "pat@example.org", IP: "192.0.2.7", Port: 50123, Protocol: "smtp", Detail: "dovecot_plain, message 1ouQ2d-0001Ab-Cd"},
			{Kind: forensics.MailSent, Time: "2022-11-14T03:12:07Z", Account: "pat@example.org", IP: "192.0.2.7", Port: 50123, Protocol: "smtp", MessageID: "m1@example.org", Subject: `an "offer"`, To: []string{"a@example.net", "b@example.net"}}}},
		{"exim_received", Exim{}, "2022-11-14 03:12:07 1ouQ2d-0000001kSZa-0eQm <= a@example.net H=mx.example.net [192.0.2.9] P=esmtps S=812 id=A=x:y@example.net", nil},
		{"exim_delivered", Exim{}, "2022-11-14 03:12:07 1ouQ2d-0001Ab-Cd => pat <pat@example.org> R=local T=lmtp", nil},

		{"courier_login", Courier{}, "Nov 14 03:12:07 mail imapd-ssl: LOGIN, user=Pat@example.org, ip=[::ffff:192.0.2.7], port=[50123], protocol=IMAP", []seen{
			{Kind: forensics.LoginSucceeded, Time: "1972-11-14T03:12:07Z", Account: "pat@example.org", IP: "192.0.2.7", Port: 50123, Protocol: "imap"}}},
		{"courier_failed", Courier{}, "Nov 14 03:12:07 mail pop3d: LOGIN FAILED, user=a, ip=[203.0.113.1], ip=[::ffff:192.0.2.7]", []seen{
			{Kind: forensics.LoginFailed, Time: "1972-11-14T03:12:07Z", Account: "a, ip=[203.0.113.1]", IP: "192.0.2.7", Protocol: "pop3"}}},
		{"courier_failed_method", Courier{}, "Nov 14 03:12:07 mail imapd: LOGIN FAILED, method=PLAIN, ip=[192.0.2.7]", []seen{
			{Kind: forensics.LoginFailed, Time: "1972-11-14T03:12:07Z", IP: "192.0.2.7", Protocol: "imap", Detail: "PLAIN"}}},
		{"courier_logout", Courier{}, "Nov 14 03:12:07 mail imapd: LOGOUT, user=pat, ip=[192.0.2.7], headers=0, body=0, rcvd=1, sent=2, time=3", nil},

		{"roundcube_login", Roundcube{}, "[14-Nov-2022 03:12:07 -0400]: <ab12cd34> Successful login for Pat@example.org (ID: 5) from 192.0.2.7 in session 0123456789abcdef", []seen{
			{Kind: forensics.LoginSucceeded, Time: "2022-11-14T07:12:07Z", Account: "pat@example.org", IP: "192.0.2.7", Protocol: "web", Session: "0123456789abcdef"}}},
		{"roundcube_proxy", Roundcube{}, "[14-Nov-2022 03:12:07 +0000]: <ab12cd34> Successful login for pat (ID: 5) from 198.51.100.2(X-Forwarded-For: 192.0.2.7) in session 0123456789abcdef", []seen{
			{Kind: forensics.LoginSucceeded, Time: "2022-11-14T03:12:07Z", Account: "pat", IP: "198.51.100.2", Protocol: "web", Session: "0123456789abcdef", Detail: "forwarded for 192.0.2.7"}}},
		{"roundcube_failed_forged", Roundcube{}, "[14-Nov-2022 03:12:07 +0000]: <ab12cd34> Failed login for pat from 127.0.0.1 in session x from 192.0.2.7 in session 0123456789abcdef (error: 0)", []seen{
			{Kind: forensics.LoginFailed, Time: "2022-11-14T03:12:07Z", Account: "pat from 127.0.0.1 in session x", IP: "192.0.2.7", Protocol: "web", Session: "0123456789abcdef"}}},
		{"roundcube_undecidable", Roundcube{}, "[14-Nov-2022 03:12:07 +0000]: <ab12cd34> Failed login for pat from 192.0.2.7(X-Forwarded-For: a from 127.0.0.1 in session x) in session 0123 (error: 0)", []seen{
			{Kind: forensics.LoginFailed, Time: "2022-11-14T03:12:07Z", Protocol: "web", Session: "0123", Detail: "the line can be read in more than one way"}}},
		{"roundcube_iso", Roundcube{}, "[2022-11-14 03:12:07]: Failed login for pat from 192.0.2.7 in session s (error: 1)", []seen{
			{Kind: forensics.LoginFailed, Time: "2022-11-14T03:12:07Z", Account: "pat", IP: "192.0.2.7", Protocol: "web", Session: "s"}}},

		{"dovecot_relayed", Dovecot{}, "Nov 14 03:12:07 mail dovecot: submission(pat@example.org)<7><Fv3kQ2nZ7cXAAgIH>: Successfully relayed message: from=<pat@example.org>, size=812, id=a1, nrcpt=2, reply=`250 ok'", []seen{
			{Kind: forensics.MailSent, Time: "1972-11-14T03:12:07Z", Account: "pat@example.org", Protocol: "smtp", Session: "Fv3kQ2nZ7cXAAgIH", Detail: "2 recipients"}}},
		{"dovecot_old_name", Dovecot{}, "Nov 14 03:12:07 mail imap-login: Login: user=<pat>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2", []seen{
			{Kind: forensics.LoginSucceeded, Time: "1972-11-14T03:12:07Z", Account: "pat", IP: "192.0.2.7", Protocol: "imap", Detail: "PLAIN"}}},
		{"dovecot_after_a_crash", Dovecot{}, strings.Repeat("\x00", 600) + "Nov 14 03:12:07 mail dovecot: imap-login: Login: user=<pat>, rip=192.0.2.7", []seen{
			{Kind: forensics.LoginSucceeded, Time: "1972-11-14T03:12:07Z", Account: "pat", IP: "192.0.2.7", Protocol: "imap"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := formattest.Parse(tt.f, []byte(tt.line+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			if g := tt.f.Match(formattest.Head("", []byte(tt.line))); g.Score <= 0 && tt.want != nil {
				t.Errorf("score %d (%s), want more than 0", g.Score, g.Why)
			}
			if len(s.Lost) > 0 {
				t.Errorf("got %s, want nothing broken", s.Summary())
			}
			var got []seen
			for _, e := range s.Events() {
				v := seen{e.Kind, e.Time.RFC3339(), e.Account, "", e.Port, e.Protocol, e.Session, e.Detail, e.MessageID, e.Subject, e.To}
				if e.IP != (netip.Addr{}) {
					v.IP = e.IP.String()
				}
				got = append(got, v)
			}
			if d := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%s\n(-want +got):\n%s", tt.line, d)
			}
		})
	}
}

func TestOthersConform(t *testing.T) {
	exim := "2022-11-14 03:12:07 login authenticator failed for (x) [192.0.2.7]:5: 535 Incorrect authentication data (set_id=pät)\n" +
		"2022-11-14 03:12:08 1ouQ2d-0001Ab-Cd => pat <pat@example.org> R=local T=lmtp\n" +
		"2022-11-14 03:12:08 1ouQ2d-0001Ab-Cd <= pat@example.org H=(x) [192.0.2.7] P=esmtpsa A=login:pat S=8 id=m@example.org T=\"Grüße\"\n" +
		"2022-11-14 03:12:09 login authenticator failed for (x) [192.0.2.7]:5: 535 Incorrect authentication data\n"
	courier := "Nov 14 03:12:07 mail imapd: LOGIN, user=pät, ip=[192.0.2.7], port=[1], protocol=IMAP\n" +
		"Nov 14 03:12:08 mail imapd: LOGOUT, user=pät, ip=[192.0.2.7], rcvd=1, sent=2, time=3\n" +
		"Nov 14 03:12:09 mail pop3d: LOGIN FAILED, user=pät, ip=[192.0.2.7]\n" +
		"Nov 14 03:12:10 mail imapd: LOGIN FAILED, method=PLAIN, ip=[192.0.2.7]\n"
	webmail := "[14-Nov-2022 03:12:07 +0000]: <a1> Successful login for pät (ID: 5) from 192.0.2.7 in session 01\n" +
		"[14-Nov-2022 03:12:08 +0000]: something else\n" +
		"[14-Nov-2022 03:12:09 +0000]: <a1> Failed login for pät from 192.0.2.7 in session 01 (error: 0)\n" +
		"[14-Nov-2022 03:12:10 +0000]: <a1> Failed login for sam from 192.0.2.7 in session 01 (error: 0)\n"
	dovecot := []byte("Jan 32 99:99:99 mail dovecot: imap-login: Login: user=<\n")
	tests := []struct {
		name   string
		f      format.Format
		sample string
		events int
		bad    []byte
	}{
		{"exim", Exim{}, exim, 4, dovecot},
		{"courier", Courier{}, courier, 3, dovecot},
		{"roundcube", Roundcube{}, webmail, 3, []byte("[32-Foo-2022 99:12:07]: <a1> Failed login for pat from 192.0.2.7\n")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			formattest.Suite(t, tt.f, formattest.Case{
				Valid: map[string]formattest.Sample{"plain": {Data: []byte(tt.sample), Records: 3, Skipped: 1, Events: tt.events}},
				Bad:   tt.bad,
			})
		})
	}
}

func FuzzRoundcube(f *testing.F) {
	f.Add([]byte("[14-Nov-2022 03:12:07 -0400]: <ab> Successful login for p (ID: 5) from 192.0.2.7(X-Real-IP: a,X-Forwarded-For: b) in session 01\n"))
	f.Add([]byte("[2022-11-14 03:12:07]: Failed login for p from ::1 in session s (error: 1)\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		Roundcube{}.Match(formattest.Head("", data))
		if _, err := formattest.Parse(Roundcube{}, data); err != nil {
			t.Fatal(err)
		}
	})
}
