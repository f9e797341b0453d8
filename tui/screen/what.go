package screen

import (
	"strings"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// kindWord is the short word beside the group's letter.
func kindWord(k forensics.Kind) string {
	switch k {
	case forensics.Alert:
		return "alert"
	case forensics.Note:
		return "note"
	}
	return k.Group().String()
}

// what says in a few words what happened, without the account, the origin and the
// time, which have columns of their own.
func what(e *forensics.Event) string {
	s := whatHappened(e)
	if e.Outcome == forensics.Failure && e.Kind != forensics.LoginFailed {
		s = "failed: " + s
	}
	return s
}

func whatHappened(e *forensics.Event) string {
	switch e.Kind {
	case forensics.KeyCreated:
		return words("created", keyName(e), e.Detail)
	case forensics.KeyRemoved:
		return words("removed", keyName(e), e.Detail)
	case forensics.LoginSucceeded:
		return words("succeeded", e.Protocol, forensics.DescribeClient(e.Client), e.Detail)
	case forensics.LoginFailed:
		return words("failed", e.Protocol, forensics.DescribeClient(e.Client), e.Detail)
	case forensics.ResetRequested:
		return titled(e, "reset started")
	case forensics.PasswordChanged:
		return titled(e, "password changed")
	case forensics.MailDeleted:
		return words("deleted", mails(e), in("from", e.Folder))
	case forensics.MailPurged:
		return words("purged", mails(e), in("from", e.Folder))
	case forensics.MailMissing:
		return words("missing", mails(e), in("from", e.Folder))
	case forensics.RuleSet:
		return words("mail rule", e.Detail)
	case forensics.ForwardingSet:
		return words("forwarding", e.Detail)
	case forensics.RecoveryChanged:
		return titled(e, "recovery data changed")
	case forensics.SecondFactorChanged:
		return titled(e, "second factor changed")
	case forensics.ConsentGranted:
		return words("access given", e.Detail)
	case forensics.SessionRevoked:
		return words("signed out", e.Detail)
	case forensics.FundsSent, forensics.FundsReceived:
		return money(e)
	case forensics.MailReceived:
		return subject(e)
	case forensics.MailSent:
		return words("sent", quoted(e.Subject), in("to", strings.Join(e.To, ", ")))
	case forensics.MailRead:
		return words("read", mails(e), in("in", e.Folder), e.Detail)
	case forensics.MailMoved:
		return words("moved", mails(e), in("from", e.Folder), e.Detail)
	case forensics.Alert:
		return words(e.Detail, quoted(e.Subject), e.Operation)
	}
	return words(e.Operation, e.Detail, quoted(e.Subject))
}

// where says where it came from: an address with its country, or who sent the mail.
func where(e *forensics.Event) (place, country string) {
	switch {
	case e.IP.IsValid():
		return e.IP.String(), e.Country
	case e.Host != "":
		return e.Host, e.Country
	case e.From != "" && e.Kind != forensics.MailSent:
		return e.From, ""
	}
	return "", e.Country
}

// state is the short word for how far the event can be relied on, empty where a
// log of the system itself speaks.
func state(e *forensics.Event) string {
	switch {
	case e.Certainty == forensics.Inferred:
		return "inferred"
	case e.Sender == forensics.SenderFailed:
		return "not proved"
	case e.Sender == forensics.SenderUnknown:
		return "unverified"
	case e.Certainty == forensics.Reported:
		return "reported"
	case e.TimeConflict:
		return "conflict"
	}
	return ""
}

func words(parts ...string) string {
	out := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return "“" + s + "”"
}

func in(word, value string) string {
	if value == "" {
		return ""
	}
	return word + " " + value
}

// keyName is the name of a key, or else the source's own word for what was done.
func keyName(e *forensics.Event) string {
	if e.Key == "" && e.Detail == "" {
		return strings.TrimSuffix(e.Operation, ".")
	}
	return quoted(e.Key)
}

func titled(e *forensics.Event, otherwise string) string {
	text := e.Subject
	if text == "" {
		text = words(otherwise, e.Detail)
	}
	if e.Service == "" {
		return text
	}
	return forensics.ServiceName(e.Service) + ": " + text
}

func mails(e *forensics.Event) string {
	if n := max(len(e.Messages), len(e.UIDs)); n > 1 {
		return kit.Count(int64(n)) + " mails"
	}
	if e.Subject == "" && len(e.Messages) == 1 {
		return quoted(e.Messages[0].Subject)
	}
	return quoted(e.Subject)
}

// subject is what is known of a mail that came: a log names neither its subject nor its sender.
func subject(e *forensics.Event) string {
	switch {
	case e.Subject != "":
		return e.Subject
	case e.From != "":
		return "(no subject)"
	}
	return words("received", in("in", e.Folder), e.Detail)
}

func money(e *forensics.Event) string {
	verb := "sent"
	if e.Kind == forensics.FundsReceived {
		verb = "received"
	}
	if e.Amount == "" {
		return titled(e, "funds "+verb)
	}
	value := ""
	if e.ValueUSD != "" {
		value = "(" + e.ValueUSD + " USD)"
	}
	return words(e.Amount, e.Asset, verb, in("to", e.Destination), value)
}
