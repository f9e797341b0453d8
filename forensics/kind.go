package forensics

import "fmt"

// Group is the coarse class of an event: the colour and the letter it has on
// the screen, the sheet it stands on in the report.
type Group uint8

// The groups, in the order of an attack.
const (
	GroupOther Group = iota
	GroupKey
	GroupLogin
	GroupReset
	GroupDeletion
	GroupSettings
	GroupMoney
	GroupMail
	numGroups
)

var groupNames = [numGroups]string{"other", "key", "login", "reset", "deletion", "settings", "money", "mail"}

// Groups lists every group in the order of an attack, the quiet ones last.
func Groups() []Group {
	return []Group{GroupKey, GroupLogin, GroupReset, GroupDeletion, GroupSettings, GroupMoney, GroupMail, GroupOther}
}

// String gives the contract's word for the group.
func (g Group) String() string {
	if g >= numGroups {
		return fmt.Sprintf("group(%d)", uint8(g))
	}
	return groupNames[g]
}

// Kind says what happened: the event's `event.action`.
type Kind uint8

// The kinds of the contract. Their numbers are stored in cases: append only.
const (
	Other Kind = iota
	KeyCreated
	KeyRemoved
	LoginSucceeded
	LoginFailed
	ResetRequested
	PasswordChanged
	MailDeleted
	MailPurged
	MailMissing
	RuleSet
	ForwardingSet
	RecoveryChanged
	SecondFactorChanged
	ConsentGranted
	SessionRevoked
	FundsSent
	FundsReceived
	MailReceived
	MailSent
	MailRead
	MailMoved
	Alert
	Note
	numKinds
)

// kinds is the one table of kinds: contract name, group, and the category that
// the Elastic Common Schema has for such an event.
var kinds = [numKinds]struct {
	name     string
	group    Group
	category string
}{
	Other:               {"other", GroupOther, ""},
	KeyCreated:          {"key-created", GroupKey, "iam"},
	KeyRemoved:          {"key-removed", GroupKey, "iam"},
	LoginSucceeded:      {"login-succeeded", GroupLogin, "authentication"},
	LoginFailed:         {"login-failed", GroupLogin, "authentication"},
	ResetRequested:      {"reset-requested", GroupReset, "iam"},
	PasswordChanged:     {"password-changed", GroupReset, "iam"},
	MailDeleted:         {"mail-deleted", GroupDeletion, "email"},
	MailPurged:          {"mail-purged", GroupDeletion, "email"},
	MailMissing:         {"mail-missing", GroupDeletion, "email"},
	RuleSet:             {"rule-set", GroupSettings, "configuration"},
	ForwardingSet:       {"forwarding-set", GroupSettings, "configuration"},
	RecoveryChanged:     {"recovery-changed", GroupSettings, "iam"},
	SecondFactorChanged: {"second-factor-changed", GroupSettings, "iam"},
	ConsentGranted:      {"consent-granted", GroupSettings, "iam"},
	SessionRevoked:      {"session-revoked", GroupSettings, "session"},
	FundsSent:           {"funds-sent", GroupMoney, ""},
	FundsReceived:       {"funds-received", GroupMoney, ""},
	MailReceived:        {"mail-received", GroupMail, "email"},
	MailSent:            {"mail-sent", GroupMail, "email"},
	MailRead:            {"mail-read", GroupMail, "email"},
	MailMoved:           {"mail-moved", GroupMail, "email"},
	Alert:               {"alert", GroupOther, "threat"},
	Note:                {"note", GroupOther, ""},
}

// Kinds lists every kind in the order of its number.
func Kinds() []Kind {
	all := make([]Kind, numKinds)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// String gives the contract's word for the kind.
func (k Kind) String() string {
	if k >= numKinds {
		return fmt.Sprintf("kind(%d)", uint8(k))
	}
	return kinds[k].name
}

// Group tells the group the kind belongs to.
func (k Kind) Group() Group {
	if k >= numKinds {
		return GroupOther
	}
	return kinds[k].group
}

// Category gives the Elastic Common Schema's event.category, empty where it has none.
func (k Kind) Category() string {
	if k >= numKinds {
		return ""
	}
	return kinds[k].category
}

// ParseKind finds a kind by its contract name.
func ParseKind(name string) (Kind, bool) {
	for k, row := range kinds {
		if row.name == name {
			return Kind(k), true
		}
	}
	return Other, false
}

// ParseGroup finds a group by its contract name.
func ParseGroup(name string) (Group, bool) {
	for g, n := range groupNames {
		if n == name {
			return Group(g), true
		}
	}
	return GroupOther, false
}

// Certainty says how directly the evidence speaks.
type Certainty uint8

// The certainties, strongest first.
const (
	Observed Certainty = iota // a log of the system where it happened
	Reported                  // a notice, a statement or the user says so
	Inferred                  // follows from something missing
)

var certaintyNames = [...]string{"observed", "reported", "inferred"}

// String gives the contract's word.
func (c Certainty) String() string {
	if int(c) < len(certaintyNames) {
		return certaintyNames[c]
	}
	return fmt.Sprintf("certainty(%d)", uint8(c))
}

// ParseCertainty finds a certainty by its contract name.
func ParseCertainty(name string) (Certainty, bool) {
	for i, n := range certaintyNames {
		if n == name {
			return Certainty(i), true
		}
	}
	return Observed, false
}

// Outcome is the Elastic Common Schema's event.outcome.
type Outcome uint8

// The outcomes. OutcomeNone prints nothing.
const (
	OutcomeNone Outcome = iota
	Success
	Failure
	OutcomeUnknown
)

// String gives the schema's word, empty for OutcomeNone.
func (o Outcome) String() string {
	switch o {
	case Success:
		return "success"
	case Failure:
		return "failure"
	case OutcomeUnknown:
		return "unknown"
	}
	return ""
}

// Sender says what is on record about the authenticity of a notice's sender.
type Sender uint8

// The states of a sender. SenderNone is for events that are not notices.
const (
	SenderNone          Sender = iota
	SenderAuthenticated        // the receiver recorded a pass for an aligned domain
	SenderFailed               // the receiver recorded a failure, or the domain is not the brand's
	SenderUnknown              // no verdict of a receiver is on record
)

// String gives the contract's word, empty for SenderNone.
func (s Sender) String() string {
	switch s {
	case SenderAuthenticated:
		return "authenticated"
	case SenderFailed:
		return "failed"
	case SenderUnknown:
		return "unknown"
	}
	return ""
}
