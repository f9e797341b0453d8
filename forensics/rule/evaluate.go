package rule

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"keytrail/forensics"
)

// evaluation is one run of the catalogue over one account. Events are named by their index in all.
type evaluation struct {
	ctx   context.Context
	in    *Input
	set   *Settings
	cache *Cache
	all   []forensics.Brief
	dated int // all[:dated] have a reliable time and stand in its order
	home  []string
	alone bool // the only account of the case: all holds the events without an account too

	lists
	profile  *Profile
	pairs    []pair
	taken    []int32 // the deletions that took a notice, in order
	episodes []*episode
	origins  []origin
	keyOf    map[int32]keyView
	used     []int32 // the days on which the account was used from somewhere, in order

	full       map[int64]*forensics.Event
	findings   []forensics.Finding
	notChecked []forensics.NotChecked
	rule       *Rule // the one that is running
	err        error
}

// lists are the events of each sort, as indexes in the order of the timeline.
type lists struct {
	logins, failures   []int32 // of the mailbox itself
	serviceLogins      []int32 // of other services
	keys, removals     []int32
	resets             []int32 // reset mails and reset requests of any service, changed passwords of other services
	changes            []int32 // the mailbox's own password, recovery, second factor
	revokes            []int32
	consents           []int32
	rules, forwardings []int32
	alerts, phish      []int32
	sent               []int32 // money
	deletions          []int32
	moves              []int32 // out of the inbox or between folders
	missing            []int32
	reads              []int32
	notices            []int32 // mails of services that announce something, and are in the mailbox
	foreign            []int32 // notices about another account
	blind              []int32 // the log itself was limited
	mails              int
	firstMail          int64 // nanoseconds since 1970
	lastMail           int64
}

// scratch is what one account leaves for the next to use again.
type scratch struct {
	lists lists
}

func (l *lists) reset() {
	for _, p := range l.each() {
		*p = (*p)[:0]
	}
	l.mails, l.firstMail, l.lastMail = 0, 0, 0
}

func (l *lists) each() []*[]int32 {
	return []*[]int32{&l.logins, &l.failures, &l.serviceLogins, &l.keys, &l.removals, &l.resets, &l.changes, &l.revokes, &l.consents, &l.rules,
		&l.forwardings, &l.alerts, &l.phish, &l.sent, &l.deletions, &l.moves, &l.missing, &l.reads, &l.notices, &l.foreign, &l.blind}
}

func evaluate(ctx context.Context, in *Input) (*Account, error) {
	e := &evaluation{ctx: ctx, in: in, set: in.Settings, cache: in.Cache, all: in.Account.Briefs}
	if e.set == nil {
		e.set = Defaults()
	}
	if e.cache == nil {
		e.cache = NewCache()
	}
	if len(in.Unowned) > 0 && in.Account.Account != "" && e.lone() {
		e.all, e.alone = merged(e.all, in.Unowned), true
	}
	e.dated = len(e.all)
	for e.dated > 0 && e.all[e.dated-1].Unreliable {
		e.dated--
	}
	if _, domain, ok := strings.Cut(in.Account.Account, "@"); ok {
		e.home = homes[domain]
	}
	e.lists = e.cache.scratch.lists
	e.lists.reset()
	defer func() { e.cache.scratch.lists = e.lists }()

	e.collect()
	e.joinNotices()
	for _, p := range e.pairs {
		e.taken = append(e.taken, p.deletion)
	}
	slices.Sort(e.taken)
	e.findHiding()
	e.learn()
	e.judgeKeys()
	e.findEpisodes()
	e.findOrigins()
	for _, r := range catalogue {
		if e.err == nil {
			e.err = ctx.Err()
		}
		if e.err != nil {
			return nil, fmt.Errorf("rules on account %s: %w", in.Account.Account, e.err)
		}
		if why := e.lacks(r); why != "" {
			e.notChecked = append(e.notChecked, forensics.NotChecked{Rule: r.ID, Title: r.Title, Account: in.Account.Account, Why: why})
			continue
		}
		e.rule = r
		r.find(e)
	}
	if e.err != nil {
		return nil, fmt.Errorf("rules on account %s: %w", in.Account.Account, e.err)
	}
	slices.SortStableFunc(e.findings, func(a, b forensics.Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.End, b.End))
	})
	return &Account{Findings: e.findings, NotChecked: e.notChecked, Profile: e.profile}, nil
}

// lacks says which source a rule cannot do without and does not have, empty where it has all.
func (e *evaluation) lacks(r *Rule) string {
	for _, need := range r.Needs {
		if !e.has(need.Kinds) {
			return "no such source: no " + need.What
		}
	}
	return ""
}

// has reports whether the account has events of one of the kinds, or a source that would show them.
func (e *evaluation) has(kinds []forensics.Kind) bool {
	for i := range e.in.Sources {
		s := &e.in.Sources[i]
		for _, k := range kinds {
			if s.shows(k) && s.speaksOf(e.in.Account.Account) {
				return true
			}
		}
	}
	for _, k := range kinds {
		if e.profile.kinds[k] > 0 {
			return true
		}
		if k == forensics.FundsSent && len(e.cache.unowned) > 0 {
			return true
		}
	}
	return false
}

// collect sorts the events into the lists, in one pass.
func (e *evaluation) collect() {
	e.profile = &Profile{Account: e.in.Account.Account, home: map[forensics.Symbol]bool{}}
	l := &e.lists
	for n := range e.all {
		b, i := &e.all[n], int32(n)
		e.profile.kinds[b.Kind]++
		if b.Kind == forensics.MailReceived {
			if n < e.dated {
				if l.mails == 0 {
					l.firstMail = b.Time
				}
				l.mails++
				l.lastMail = b.Time
			}
			continue
		}
		var d detail
		if b.Certainty == forensics.Reported || b.Kind == forensics.Alert {
			if d = e.detail(b.Detail); d.other {
				l.foreign = append(l.foreign, i)
				continue
			}
			if b.Sender == forensics.SenderFailed || d.imitates {
				l.phish = append(l.phish, i)
				continue
			}
		}
		if b.Outcome == forensics.Failure && b.Kind != forensics.LoginFailed && b.Kind != forensics.Alert {
			continue // an attempt that the source refused
		}
		if n >= e.dated && b.Kind != forensics.MailDeleted && b.Kind != forensics.MailPurged && b.Kind != forensics.MailMissing {
			continue
		}
		if b.Certainty == forensics.Reported && b.Message != 0 && b.Kind.Group() != forensics.GroupMail && b.Kind.Group() != forensics.GroupDeletion && b.Kind != forensics.Other {
			l.notices = append(l.notices, i)
		}
		switch b.Kind {
		case forensics.LoginSucceeded:
			if e.own(b) {
				l.logins = append(l.logins, i)
				if b.Service != 0 && b.Certainty == forensics.Observed {
					e.profile.home[b.Service] = true
				}
			} else {
				l.serviceLogins = append(l.serviceLogins, i)
			}
		case forensics.LoginFailed:
			if e.own(b) {
				l.failures = append(l.failures, i)
			}
		case forensics.KeyCreated:
			if e.own(b) {
				l.keys = append(l.keys, i)
			}
		case forensics.KeyRemoved:
			if e.own(b) {
				l.removals = append(l.removals, i)
			}
		case forensics.ResetRequested:
			l.resets = append(l.resets, i)
		case forensics.PasswordChanged:
			if e.own(b) {
				l.changes = append(l.changes, i)
			} else {
				l.resets = append(l.resets, i)
			}
		case forensics.RecoveryChanged, forensics.SecondFactorChanged:
			if e.own(b) {
				l.changes = append(l.changes, i)
			}
		case forensics.SessionRevoked:
			l.revokes = append(l.revokes, i)
		case forensics.ConsentGranted:
			if e.own(b) {
				l.consents = append(l.consents, i)
			}
		case forensics.RuleSet:
			l.rules = append(l.rules, i)
		case forensics.ForwardingSet:
			if e.own(b) {
				l.forwardings = append(l.forwardings, i)
			}
		case forensics.Alert:
			if e.own(b) {
				l.alerts = append(l.alerts, i)
			}
		case forensics.FundsSent:
			l.sent = append(l.sent, i)
		case forensics.MailDeleted, forensics.MailPurged:
			l.deletions = append(l.deletions, i)
		case forensics.MailMoved:
			if b.Message != 0 && !e.detail(b.Detail).back {
				l.moves = append(l.moves, i)
			}
		case forensics.MailMissing:
			l.missing = append(l.missing, i)
		case forensics.MailRead:
			l.reads = append(l.reads, i)
			if e.detail(b.Detail).throttled {
				l.blind = append(l.blind, i)
			}
		case forensics.Other:
			if e.op(b.Operation).bypass {
				l.blind = append(l.blind, i)
			}
		}
	}
	e.indexUnowned()
}

// events reads events in full; those that were read before are not read again. A row that cannot be read ends the
// evaluation.
func (e *evaluation) events(rows []int64) {
	var ask []int64
	for _, r := range rows {
		if _, ok := e.full[r]; !ok {
			ask = append(ask, r)
		}
	}
	if len(ask) == 0 || e.err != nil {
		return
	}
	slices.Sort(ask)
	ask = slices.Compact(ask)
	got, err := e.in.Briefs.Events(ask)
	if err != nil {
		e.err = err
		return
	}
	if e.full == nil {
		e.full = map[int64]*forensics.Event{}
	}
	for i := range got {
		e.full[ask[i]] = &got[i]
	}
}

// event gives an event in full, nil where it could not be read.
func (e *evaluation) event(row int64) *forensics.Event {
	if _, ok := e.full[row]; !ok {
		e.events([]int64{row})
	}
	return e.full[row]
}

// say adds a finding of the running rule. Its time and certainty come from its events.
func (e *evaluation) say(weight float64, events []int32, related []int32, why, innocent string) *forensics.Finding {
	f := forensics.Finding{
		Rule: e.rule.ID, Account: e.in.Account.Account, Step: e.rule.Step, Technique: e.rule.Technique,
		Weight: min(max(weight, 0), 1), Why: why, InnocentIf: either(innocent != "", innocent, e.rule.Innocent),
	}
	first := true
	for _, i := range events {
		b := &e.all[i]
		f.Rows = append(f.Rows, b.Row)
		f.Certainty = max(f.Certainty, b.Certainty)
		if b.Unreliable {
			continue
		}
		if first || b.Time < f.Start {
			f.Start = b.Time
		}
		if first || b.Time > f.End {
			f.End = b.Time
		}
		first = false
	}
	for _, i := range related {
		f.Related = append(f.Related, e.all[i].Row)
	}
	if e.alone && slices.ContainsFunc(events, func(i int32) bool { return e.all[i].Account == 0 }) {
		f.Why += onlyAccount
	}
	e.findings = append(e.findings, f)
	return &e.findings[len(e.findings)-1]
}

// onlyAccount is said where an event names no account.
const onlyAccount = "; the record names no account, and is joined because this is the only one of the case"

// skip notes that the running rule could not be asked of this account.
func (e *evaluation) skip(why string) {
	e.notChecked = append(e.notChecked, forensics.NotChecked{Rule: e.rule.ID, Title: e.rule.Title, Account: e.in.Account.Account, Why: why})
}

// before finds the last index of a list whose event is not later than t, -1 for none.
func (e *evaluation) before(list []int32, t int64) int {
	n, _ := slices.BinarySearchFunc(list, t, func(i int32, t int64) int {
		if e.all[i].Time <= t {
			return -1
		}
		return 1
	})
	return n - 1
}

// within gives the part of a list whose events lie from a to b, both counted.
func (e *evaluation) within(list []int32, from, to int64) []int32 {
	lo, _ := slices.BinarySearchFunc(list, from, func(i int32, t int64) int {
		if e.all[i].Time < t {
			return -1
		}
		return 1
	})
	hi := e.before(list, to) + 1
	if hi <= lo {
		return nil
	}
	return list[lo:hi]
}
