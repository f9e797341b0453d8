package xlsx

import (
	"strings"

	"keytrail/forensics"
)

// speaks says what each format can speak of: the groups of its events, and what a reader may not
// conclude from its silence. A test keeps the groups equal to what the formats say of themselves.
var speaks = map[string]struct {
	groups []forensics.Group
	limits string
}{
	"microsoft/unified-audit": {groupList("key login reset deletion settings mail other"),
		"as far as auditing was on and the licence logs it"},
	"microsoft/entra-signin":          {groupList("login other"), "kept by Microsoft for 7 or 30 days"},
	"microsoft/entra-audit":           {groupList("key reset settings other"), "changes to accounts and their credentials only"},
	"google/workspace-audit":          {groupList("login key reset settings deletion mail other"), "only the applications that were exported"},
	"google/takeout-access-log":       {groupList("login other"), "activity of the account as Google groups it"},
	"okta/system-log":                 {groupList("login key reset settings other"), "sign-ins through Okta; what happens inside of an application is in its own log"},
	"mailserver/dovecot":              {groupList("login deletion mail other"), "deletions only where mail_log is on"},
	"mailserver/postfix":              {groupList("login"), "sign-ins for sending only"},
	"mailserver/exim":                 {groupList("login mail"), "sending only"},
	"mailserver/courier":              {groupList("login"), "sign-ins only"},
	"mailserver/roundcube":            {groupList("login"), "sign-ins over this webmail only"},
	"mailbox/maildir":                 {mailboxGroups, mailboxLimits},
	"mailbox/mbox":                    {mailboxGroups, mailboxLimits},
	"mailbox/acquisition":             {groupList("deletion other"), "which messages the server had when the copy was made, and how"},
	"mailbox/imap-backup":             {groupList("deletion"), "which messages the copy had when it was made"},
	"mailbox/dovecot-uidlist":         {groupList("deletion"), "which messages a folder held when the list was written"},
	"mailbox/mbsync":                  {groupList("deletion"), "which messages a folder held at the last run"},
	"mailbox/eml":                     {mailboxGroups, "this one message"},
	"statement/coinbase":              {statementGroups, "what was booked in the time that the report was asked for"},
	"statement/coinbase-transactions": {statementGroups, "one wallet only"},
	"statement/coinbase-archive":      {groupList("money login settings other"), "what Coinbase hands out about its user"},
	"statement/gemini":                {statementGroups, statementLimits},
	"statement/kraken":                {statementGroups, "the ledger names no addresses"},
	"statement/binance":               {statementGroups, statementLimits},
	"statement/binance-us":            {statementGroups, statementLimits},
	"statement/cryptocom":             {statementGroups, "one wallet of the app only"},
	"statement/bitstamp":              {statementGroups, statementLimits},
	"statement/bitfinex":              {statementGroups, statementLimits},
	"statement/kucoin":                {statementGroups, statementLimits},
	"statement/okx":                   {statementGroups, "the funding account only"},
	"statement/bybit":                 {statementGroups, statementLimits},
	"statement/robinhood":             {statementGroups, statementLimits},
	"statement/blockchain":            {statementGroups, statementLimits},
	"statement/bitvavo":               {statementGroups, statementLimits},
	"statement/revolut":               {statementGroups, statementLimits},
	"generic/table":                   {groupList("other"), "only what its columns were said to mean"},
}

const mailboxLimits = "mails that are still in it; of keys, logins and money only what notices among them say"

var statementGroups = groupList("money other")

const statementLimits = "what was booked in the time that the export was asked for"

var mailboxGroups = groupList("mail reset key login money settings")

func groupList(names string) []forensics.Group {
	var list []forensics.Group
	for _, name := range strings.Fields(names) {
		if g, ok := forensics.ParseGroup(name); ok {
			list = append(list, g)
		}
	}
	return list
}

// speaksText is the cell of the coverage sheet.
func speaksText(format string) string {
	s, ok := speaks[format]
	if !ok {
		return ""
	}
	names := make([]string, len(s.groups))
	for i, g := range s.groups {
		names[i] = g.String()
	}
	return strings.Join(names, ", ") + " (" + s.limits + ")"
}
