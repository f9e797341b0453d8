package microsoft

import (
	"net/netip"
	"testing"
)

func TestParseAddress(t *testing.T) {
	v4, v6 := netip.MustParseAddr("192.0.2.11"), netip.MustParseAddr("2001:db8::abcd")
	tests := []struct {
		in   string
		want address
	}{
		{"192.0.2.11", address{ip: v4}},
		{" 192.0.2.11 ", address{ip: v4}},
		{"192.0.2.11:12345", address{ip: v4, port: 12345}},
		{"[192.0.2.11]", address{ip: v4}},
		{"[192.0.2.11]:12345", address{ip: v4, port: 12345}},
		{"::ffff:192.0.2.11", address{ip: v4}},
		{"::ffff:192.0.2.11:12345", address{ip: v4, port: 12345}},
		{"[::ffff:192.0.2.11]:12345", address{ip: v4, port: 12345}},
		{"2001:db8::abcd", address{ip: v6}},
		{"2001:db8::abcd%eth0", address{ip: v6}},
		{"[2001:db8::abcd]", address{ip: v6}},
		{"[2001:db8::abcd]:12345", address{ip: v6, port: 12345}},
		{"192.0.2.11, 198.51.100.1", address{ip: v4}},
		{"localhost", address{host: "localhost"}},
		{"[cool.client.example]:12345", address{host: "cool.client.example", port: 12345}},
		{"client.example:99", address{host: "client.example", port: 99}},
		{"[unclosed", address{host: "[unclosed"}},
		{"a:b", address{host: "a:b"}},
		{"", address{}}, {"null", address{}}, {"<null>", address{}},
	}
	for _, tt := range tests {
		if got := parseAddress([]byte(tt.in)); got != tt.want {
			t.Errorf("%q: got %+v, want %+v", tt.in, got, tt.want)
		}
	}
}

func TestProtocolOf(t *testing.T) {
	for info, want := range map[string]string{
		"Client=POP3/IMAP4;Protocol=IMAP4":      "imap",
		"client=pop3/imap4;protocol=pop3":       "pop3",
		"Client=POP3/IMAP4":                     "",
		"Client=OWA;Mozilla/5.0":                "web",
		"Client=REST;Client=RESTSystem;;":       "rest",
		"Client=MSExchangeRPC":                  "mapi",
		"Client=ActiveSync;x":                   "activesync",
		"Client=WebServices;x":                  "ews",
		"Client=OutlookService;Outlook-iOS/2.0": "rest",
		"Client=Hub Transport":                  "",
		"Mozilla/5.0 (Client=OWA)":              "",
		"Client=":                               "",
	} {
		if got := protocolOf([]byte(info)); got != want {
			t.Errorf("%q: got %q, want %q", info, got, want)
		}
	}
}
