package filter

import "keytrail/forensics"

// Type says what a key's values are and how they are compared.
type Type uint8

// The types of keys.
const (
	TypeWord   Type = iota // a bare word: contained in any of the texts of an event
	TypeName               // equal as a whole, case folded; * for anything
	TypeText               // contained, case folded; with * the whole value must fit
	TypeKind               // a set of kinds
	TypeChoice             // one of a few words
	TypeTime               // a moment or a span
	TypeIP                 // an address, a network, or an address with *
	TypeNumber             // a whole number
)

// Key describes one key of the language.
type Key struct {
	Name    string
	Type    Type
	Choices []string // TypeChoice: the words; TypeKind: the names
	Help    string   // what it asks for, a few words
	Example string
}

// Keys lists every key, in the order in which help shows them.
func Keys() []Key {
	return []Key{
		{Name: "group", Type: TypeKind, Choices: groupNames(), Help: "class of event", Example: "group:key"},
		{Name: "kind", Type: TypeKind, Choices: kindNames(), Help: "what happened", Example: "kind:login-failed"},
		{Name: "account", Type: TypeName, Help: "account it is about", Example: "account:pat@*"},
		{Name: "user", Type: TypeName, Help: "who acted, as written", Example: "user:admin@*"},
		{Name: "ip", Type: TypeIP, Help: "address or network", Example: "ip:203.0.113.0/24"},
		{Name: "host", Type: TypeName, Help: "host name instead of an address", Example: "host:*.example.net"},
		{Name: "country", Type: TypeName, Help: "two-letter country", Example: "country:NL"},
		{Name: "asn", Type: TypeNumber, Help: "number of the network's operator", Example: "asn:64496"},
		{Name: "org", Type: TypeText, Help: "name of the network's operator", Example: "org:hosting"},
		{Name: "service", Type: TypeName, Help: "service the event is about", Example: "service:coinbase"},
		{Name: "subject", Type: TypeText, Help: "words of the subject", Example: "subject:reset"},
		{Name: "from", Type: TypeName, Help: "sender's address", Example: "from:no-reply@*"},
		{Name: "client", Type: TypeText, Help: "program that connected", Example: "client:thunderbird"},
		{Name: "protocol", Type: TypeName, Help: "imap, pop3, smtp, web, ...", Example: "protocol:imap"},
		{Name: "operation", Type: TypeName, Help: "the source's own name for it", Example: "operation:New-InboxRule"},
		{Name: "outcome", Type: TypeChoice, Choices: []string{"success", "failure", "unknown"}, Help: "how it ended", Example: "outcome:failure"},
		{Name: "session", Type: TypeName, Help: "session id", Example: "session:8Qz*"},
		{Name: "key", Type: TypeText, Help: "name of an app password or mail key", Example: "key:thunderbird"},
		{Name: "folder", Type: TypeText, Help: "mail folder", Example: "folder:trash"},
		{Name: "message-id", Type: TypeName, Help: "Message-ID without angle brackets", Example: "message-id:*@mail.example.com"},
		{Name: "sender", Type: TypeChoice, Choices: []string{"authenticated", "failed", "unknown"}, Help: "is a notice's sender proved", Example: "sender:authenticated"},
		{Name: "certainty", Type: TypeChoice, Choices: []string{"observed", "reported", "inferred"}, Help: "how directly the evidence speaks", Example: "certainty:inferred"},
		{Name: "verdict", Type: TypeChoice, Choices: []string{"unknown", "mine", "not-mine"}, Help: "whose it is, as you judged", Example: "verdict:not-mine"},
		{Name: "tag", Type: TypeName, Help: "your tag", Example: "tag:important"},
		{Name: "note", Type: TypeText, Help: "words of your notes", Example: "note:ask"},
		{Name: "incident", Type: TypeNumber, Help: "number of an incident", Example: "incident:2"},
		{Name: "evidence", Type: TypeNumber, Help: "number of the evidence", Example: "evidence:3"},
		{Name: "format", Type: TypeName, Help: "format it was read from", Example: "format:microsoft/*"},
		{Name: "id", Type: TypeName, Help: "an event's id, or its start with *", Example: "id:4f3a*"},
		{Name: "after", Type: TypeTime, Help: "at or after this moment", Example: "after:2022-11-14T03:00"},
		{Name: "before", Type: TypeTime, Help: "before this moment", Example: "before:2022-11-15"},
		{Name: "on", Type: TypeTime, Help: "within this minute, day, month or year", Example: "on:2022-11-14"},
	}
}

// Lookup finds a key by its name.
func Lookup(name string) (Key, bool) {
	for _, k := range Keys() {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}

func groupNames() []string {
	var names []string
	for _, g := range forensics.Groups() {
		names = append(names, g.String())
	}
	return names
}

func kindNames() []string {
	var names []string
	for _, k := range forensics.Kinds() {
		names = append(names, k.String())
	}
	return names
}

// kindsOf gives the kinds whose own name, or whose group's name, fits.
func kindsOf(key string, p Pattern) uint64 {
	var set uint64
	for _, k := range forensics.Kinds() {
		name := k.String()
		if key == "group" {
			name = k.Group().String()
		}
		if p.Match(name) {
			set |= 1 << k
		}
	}
	return set
}
