package mailbox

import "testing"

func TestSeparates(t *testing.T) {
	header := "Received: from a"
	for _, tc := range []struct {
		name, line, next string
		blank            bool
		want             bool
	}{
		{"asctime", "From pat@example.com Mon Jan  5 10:30:00 2009", header, true, true},
		{"asctime-no-blank-line", "From pat@example.com Mon Jan  5 10:30:00 2009", header, false, true},
		{"asctime-no-header", "From pat@example.com Mon Jan  5 10:30:00 2009", "some prose", true, true},
		{"asctime-nothing-around", "From pat@example.com Mon Jan  5 10:30:00 2009", "some prose", false, false},
		{"no-seconds", "From pat@example.com Mon Jan  5 10:30 2009", header, true, true},
		{"zone-before-year", "From pat@example.com Mon Jan  5 10:30:00 PST 2009", header, true, true},
		{"zone-after-year", "From pat@example.com  Mon Jan  5 10:30:00 2009 +0200", header, true, true},
		{"mail-date", "From pat@example.com Mon, 05 Jan 2009 10:30:00 +0000", header, true, true},
		{"remote-from", "From pat Mon Jan  5 10:30:00 2009 remote from host", header, true, true},
		{"quoted-sender", `From "pat doe" Mon Jan  5 10:30:00 2009`, header, true, true},
		{"list-archive", "From pat at example.com  Mon Jan  5 10:30:00 2009", header, true, true},
		{"carriage-return", "From pat@example.com Mon Jan  5 10:30:00 2009\r\n", header, true, true},
		{"daemon", "From MAILER-DAEMON Mon Jan  5 10:30:00 2009", header, true, true},
		{"takeout", "From 1234567890123456789@xxx", "X-GM-THRID: 1", false, true},
		{"takeout-date", "From 1234567890123456789@xxx Mon Jan 05 10:30:00 +0000 2009", "X-GM-THRID: 1", false, true},
		{"mozilla", "From - Mon Jan  5 10:30:00 2009", "X-Mozilla-Status: 0001", false, true},
		{"mozilla-bare", "From - ", "X-Mozilla-Status: 0001", false, true},
		{"mozilla-bare-prose", "From - ", "the beginning", true, false},
		{"address-only", "From pat@example.com", header, true, true},
		{"address-only-no-blank-line", "From pat@example.com", header, false, false},
		{"address-only-prose", "From pat@example.com", "we heard that", true, false},
		{"prose", "From Russia with love", "Year: 1963", true, false},
		{"prose-with-day", "From here it goes on Monday at 10:30", header, true, false},
		{"prose-with-date", "From now on see you Mon Jan  5 10:30:00 2009", header, true, false},
		{"impossible-date", "From pat@example.com Mon Jan 35 10:30:00 2009", header, true, false},
		{"no-time", "From pat@example.com Mon Jan  5 2009", header, true, false},
		{"header", "From: pat@example.com", header, true, false},
		{"empty", "From ", "some prose", true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := separates([]byte(tc.line), around{blankBefore: tc.blank, next: []byte(tc.next)}); got != tc.want {
				t.Errorf("separates(%q) = %v, want %v", tc.line, got, tc.want)
			}
		})
	}
}
