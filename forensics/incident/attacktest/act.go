package attacktest

import (
	"net/netip"
	"time"

	"keytrail/forensics"
)

// deed is what somebody did, or what came.
type deed uint8

const (
	didLogin    deed = iota
	didFail          // a login that was refused
	didIdentify      // the client told its name
	didRead
	didTrash
	didPurge
	didEnd // of a session
	letterCame
	letterWent
	keyMade
	keyGone
	passwordChanged
	ruleMade
	forwardMade
	recoveryChanged
	sessionsRevoked
	consentGiven // to an application
	moneyOut
	moneyIn
	moneyTraded
)

// client is a program on a device.
type client struct {
	name    string // as IMAP ID says it
	version string
	info    string // Exchange's ClientInfoString
	agent   string // as a web service sees it
	kind    string // Gmail's client_type
	web     bool
	silent  bool // sends no IMAP ID
}

// session is one time that somebody had the mailbox open.
type session struct {
	id     string // as the world's logs spell it
	addr   netip.Addr
	client *client
	pid    int
	read   int // messages, as the summary at its end says
	gone   int
	hidden bool   // opened before any log begins, so that no login stands above it
	user   string // whose mailbox it is; empty: the case's
}

// act is one thing that happened.
type act struct {
	at      time.Time
	seq     int // order among acts of one second
	what    deed
	in      *session
	letter  *letter
	letters []*letter // of a deed that took several at once
	key     string
	text    string // rule's name, address forwarded to
	move    *transfer
	alone   bool // the server did it, or an administrator
	many    int  // messages that were read at once, of which the record names one

	truth
}

// truth says whose act it was.
type truth struct {
	attack int                  // from 1; 0 for the owner, the world and the provider
	step   forensics.StepName   // of that attack; empty: it belongs to it, but to no step
	also   []forensics.StepName // steps that it may be called as well
	repair bool                 // the owner's or provider's answer to that attack
}

// letter is one mail.
type letter struct {
	id            string // Message-ID without angle brackets
	from, name    string
	subject, body string
	host          string // that handed it over
	at            time.Time
	verdict       string // pass, fail or none for the From domain
	list          bool
	uid           int
	trashed       time.Time      // zero: not
	purged        time.Time      // zero: not
	taker         int            // the attack that took it away, 0 for the owner
	sent          bool           // by the account
	kind          forensics.Kind // what the notice rules make of it
	key           string         // named in it
}

// transfer is one row of a statement.
type transfer struct {
	service, asset, amount, usd, to, txid string
}

// Mark names one record of the truth so that its event can be found again. Fields that are empty do not count.
type Mark struct {
	Step      forensics.StepName
	Also      []forensics.StepName
	Repair    bool
	Kind      forensics.Kind
	At        time.Time // to the second
	MessageID string
	Session   string
	IP        netip.Addr
	// Inferred marks what no record says and the absence of a mail shows: its time is not known.
	Inferred bool
	// Faint marks a notice that nobody vouched for: it may count as one or not.
	Faint bool
}

// Attack is one attack as it happened and as far as it was recorded.
type Attack struct {
	Attacker int    // those of one attacker have one number
	Style    string // in words, for the list of failures
	Near     bool   // from an operator that the owner may have as well
	Start    time.Time
	End      time.Time
	Took     []forensics.StepName // the steps that took place
	Marks    []Mark               // the records of them, and of the repair
}

// Recorded lists the steps that some record speaks of, in the order of an attack.
func (a *Attack) Recorded() []forensics.StepName {
	has := map[forensics.StepName]bool{}
	for i := range a.Marks {
		if m := &a.Marks[i]; !m.Repair && !m.Faint && !m.Inferred && m.Step != "" {
			has[m.Step] = true
		}
	}
	var out []forensics.StepName
	for _, s := range forensics.Steps() {
		if has[s] {
			out = append(out, s)
		}
	}
	return out
}
