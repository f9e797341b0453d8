// Package ruletest makes small cases in memory for the tests of rules and incidents: events from a table of
// lines, handed out as forensics.Briefs. It keeps no files and is for tests only.
package ruletest

import (
	"fmt"
	"hash/crc32"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
)

// DefaultAccount is the account of a line that names none.
const DefaultAccount = "pat@example.com"

// Case is a case in memory. It implements forensics.Briefs.
type Case struct {
	events   []forensics.Event
	accounts []string
	byName   map[string][]forensics.Brief
	texts    []string
	spelled  []string // texts before they were folded
	symbols  map[string]forensics.Symbol
	// Read counts how many events were asked for in full.
	Read int
}

// New makes a case of events. They are sorted as a timeline is and numbered from 1.
func New(events []forensics.Event) *Case {
	c := &Case{events: slices.Clone(events), byName: map[string][]forensics.Brief{}, texts: []string{""}, spelled: []string{""}, symbols: map[string]forensics.Symbol{}}
	slices.SortStableFunc(c.events, func(a, b forensics.Event) int { return forensics.Compare(&a, &b) })
	for i := range c.events {
		e := &c.events[i]
		e.Row = int64(i + 1)
		if e.ID == "" {
			e.ID = fmt.Sprintf("%024x", e.Row)
		}
		account := fold(e.Account)
		if _, ok := c.byName[account]; !ok {
			c.accounts = append(c.accounts, account)
		}
		c.byName[account] = append(c.byName[account], c.brief(e))
	}
	slices.Sort(c.accounts)
	return c
}

// Lines makes a case of a table: one event a line, its time, its kind and then key=value pairs.
//
//	2022-11-14T03:04:05Z login-succeeded ip=203.0.113.7 protocol=imap client="Mail 1.0"
//	2022-01-01T08:00:00Z login-succeeded ip=198.51.100.7 every=24h times=300
//
// Keys: account ("-" for none), actor, ip, asn, country, org, host, client, protocol, service, session, operation,
// id (Message-ID), ids (several, with commas), subject, from, sender, certainty, outcome, key, folder, detail,
// provider, rule, amount, asset, destination, txid, usd, reasons (with commas), uids (with commas), before and after (the bounds
// of a deletion), arrived-before and arrived-after, every and times (repeat). Blank lines and those that begin with # do not count.
func Lines(table string) (*Case, error) {
	events, err := Events(table)
	if err != nil {
		return nil, err
	}
	return New(events), nil
}

// Events reads a table into events; see Lines.
func Events(table string) ([]forensics.Event, error) {
	var events []forensics.Event
	for n, line := range strings.Split(table, "\n") {
		words, err := split(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		e, every, times, err := event(words)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		e.Ref = forensics.Ref{Evidence: 1, Item: 1, Offset: int64(n), Line: int64(n + 1)}
		for i := range times {
			r := e
			r.Time.Nano += int64(i) * int64(every)
			events = append(events, r)
		}
	}
	return events, nil
}

func (c *Case) brief(e *forensics.Event) forensics.Brief {
	ip := ""
	if e.IP.IsValid() {
		ip = e.IP.String()
	}
	return forensics.Brief{
		Row: e.Row, Time: e.Time.Nano, Item: e.Ref.Item, Kind: e.Kind, Certainty: e.Certainty, Outcome: e.Outcome, Sender: e.Sender,
		Unreliable: e.Time.Unreliable, ASN: e.ASN, Session: hash(e.Session), Message: hash(e.MessageID),
		Account: c.symbol(e.Account), Actor: c.symbol(e.Actor), IP: c.symbol(ip), Host: c.symbol(e.Host), Country: c.symbol(e.Country),
		Org: c.symbol(e.Org), Client: c.symbol(e.Client), Protocol: c.symbol(e.Protocol), Service: c.symbol(e.Service),
		Operation: c.symbol(e.Operation), From: c.symbol(e.From), Key: c.symbol(e.Key), Folder: c.symbol(e.Folder),
		Detail: c.symbol(e.Detail), Provider: c.symbol(e.Provider),
	}
}

func (c *Case) symbol(s string) forensics.Symbol {
	if s == "" {
		return 0
	}
	folded := fold(s)
	id, ok := c.symbols[folded]
	if !ok {
		id = forensics.Symbol(len(c.texts))
		c.texts, c.spelled, c.symbols[folded] = append(c.texts, folded), append(c.spelled, s), id
	}
	return id
}

// Accounts lists the accounts in order.
func (c *Case) Accounts() []string { return c.accounts }

// Account gives one account's events.
func (c *Case) Account(account string, buffer []forensics.Brief) (forensics.AccountEvents, error) {
	return forensics.AccountEvents{Account: account, Briefs: append(buffer[:0], c.byName[fold(account)]...)}, nil
}

// Text gives a symbol's text, folded.
func (c *Case) Text(s forensics.Symbol) string {
	if int(s) >= len(c.texts) {
		return ""
	}
	return c.texts[s]
}

// Spelled gives a symbol's text as the first event that has it spells it.
func (c *Case) Spelled(s forensics.Symbol) string {
	if int(s) >= len(c.spelled) {
		return ""
	}
	return c.spelled[s]
}

// Events reads events in full.
func (c *Case) Events(rows []int64) ([]forensics.Event, error) {
	c.Read += len(rows)
	out := make([]forensics.Event, len(rows))
	for i, row := range rows {
		if row < 1 || row > int64(len(c.events)) {
			return nil, fmt.Errorf("no event %d", row)
		}
		out[i] = c.events[row-1]
	}
	return out, nil
}

// Event gives one event by its row, from 1.
func (c *Case) Event(row int64) *forensics.Event { return &c.events[row-1] }

func fold(s string) string { return strings.ToLower(s) }

func hash(s string) uint32 {
	if s == "" {
		return 0
	}
	return max(crc32.ChecksumIEEE([]byte(fold(s))), 1)
}

// split cuts a line at blanks; a value may stand in quotes.
func split(line string) (words []string, err error) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " \t") {
		end, quoted := 0, false
		for end < len(line) && (quoted || line[end] != ' ' && line[end] != '\t') {
			if line[end] == '"' {
				quoted = !quoted
			}
			end++
		}
		if quoted {
			return nil, fmt.Errorf("a quote is not closed")
		}
		words = append(words, strings.ReplaceAll(line[:end], `"`, ""))
		line = line[end:]
	}
	return words, nil
}

func event(words []string) (e forensics.Event, every time.Duration, times int, err error) {
	times = 1
	if len(words) < 2 {
		return e, 0, 0, fmt.Errorf("a line needs a time and a kind")
	}
	if e.Time, err = moment(words[0], "Event"); err != nil {
		return e, 0, 0, err
	}
	var ok bool
	if e.Kind, ok = forensics.ParseKind(words[1]); !ok {
		return e, 0, 0, fmt.Errorf("no kind %q", words[1])
	}
	e.Account, e.Provider = DefaultAccount, "test"
	for _, w := range words[2:] {
		key, value, found := strings.Cut(w, "=")
		if !found {
			return e, 0, 0, fmt.Errorf("%q is no key=value", w)
		}
		switch key {
		case "every":
			every, err = time.ParseDuration(value)
		case "times":
			times, err = strconv.Atoi(value)
		default:
			err = set(&e, key, value)
		}
		if err != nil {
			return e, 0, 0, fmt.Errorf("%s: %w", w, err)
		}
	}
	return e, every, times, nil
}

// set fills in one field.
func set(e *forensics.Event, key, value string) (err error) {
	texts := map[string]*string{
		"account": &e.Account, "actor": &e.Actor, "country": &e.Country, "org": &e.Org, "host": &e.Host, "client": &e.Client,
		"protocol": &e.Protocol, "service": &e.Service, "session": &e.Session, "operation": &e.Operation, "id": &e.MessageID,
		"subject": &e.Subject, "from": &e.From, "key": &e.Key, "folder": &e.Folder, "detail": &e.Detail, "provider": &e.Provider,
		"rule": &e.Rule, "amount": &e.Amount, "asset": &e.Asset, "destination": &e.Destination, "txid": &e.TxID, "usd": &e.ValueUSD,
	}
	if to, ok := texts[key]; ok {
		*to = value
		if key == "account" && value == "-" {
			*to = ""
		}
		return nil
	}
	bound := func(to func(b *forensics.Bounds) *forensics.Time) error {
		if e.Bounds == nil {
			e.Bounds = &forensics.Bounds{}
		}
		t, err := moment(value, key)
		*to(e.Bounds) = t
		return err
	}
	switch key {
	case "ip":
		e.IP, err = netip.ParseAddr(value)
	case "asn":
		var n uint64
		n, err = strconv.ParseUint(value, 10, 32)
		e.ASN = uint32(n)
	case "ids":
		for _, id := range strings.Split(value, ",") {
			e.Messages = append(e.Messages, forensics.Message{MessageID: id})
		}
	case "uids":
		for _, s := range strings.Split(value, ",") {
			n, err := strconv.ParseUint(s, 10, 32)
			if err != nil {
				return err
			}
			e.UIDs = append(e.UIDs, uint32(n))
		}
	case "reasons":
		e.Reasons = strings.Split(value, ",")
	case "sender":
		for s := forensics.SenderAuthenticated; s <= forensics.SenderUnknown; s++ {
			if s.String() == value {
				e.Sender = s
			}
		}
	case "certainty":
		var ok bool
		if e.Certainty, ok = forensics.ParseCertainty(value); !ok {
			return fmt.Errorf("no such certainty")
		}
	case "outcome":
		for o := forensics.Success; o <= forensics.OutcomeUnknown; o++ {
			if o.String() == value {
				e.Outcome = o
			}
		}
	case "after":
		err = bound(func(b *forensics.Bounds) *forensics.Time { return &b.NotBefore })
	case "before":
		err = bound(func(b *forensics.Bounds) *forensics.Time { return &b.NotAfter })
	case "arrived-after":
		err = bound(func(b *forensics.Bounds) *forensics.Time { return &b.ArrivedNotBefore })
	case "arrived-before":
		err = bound(func(b *forensics.Bounds) *forensics.Time { return &b.ArrivedNotAfter })
	default:
		return fmt.Errorf("no such key")
	}
	return err
}

// moment reads a time; "-" is none.
func moment(s, desc string) (forensics.Time, error) {
	if s == "-" {
		return forensics.Time{Unreliable: true, Desc: desc}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return forensics.UTC(t, forensics.PrecisionSecond, s, desc), nil
		}
	}
	return forensics.Time{}, fmt.Errorf("%q is no time", s)
}
