package rule

import (
	"cmp"
	"slices"

	"keytrail/forensics"
)

// transfer is money that left a service.
type transfer struct {
	brief   *forensics.Brief
	event   int32 // index in the account's events, -1 where the statement names no account
	unowned bool
}

// indexUnowned lists the events without an account by service, once for the case.
func (e *evaluation) indexUnowned() {
	if e.cache.unownedBuilt || e.alone {
		return
	}
	e.cache.unownedBuilt = true
	for n := range e.in.Unowned {
		b := &e.in.Unowned[n]
		if b.Service != 0 && !b.Unreliable && (b.Kind == forensics.FundsSent || b.Kind == forensics.LoginSucceeded) {
			e.cache.unowned[b.Service] = append(e.cache.unowned[b.Service], int32(n))
		}
	}
}

// services lists the services of which the account has notices, with how many.
func (e *evaluation) services() map[forensics.Symbol]int {
	out := map[forensics.Symbol]int{}
	for _, i := range e.notices {
		if b := &e.all[i]; b.Service != 0 && !e.own(b) {
			out[b.Service]++
		}
	}
	for _, i := range e.resets {
		if b := &e.all[i]; b.Service != 0 && b.Message == 0 && !e.own(b) {
			out[b.Service]++
		}
	}
	return out
}

// transfers lists what left the account's services, by service, in order of time. A statement that names no account is
// joined where the mailbox has notices of its service.
func (e *evaluation) transfers() (byService map[forensics.Symbol][]transfer, order []forensics.Symbol) {
	byService = map[forensics.Symbol][]transfer{}
	for _, i := range e.sent {
		b := &e.all[i]
		byService[b.Service] = append(byService[b.Service], transfer{b, i, false})
	}
	for s := range e.services() {
		for _, n := range e.cache.unowned[s] {
			if b := &e.in.Unowned[n]; b.Kind == forensics.FundsSent {
				byService[s] = append(byService[s], transfer{b, -1, true})
			}
		}
	}
	for s, list := range byService {
		slices.SortStableFunc(list, func(a, b transfer) int {
			return cmp.Or(cmp.Compare(a.brief.Time, b.brief.Time), cmp.Compare(a.brief.Row, b.brief.Row))
		})
		order = append(order, s)
	}
	slices.Sort(order)
	return byService, order
}

// sayTransfer adds a finding about a transfer, which may stand outside of the account's events.
func (e *evaluation) sayTransfer(weight float64, t transfer, related []int32, extra []int64, why, innocent string) {
	if t.brief.Account == 0 && e.alone {
		why += onlyAccount
	} else if t.unowned {
		why += figure("; the statement names no account, and is joined because the mailbox has %s of %s", count(e.services()[t.brief.Service], "notice"), e.named(t.brief.Service))
	}
	f := e.say(weight, nil, related, why, innocent)
	f.Rows = []int64{t.brief.Row}
	f.Related = append(f.Related, extra...)
	f.Start, f.End, f.Certainty = t.brief.Time, t.brief.Time, t.brief.Certainty
	for _, i := range related {
		f.Certainty = max(f.Certainty, e.all[i].Certainty)
	}
}

// destination is what is known of where a transfer went.
type destination uint8

const (
	destinationUnknown destination = iota
	destinationUsed                // money went there before, in quiet time
	destinationNew                 // others are known, this one is not
)

// maxTransfers bounds the transfers of one service that are read in full.
const maxTransfers = 2000

// destinations compares where the transfers of a service went with where earlier ones went, by row. What was first used while
// somebody strange was about is never known.
func (e *evaluation) destinations(list []transfer) map[int64]destination {
	list = list[:min(len(list), maxTransfers)]
	rows := make([]int64, len(list))
	for n, t := range list {
		rows[n] = t.brief.Row
	}
	e.events(rows)
	out := map[int64]destination{}
	used := map[string]int64{} // when first used in quiet time
	first := map[string]bool{}
	for _, t := range list {
		f := e.full[t.brief.Row]
		if f == nil || f.Destination == "" {
			continue
		}
		_, strange := e.originBefore(t.brief.Time, e.set.Window(LossWindow))
		at, ok := used[f.Destination]
		switch {
		case ok && t.brief.Time-at >= e.set.Window(LossWindow):
			out[t.brief.Row] = destinationUsed
		case !ok && len(used) >= 1 && len(list) > 2:
			out[t.brief.Row] = destinationNew
		}
		if !ok && !strange && !first[f.Destination] {
			used[f.Destination] = t.brief.Time
		}
		first[f.Destination] = true
	}
	return out
}

// resetsOf lists the reset mails of a service.
func (e *evaluation) resetsOf(s forensics.Symbol) []int32 {
	var out []int32
	for _, i := range e.resets {
		if e.all[i].Service == s && s != 0 {
			out = append(out, i)
		}
	}
	return out
}
