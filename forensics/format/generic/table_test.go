package generic

import (
	"strings"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/format/formattest"
)

const activity = "Date,Activity,IP Address,User agent,Country\n" +
	"2022-11-14 03:12:07,Signed in,192.0.2.7,\"Outlook, 16\",nl\n" +
	"2022-11-14 03:13:00.250,Käse,\"[2001:db8::7]:443\",,\n" +
	"\"Nov 14, 2022, 3:14:00 AM\",Signed out,host.example.net,,Netherlands\n"

func TestConformance(t *testing.T) {
	formattest.Suite(t, Table{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"comma":     {Data: []byte(activity), Records: 3, Events: 3},
			"semicolon": {Data: []byte("Zeitpunkt;IP-Adresse;Konto\n2022-11-14T03:12:07Z;192.0.2.7;Pat@example.org\n2022-11-14T03:12:08Z;;\n"), Records: 2},
		},
		Bad: []byte("99/99/2022 03:12,192.0.2.7,,,\n"),
	})
}

func TestMapping(t *testing.T) {
	m, err := ReadMapping(strings.NewReader(`{"time":"When","layout":"01/02/2006 15:04","zone":"America/Chicago","event":"What","account":"Who","ip":"From",
		"kinds":{"Sign in":"login-succeeded","Bad sign in":"login-failed"}}`))
	if err != nil {
		t.Fatal(err)
	}
	f := Table{Mapping: m}
	data := []byte("Who,When,What,From\nPat@example.org,11/13/2022 21:12,SIGN IN,::ffff:192.0.2.7\npat@example.org,11/13/2022 21:13,Bad sign in,192.0.2.8\nx,11/13/2022 21:14,Dance,\n")
	if g := f.Match(formattest.Head("", data)); g.Score < 90 {
		t.Errorf("score %d (%s), want 90 or more", g.Score, g.Why)
	}
	s, err := formattest.Parse(f, data)
	if err != nil {
		t.Fatal(err)
	}
	ev := s.Events()
	if len(ev) != 3 {
		t.Fatalf("got %s, want 3 events", s.Summary())
	}
	e := ev[0]
	if e.Kind != forensics.LoginSucceeded || e.Account != "pat@example.org" || e.IP.String() != "192.0.2.7" || e.Outcome != forensics.Success ||
		e.Time.RFC3339() != "2022-11-14T03:12:00Z" || e.Time.ZoneText() != "assumed:America/Chicago" || e.Time.Precision != forensics.PrecisionMinute {
		t.Errorf("got %+v", e)
	}
	if ev[1].Kind != forensics.LoginFailed || ev[2].Kind != forensics.Other {
		t.Errorf("got kinds %s and %s, want login-failed and other", ev[1].Kind, ev[2].Kind)
	}
}

func TestMappingMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no_time", `{"ip":"IP"}`, `"time" names no column`},
		{"unknown_key", `{"time":"a","tiem":"b"}`, "tiem"},
		{"unknown_kind", `{"time":"a","kinds":{"x":"logged-in"}}`, "logged-in"},
		{"unknown_zone", `{"time":"a","zone":"Mars/Base"}`, "Mars/Base"},
		{"machine_zone", `{"time":"a","zone":"Local"}`, "Local"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadMapping(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %s", err, tt.want)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	tests := []struct {
		text, want, zone string
		precision        forensics.Precision
	}{
		{"2022-11-14T03:12:07.123456Z", "2022-11-14T03:12:07.123456Z", "utc", forensics.PrecisionMicro},
		{"2022-11-14 03:12:07 UTC", "2022-11-14T03:12:07Z", "utc", forensics.PrecisionSecond},
		{"2022-11-14 03:12:07 -0600", "2022-11-14T09:12:07Z", "-06:00", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:07 +0100", "2022-11-14T02:12:07Z", "+01:00", forensics.PrecisionSecond},
		{"2022/11/14 03:12", "2022-11-14T03:12:00Z", "missing", forensics.PrecisionMinute},
		{"Nov 14, 2022, 3:12:07 PM", "2022-11-14T15:12:07Z", "missing", forensics.PrecisionSecond},
		{"2022-11-14", "2022-11-14T00:00:00Z", "missing", forensics.PrecisionDay},
		{"11/12/2022 03:12", "", "", forensics.PrecisionNone},
		{"12.11.2022 03:12", "", "", forensics.PrecisionNone},
		{"2022-11-14 03:12:07 CST", "", "", forensics.PrecisionNone},
		{"yesterday", "", "", forensics.PrecisionNone},
	}
	for _, tt := range tests {
		got, why := Table{}.when(tt.text)
		if (why != "") != (tt.want == "") || got.RFC3339() != tt.want || got.ZoneText() != tt.zone || got.Precision != tt.precision {
			t.Errorf("%q: got %s %s %s (%s), want %s %s %s", tt.text, got.RFC3339(), got.ZoneText(), got.Precision, why, tt.want, tt.zone, tt.precision)
		}
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte(activity))
	f.Add([]byte("time\tip\n2022-11-14 03:12:07 UTC\t::1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		Table{}.Match(formattest.Head("", data))
		if _, err := formattest.Parse(Table{}, data); err != nil {
			t.Fatal(err)
		}
	})
}
