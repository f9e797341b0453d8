package rule

import (
	"slices"

	"keytrail/forensics"
)

// del01 is the rule DEL-01.
func del01() *Rule {
	return &Rule{
		ID: "DEL-01", Title: "Notice deleted soon after it came", Technique: "T1070.008", Step: forensics.StepDeletion,
		Means:    "A mail that would have warned the owner was deleted or moved away soon after it came.",
		Innocent: "The owner read it and threw it away, or a rule of his own tidies up.",
		Needs: []Need{
			{"record of deletions and no sign of missing mail", []forensics.Kind{forensics.MailDeleted, forensics.MailPurged, forensics.MailMissing}},
		},
		Windows: []string{DeletionSoon, DeletionWindow},
		find:    (*evaluation).findDel01,
	}
}

func (e *evaluation) findDel01() {
	e.deletedNotices()
}

// deletedNotices says of every deletion which notices it took, counting the first deletion of each.
func (e *evaluation) deletedNotices() {
	seen := map[int32]bool{}
	taken := map[int32][]pair{} // by deletion
	var order []int32
	for _, p := range e.pairs { // by notice, the earliest deletion first
		if seen[p.notice] || e.byServer(p.deletion) {
			continue
		}
		seen[p.notice] = true
		if len(taken[p.deletion]) == 0 {
			order = append(order, p.deletion)
		}
		taken[p.deletion] = append(taken[p.deletion], p)
	}
	slices.Sort(order)
	crowd := e.crowds(order, taken)
	soon := e.set.Window(DeletionSoon)
	for _, d := range order {
		b, list := &e.all[d], taken[d]
		quick := list[0]
		for _, p := range list {
			if p.after < quick.after {
				quick = p
			}
		}
		standing, login, said := e.probably(d)
		weight := 0.2
		switch {
		case standing.Owner():
			weight = choose(quick.after <= soon, 0.08, 0.03)
			if quick.after <= soon && crowd[d] > 1 {
				weight = 0.2
			}
		case quick.bounded && quick.after > soon:
			weight = 0.2
		case standing == NotMine:
			weight = 0.9
		case standing == Unusual:
			weight = choose(quick.after <= soon, 0.75, 0.5) * e.strangerBy(d, login)
		case quick.after <= soon:
			weight = 0.45
		}
		if b.Kind == forensics.MailMoved && !standing.Strange() {
			weight /= 2
		}
		related, names := e.noticesOf(list)
		verb := either(b.Kind == forensics.MailMoved, "moved away", "deleted")
		why := figure("%s %s%s%s %s after it came", noticesWere(len(list), names), verb, e.from(d), either(len(list) > 1, ", the quickest", ""), span(quick.after))
		if crowd[d] > 1 {
			why += figure(", one of those of %d services within an hour", crowd[d])
		}
		if quick.bounded {
			why = figure("%s gone at most %s after it came", noticesWere(len(list), names), span(quick.after))
		}
		if o, ok := e.originBefore(b.Time, e.set.Window(DeletionWindow)); ok && !b.Unreliable && standing == Unknown {
			weight += choose(b.Time-o.at <= 2*hour, max(0.1, 0.5*o.weight), 0.1)
			why += ", " + span(b.Time-o.at) + " after " + o.text
			related = append(related, o.event)
		}
		switch {
		case login >= 0:
			why += said
			weight = choose(standing.Owner(), max(weight, 0.1), weight*0.8)
		case standing != Unknown:
			why += "; " + e.profile.Explain(b)
		}
		f := e.say(weight, []int32{d}, related, why, "")
		e.weaken(f, list)
		if b.Unreliable { // only its bounds are known
			f.Start = e.all[quick.notice].Time + quick.least
			f.End = e.all[quick.notice].Time + quick.after
		}
	}
	e.deletedBySubject()
}

// noticesWere begins a sentence about as many notices of services.
func noticesWere(n int, names []string) string {
	if n == 1 {
		return "the notice of " + join(names) + " was"
	}
	return figure("%s (%s) were", count(n, "notice"), join(names))
}

// weaken makes a finding no more certain than the notices that it needs.
func (e *evaluation) weaken(f *forensics.Finding, list []pair) {
	for _, p := range list {
		f.Certainty = max(f.Certainty, e.all[p.notice].Certainty)
	}
}

// byServer reports whether a server deleted the mail by itself.
func (e *evaluation) byServer(i int32) bool { return e.detail(e.all[i].Detail).server }

// noticesOf lists the notices of pairs, and names their services once each.
func (e *evaluation) noticesOf(list []pair) (notices []int32, names []string) {
	for _, p := range list {
		notices = append(notices, p.notice)
		if n := e.serviceName(p.notice); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return notices, names
}

// crowds counts for every deletion the services whose notices were deleted within the hour before and after it.
func (e *evaluation) crowds(order []int32, taken map[int32][]pair) map[int32]int {
	out := map[int32]int{}
	first := 0
	for n, d := range order {
		if e.all[d].Unreliable {
			break // these stand at the end
		}
		for e.all[order[first]].Time < e.all[d].Time-hour {
			first++
		}
		services := map[forensics.Symbol]bool{}
		for k := first; k < len(order) && k < n+maxCrowd && !e.all[order[k]].Unreliable && e.all[order[k]].Time <= e.all[d].Time+hour; k++ {
			for _, p := range taken[order[k]] {
				services[e.all[p.notice].Service] = true
			}
		}
		out[d] = len(services)
	}
	return out
}

// maxCrowd bounds how many deletions after one are looked at.
const maxCrowd = 50
