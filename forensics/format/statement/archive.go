package statement

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// CoinbaseArchive reads coinbase_data.json, the archive of personal data that Coinbase hands out on request. Its
// sections are known by their names: transactions, Site activity (the exchange's own log, with addresses), Confirmed
// devices, Devices used, Third party authorisations. All others are passed over.
//
// Nothing documents the words of Site activity. An action is a sign-in where it says so ("signin", "logged in"), a failed
// one where it says that too; all others are kept under their own name. Times are seconds since 1970 or
// ISO 8601, in UTC.
type CoinbaseArchive struct{}

var _ format.Format = CoinbaseArchive{}

// Name implements format.Format.
func (CoinbaseArchive) Name() string { return "statement/coinbase-archive" }

// About implements format.Format.
func (CoinbaseArchive) About() format.About {
	return format.About{
		Title:  "Coinbase archive of personal data",
		Reads:  "coinbase_data.json: transactions, site activity, confirmed devices, third-party access",
		Gives:  []string{"money", "login", "settings", "other"},
		HowTo:  "coinbase.com > Settings > Privacy > Request data (export of personal data). It is the only export with the addresses that signed in to the exchange: ask for it early.",
		Source: "https://help.coinbase.com/en/coinbase/privacy-and-security/data-privacy/how-can-i-request-my-personal-data (fields as public readers of the file know them)",
	}
}

// Match implements format.Format.
func (CoinbaseArchive) Match(h *format.Head) format.Guess {
	head := bytes.TrimLeft(format.HeadText(h.Bytes), " \t\r\n")
	if len(head) == 0 || head[0] != '{' {
		return format.Guess{}
	}
	head = bytes.ToLower(head)
	marks := 0
	for _, key := range []string{`"site activity`, `"confirmed devices`, `"devices used`, `"coinbase_id"`, `"crypto_hash"`, `"ip_address"`, `"instantly_exchanged"`, `"access_granted"`} {
		if bytes.Contains(head, []byte(key)) {
			marks++
		}
	}
	if marks >= 2 {
		return format.Guess{Score: 93, Why: "sections of Coinbase's archive of personal data"}
	}
	return format.Guess{}
}

// Parse implements format.Format.
func (CoinbaseArchive) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	o := newObjects(in.Reader)
	a := archive{account: in.Account}
	o.text = a.header
	for n := 0; o.Next(); n++ {
		if n%cancelEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		ref := o.Ref()
		if o.broken != "" {
			out.Broken(ref, o.broken)
			continue
		}
		r := member{}
		if err := r.read(o.raw); err != nil {
			out.Broken(ref, "not a JSON object: "+clip(err.Error()))
			continue
		}
		events, why := a.events(fold(o.array), r)
		if why != "" {
			out.Broken(ref, why)
			continue
		}
		if len(events) == 0 {
			out.Skip(ref)
			continue
		}
		if err := out.Record(&format.Record{Ref: ref, Raw: o.raw, Events: events}); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := o.Err(); err != nil {
		return err
	}
	if o.cutOff() {
		out.Warn(forensics.Ref{Offset: o.off}, "the file ends in the middle: it is cut off")
	}
	return nil
}

// archive is what the file says about its user.
type archive struct{ account string }

// header takes the user's address where the personal section names it.
func (a *archive) header(key, value string) {
	if a.account == "" && strings.Contains(fold(key), "email") && strings.Contains(value, "@") && isAddress(value) {
		a.account = strings.ToLower(value)
	}
}

// events gives what a record of a section says, or why it cannot be read.
func (a *archive) events(section string, r member) (events []forensics.Event, why string) {
	switch {
	case strings.Contains(section, "transaction"):
		return a.transaction(r)
	case strings.Contains(section, "site"):
		return a.activity(r), ""
	case strings.Contains(section, "confirmed"):
		return a.device(r, "confirmed device", r.get("confirmed")), ""
	case strings.Contains(section, "devices"):
		return a.device(r, "device used", ""), ""
	case strings.Contains(section, "third"):
		return a.access(r), ""
	}
	return nil, ""
}

func (a *archive) base(cell, desc string) forensics.Event {
	e := forensics.Event{Service: coinbase.service, Account: a.account}
	t, ok := unixOrISO(cell, desc)
	if !ok {
		t = forensics.Time{Unreliable: true, Original: clip(cell), Desc: desc}
	}
	e.Time = t
	return e
}

// transaction is a movement of one wallet. What went out has a receiver or a hash; without them it is a trade or a fee.
func (a *archive) transaction(r member) (events []forensics.Event, why string) {
	e := a.base(r.get("timestamp"), "Transaction")
	sum, unit, ok := amount(r.get("amount"))
	switch {
	case !ok && r.get("amount") == "" && r.get("timestamp") == "":
		return nil, "" // no transaction
	case !ok:
		return nil, "amount is no number"
	}
	e.Certainty, e.Outcome = forensics.Reported, forensics.Success
	e.Asset, e.Amount = asset(r.get("currency"), unit), sum.Abs().String()
	e.TxID, e.Operation = r.get("crypto_hash"), "transaction"
	to := r.get("to")
	moved := to != "" || e.TxID != ""
	switch {
	case moved && sum.Sign() < 0:
		e.Kind, e.Destination = forensics.FundsSent, firstOf(to, destinationOf(r.get("notes")))
	case moved && sum.Sign() > 0:
		e.Kind = forensics.FundsReceived
	default:
		e.Amount = sum.String()
	}
	if e.Asset == "USD" {
		e.ValueUSD = sum.Abs().String()
	}
	var detail []string
	for _, s := range []string{r.get("notes"), r.get("account_name"), r.get("transfer_payment_method")} {
		if s != "" {
			detail = append(detail, s)
		}
	}
	e.Detail = clip(strings.Join(detail, "; "))
	if id := r.get("coinbase_id"); id != "" {
		e.Fact = fact(e.Service, id, &e)
	}
	return []forensics.Event{e}, ""
}

// activity is a line of the exchange's own log.
func (a *archive) activity(r member) []forensics.Event {
	e := a.base(r.get("time"), "Site activity")
	e.Operation, e.Detail, e.Protocol = firstOf(r.get("action"), "site activity"), r.get("source"), ""
	e.IP, e.Host = address(r.get("ip_address"))
	e.Client = r.get("user_agent")
	switch word := letters(e.Operation); {
	case !signIn(word):
	case strings.Contains(word, "fail") || strings.Contains(word, "invalid") || strings.Contains(word, "denied") || strings.Contains(word, "wrong") || strings.Contains(word, "unsuccess"):
		e.Kind, e.Outcome = forensics.LoginFailed, forensics.Failure
	case strings.Contains(word, "attempt") || strings.Contains(word, "request") || strings.Contains(word, "verif") || strings.Contains(word, "challenge"):
	default:
		e.Kind, e.Outcome = forensics.LoginSucceeded, forensics.Success
	}
	return []forensics.Event{e}
}

// signIn reports whether an action's letters speak of a sign-in.
func signIn(word string) bool {
	for _, s := range []string{"signin", "signedin", "login", "loggedin", "logon"} {
		if strings.Contains(word, s) {
			return true
		}
	}
	return false
}

// letters writes a word without what parts it: "Signed_in" and "signed in" are "signedin".
func letters(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' {
			return c
		}
		return -1
	}, strings.ToLower(s))
}

// device is a device that the exchange knows. Mostly it has no time: then it is listed apart.
func (a *archive) device(r member, operation, confirmed string) []forensics.Event {
	e := a.base(confirmed, "Confirmed")
	if e.Time.Unreliable && confirmed != "" {
		e.Detail = "confirmed: " + clip(confirmed)
	}
	e.Operation, e.Client = operation, r.get("user_agent")
	e.IP, e.Host = address(r.get("ip_address"))
	if !e.IP.IsValid() && e.Host == "" && e.Client == "" {
		return nil
	}
	return []forensics.Event{e}
}

// access is an app that was given access, and lost it.
func (a *archive) access(r member) []forensics.Event {
	name := r.get("name")
	var out []forensics.Event
	if granted := r.get("access_granted"); granted != "" {
		e := a.base(granted, "Access granted")
		e.Kind, e.Outcome, e.Operation, e.Detail = forensics.ConsentGranted, forensics.Success, "third-party access granted", name
		out = append(out, e)
	}
	if revoked := r.get("access_revoked"); revoked != "" {
		e := a.base(revoked, "Access revoked")
		if !e.Time.Unreliable {
			e.Outcome, e.Operation, e.Detail = forensics.Success, "third-party access revoked", name
			out = append(out, e)
		}
	}
	return out
}

// member is a record's values by their folded keys.
type member map[string]string

func (m member) read(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(raw, []byte("\ufffd"))))
	d.UseNumber()
	var values map[string]any
	if err := d.Decode(&values); err != nil {
		return err
	}
	for _, k := range slices.Sorted(maps.Keys(values)) { // keys may differ in case only
		switch v := values[k].(type) {
		case string:
			m[fold(k)] = clip(strings.TrimSpace(v))
		case json.Number:
			m[fold(k)] = clip(v.String())
		case bool:
			m[fold(k)] = map[bool]string{true: "true", false: "false"}[v]
		}
	}
	return nil
}

func (m member) get(key string) string { return m[key] }

// address reads an IP address; what is none stays the name of a host.
func address(s string) (ip netip.Addr, host string) {
	if ip, err := netip.ParseAddr(s); err == nil {
		return ip.WithZone("").Unmap(), ""
	}
	return ip, s
}
