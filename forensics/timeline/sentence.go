package timeline

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"keytrail/forensics"
)

// sentences is the one table of wording. A line is a template: {name} is a
// field; a part in square brackets is left out where a field in it has no value. The first line whose
// condition holds is taken.
//
// The wording never says more than the source: "says" marks what a notice
// reports, and an unverified sender is named as such.
var sentences = map[forensics.Kind][]line{
	forensics.KeyCreated: {
		{reported, `{service} says an app password was created[: "{key}"][{unverified}][{other}]`},
		{ofToken, `{failed}API token[ "{key}"] created[ by {actor}][ from {where}][: {detail}]`},
		{ofApplication, `{failed}Application credential[ "{key}"] created[ by {actor}][ from {where}][: {detail}]`},
		{always, `{failed}App password[ "{key}"] created[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.KeyRemoved: {
		{reported, `{service} says an app password was removed[: "{key}"][{unverified}][{other}]`},
		{ofToken, `{failed}API token[ "{key}"] removed[ by {actor}][ from {where}][: {detail}]`},
		{ofApplication, `{failed}Application credential[ "{key}"] removed[ by {actor}][ from {where}][: {detail}]`},
		{always, `{failed}App password[ "{key}"] removed[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.LoginSucceeded: {
		{exchange, `Signed in to {service}[ from {where}][ with {client}][: {detail}]`},
		{reported, `{service} says there was a sign-in[ from {where}][ with {client}][: {detail}][{unverified}][{other}]`},
		{always, `Signed in[ over {protocol}][ from {where}][ with {client}][: {detail}]`},
	},
	forensics.LoginFailed: {
		{exchange, `Sign-in to {service} failed[ from {where}][ with {client}][: {detail}]`},
		{reported, `{service} says a sign-in was blocked[ from {where}][: {detail}][{unverified}][{other}]`},
		{always, `Sign-in failed[ over {protocol}][ from {where}][ with {client}][: {detail}]`},
	},
	forensics.ResetRequested: {
		{reported, `{service} reset or verification mail[: "{subject}"][{unverified}][{other}]`},
		{always, `{failed}Password reset started[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.PasswordChanged: {
		{reported, `{service} says the password was changed[: "{subject}"][{unverified}][{other}]`},
		{always, `{failed}Password changed[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.MailDeleted: {
		{inTrash, `Mail[ "{subject}"] was put into {folder}[, between {notbefore} and {notafter}]`},
		{marked, `Mail[ "{subject}"] in {folder} was marked as deleted[, between {notbefore} and {notafter}]`},
		{several, `{failed}{count} mails deleted[ from {folder}][ by {actor}], among them[ "{subject}"][: {detail}]`},
		{always, `{failed}Mail[ "{subject}"] deleted[ from {folder}][ by {actor}][: {detail}]`},
	},
	forensics.MailPurged: {
		{several, `{failed}{count} mails removed for good[ from {folder}][ by {actor}], among them[ "{subject}"][: {detail}]`},
		{always, `{failed}Mail[ "{subject}"] removed for good[ from {folder}][ by {actor}][: {detail}]`},
	},
	forensics.MailMissing: {
		{several, `{count} mails are missing[ from {folder}][, removed between {notbefore} and {notafter}][: {detail}]`},
		{always, `Mail[ "{subject}"] is missing[ from {folder}][, removed between {notbefore} and {notafter}][: {detail}]`},
	},
	forensics.RuleSet: {
		{reported, `{service} says a mail rule was set[: {detail}][{unverified}][{other}]`},
		{always, `{failed}Mail rule set[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.ForwardingSet: {
		{reported, `{service} says forwarding was set[: {detail}][{unverified}][{other}]`},
		{always, `{failed}Forwarding set[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.RecoveryChanged: {
		{reported, `{service} says recovery or security details were changed[: "{subject}"][{unverified}][{other}]`},
		{always, `{failed}Recovery or security details changed[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.SecondFactorChanged: {
		{reported, `{service} says the second factor was changed[: "{subject}"][{unverified}][{other}]`},
		{always, `{failed}Second factor changed[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.ConsentGranted: {
		{exchange, `App given access at {service}[: {detail}]`},
		{reported, `{service} says an app was given access[: {detail}][{unverified}][{other}]`},
		{always, `{failed}App given access[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.SessionRevoked: {
		{reported, `{service} says sessions were signed out[{unverified}][{other}]`},
		{always, `{failed}Sessions signed out[ by {actor}][ from {where}][: {detail}]`},
	},
	forensics.FundsSent: {
		{reversal, `{amount} {asset} taken back[, worth {value} USD][, says {service}][: {detail}]`},
		{exchange, `{failed}{amount} {asset} sent[ to {destination}][, worth {value} USD][, says {service}][{unsure}][: {detail}]`},
		{money, `{amount} {asset} sent[ to {destination}][, worth {value} USD][, says {service}][{unverified}]`},
		{always, `{service} says funds were sent[: "{subject}"][{unverified}][{other}]`},
	},
	forensics.FundsReceived: {
		{reversal, `{amount} {asset} given back[, worth {value} USD][, says {service}][: {detail}]`},
		{exchange, `{failed}{amount} {asset} received[, worth {value} USD][, says {service}][{unsure}][: {detail}]`},
		{money, `{amount} {asset} received[, worth {value} USD][, says {service}][{unverified}]`},
		{always, `{service} says funds were received[: "{subject}"][{unverified}][{other}]`},
	},
	forensics.MailReceived: {{always, `Mail received[ from {from}][: "{subject}"]`}},
	forensics.MailSent:     {{always, `{failed}Mail sent[ from {where}][ to {to}][: "{subject}"]`}},
	forensics.MailRead: {
		{several, `{count} mails read[ over {protocol}][ from {where}][ in {folder}][: {detail}]`},
		{always, `Mail[ "{subject}"] read[ over {protocol}][ from {where}][ in {folder}][: {detail}]`},
	},
	forensics.MailMoved: {
		{several, `{count} mails moved[ from {folder}][: {detail}]`},
		{always, `Mail[ "{subject}"] moved[ from {folder}][: {detail}]`},
	},
	forensics.Alert: {
		{mail, `Mail[ from {from}] {detail}[: "{subject}"]`},
		{always, `Warning of the source[: {operation}][ from {where}][: {detail}]`},
	},
	forensics.Note: {{always, `Note[: {detail}]`}},
	forensics.Other: {
		{booked, `{failed}{operation}: {amount} {asset}[, worth {value} USD][, says {service}][: {detail}]`},
		{exchange, `{service}: {operation}[ from {where}][ with {client}][: {detail}]`},
		{always, `{failed}{operation}[ by {actor}][ from {where}][: {detail}]`},
	},
}

type line struct {
	when     func(*forensics.Event) bool
	template string
}

func always(*forensics.Event) bool     { return true }
func reported(e *forensics.Event) bool { return e.Certainty == forensics.Reported }
func several(e *forensics.Event) bool  { return messageCount(e) > 1 }
func money(e *forensics.Event) bool    { return e.Amount != "" }
func mail(e *forensics.Event) bool     { return e.Sender != forensics.SenderNone || e.From != "" }

// exchange: an export of an exchange says so, about an account there, not about a mailbox.
func exchange(e *forensics.Event) bool { return strings.HasPrefix(e.Provider, "statement/") }
func booked(e *forensics.Event) bool   { return exchange(e) && e.Amount != "" }
func reversal(e *forensics.Event) bool {
	return exchange(e) && slices.Contains(e.Reasons, forensics.ReasonReversal)
}

// ofApplication: the key is an application's own, not one that opens a mailbox for a mail program.
func ofApplication(e *forensics.Event) bool {
	op := strings.ToLower(e.Operation)
	return strings.Contains(op, "service principal") || strings.Contains(op, "certificates and secrets") || strings.HasPrefix(op, "app.oauth2.credentials.")
}

// ofToken: the key opens the API of who signs users in, not a mailbox.
func ofToken(e *forensics.Event) bool { return strings.HasPrefix(e.Operation, "system.api_token.") }

// inTrash, marked: found so in a copy of the mailbox, not told by a log.
func inTrash(e *forensics.Event) bool { return inferredFrom(e, "trash") }
func marked(e *forensics.Event) bool  { return inferredFrom(e, "marked") }

func inferredFrom(e *forensics.Event, reason string) bool {
	return e.Certainty == forensics.Inferred && slices.Contains(e.Reasons, reason)
}

// listedUIDs is how many UIDs an inferred loss lists at most; its detail says how many there are.
const listedUIDs = 1000

func messageCount(e *forensics.Event) int { return max(len(e.Messages), len(e.UIDs)) }

// Sentence says in one line what the event states.
func Sentence(e *forensics.Event) string {
	for _, l := range sentences[e.Kind] {
		if l.when(e) {
			s, _ := expand(l.template, e)
			return strings.TrimSpace(s)
		}
	}
	return e.Kind.String()
}

// expand fills in a template and reports whether every field in it had a value.
func expand(template string, e *forensics.Event) (string, bool) {
	var b strings.Builder
	full := true
	for template != "" {
		i := strings.IndexAny(template, "[{")
		if i < 0 {
			b.WriteString(template)
			break
		}
		b.WriteString(template[:i])
		if template[i] == '[' {
			end := i + strings.IndexByte(template[i:], ']')
			if part, ok := expand(template[i+1:end], e); ok {
				b.WriteString(part)
			}
			template = template[end+1:]
			continue
		}
		end := i + strings.IndexByte(template[i:], '}')
		value := field(template[i+1:end], e)
		if value == "" {
			full = false
		}
		b.WriteString(value)
		template = template[end+1:]
	}
	return b.String(), full
}

// field gives the text of a template's field.
func field(name string, e *forensics.Event) string {
	switch name {
	case "service":
		return forensics.ServiceName(e.Service)
	case "actor":
		if strings.EqualFold(e.Actor, e.Account) {
			return ""
		}
		return e.Actor
	case "where":
		return where(e)
	case "client":
		return forensics.DescribeClient(e.Client)
	case "protocol":
		return protocolName(e.Protocol)
	case "key":
		return e.Key
	case "subject":
		return subject(e)
	case "detail":
		return e.Detail
	case "folder":
		return folder(e)
	case "operation":
		if e.Operation == "" && e.Subject != "" {
			return e.Subject
		}
		return e.Operation
	case "from":
		return e.From
	case "to":
		return strings.Join(e.To, ", ")
	case "amount":
		return e.Amount
	case "asset":
		return e.Asset
	case "destination":
		return e.Destination
	case "value":
		return e.ValueUSD
	case "count":
		if n := messageCount(e); e.Kind != forensics.MailMissing || n < listedUIDs {
			return strconv.Itoa(n)
		}
		return strconv.Itoa(listedUIDs) + " or more"
	case "notbefore", "notafter":
		return bound(e, name)
	case "failed":
		if e.Outcome == forensics.Failure {
			return "Attempt failed: "
		}
	case "unsure":
		if e.Outcome == forensics.OutcomeUnknown {
			return " (outcome not known)"
		}
	case "unverified":
		switch e.Sender {
		case forensics.SenderUnknown:
			return " (sender not verified)"
		case forensics.SenderFailed:
			return " (sender check failed)"
		}
	case "other":
		if slices.Contains(e.Reasons, "other-account") {
			return " (about another account)"
		}
	}
	return ""
}

func where(e *forensics.Event) string {
	from := e.Host
	if e.IP.IsValid() {
		from = e.IP.String()
	}
	if e.Country != "" {
		if from == "" {
			return e.Country
		}
		return from + " (" + e.Country + ")"
	}
	return from
}

func subject(e *forensics.Event) string {
	if e.Subject != "" {
		return e.Subject
	}
	for _, m := range e.Messages {
		if m.Subject != "" {
			return m.Subject
		}
	}
	return ""
}

func folder(e *forensics.Event) string {
	if e.Folder != "" {
		return e.Folder
	}
	if len(e.Messages) > 0 {
		return e.Messages[0].Folder
	}
	return ""
}

func bound(e *forensics.Event, name string) string {
	if e.Bounds == nil {
		return ""
	}
	if name == "notbefore" {
		return e.Bounds.NotBefore.RFC3339()
	}
	return e.Bounds.NotAfter.RFC3339()
}

// protocolName writes a protocol as people do.
func protocolName(p string) string {
	switch p {
	case "web":
		return "the web"
	case "imap", "pop3", "smtp", "ews", "mapi", "rest":
		return strings.ToUpper(p)
	}
	return p
}

// Words lists the literal words, in lower case, that the sentences of a kind can contain, so
// that a search for "sign-in" finds the events that are worded so.
func Words(k forensics.Kind) []string { return words()[k] }

var words = sync.OnceValue(func() map[forensics.Kind][]string {
	out := map[forensics.Kind][]string{}
	for k, lines := range sentences {
		var all []string
		for _, l := range lines {
			all = append(all, literals(l.template)...)
		}
		slices.Sort(all)
		out[k] = slices.Compact(all)
	}
	return out
})

func literals(template string) []string {
	var b strings.Builder
	depth := 0
	for _, r := range template {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
			b.WriteByte(' ')
		case depth == 0 && (unicode.IsLetter(r) || r == '-'):
			b.WriteRune(unicode.ToLower(r))
		case depth == 0:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}
