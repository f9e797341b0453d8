package rule

import (
	"context"
	"net/netip"

	"keytrail/forensics"
)

// Judge gives the user's verdict on an entity: "mine", "not-mine" or "". kind and value are spelled as in
// forensics.Entity: ("ip", "203.0.113.7"), ("network", "203.0.113.0/24"), ("asn", "64496"), ("client", ...), ("key", ...),
// ("account", ...), ("service", ...).
type Judge func(kind, value string) string

// The verdicts.
const (
	mine    = "mine"
	notMine = "not-mine"
)

// Source is what one item of the case can speak for.
type Source struct {
	Evidence, Item int64
	Name           string // as a person knows it: "AuditLog.csv"
	Format         string // such as "microsoft/unified-audit"
	First, Last    int64  // nanoseconds since 1970 of what it holds; 0 where it holds nothing dated
	// Accounts are the folded addresses it speaks of; empty: not bound to accounts.
	Accounts []string
	// Shows are the kinds of events that such a source records, whether or not there were any.
	Shows []forensics.Kind
}

// Covers reports whether the source can show a kind for an account at a moment.
func (s *Source) Covers(account string, kind forensics.Kind, at int64) bool {
	return s.shows(kind) && s.speaksOf(account) && s.First != 0 && s.First <= at && at <= s.Last
}

// Input is what the rules look at for one account.
type Input struct {
	Briefs  forensics.Briefs
	Account forensics.AccountEvents
	// Unowned are the events that name no account, such as those of most statements, in the order of the timeline.
	Unowned []forensics.Brief
	// Where looks an address up; nil: nothing is known of places.
	Where func(netip.Addr) forensics.Place
	// Kilometres is a lower bound of the distance of two places; nil: no travel is judged.
	Kilometres func(a, b forensics.Place) (atLeast int, ok bool)
	// Judge gives the user's verdicts; nil: there are none.
	Judge    Judge
	Settings *Settings // nil: the defaults
	Sources  []Source
	// Cache holds what is known of texts and addresses from one account to the next, for one goroutine and one
	// snapshot, one Where and one Judge; nil: nothing is kept.
	Cache *Cache
}

// Account is what the rules say about one account.
type Account struct {
	Findings   []forensics.Finding // by start, then rule
	NotChecked []forensics.NotChecked
	Profile    *Profile
}

// Rule is one entry of the catalogue.
type Rule struct {
	ID        string
	Title     string
	Technique string // ATT&CK; empty where there is none
	Step      forensics.StepName
	Means     string // what a hit says
	Innocent  string // what would make it harmless
	Needs     []Need
	Windows   []string // names of settings

	// find adds the rule's findings to the evaluation.
	find func(*evaluation)
}

// Need is a source that a rule cannot do without: one that shows any of the kinds.
type Need struct {
	What  string // "login records"
	Kinds []forensics.Kind
}

// Evaluate runs the catalogue over one account. An error is that of reading events, or of ctx.
func Evaluate(ctx context.Context, in *Input) (*Account, error) {
	return evaluate(ctx, in)
}
