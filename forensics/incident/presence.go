package incident

import (
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// A mail or a transfer says nothing about who caused it. Who was there at the time does.
const (
	ownBefore     = int64(40 * time.Minute)
	ownAfter      = int64(10 * time.Minute)
	strangeBefore = int64(90 * time.Minute)
	strangeAfter  = int64(30 * time.Minute)
	closeOwn      = int64(5 * time.Minute) // who has just come is rather the one than who was there before
	closeOther    = int64(20 * time.Minute)
	paidAfter     = int64(30 * time.Minute)
	keyBefore     = int64(15 * time.Minute) // the owner logs in, makes a key, and tries it
	keyAfter      = int64(20 * time.Minute)
)

// presence is when the owner and when others were in the mailbox, as times in order.
type presence struct {
	own, others []int64
	// paid is when money left each service for where none of it went before, in order.
	paid map[forensics.Symbol][]int64
	// days are those on which a network that is not the owner's was used, from the year 1970, in order.
	days map[network][]int64
}

// lookWhoWasThere takes one look at the events of the account.
func (b *builder) lookWhoWasThere() {
	for i := range b.in.Account.Briefs {
		e := &b.in.Account.Briefs[i]
		if e.Unreliable {
			break
		}
		if e.Certainty != forensics.Observed || e.IP == 0 && e.Session == 0 {
			continue
		}
		switch standing := b.standing(e); {
		case standing.Owner():
			b.there.own = append(b.there.own, e.Time)
		case e.IP != 0 && e.Outcome != forensics.Failure:
			n, day := b.wide(e), e.Time/int64(24*time.Hour)
			if days := b.there.days[n]; len(days) == 0 || days[len(days)-1] != day {
				b.there.days[n] = append(days, day)
			}
		}
	}
	for _, p := range b.points {
		if (p.b.IP != 0 || p.b.Session != 0) && !p.standing.Owner() && !b.aboutService(p.b) {
			b.there.others = append(b.there.others, p.at())
		}
		if p.step == forensics.StepMoney && p.b.Service != 0 && b.toStranger(p) {
			b.there.paid[p.b.Service] = append(b.there.paid[p.b.Service], p.at())
		}
	}
}

// livedIn reports whether the network of an event was used, around it, on as many days as make a stay: somebody lives there, the
// owner on a journey as a rule.
func (b *builder) livedIn(e *forensics.Brief) bool {
	return len(b.there.daysOf(b.wide(e), e.Time, e.Time)) >= stayDays
}

// daysOf are the days on which a network was used, by anybody but the owner, around a span of time.
func (p *presence) daysOf(n network, first, last int64) []int64 {
	const day, around = int64(24 * time.Hour), stayAround / int64(24*time.Hour)
	days := p.days[n]
	from, _ := slices.BinarySearch(days, first/day-around)
	to, _ := slices.BinarySearch(days, last/day+around+1)
	return days[from:max(from, to)]
}

// byOwner reports whether an atom that comes from nowhere happened while the owner was in the mailbox and nobody else was.
func (b *builder) byOwner(a *atom) bool {
	for _, p := range a.points {
		if p.b.IP != 0 || p.b.Session != 0 || isDeletion(p.b.Kind) {
			return false
		}
		if p.step == forensics.StepKey {
			if between(b.there.others, p.at()-strangeBefore, p.at()+strangeAfter) ||
				!between(b.there.own, p.at()-keyBefore, p.at()) || !between(b.there.own, p.at()+1, p.at()+keyAfter) {
				return false
			}
			continue
		}
		if p.step == forensics.StepMoney && b.toStranger(p) {
			return false // money that goes where none went before can go while the owner reads his mail
		}
		if p.step == forensics.StepReset && between(b.there.paid[p.b.Service], p.at(), p.at()+paidAfter) {
			return false // such money left the service right after its notice
		}
		alone := !between(b.there.others, p.at()-strangeBefore, p.at()+strangeAfter) && between(b.there.own, p.at()-ownBefore, p.at()+ownAfter)
		atOnce := p.step != forensics.StepMoney && !between(b.there.others, p.at()-closeOther, p.at()+closeOwn) && between(b.there.own, p.at()-closeOwn, p.at())
		if !alone && !atOnce {
			return false
		}
	}
	return true
}

// toStranger reports whether money went, as far as the statement tells, where none of the service went before.
func (b *builder) toStranger(p *point) bool {
	return slices.ContainsFunc(p.findings, func(f int) bool {
		finding := &b.acct.Findings[f]
		return finding.Rule == ruleNewPlace || finding.Rule == ruleAfter && strings.Contains(finding.Why, rule.FirstDestination)
	})
}

// between reports whether one of the times, which are in order, lies in a span.
func between(times []int64, from, to int64) bool {
	i, _ := slices.BinarySearch(times, from)
	return i < len(times) && times[i] <= to
}
