package forensics

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDescribeClient(t *testing.T) {
	const safari = " AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Safari/605.1.15"
	tests := map[string]string{
		"BAV2ROPC": "an old program, with the password alone (BAV2ROPC)",
		"":         "",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/112.0":                                                  "Firefox on Windows",
		"mozilla/5.0 (x11; linux x86_64; rv:109.0) gecko/20100101 firefox/112.0":                                                            "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Safari/537.36 Edg/112.0.1722.48": "Edge on Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Safari/537.36":                   "Chrome on Windows",
		"Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36":             "Chrome on Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X)" + safari:                                                                   "Safari on iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)" + safari:                                                                          "Safari on macOS",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Safari/537.36":                    "Chrome on ChromeOS",
		"Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko":                                                             "Internet Explorer on Windows",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/112.0.0.0 Safari/537.36":                     "Chrome without a screen on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64)":                                                                                         "a program on Windows",
		"Mozilla/5.0":                            "Mozilla/5.0",
		"Thunderbird 102.10.0":                   "Thunderbird 102.10.0",
		"python-requests/2.28":                   "python-requests/2.28",
		"Client=POP3/IMAP4;Protocol=IMAP4":       "a mail program over IMAP",
		"Client=POP3/IMAP4;Protocol=POP3":        "a mail program over POP3",
		"Client=OWA;Action=ViaProxy":             "Outlook on the web",
		"Client=MSExchangeRPC":                   "Outlook (MAPI)",
		"Client=REST;;":                          "a program over REST",
		"Client=OutlookService;Outlook-iOS/2.0;": "Outlook on iPhone or iPad",
		"client=activesync;useragent=apple-iphone13c2/1905.241;action=/microsoft-server-activesync/proxy/default.eas": "iPhone over ActiveSync",
		"Client=ActiveSync;":                      "a program over ActiveSync",
		"Client=WebServices;eM Client/8.2.1721.0": "eM Client over Exchange Web Services",
		"Client=WebServices;Mac OS X/10.15.7 (19H2026);ExchangeWebServices/8.0;": "macOS over Exchange Web Services",
		"Client=Something;new": "Client=Something;new",
	}
	for client, want := range tests {
		if got := DescribeClient(client); got != want {
			t.Errorf("%q: %q, want %q", client, got, want)
		}
	}
}

func FuzzDescribeClient(f *testing.F) {
	f.Add("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/112.0")
	f.Add("Client=WebServices;\u0130\u0130" + strings.Repeat("x", clientScan))
	f.Fuzz(func(t *testing.T, s string) {
		if got := DescribeClient(s); got != s && len(got) > 80 || utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%q is described as %q", s, got)
		}
	})
}
