package investigate

import (
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/rule"
)

// notices are the kinds that the notice rules make of mails: every mailbox can show them.
var notices = []forensics.Kind{
	forensics.KeyCreated, forensics.KeyRemoved, forensics.ResetRequested, forensics.PasswordChanged, forensics.RecoveryChanged,
	forensics.SecondFactorChanged, forensics.ConsentGranted, forensics.ForwardingSet, forensics.FundsSent, forensics.FundsReceived, forensics.MailReceived,
}

// shows tells which kinds of events a format records where they happen, whether or not there were any.
func shows(format string) []forensics.Kind {
	switch format {
	case "microsoft/unified-audit":
		return []forensics.Kind{forensics.KeyCreated, forensics.KeyRemoved, forensics.LoginSucceeded, forensics.LoginFailed, forensics.PasswordChanged, forensics.ResetRequested,
			forensics.MailDeleted, forensics.MailPurged, forensics.MailRead, forensics.MailMoved, forensics.MailSent, forensics.RuleSet, forensics.ForwardingSet,
			forensics.RecoveryChanged, forensics.SecondFactorChanged, forensics.ConsentGranted, forensics.SessionRevoked}
	case "microsoft/entra-signin":
		return []forensics.Kind{forensics.LoginSucceeded, forensics.LoginFailed}
	case "microsoft/entra-audit":
		return []forensics.Kind{forensics.KeyCreated, forensics.KeyRemoved, forensics.PasswordChanged, forensics.ResetRequested, forensics.RecoveryChanged,
			forensics.SecondFactorChanged, forensics.ConsentGranted, forensics.SessionRevoked}
	case "google/workspace-audit":
		return []forensics.Kind{forensics.KeyRemoved, forensics.LoginSucceeded, forensics.LoginFailed, forensics.PasswordChanged, forensics.RecoveryChanged,
			forensics.SecondFactorChanged, forensics.ConsentGranted, forensics.ForwardingSet, forensics.MailDeleted, forensics.MailPurged}
	case "google/takeout-access-log":
		return []forensics.Kind{forensics.LoginSucceeded}
	case "okta/system-log":
		return []forensics.Kind{forensics.KeyCreated, forensics.KeyRemoved, forensics.LoginSucceeded, forensics.LoginFailed, forensics.PasswordChanged, forensics.ResetRequested,
			forensics.RecoveryChanged, forensics.SecondFactorChanged, forensics.ConsentGranted, forensics.SessionRevoked}
	case "mailserver/dovecot":
		return []forensics.Kind{forensics.LoginSucceeded, forensics.LoginFailed, forensics.MailDeleted, forensics.MailPurged, forensics.MailReceived}
	case "mailserver/postfix", "mailserver/exim", "mailserver/courier", "mailserver/roundcube":
		return []forensics.Kind{forensics.LoginSucceeded, forensics.LoginFailed}
	}
	switch {
	case numbersMails(format): // a gap in the numbers would show
		return append(slices.Clone(notices), forensics.MailMissing)
	case strings.HasPrefix(format, "mailbox/"):
		return notices
	case strings.HasPrefix(format, "statement/"):
		return []forensics.Kind{forensics.FundsSent, forensics.FundsReceived}
	}
	return nil
}

// numbersMails reports whether a format says which numbers the mails of a folder have.
func numbersMails(format string) bool {
	switch format {
	case "mailbox/acquisition", "mailbox/imap-backup", "mailbox/mbsync", "mailbox/dovecot-uidlist":
		return true
	}
	return false
}

// sources lists what the case can speak for. The items of one mail format in one evidence, such as the files of a maildir, are one source for
// each of the people whose mail they are.
func sources(c *casefile.Case, items []forensics.Item, briefs *casefile.Briefs) ([]rule.Source, error) {
	list, err := c.Evidence()
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, ev := range list {
		names[ev.ID] = ev.Name
	}
	accounts := briefs.ItemAccounts()
	type key struct {
		evidence int64
		format   string
	}
	mail, at := map[key][]rule.Source{}, map[key]int{}
	var out [][]rule.Source
	for i := range items {
		it := &items[i]
		if it.Format == "" {
			continue
		}
		s := rule.Source{Evidence: it.Evidence, Item: it.ID, Name: it.Name, Format: it.Format, First: it.First, Last: it.Last, Accounts: accounts[it.ID],
			Shows: shows(it.Format)}
		k := key{it.Evidence, it.Format}
		switch {
		case !strings.HasPrefix(it.Format, "mailbox/"):
			s.Name = sourceName(names[it.Evidence], it.Name)
			out = append(out, []rule.Source{s})
			continue
		case mail[k] == nil:
			at[k] = len(out)
			out = append(out, nil)
		}
		mail[k] = append(mail[k], s)
	}
	for k, list := range mail {
		out[at[k]] = mailboxes(list, names[k.evidence])
	}
	return slices.Concat(out...), nil
}

func sourceName(evidence, item string) string {
	if item == "" || item == "." {
		return evidence
	}
	return evidence + " » " + item
}

// merge adds an item to a source.
func merge(s, o *rule.Source) {
	if s.First == 0 || o.First != 0 && o.First < s.First {
		s.First = o.First
	}
	s.Last = max(s.Last, o.Last)
	for _, a := range o.Accounts {
		if i, ok := slices.BinarySearch(s.Accounts, a); !ok {
			s.Accounts = slices.Insert(slices.Clone(s.Accounts), i, a)
		}
	}
}
