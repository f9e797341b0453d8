package forensics

import (
	"cmp"
	"strings"
)

// clientScan is how much of a client's name is looked at: programs name themselves at once.
const clientScan = 512

// clientMark is a part of a client's name, in lower case, and what it says.
type clientMark struct{ part, says string }

// browserMarks name browsers. Most browsers also call themselves those that stand further down.
var browserMarks = [...]clientMark{
	{"thunderbird/", "Thunderbird"}, {"edg/", "Edge"}, {"edga/", "Edge"}, {"edgios/", "Edge"}, {"edge/", "Edge"},
	{"opr/", "Opera"}, {"opios/", "Opera"}, {"samsungbrowser/", "Samsung Internet"}, {"vivaldi/", "Vivaldi"}, {"fxios/", "Firefox"}, {"firefox/", "Firefox"},
	{"headlesschrome/", "Chrome without a screen"}, {"crios/", "Chrome"}, {"chromium/", "Chromium"}, {"chrome/", "Chrome"}, {"msie ", "Internet Explorer"}, {"trident/", "Internet Explorer"},
	{"safari/", "Safari"},
}

// systemMarks name systems, those that others are compatible with last.
var systemMarks = [...]clientMark{
	{"iphone", "iPhone"}, {"ipad", "iPad"}, {"android", "Android"}, {"windows", "Windows"}, {"cros ", "ChromeOS"},
	{"macintosh", "macOS"}, {"mac os x", "macOS"}, {"linux", "Linux"}, {"x11", "Unix"},
}

// exchangeMarks are the ways in which Exchange says that it was spoken to: ClientInfoString of Microsoft's audit records, which begins with
// Client= and the service.
var exchangeMarks = [...]clientMark{
	{"protocol=imap4", "a mail program over IMAP"}, {"protocol=pop3", "a mail program over POP3"}, {"client=pop3/imap4", "a mail program over IMAP or POP3"},
	{"outlook-ios", "Outlook on iPhone or iPad"}, {"outlook-android", "Outlook on Android"}, {"client=outlookservice", "Outlook's mobile service"},
	{"client=activesync", "ActiveSync"}, {"client=owa", "Outlook on the web"}, {"client=mapi", "Outlook (MAPI)"}, {"client=msexchangerpc", "Outlook (MAPI)"},
	{"client=rest", "a program over REST"}, {"client=webservices", "Exchange Web Services"},
}

// DescribeClient says in a few words what a client calls itself, as Event.Client spells it: "Firefox on Windows" for a browser's User-Agent, "a mail
// program over IMAP" for Exchange's Client=POP3/IMAP4;Protocol=IMAP4. It is what the client says, which is easily made up. A name that is none
// of those known, such as one that says it plainly, is given as it is.
func DescribeClient(s string) string { return cmp.Or(described(s), s) }

// described is empty where the name is none that is known.
func described(s string) string {
	low := strings.ToLower(s[:min(len(s), clientScan)])
	if strings.HasPrefix(low, "client=") {
		return describeExchange(low, s)
	}
	if low == "bav2ropc" { // basic authentication, turned into a login by Microsoft
		return "an old program, with the password alone (BAV2ROPC)"
	}
	if !strings.HasPrefix(low, "mozilla/") && !strings.HasPrefix(low, "opera/") {
		return ""
	}
	browser, system := marked(low, browserMarks[:]), marked(low, systemMarks[:])
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case system != "":
		return "a program on " + system
	}
	return browser
}

// describeExchange says what a ClientInfoString means.
func describeExchange(low, s string) string {
	what := marked(low, exchangeMarks[:])
	switch what {
	case "ActiveSync", "Exchange Web Services":
		if program := exchangeProgram(low, s); program != "" {
			return program + " over " + what
		}
		return "a program over " + what
	}
	return what
}

// exchangeProgram is the program that stands in a ClientInfoString, or the device that it runs on.
func exchangeProgram(low, s string) string {
	if system := marked(low, systemMarks[:]); system != "" {
		return system
	}
	_, rest, _ := strings.Cut(s[:min(len(s), clientScan)], ";")
	name, _, _ := strings.Cut(rest, ";")
	if _, after, ok := strings.Cut(name, "="); ok {
		name = after
	}
	name, _, _ = strings.Cut(name, "/")
	if len(name) > 40 {
		return ""
	}
	return strings.TrimSpace(strings.ToValidUTF8(name, ""))
}

func marked(low string, marks []clientMark) string {
	for _, m := range marks {
		if strings.Contains(low, m.part) {
			return m.says
		}
	}
	return ""
}
