package kittest

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"time"

	"keytrail/forensics"
)

// Account is whose mailbox the story is about.
const Account = "pat@example.net"

type teller struct {
	events []forensics.Event
	at     time.Time
}

func (t *teller) add(after time.Duration, e forensics.Event) *forensics.Event {
	t.at = t.at.Add(after)
	if e.Time.IsZero() && !e.Time.Unreliable {
		e.Time = forensics.UTC(t.at, forensics.PrecisionSecond, t.at.Format(time.RFC3339), "time of the log")
	}
	n := int64(len(t.events) + 1)
	e.Row, e.ID = n, fmt.Sprintf("%024x", n*7919)
	if e.Account == "" {
		e.Account = Account
	}
	e.Ref = forensics.Ref{Evidence: 1, Item: 1, Offset: 186 * n, Length: 186, Line: n}
	e.EvidenceName, e.Provider = "dovecot.log", "mailserver/dovecot"
	e.Digest = sha256.Sum256([]byte(e.ID))
	e.EvidenceDigest = sha256.Sum256([]byte(e.EvidenceName))
	t.events = append(t.events, e)
	return &t.events[len(t.events)-1]
}

func from(ip, country string, asn uint32, org string) forensics.Event {
	return forensics.Event{IP: netip.MustParseAddr(ip), Country: country, ASN: asn, Org: org, Protocol: "imap"}
}

func login(ok bool, e forensics.Event) forensics.Event {
	e.Kind, e.Outcome = forensics.LoginFailed, forensics.Failure
	if ok {
		e.Kind, e.Outcome = forensics.LoginSucceeded, forensics.Success
	}
	return e
}

// Story is a small mailbox in which everything of the design happens once.
func Story() []forensics.Event {
	t := &teller{at: time.Date(2022, 10, 1, 8, 0, 0, 0, time.UTC)}
	phone := from("198.51.100.23", "US", 64500, "Example Mobile")
	phone.Client = "iOS Mail"
	thief := from("203.0.113.77", "NL", 64511, "Example Hosting")
	thief.Session, thief.Client = "b7Hf0w3D5L7LAHFN", "PLAIN"
	news := []string{"Your invoice for October", "Re: Saturday?", "Newsletter: 10 ideas for autumn", "Delivery on Thursday", "Terminerinnerung für Grüße"}
	for day := range 120 {
		t.add(20*time.Hour, login(true, phone))
		t.add(4*time.Hour+7*time.Second, forensics.Event{
			Kind: forensics.MailReceived, Subject: news[day%len(news)], From: "shop@example.com", MessageID: fmt.Sprintf("m%d@mail.example.com", day),
		})
	}
	t.at = time.Date(2023, 2, 7, 3, 12, 7, 0, time.UTC)
	t.add(0, forensics.Event{Kind: forensics.KeyCreated, Certainty: forensics.Reported, Key: "Outlook-2", Service: "att", Sender: forensics.SenderAuthenticated, Subject: "A secure mail key was created", From: "notice@att.example"})
	t.add(37*time.Second, login(false, phone))
	e := t.add(128*time.Second, login(true, thief))
	e.Time = forensics.UTC(t.at.Add(118*time.Millisecond), forensics.PrecisionMilli, "Feb  7 03:14:52.118", "time of the log")
	e.SeenIn = []forensics.Ref{{Evidence: 2, Item: 4, Offset: 4711, Length: 90, Line: 12}}
	read := thief
	read.Kind, read.Folder = forensics.MailRead, "INBOX"
	for i := range 118 {
		read.UIDs = append(read.UIDs, uint32(4000+i))
	}
	t.add(11*time.Second, read)
	t.add(267*time.Second, forensics.Event{Kind: forensics.ResetRequested, Certainty: forensics.Reported, Service: "Coinbase", Subject: "Reset your password", From: "no-reply@coinbase.example", Sender: forensics.SenderAuthenticated})
	gone := thief
	gone.Kind, gone.Subject, gone.Folder, gone.Reasons = forensics.MailPurged, "Reset your password", "INBOX", []string{"log"}
	t.add(28*time.Second, gone)
	t.add(252*time.Second, forensics.Event{Kind: forensics.ResetRequested, Certainty: forensics.Reported, Service: "Gemini", Subject: "New device confirmed", From: "no-reply@gemini.example", Sender: forensics.SenderUnknown})
	missing := forensics.Event{Kind: forensics.MailMissing, Certainty: forensics.Inferred, Folder: "INBOX", Reasons: []string{"uid-gap"}, UIDs: []uint32{4211}}
	t.add(21*time.Second, missing)
	t.add(989*time.Second, forensics.Event{Kind: forensics.FundsSent, Certainty: forensics.Reported, Service: "Coinbase", Amount: "2.41", Asset: "BTC", Destination: "bc1qexample0000000000000000000000000009k2", ValueUSD: "55212.40"})
	t.add(4*time.Hour, login(false, phone))
	t.add(18*time.Minute, forensics.Event{Kind: forensics.KeyRemoved, Key: "Outlook-2", Actor: Account})
	t.add(time.Hour, forensics.Event{Kind: forensics.Alert, From: "security@c0inbase.example", Detail: "imitates COINBASE", Subject: "Urgent: verify your wallet", Sender: forensics.SenderFailed})
	for day := range 80 {
		t.add(23*time.Hour, login(day%9 != 3, phone))
		t.add(40*time.Minute, forensics.Event{Kind: forensics.MailReceived, Subject: news[(day+2)%len(news)], From: "friend@example.org"})
	}
	t.add(time.Minute, forensics.Event{Kind: forensics.MailReceived, Subject: "A mail from the year 102", From: "spam@example.org",
		Time: forensics.Time{Unreliable: true, Precision: forensics.PrecisionSecond, Original: "1 Jan 102 00:00", Desc: "Date header"}})
	return t.events
}

// Raw is the record that the story's events were taken from.
func Raw(e *forensics.Event) []byte {
	ip := "-"
	if e.IP.IsValid() {
		ip = e.IP.String()
	}
	return fmt.Appendf(nil, "%s mail dovecot: imap-login: Login: user=<%s>, method=PLAIN, rip=%s, lip=192.0.2.10, TLS, session=<%s>\n",
		e.Time.Std().Format("Jan _2 15:04:05"), e.Account, ip, e.Session)
}

// Evidence is what the story was read from.
func Evidence() ([]forensics.Evidence, []forensics.Item, []forensics.Warning) {
	at := time.Date(2023, 5, 2, 9, 30, 0, 0, time.UTC)
	day := func(y, m, d int) int64 { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).UnixNano() }
	ev := []forensics.Evidence{
		{ID: 1, Name: "dovecot.log", Path: "/evidence/dovecot.log", Size: 9_313_390, Digest: sha256.Sum256([]byte("1")), Added: at, Done: true, Tool: "keytrail 0.1.0"},
		{ID: 2, Name: "pat-mailbox.zip", Path: "/evidence/pat-mailbox.zip", Size: 734_003_200, Digest: sha256.Sum256([]byte("2")), Added: at, Done: true, Tool: "keytrail 0.1.0"},
		{ID: 3, Name: "AuditLog.csv", Path: "/evidence/AuditLog.csv", Size: 38_886_358, Digest: sha256.Sum256([]byte("3")), Added: at, Done: true, Tool: "keytrail 0.1.0"},
	}
	items := []forensics.Item{
		{ID: 1, Evidence: 1, Size: 9_313_390, Format: "mailserver/dovecot", Status: forensics.StatusOK, Clock: "year 2022 from neighbours, zone assumed UTC",
			Counts: forensics.Counts{Records: 48_112, Read: 11_804, Events: 11_804, Skipped: 36_308}, First: day(2022, 10, 1), Last: day(2023, 4, 30)},
		{ID: 2, Evidence: 2, Name: "Inbox.mbox", Size: 512_000_000, Format: "mailbox/mbox", Status: forensics.StatusPartial, Reason: "2 messages are cut off",
			Counts: forensics.Counts{Records: 8_214, Read: 8_210, Events: 8_262, Skipped: 2, Broken: 2, Warnings: 3}, First: day(2022, 11, 20), Last: day(2023, 3, 1)},
		{ID: 3, Evidence: 2, Name: "Sent.mbox", Size: 81_000_000, Format: "mailbox/mbox", Status: forensics.StatusOK,
			Counts: forensics.Counts{Records: 911, Read: 911, Events: 911}, First: day(2023, 1, 9), Last: day(2023, 4, 2)},
		{ID: 4, Evidence: 2, Name: "notes.docx", Size: 18_112, Status: forensics.StatusUnrecognised, Reason: "nearest guess mailbox/mbox: no From line at the start"},
		{ID: 5, Evidence: 3, Size: 38_886_358, Format: "microsoft/unified-audit", Status: forensics.StatusOK,
			Counts: forensics.Counts{Records: 9_611, Read: 9_608, Events: 5_373, Duplicates: 4_235, Broken: 3, Warnings: 3}, First: day(2023, 2, 1), Last: day(2023, 2, 28)},
	}
	warn := func(evidence, item, line, offset int64, name, text string) forensics.Warning {
		return forensics.Warning{Ref: forensics.Ref{Evidence: evidence, Item: item, Line: line, Offset: offset, Length: 80}, ItemName: name, Text: text}
	}
	return ev, items, []forensics.Warning{
		warn(2, 2, 88_120, 401_000_112, "Inbox.mbox", "the message ends inside its header"),
		warn(2, 2, 91_004, 409_220_001, "Inbox.mbox", "the message is cut off by the end of the file"),
		warn(2, 2, 91_004, 409_220_001, "Inbox.mbox", "Date header names the year 102"),
		warn(3, 5, 12, 20_112, "", "AuditData is cut off after 32,767 characters"),
		warn(3, 5, 40, 90_331, "", "AuditData is cut off after 32,767 characters"),
		warn(3, 5, 41, 99_004, "", "CreationTime cannot be read: \"yesterday\""),
	}
}

// Many makes n events of a large mailbox, one every 40 seconds.
func Many(n int) []forensics.Event {
	t := &teller{at: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC), events: make([]forensics.Event, 0, n)}
	kinds := []forensics.Kind{forensics.MailReceived, forensics.LoginSucceeded, forensics.MailRead, forensics.LoginFailed, forensics.MailDeleted, forensics.MailReceived}
	ip := netip.MustParseAddr("2001:db8:85a3::8a2e:370:7334")
	for i := range n {
		e := forensics.Event{Kind: kinds[i%len(kinds)], Subject: fmt.Sprintf("Grüße aus Köln, Brief %d – 日本語", i), From: "someone@example.org", Folder: "INBOX"}
		if i%2 == 1 {
			e.IP, e.Country, e.Client, e.Protocol = ip, "DE", "Thunderbird 115.3", "imap"
		}
		t.add(40*time.Second, e)
	}
	return t.events
}
