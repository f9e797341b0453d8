// Package investigate asks a case what happened: it runs the rules over one account at a time, joins
// their findings into incidents and campaigns, and infers from what is absent.
//
//	case ── briefs of one account ──> rule.Evaluate ──> incident.Find ──┐
//	case ── briefs of the next one ──> ...                              ├──> numbers, campaigns ──> analysis
//	the user's verdicts ──> only the accounts that they touch again ────┘
//
// Invariants: two accounts are in hand at a time, whatever the size of the case; equal cases, settings and verdicts give
// equal analyses. An analysis writes nothing into the case (SetIncidents keeps it in memory); Infer writes the inferred
// events, all of them anew, and nothing else.
package investigate

import (
	"context"
	"net/netip"
	"sync"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/rule"
	"keytrail/forensics/sigma"
)

// Options say what an analysis may use beyond the case.
type Options struct {
	// Where looks an address up; nil: nothing is known of places.
	Where func(netip.Addr) forensics.Place
	// Sigma are rules that are asked about the records too, anew where the case has got more of them; nil: none.
	Sigma *sigma.Set
	// AtOnce is how many accounts are in hand at a time; 0: two. A screen leaves a core to the hand that types.
	AtOnce int
}

// Analyst analyses one case again and again, and keeps what has not changed. Its methods may be called from any goroutine, and
// wait for one another.
type Analyst struct {
	c *casefile.Case
	o Options

	mu       sync.Mutex
	seen     seen
	briefs   *reread // of the snapshot that was seen
	sources  []rule.Source
	items    []forensics.Item
	bound    map[string][]forensics.Brief // events that name no account, by the one that they are about
	loose    []forensics.Brief            // those of which that is not known
	settings *rule.Settings
	sigma    asked
	accounts map[string]*account // by account
	commons  commons             // of the snapshot; nil until asked for
	analysis *forensics.Analysis // nil where something has changed
}

// New makes an analyst of a case, which has seen nothing yet.
func New(c *casefile.Case, o Options) *Analyst { return &Analyst{c: c, o: o} }

// Analyse gives the findings and incidents of the case as it is now, and tells the case which of its events
// belong to which incident. An error is that of reading the case, or of ctx.
func Analyse(ctx context.Context, c *casefile.Case, o Options) (*forensics.Analysis, error) {
	return New(c, o).Analyse(ctx)
}
