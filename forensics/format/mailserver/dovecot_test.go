package mailserver

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"keytrail/forensics"
	"keytrail/forensics/corpustest"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

const stampText = "Nov 14 03:12:07"

// want builds the event that a line with stampText in front is expected to give.
func want(kind forensics.Kind, desc string, e forensics.Event) forensics.Event {
	e.Kind = kind
	e.Time = forensics.Time{Precision: forensics.PrecisionSecond, YearMissing: true, Original: stampText, Desc: desc,
		Nano: 90558727000000000}
	return e
}

func diffEvents(t *testing.T, line string, want, got []forensics.Event) {
	t.Helper()
	opts := cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}), cmpopts.IgnoreFields(forensics.Event{}, "Ref", "Digest", "Fact")}
	if d := cmp.Diff(want, got, opts); d != "" {
		t.Errorf("%s\n(-want +got):\n%s", line, d)
	}
}

func parseText(t *testing.T, text string) *formattest.Sink {
	t.Helper()
	s, err := formattest.Parse(Dovecot{}, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDovecotLines(t *testing.T) {
	ip := netip.MustParseAddr
	const user = "pat@example.org"
	success := func(e forensics.Event) forensics.Event {
		e.Outcome = forensics.Success
		return e
	}
	owned := func(e forensics.Event) forensics.Event {
		e.Account, e.Actor, e.Protocol, e.Session, e.Outcome = user, user, "imap", "Fv3kQ2nZ7cXAAgIH", forensics.Success
		return e
	}
	const proc = "imap(pat@example.org)<4242><Fv3kQ2nZ7cXAAgIH>: "
	failed := func(e forensics.Event) forensics.Event {
		e.Outcome = forensics.Failure
		return e
	}
	tests := []struct {
		name, msg string
		want      []forensics.Event
	}{
		{"login", "imap-login: Login: user=<Pat@Example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2, mpid=4242, TLS, session=<Fv3kQ2nZ7cXAAgIH>", []forensics.Event{
			want(forensics.LoginSucceeded, "Login", success(forensics.Event{Account: user, Actor: "Pat@Example.org", IP: ip("192.0.2.7"), Protocol: "imap",
				Session: "Fv3kQ2nZ7cXAAgIH", Operation: "Login", Detail: "PLAIN, TLS"}))}},
		{"login_2_4", "managesieve-login: Logged in: user=<pat@example.org>, method=LOGIN, rip=::ffff:192.0.2.7, rport=50123, lip=::1, mpid=9, secured, session=<short>", []forensics.Event{
			want(forensics.LoginSucceeded, "Login", success(forensics.Event{Account: user, Actor: user, IP: ip("192.0.2.7"), Port: 50123, Protocol: "sieve",
				Session: "short", Operation: "Logged in", Detail: "LOGIN"}))}},
		{"login_own_elements", "submission-login: Info: Login: rip=2001:db8::7 user=<pat@example.org> method=PLAIN ssl=TLSv1.3", []forensics.Event{
			want(forensics.LoginSucceeded, "Login", success(forensics.Event{Account: user, Actor: user, IP: ip("2001:db8::7"), Protocol: "smtp",
				Operation: "Login", Detail: "PLAIN, TLS"}))}},
		{"login_by_proxy", "imap-login: proxy(pat@example.org): started proxying to 198.51.100.9:143: user=<pat@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2, TLS", []forensics.Event{
			want(forensics.LoginSucceeded, "Login", success(forensics.Event{Account: user, Actor: user, IP: ip("192.0.2.7"), Protocol: "imap",
				Operation: "started proxying", Detail: "PLAIN, TLS"}))}},
		{"failed", "imap-login: Disconnected (auth failed, 2 attempts in 6 secs): user=<pat@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2, TLS: Connection closed, session=<x>", []forensics.Event{
			want(forensics.LoginFailed, "Failed login", failed(forensics.Event{Account: user, Actor: user, IP: ip("192.0.2.7"), Protocol: "imap", Session: "x",
				Operation: "Disconnected", Detail: "auth failed, 2 attempts in 6 secs"}))}},
		{"failed_2_4", "pop3-login: Login aborted: Connection closed: read(size=372) failed: Connection reset by peer (auth failed, 3 attempts in 16 secs) (auth_failed): user=<pat@example.org>, rip=192.0.2.7, lip=198.51.100.2", []forensics.Event{
			want(forensics.LoginFailed, "Failed login", failed(forensics.Event{Account: user, Actor: user, IP: ip("192.0.2.7"), Protocol: "pop3",
				Operation: "Login aborted: Connection closed: read(size=372) failed: Connection reset by peer", Detail: "auth failed, 3 attempts in 16 secs"}))}},
		{"failed_plaintext", "imap-login: Aborted login (tried to use disallowed plaintext auth): user=<>, rip=192.0.2.7, lip=198.51.100.2", []forensics.Event{
			want(forensics.LoginFailed, "Failed login", failed(forensics.Event{IP: ip("192.0.2.7"), Protocol: "imap", Operation: "Aborted login", Detail: "tried to use disallowed plaintext auth"}))}},
		{"failed_repeated", "message repeated 3 times: [ imap-login: Disconnected (auth failed, 1 attempts): user=<pat@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2]", []forensics.Event{
			want(forensics.LoginFailed, "Failed login", failed(forensics.Event{Account: user, Actor: user, IP: ip("192.0.2.7"), Protocol: "imap",
				Operation: "Disconnected", Detail: "auth failed, 1 attempts, repeated 3 times"}))}},
		{"name_that_forges_an_address", "imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<a>, rip=203.0.113.1, lip=1.1.1.1, session=<forged>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2, session=<true>", []forensics.Event{
			want(forensics.LoginFailed, "Failed login", failed(forensics.Event{Account: "a>, rip=203.0.113.1, lip=1.1.1.1, session=<forged", Actor: "a>, rip=203.0.113.1, lip=1.1.1.1, session=<forged",
				IP: ip("192.0.2.7"), Protocol: "imap", Session: "true", Operation: "Disconnected", Detail: "auth failed, 1 attempts in 2 secs"}))}},
		{"password_right_no_session", "imap-login: Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10): user=<pat@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2, TLS", []forensics.Event{
			want(forensics.Other, "Login process", failed(forensics.Event{Account: user, Actor: user, IP: ip("192.0.2.7"), Protocol: "imap", Operation: "Maximum number of connections from user+IP exceeded",
				Detail: "Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)"}))}},
		{"scanner", "imap-login: Disconnected (no auth attempts in 0 secs): user=<>, rip=192.0.2.7, lip=198.51.100.2, TLS handshaking: SSL_accept() failed", nil},
		{"scanner_2_4", "imap-login: Login aborted: Connection closed (no auth attempts in 0 secs) (no_auth_attempts): user=<>, rip=192.0.2.7, lip=198.51.100.2", nil},
		{"client_id", "imap-login: ID sent: name=Thunderbird, version=115.0, os=Linux: user=<>, rip=192.0.2.7, lip=198.51.100.2, session=<Fv3kQ2nZ7cXAAgIH>", []forensics.Event{
			want(forensics.Other, "Client identification", forensics.Event{IP: ip("192.0.2.7"), Protocol: "imap", Session: "Fv3kQ2nZ7cXAAgIH", Operation: "ID",
				Client: "Thunderbird 115.0", Detail: "name=Thunderbird, version=115.0, os=Linux"})}},
		{"client_id_in_session", proc + "ID sent: vendor=Example", []forensics.Event{
			want(forensics.Other, "Client identification", func() forensics.Event {
				e := owned(forensics.Event{Operation: "ID", Client: "vendor=Example", Detail: "vendor=Example"})
				e.Outcome = forensics.OutcomeNone
				return e
			}())}},

		{"auth_unknown_user", "auth-worker(24544): sql(pat,192.0.2.7): unknown user (given password: hunter2)", []forensics.Event{
			want(forensics.LoginFailed, "Failed authentication", failed(forensics.Event{Account: "pat", Actor: "pat", IP: ip("192.0.2.7"), Operation: "sql", Detail: "unknown user"}))}},
		{"auth_session", "auth: Info: passwd-file(pat,192.0.2.7,master,<abc>): Password mismatch (SHA1 of given password: 21bd12)", []forensics.Event{
			want(forensics.LoginFailed, "Failed authentication", failed(forensics.Event{Account: "pat", Actor: "pat", IP: ip("192.0.2.7"), Session: "abc", Operation: "passwd-file", Detail: "password mismatch"}))}},
		{"auth_conn", "auth-worker(63712): Info: conn unix:auth-worker (pid=58074,uid=109): auth-worker<4>: pam(pat,2001:db8::7): pam_authenticate() failed: Authentication failure (Password mismatch?)", []forensics.Event{
			want(forensics.LoginFailed, "Failed authentication", failed(forensics.Event{Account: "pat", Actor: "pat", IP: ip("2001:db8::7"), Operation: "pam", Detail: "refused by PAM"}))}},
		{"auth_2_4", "auth-worker(pat,192.0.2.7)<1489164><8oNSumM3A8mK/86a>: request [393]: Info: sql: Password mismatch", []forensics.Event{
			want(forensics.LoginFailed, "Failed authentication", failed(forensics.Event{Account: "pat", Actor: "pat", IP: ip("192.0.2.7"), Session: "8oNSumM3A8mK/86a", Operation: "sql", Detail: "password mismatch"}))}},
		{"auth_2_4_no_level", "auth(pat,192.0.2.7,sasl:plain)<8oNSumM3A8mK/86a>: ldap: unknown user", []forensics.Event{
			want(forensics.LoginFailed, "Failed authentication", failed(forensics.Event{Account: "pat", Actor: "pat", IP: ip("192.0.2.7"), Session: "8oNSumM3A8mK/86a", Operation: "ldap", Detail: "unknown user"}))}},
		{"auth_password_that_forges", "auth-worker(1): sql(pat,192.0.2.7): unknown user (given password: x,203.0.113.1): unknown user)", []forensics.Event{
			want(forensics.LoginFailed, "Failed authentication", failed(forensics.Event{Account: "pat", Actor: "pat", IP: ip("192.0.2.7"), Operation: "sql", Detail: "unknown user"}))}},
		{"auth_named_twice", "dovecot: auth(default): pam(pat,192.0.2.7): pam_authenticate() failed: User not known to the underlying authentication module", []forensics.Event{
			want(forensics.LoginFailed, "Failed authentication", failed(forensics.Event{Account: "pat", Actor: "pat", IP: ip("192.0.2.7"), Operation: "pam", Detail: "unknown user"}))}},
		{"auth_pam_itself", "pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=pat rhost=203.0.113.1 rhost=192.0.2.7  user=root", []forensics.Event{
			want(forensics.LoginFailed, "Failed authentication", failed(forensics.Event{Account: "pat rhost=203.0.113.1", Actor: "pat rhost=203.0.113.1", IP: ip("192.0.2.7"), Operation: "pam_unix", Detail: "refused by PAM"}))}},
		{"auth_debug", "auth: Debug: client passdb out: FAIL\t1\tuser=pat\tpass=hunter2", nil},
		{"auth_error", "auth: Error: sql(pat,192.0.2.7): Password query failed: Not connected", nil},

		{"delete", proc + "delete: box=INBOX, uid=4711, msgid=<m1@example.net>, size=8123", []forensics.Event{
			want(forensics.MailDeleted, "Mail log", owned(forensics.Event{Operation: "delete", Folder: "INBOX", UID: 4711, MessageID: "m1@example.net", Reasons: []string{"log"}}))}},
		{"expunge_no_folder", proc + "expunge: uid=4711, msgid=<m1@example.net>, size=8123", []forensics.Event{
			want(forensics.MailPurged, "Mail log", owned(forensics.Event{Operation: "expunge", UID: 4711, MessageID: "m1@example.net", Reasons: []string{"log"}}))}},
		{"expunged_old", "imap(pat@example.org): expunged: box=INBOX, uid=1,2,7, msgid=, size=1", []forensics.Event{
			want(forensics.MailPurged, "Mail log", success(forensics.Event{Account: user, Actor: user, Protocol: "imap", Operation: "expunged", Folder: "INBOX", UIDs: []uint32{1, 2, 7}, Reasons: []string{"log"}}))}},
		{"autoexpunge", proc + "autoexpunge: box=Trash, uid=3, msgid=<m1@example.net>, size=8123", []forensics.Event{
			want(forensics.MailPurged, "Mail log", func() forensics.Event {
				e := owned(forensics.Event{Operation: "autoexpunge", Folder: "Trash", UID: 3, MessageID: "m1@example.net", Reasons: []string{"log"}, Detail: "by the server itself (autoexpunge)"})
				e.Actor = ""
				return e
			}())}},
		{"all_fields", proc + "expunge: box=Käse, uid=4, msgid=<m1@example.net>, size=8, vsize=9, from=Bank, flags=(x) <no-reply@bank.example>, subject=Reset, uid=9, box=Spam, flags=(\\Seen)", []forensics.Event{
			want(forensics.MailPurged, "Mail log", owned(forensics.Event{Operation: "expunge", Folder: "Käse", UID: 4, MessageID: "m1@example.net", From: "no-reply@bank.example",
				Subject: "Reset, uid=9, box=Spam", Reasons: []string{"log"}}))}},
		{"subject_encoded", proc + "delete: uid=4, msgid=<m1@example.net>, subject==?utf-8?q?Gr=C3=BC=C3=9Fe?=", []forensics.Event{
			want(forensics.MailDeleted, "Mail log", owned(forensics.Event{Operation: "delete", UID: 4, MessageID: "m1@example.net", Subject: "Grüße", Reasons: []string{"log"}}))}},
		{"copy_to_trash", proc + "copy from INBOX: box=INBOX.Papierkorb, uid=12, msgid=<m1@example.net>, size=8123", []forensics.Event{
			want(forensics.MailDeleted, "Mail log", owned(forensics.Event{Operation: "copy from INBOX", Folder: "INBOX.Papierkorb", UID: 12, MessageID: "m1@example.net", Detail: "copied from INBOX", Reasons: []string{"log"}}))}},
		{"copy_to_trash_old", proc + "copy -> Trash: box=INBOX, uid=12, msgid=<m1@example.net>, size=8123", []forensics.Event{
			want(forensics.MailDeleted, "Mail log", owned(forensics.Event{Operation: "copy -> Trash", Folder: "INBOX", UID: 12, MessageID: "m1@example.net", Detail: "copied to Trash", Reasons: []string{"log"}}))}},
		{"copy_out_of_trash", proc + "copy from Trash: box=INBOX, uid=12, msgid=<m1@example.net>, size=8123", []forensics.Event{
			want(forensics.MailMoved, "Mail log", owned(forensics.Event{Operation: "copy from Trash", Folder: "INBOX", UID: 12, MessageID: "m1@example.net", Detail: "copied from Trash"}))}},
		{"append", proc + "save: box=Sent, uid=error, msgid=<m1@example.net>, size=8123", []forensics.Event{
			want(forensics.Other, "Mail log", owned(forensics.Event{Operation: "save", Folder: "Sent", MessageID: "m1@example.net", Detail: "stored by the client (APPEND)"}))}},
		{"undelete", proc + "undelete: uid=12, msgid=<m1@example.net>, size=8123", []forensics.Event{
			want(forensics.Other, "Mail log", owned(forensics.Event{Operation: "undelete", UID: 12, MessageID: "m1@example.net", Detail: "no longer marked as deleted"}))}},
		{"flags", proc + "flag_change: uid=12, msgid=<m1@example.net>, flags=(\\Seen $Phishing)", []forensics.Event{
			want(forensics.Other, "Mail log", owned(forensics.Event{Operation: "flag_change", UID: 12, MessageID: "m1@example.net", Detail: `flags now \Seen $Phishing`}))}},
		{"folder_deleted", proc + "Mailbox deleted: Archive/2022", []forensics.Event{
			want(forensics.MailPurged, "Mail log", owned(forensics.Event{Operation: "Mailbox deleted", Folder: "Archive/2022", Reasons: []string{"log"}, Detail: "the folder was deleted, with whatever was in it"}))}},
		{"folder_renamed", proc + "Mailbox renamed: A -> B", []forensics.Event{
			want(forensics.Other, "Mail log", owned(forensics.Event{Operation: "Mailbox renamed", Folder: "A", Detail: "renamed to B"}))}},
		{"administrator", "doveadm(pat@example.org)<7><Fv3kQ2nZ7cXAAgIH>: expunge: box=INBOX, uid=4, msgid=<m1@example.net>, size=8", []forensics.Event{
			want(forensics.MailPurged, "Mail log", success(forensics.Event{Account: user, Session: "Fv3kQ2nZ7cXAAgIH", Operation: "expunge", Folder: "INBOX", UID: 4, MessageID: "m1@example.net",
				Reasons: []string{"log"}, Detail: "by an administrator's command (doveadm)"}))}},

		{"delivery", "lmtp(pat@example.org)<99><Yx0:1>: msgid=<m1@example.net>: saved mail to INBOX", []forensics.Event{
			want(forensics.MailReceived, "Delivery", success(forensics.Event{Account: user, Actor: "", Protocol: "lmtp", Session: "Yx0:1", Operation: "saved mail to", MessageID: "m1@example.net", Folder: "INBOX"}))}},
		{"delivery_2_2", "lmtp(12345, pat@example.org): cFtwHqUXXVTjMAAA: sieve: msgid=<m1@example.net>: stored mail into mailbox 'Junk'", []forensics.Event{
			want(forensics.MailReceived, "Delivery", success(forensics.Event{Account: user, Protocol: "lmtp", Session: "cFtwHqUXXVTjMAAA", Operation: "stored mail into mailbox", MessageID: "m1@example.net", Folder: "Junk"}))}},
		{"delivery_forwarded", "lda(pat@example.org)<99><Yx0>: sieve: msgid=<m1@example.net>: redirect action: forwarded to <drop@example.com>", []forensics.Event{
			want(forensics.MailSent, "Delivery", success(forensics.Event{Account: user, Session: "Yx0", Operation: "forwarded to", MessageID: "m1@example.net",
				To: []string{"drop@example.com"}, Detail: "forwarded by a Sieve filter"}))}},
		{"delivery_2_4_discard", "lmtp(pat@example.org)<99><Yx0>: sieve: msgid=unspecified: discard action: Marked message to be discarded if not explicitly delivered (discard action)", []forensics.Event{
			want(forensics.Other, "Delivery", success(forensics.Event{Account: user, Protocol: "lmtp", Session: "Yx0", Operation: "marked message to be discarded", Detail: "marked by a Sieve filter to be discarded"}))}},
		{"delivery_vacation", "lmtp(pat@example.org)<99><Yx0>: sieve: msgid=<m1@example.net>: sent vacation response to <a@example.net>", []forensics.Event{
			want(forensics.MailSent, "Delivery", success(forensics.Event{Account: user, Protocol: "lmtp", Session: "Yx0", Operation: "sent vacation response to", MessageID: "m1@example.net",
				To: []string{"a@example.net"}, Detail: "automatic reply (vacation)"}))}},
		{"delivery_failed", "lda(pat@example.org)<99><Yx0>: sieve: msgid=<m1@example.net>: failed to store into mailbox 'INBOX': Quota exceeded", []forensics.Event{
			want(forensics.Other, "Delivery", failed(forensics.Event{Account: user, Session: "Yx0", Operation: "failed to store into mailbox", MessageID: "m1@example.net", Detail: "could not be stored"}))}},
		{"delivery_forged", "lmtp(pat@example.org)<99><Yx0>: msgid=<a: forwarded to <x@example.com>: saved mail to INBOX", []forensics.Event{
			want(forensics.MailReceived, "Delivery", success(forensics.Event{Account: user, Protocol: "lmtp", Session: "Yx0", Operation: "saved mail to",
				MessageID: "a: forwarded to <x@example.com", Folder: "INBOX"}))}},
		{"delivery_saved", "lmtp(pat@example.org)<99><Yx0>: save: box=INBOX, uid=7, msgid=<m1@example.net>, size=8", []forensics.Event{
			want(forensics.MailReceived, "Mail log", success(forensics.Event{Account: user, Session: "Yx0", Protocol: "lmtp", Operation: "save", MessageID: "m1@example.net", Folder: "INBOX", UID: 7}))}},

		{"session_read", proc + "Disconnected: Logged out in=146 out=1297400 deleted=0 expunged=0 trashed=2 hdr_count=118 hdr_bytes=97400 body_count=12 body_bytes=1100000", []forensics.Event{
			want(forensics.MailRead, "Session end", owned(forensics.Event{Operation: "Disconnected: Logged out", Detail: "118 headers, 12 bodies, 1.2 MB; 2 moved to the Trash"}))}},
		{"session_expunged", proc + "Logged out in=146 out=1297 deleted=3 expunged=3 trashed=0 hdr_count=1 hdr_bytes=999 body_count=0 body_bytes=0", []forensics.Event{
			want(forensics.MailRead, "Session end", owned(forensics.Event{Operation: "Logged out", Detail: "1 header, 999 bytes"})),
			want(forensics.MailPurged, "Session end", owned(forensics.Event{Operation: "Logged out", Detail: "3 messages expunged in the session; 3 marked as deleted", Reasons: []string{"log"}}))}},
		{"session_quiet", proc + "Disconnected: Connection closed (IDLE running for 0.001 + waiting input for 1.2 secs, state=wait-input) in=46 out=97 deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0", []forensics.Event{
			want(forensics.Other, "Session end", owned(forensics.Event{Operation: "Disconnected: Connection closed"}))}},
		{"session_pop3", "pop3(pat@example.org)<4242><Fv3kQ2nZ7cXAAgIH>: Disconnected: Logged out top=0/0, retr=2/2345, del=1/12, size=34567", []forensics.Event{
			want(forensics.MailRead, "Session end", success(forensics.Event{Account: user, Actor: user, Protocol: "pop3", Session: "Fv3kQ2nZ7cXAAgIH", Operation: "Disconnected: Logged out", Detail: "2 bodies, 2.3 kB"})),
			want(forensics.MailPurged, "Session end", success(forensics.Event{Account: user, Actor: user, Protocol: "pop3", Session: "Fv3kQ2nZ7cXAAgIH", Operation: "Disconnected: Logged out",
				Detail: "1 message expunged in the session", Reasons: []string{"log"}}))}},
		{"session_without_counts", proc + "Disconnected: Logged out", nil},
		{"master", "master: Dovecot v2.3.19 starting up for imap, lmtp", nil},
		{"lmtp_connect", "lmtp(113): Connect from 192.0.2.7", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line := stampText + " mail dovecot: " + tt.msg + "\n"
			s := parseText(t, line)
			diffEvents(t, line, tt.want, s.Events())
			if s.Read+len(s.Skipped) != 1 || len(s.Lost) > 0 {
				t.Errorf("%s: got %s", line, s.Summary())
			}
			if e := fmt.Sprintf("%+v", s.Events()); strings.Contains(e, "hunter2") || strings.Contains(e, "21bd12") {
				t.Errorf("a password reached an event: %s", e)
			}
		})
	}
}

func TestConformance(t *testing.T) {
	plain := strings.Join([]string{
		"Nov 14 03:12:07 mail dovecot: imap-login: Login: user=<pät@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2, mpid=4242, TLS, session=<Fv3kQ2nZ7cXAAgIH>",
		"Nov 14 03:12:08 mail postfix/smtpd[77]: connect from unknown[192.0.2.9]",
		"Nov 14 03:12:09 mail dovecot: imap(pät@example.org)<4242><Fv3kQ2nZ7cXAAgIH>: delete: box=INBOX, uid=7, msgid=<1@example.org>, size=812, subject=Grüße",
		"",
		"Nov 14 03:12:11 mail dovecot: auth-worker(9): sql(pat,192.0.2.7): Password mismatch",
		"Nov 14 03:12:12 mail postfix/smtpd[77]: warning: unknown[192.0.2.9]: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
		"Nov 14 03:12:13 mail dovecot: imap(pät@example.org)<4242><Fv3kQ2nZ7cXAAgIH>: Logged out in=1 out=2 deleted=1 expunged=1 trashed=0 hdr_count=4 hdr_bytes=5 body_count=6 body_bytes=7",
	}, "\n") + "\n"
	c := formattest.Case{
		Valid: map[string]formattest.Sample{"mixed": {Data: []byte(plain), Records: 5, Skipped: 1, Events: 6}},
		Bad:   []byte("Jan 32 99:99:99 mail dovecot: imap-login: Login: user=<\n"),
	}
	t.Run("dovecot", func(t *testing.T) { formattest.Suite(t, Dovecot{}, c) })
	t.Run("postfix", func(t *testing.T) { formattest.Suite(t, Postfix{}, c) })
}

func TestMatch(t *testing.T) {
	line := "Nov 14 03:12:07 mail dovecot: imap-login: Login: user=<pat@example.org>, rip=192.0.2.7, lip=198.51.100.2\n"
	noise := "Nov 14 03:12:07 mail postfix/qmgr[7]: ABC: removed\n"
	tests := []struct {
		name, head   string
		low, high    int
		postfixAbove bool
	}{
		{"only_dovecot", strings.Repeat(line, 10), 90, 100, false},
		{"one_line_in_a_mail_log", strings.Repeat(noise, 900) + line, 84, 90, false},
		{"one_line_in_a_syslog", strings.Repeat("Nov 14 03:12:07 mail systemd[1]: Started.\n", 1000) + line, 40, 45, false},
		{"no_dovecot", strings.Repeat(noise, 10), -100, -1, true},
		{"cut_line", line + line[:40], 60, 100, false},
		{"prose", "dovecot: imap-login: Login: user=<pat@example.org>\n", 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := formattest.Head("mail.log", []byte(tt.head))
			g := Dovecot{}.Match(h)
			if g.Score < tt.low || g.Score > tt.high {
				t.Errorf("got score %d (%s), want %d to %d", g.Score, g.Why, tt.low, tt.high)
			}
			if above := (Postfix{}).Match(h).Score > g.Score; above != tt.postfixAbove {
				t.Errorf("Postfix is above Dovecot: got %v, want %v", above, tt.postfixAbove)
			}
		})
	}
}

// TestFacts: the same line in two logs has the same fact, whatever the prefix; lines that
// happened twice have not.
func TestFacts(t *testing.T) {
	const msg = "imap(pat@example.org)<4242><Fv3kQ2nZ7cXAAgIH>: %sexpunge: box=INBOX, uid=%s, msgid=%s, size=8123\n"
	fact := func(line string) string {
		ev := parseText(t, line).Events()
		if len(ev) != 1 {
			t.Fatalf("%s: %d events, want 1", line, len(ev))
		}
		return ev[0].Fact
	}
	a := fact("Nov 14 03:12:07 mail dovecot: " + fmt.Sprintf(msg, "", "7", "<m@example.net>"))
	b := fact("2022-11-14 04:12:07 " + fmt.Sprintf(msg, "Info: ", "7", "<m@example.net>"))
	if a == "" || a != b {
		t.Errorf("one expunge in two logs: got facts %q and %q, want the same", a, b)
	}
	if c := fact("Nov 14 03:12:07 mail dovecot: " + fmt.Sprintf(msg, "", "8", "<m@example.net>")); c == a {
		t.Errorf("another UID has the same fact %q", c)
	}
	if c := fact("Nov 14 03:12:07 mail dovecot: " + fmt.Sprintf(msg, "", "", "")); c != "" {
		t.Errorf("a line that names no message: got fact %q, want none", c)
	}
	saved := fact("Nov 14 03:12:07 mail dovecot: lmtp(pat@example.org)<9><Fv3kQ2nZ7cXAAgIH:1>: save: box=INBOX, uid=7, msgid=<m@example.net>, size=8\n")
	stored := fact("Nov 14 03:12:08 mail dovecot: lmtp(pat@example.org)<9><Fv3kQ2nZ7cXAAgIH:1>: msgid=<m@example.net>: saved mail to INBOX\n")
	if saved == "" || saved != stored {
		t.Errorf("one delivery in two lines: got facts %q and %q, want the same", saved, stored)
	}
}

// TestPublicCorpus counts over the public samples of the CrowdSec hub. The truth is grep's, summed
// over the files:
//
//	grep -cE 'Login: user=' dovecot-*/*.log                                      1
//	grep -cE 'auth failed|unknown user|pam_authenticate' dovecot-*/*.log        45
//	grep -cE 'no auth attempts' dovecot-*/*.log                                   1
//	grep -cE 'authenticator failed for' exim-*/*.log                           16 of 37 lines
//	grep -cE 'SASL [A-Z]+ authentication failed' postfix-*/*.log                 17 of 30 lines
func TestPublicCorpus(t *testing.T) {
	root := corpustest.Dir(t)
	count := func(f format.Format, pattern string) map[string]int {
		paths, err := filepath.Glob(filepath.Join(root, "crowdsec-hub", pattern, "*.log"))
		if err != nil || len(paths) == 0 {
			t.Skipf("no samples under %s", filepath.Join(root, "crowdsec-hub", pattern))
		}
		got := map[string]int{}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if g := f.Match(formattest.Head(path, b)); g.Score <= 0 {
				t.Errorf("%s: score %d, want more than 0", path, g.Score)
			}
			s, err := formattest.Parse(f, b)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range s.Events() {
				got[e.Kind.String()]++
				if !e.IP.IsValid() {
					t.Errorf("%s: no address in %+v", path, e)
				}
			}
			got["skipped"] += len(s.Skipped)
			got["broken"] += len(s.Lost)
		}
		t.Logf("%s: checked %d files", pattern, len(paths))
		return got
	}
	if d := cmp.Diff(map[string]int{"login-succeeded": 1, "login-failed": 45, "skipped": 1, "broken": 0}, count(Dovecot{}, "dovecot-*")); d != "" {
		t.Errorf("dovecot (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]int{"login-failed": 16, "skipped": 21, "broken": 0}, count(Exim{}, "exim-*")); d != "" {
		t.Errorf("exim (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]int{"login-failed": 17, "skipped": 13, "broken": 0}, count(Postfix{}, "postfix-*")); d != "" {
		t.Errorf("postfix (-want +got):\n%s", d)
	}
}

func benchmarkLog(n int) []byte {
	lines := []string{
		"Nov 14 03:12:07 mail dovecot: imap-login: Login: user=<pat@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2, mpid=4242, TLS, session=<Fv3kQ2nZ7cXAAgIH>\n",
		"Nov 14 03:12:08 mail postfix/smtpd[77]: connect from unknown[192.0.2.9]\n",
		"Nov 14 03:12:08 mail postfix/qmgr[77]: 4F2A11C0D2: from=<a@example.net>, size=8812, nrcpt=1 (queue active)\n",
		"Nov 14 03:12:09 mail dovecot: imap(pat@example.org)<4242><Fv3kQ2nZ7cXAAgIH>: delete: box=INBOX, uid=7, msgid=<1@example.org>, size=812\n",
		"Nov 14 03:12:10 mail dovecot: imap-login: Disconnected (no auth attempts in 0 secs): user=<>, rip=192.0.2.8, lip=198.51.100.2, TLS, session=<abc>\n",
		"Nov 14 03:12:13 mail dovecot: imap(pat@example.org)<4242><Fv3kQ2nZ7cXAAgIH>: Logged out in=1 out=2 deleted=0 expunged=0 trashed=0 hdr_count=4 hdr_bytes=5 body_count=6 body_bytes=7\n",
		"Nov 14 03:12:14 mail dovecot: auth-worker(9): sql(pat,192.0.2.7): Password mismatch\n",
	}
	var b bytes.Buffer
	for i := range n {
		b.WriteString(lines[i%len(lines)])
	}
	return b.Bytes()
}

// drop is a sink that keeps nothing.
type drop struct{}

func (drop) Record(*format.Record) error  { return nil }
func (drop) Skip(forensics.Ref)           {}
func (drop) Broken(forensics.Ref, string) {}
func (drop) Warn(forensics.Ref, string)   {}

func BenchmarkDovecot(b *testing.B) {
	const n = 70000
	data := benchmarkLog(n)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := (Dovecot{}).Parse(context.Background(), formattest.Input("", data), drop{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

func BenchmarkMatch(b *testing.B) {
	h := formattest.Head("", benchmarkLog(700))
	for b.Loop() {
		Dovecot{}.Match(h)
	}
}

func FuzzDovecot(f *testing.F) {
	f.Add(benchmarkLog(7))
	f.Add([]byte("<13>1 2024-02-29T03:14:52.123456-07:00 h dovecot 1 - [a b=\"]\"] imap(a)<1><b>: copy from x: box=Trash, uid=1:9, msgid=<a>, subject==?x?q?=\n"))
	f.Add([]byte("d-1  | 2024-02-29T03:14:52Z Feb 29 03:14:52 lmtp(1, a): x: sieve: msgid=<a>: stored mail into mailbox 'x'\n"))
	f.Add([]byte("Sat Feb  7 03:14:52 2026 h dovecot[1]: message repeated 2 times: [ auth-worker(a,1.1.1.1)<1><s>: request [1]: sql: unknown user]\n"))
	f.Add([]byte("Feb  7 03:14:52 h postfix/smtpd[1]: A: client=h[::1]:5, sasl_method=PLAIN, sasl_username=u, sasl_sender=v\n"))
	f.Add([]byte(`{"log":"Nov 14 04:12:07 mail dovecot: imap-login: Login: user=<p>, rip=::1\n","time":"2022-11-14T03:12:07.5Z"}`))
	f.Add([]byte(`{"__REALTIME_TIMESTAMP":"1668395527000001","SYSLOG_IDENTIFIER":"dovecot","MESSAGE":[105,109]}`))
	f.Add([]byte("2022-11-14 03:12:07 1ouQ2d-0001Ab-Cd <= p H=h (x) [::1]:5 P=esmtpsa A=l:p S=8 id=m T=\"a\" for b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		Dovecot{}.Match(formattest.Head("", data))
		s, err := formattest.Parse(Dovecot{}, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range s.Records {
			if r.Ref.Offset < 0 || r.Ref.Length <= 0 || r.Ref.Offset+r.Ref.Length > int64(len(data)) {
				t.Fatalf("ref %+v leaves the %d bytes", r.Ref, len(data))
			}
			if len(r.Events) == 0 {
				t.Fatal("a record without events")
			}
		}
	})
}

// A session's summary does not repeat the deletions that mail_log named, and still counts what
// it did not name.
func TestSummaryDoesNotRepeatNamedExpunges(t *testing.T) {
	const prefix = "2023-02-07T03:19:58+00:00 mail dovecot: imap(pat@example.net)<77><b7Hf0w3D5L7LAHFN>: "
	const named = prefix + "expunge: box=INBOX, uid=4711, msgid=<m1@example.com>, size=8123\n"
	summary := func(expunged int) string {
		return prefix + fmt.Sprintf("Disconnected: Logged out in=300 out=9000 deleted=1 expunged=%d trashed=0 hdr_count=2 hdr_bytes=900 body_count=0 body_bytes=0\n", expunged)
	}
	for _, tt := range []struct {
		name, log string
		purged    int
	}{
		{"named", named + summary(1), 1},
		{"more_than_named", named + summary(3), 2},
		{"not_named", summary(3), 1},
		{"another_session", strings.ReplaceAll(named, "b7Hf0w3D", "c7Hf0w3D") + summary(1), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sink := &formattest.Sink{}
			if err := (Dovecot{}).Parse(t.Context(), &format.Input{Reader: strings.NewReader(tt.log)}, sink); err != nil {
				t.Fatal(err)
			}
			purged := 0
			for _, r := range sink.Records {
				for _, e := range r.Events {
					if e.Kind == forensics.MailPurged {
						purged++
					}
				}
			}
			if purged != tt.purged {
				t.Errorf("%d mail-purged events, want %d", purged, tt.purged)
			}
		})
	}
}
