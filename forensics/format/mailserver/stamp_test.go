package mailserver

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

func TestPrefixes(t *testing.T) {
	const msg = "imap-login: Info: Login: user=<pat@example.org>, rip=192.0.2.7, lip=198.51.100.2"
	type stamp struct {
		Time, Zone string
		Precision  forensics.Precision
		NoYear     bool
		Original   string
		Second     string
	}
	tests := []struct {
		name, prefix string
		want         stamp
	}{
		{"bsd", "Nov 14 03:12:07 mail dovecot[7508]: ", stamp{"1972-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, true, "Nov 14 03:12:07", ""}},
		{"bsd_one_digit", "Nov  4 03:12:07 mail dovecot: ", stamp{"1972-11-04T03:12:07Z", "missing", forensics.PrecisionSecond, true, "Nov  4 03:12:07", ""}},
		{"bsd_one_blank", "Nov 4 03:12:07 mail dovecot: ", stamp{"1972-11-04T03:12:07Z", "missing", forensics.PrecisionSecond, true, "Nov 4 03:12:07", ""}},
		{"bsd_leap_day", "Feb 29 03:12:07 mail dovecot: ", stamp{"1972-02-29T03:12:07Z", "missing", forensics.PrecisionSecond, true, "Feb 29 03:12:07", ""}},
		{"bsd_year", "Nov 14 2022 03:12:07 mail dovecot: ", stamp{"2022-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, false, "Nov 14 2022 03:12:07", ""}},
		{"bsd_priority", "<22>Nov 14 03:12:07 mail dovecot: ", stamp{"1972-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, true, "Nov 14 03:12:07", ""}},
		{"bsd_micro", "Nov 14 03:12:07.123456 mail dovecot[1]: ", stamp{"1972-11-14T03:12:07.123456Z", "missing", forensics.PrecisionMicro, true, "Nov 14 03:12:07.123456", ""}},
		{"bsd_no_host", "Nov 14 03:12:07 dovecot[1]: ", stamp{"1972-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, true, "Nov 14 03:12:07", ""}},
		{"busybox", "Nov 14 03:12:07 mail mail.info dovecot: ", stamp{"1972-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, true, "Nov 14 03:12:07", ""}},
		{"rfc3339", "2022-11-14T03:12:07.123456-07:00 mail dovecot: ", stamp{"2022-11-14T10:12:07.123456Z", "-07:00", forensics.PrecisionMicro, false, "2022-11-14T03:12:07.123456-07:00", ""}},
		{"journald_iso", "2022-11-14T03:12:07+0100 mail dovecot[12]: ", stamp{"2022-11-14T02:12:07Z", "+01:00", forensics.PrecisionSecond, false, "2022-11-14T03:12:07+0100", ""}},
		{"journald_full", "Mon 2022-11-14 03:12:07 CET mail dovecot[12]: ", stamp{"2022-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, false, "Mon 2022-11-14 03:12:07 CET", ""}},
		{"journald_full_utc", "Mon 2022-11-14 03:12:07 UTC mail dovecot[12]: ", stamp{"2022-11-14T03:12:07Z", "utc", forensics.PrecisionSecond, false, "Mon 2022-11-14 03:12:07 UTC", ""}},
		{"rfc5424", "<22>1 2022-11-14T03:12:07.5Z mail dovecot 12 - [x@1 a=\"]\\\"\"][y] \xEF\xBB\xBF", stamp{"2022-11-14T03:12:07.500Z", "utc", forensics.PrecisionMilli, false, "2022-11-14T03:12:07.5Z", ""}},
		{"rfc5424_no_data", "<22>1 2022-11-14T03:12:07Z mail dovecot - - - ", stamp{"2022-11-14T03:12:07Z", "utc", forensics.PrecisionSecond, false, "2022-11-14T03:12:07Z", ""}},
		{"own", "2022-11-14 03:12:07 ", stamp{"2022-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, false, "2022-11-14 03:12:07", ""}},
		{"own_zone", "2022-11-14 03:12:07+01:00 ", stamp{"2022-11-14T02:12:07Z", "+01:00", forensics.PrecisionSecond, false, "2022-11-14 03:12:07+01:00", ""}},
		{"own_bsd", "Nov 14 03:12:07 ", stamp{"1972-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, true, "Nov 14 03:12:07", ""}},
		{"own_ctime", "Mon Nov 14 03:12:07 2022 ", stamp{"2022-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, false, "Mon Nov 14 03:12:07 2022", ""}},
		{"compose", "dovecot-mailcow-1  | Nov 14 03:12:07 1a2b3c dovecot: ", stamp{"1972-11-14T03:12:07Z", "missing", forensics.PrecisionSecond, true, "Nov 14 03:12:07", ""}},
		{"docker_own_stamp", "2022-11-14T03:12:08.123456789Z Nov 14 04:12:07 ", stamp{"2022-11-14T03:12:08.123456789Z", "utc", forensics.PrecisionNano, false, "2022-11-14T03:12:08.123456789Z", "Nov 14 04:12:07"}},
		{"kubernetes", "2022-11-14T03:12:08.123456789Z stdout F Nov 14 04:12:07 ", stamp{"2022-11-14T03:12:08.123456789Z", "utc", forensics.PrecisionNano, false, "2022-11-14T03:12:08.123456789Z", "Nov 14 04:12:07"}},
		{"docker_syslog_driver", "Nov 14 03:12:08 host mailu/dovecot-1[99]: 2022-11-14T02:12:07Z ", stamp{"2022-11-14T02:12:07Z", "utc", forensics.PrecisionSecond, false, "2022-11-14T02:12:07Z", "Nov 14 03:12:08"}},
		{"tai64n", "@400000006371b041077a9e94 ", stamp{"2022-11-14T03:04:23.125476500Z", "utc", forensics.PrecisionNano, false, "@400000006371b041077a9e94", ""}},
		{"leap_second", "2016-12-31T23:59:60Z mail dovecot: ", stamp{"2017-01-01T00:00:00Z", "utc", forensics.PrecisionSecond, false, "2016-12-31T23:59:60Z", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line := tt.prefix + msg + "\r\n"
			s := parseText(t, line)
			ev := s.Events()
			if len(ev) != 1 || ev[0].Kind != forensics.LoginSucceeded || ev[0].Account != "pat@example.org" {
				t.Fatalf("%q: got %s %+v, want one login", line, s.Summary(), ev)
			}
			tm := ev[0].Time
			got := stamp{Time: tm.RFC3339(), Zone: tm.ZoneText(), Precision: tm.Precision, NoYear: tm.YearMissing, Original: tm.Original}
			if len(ev[0].Others) > 0 {
				got.Second = ev[0].Others[0].Original
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("%q\n(-want +got):\n%s", line, d)
			}
		})
	}
}

func TestWrappedLines(t *testing.T) {
	const login = `imap-login: Login: user=<pat@example.org>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.2`
	tests := []struct {
		name, line, time, second string
		broken                   int
	}{
		{"docker", `{"log":"Nov 14 04:12:07 mail dovecot: ` + login + `\n","stream":"stdout","time":"2022-11-14T03:12:07.5Z"}`, "2022-11-14T03:12:07.500Z", "Nov 14 04:12:07", 0},
		{"docker_own_zone", `{"log":"2022-11-14T04:12:06+01:00 mail dovecot: ` + login + `\n","stream":"stdout","time":"2022-11-14T03:12:07.5Z"}`, "2022-11-14T03:12:06Z", "2022-11-14T03:12:07.5Z", 0},
		{"docker_no_stamp", `{"log":"dovecot: ` + login + `\n","stream":"stdout","time":"2022-11-14T03:12:07.5Z"}`, "2022-11-14T03:12:07.500Z", "", 0},
		{"journald", `{"__REALTIME_TIMESTAMP":"1668395527000001","SYSLOG_IDENTIFIER":"dovecot","MESSAGE":"` + login + `"}`, "2022-11-14T03:12:07.000001Z", "", 0},
		{"cut", `{"log":"Nov 14 04:12:07 mail dovecot: ` + login, "", "", 1},
		{"twice", `{"log":"{\"log\":\"dovecot: x\"}","time":"2022-11-14T03:12:07.5Z"}`, "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := parseText(t, tt.line+"\n")
			var at, second string
			for _, e := range s.Events() {
				if e.Kind != forensics.LoginSucceeded || e.Account != "pat@example.org" {
					t.Errorf("got %+v, want a login of pat@example.org", e)
				}
				at = e.Time.RFC3339()
				for _, o := range e.Others {
					second = o.Original
				}
			}
			if at != tt.time || second != tt.second || len(s.Lost) != tt.broken {
				t.Errorf("got time %q, second %q, %s; want %q, %q, %d broken", at, second, s.Summary(), tt.time, tt.second, tt.broken)
			}
		})
	}
}

func TestTimesThatCannotBe(t *testing.T) {
	for _, stamp := range []string{"Feb 30 03:12:07", "Nov 14 24:12:07", "Nov 14 03:60:07", "2022-13-14T03:12:07Z", "2023-02-29T03:12:07Z",
		"2022-11-14T03:12:07+99:00", "Nov 14", "", "2022-11-14"} {
		s := parseText(t, stamp+" mail dovecot: imap-login: Login: user=<pat@example.org>, rip=192.0.2.7\n")
		if len(s.Lost) != 1 || s.Read != 0 {
			t.Errorf("%q: got %s, want one broken line", stamp, s.Summary())
		}
	}
}

func TestPostfixLines(t *testing.T) {
	tests := []struct {
		name, line  string
		kind        forensics.Kind
		account, ip string
		host        string
		port        uint16
		detail      string
	}{
		{"failed", "mail postfix/smtpd[7]: warning: mx.example.net[192.0.2.7]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", forensics.LoginFailed, "", "192.0.2.7", "mx.example.net", 0, "LOGIN"},
		{"failed_user", "mail postfix/smtps/smtpd[7]: warning: unknown[2001:db8::7]: SASL PLAIN authentication failed: (reason unavailable), sasl_username=Pat@example.org", forensics.LoginFailed, "pat@example.org", "2001:db8::7", "", 0, "PLAIN"},
		{"sent", "mail postfix/submission/smtpd[7]: 4F2A11C0D2: client=unknown[192.0.2.7]:50123, sasl_method=PLAIN, sasl_username=pat@example.org", forensics.LoginSucceeded, "pat@example.org", "192.0.2.7", "", 50123, "PLAIN, queue id 4F2A11C0D2"},
		{"sent_sender", "mail postfix/smtpd[7]: 4F2A11C0D2: client=unknown[192.0.2.7], sasl_method=LOGIN, sasl_username=pat, sasl_sender=sam@example.org", forensics.LoginSucceeded, "pat", "192.0.2.7", "", 0, "LOGIN, queue id 4F2A11C0D2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ev := parseText(t, "Nov 14 03:12:07 "+tt.line+"\n").Events()
			if len(ev) != 1 {
				t.Fatalf("%s: got %d events, want 1", tt.line, len(ev))
			}
			e := ev[0]
			if e.Kind != tt.kind || e.Account != tt.account || e.IP.String() != tt.ip || e.Host != tt.host || e.Port != tt.port || e.Detail != tt.detail || e.Protocol != "smtp" {
				t.Errorf("%s: got %s %s %s %s %d %q", tt.line, e.Kind, e.Account, e.IP, e.Host, e.Port, e.Detail)
			}
		})
	}
	s := parseText(t, "Nov 14 03:12:07 mail postfix/smtpd[7]: 4F2A11C0D2: client=mx.example.net[192.0.2.7]\n"+
		"Nov 14 03:12:07 mail postfix/smtp[7]: 4F2A11C0D2: to=<a@example.net>, status=sent (250 ok)\n")
	if len(s.Skipped) != 2 || s.Read != 0 {
		t.Errorf("mail of strangers: got %s, want 2 skipped", s.Summary())
	}
}
