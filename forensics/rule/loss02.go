package rule

import (
	"cmp"
	"slices"

	"keytrail/forensics"
)

// loss02 is the rule LOSS-02.
func loss02() *Rule {
	return &Rule{
		ID: "LOSS-02", Title: "Transfer to or from what was never seen there", Technique: "T1657", Step: forensics.StepMoney,
		Means:    "The destination of a transfer, or the address from which the service was used just before it, is new to the statement.",
		Innocent: "The owner paid somebody for the first time, or was on the road.",
		Needs: []Need{
			{"statement and no notice of a transfer", []forensics.Kind{forensics.FundsSent}},
		},
		Windows: []string{LossWindow},
		find:    (*evaluation).findLoss02,
	}
}

func (e *evaluation) findLoss02() {
	e.newDestinations()
}

// newDestinations compares every transfer with what the same service shows before it.
func (e *evaluation) newDestinations() {
	byService, order := e.transfers()
	for _, s := range order {
		list := byService[s][:min(len(byService[s]), maxTransfers)]
		rows := make([]int64, len(list))
		for n, t := range list {
			rows[n] = t.brief.Row
		}
		e.events(rows)
		logins := e.loginsOf(s)
		known, others := map[string]bool{}, 0
		for _, t := range list {
			f := e.full[t.brief.Row]
			if f == nil {
				continue
			}
			var parts []string
			weight, extra := 0.0, []int64(nil)
			if f.Destination != "" {
				if !known[f.Destination] && others >= 2 {
					weight += 0.1
					parts = append(parts, figure("destination %s is new after %s to others", quoted(f.Destination), count(others, "transfer")))
				}
				known[f.Destination] = true
				others++
			}
			if l, w, text := e.newPlace(logins, t.brief.Time); l != nil {
				weight += w
				extra = append(extra, l.Row)
				parts = append(parts, text)
			}
			if len(parts) > 0 {
				e.sayTransfer(weight, t, nil, extra, e.named(s)+": "+join(parts), "")
			}
		}
	}
}

// loginsOf lists the logins of a service that its own statement records, in order of time.
func (e *evaluation) loginsOf(s forensics.Symbol) []*forensics.Brief {
	var out []*forensics.Brief
	for _, i := range e.serviceLogins {
		if b := &e.all[i]; b.Service == s && b.IP != 0 {
			out = append(out, b)
		}
	}
	for _, n := range e.cache.unowned[s] {
		if b := &e.in.Unowned[n]; b.Kind == forensics.LoginSucceeded && b.IP != 0 {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b *forensics.Brief) int { return cmp.Compare(a.Time, b.Time) })
	return out
}

// newPlace finds the login of a service shortly before a moment whose network the service had not seen before and
// that is not the owner's.
func (e *evaluation) newPlace(logins []*forensics.Brief, at int64) (*forensics.Brief, float64, string) {
	window := e.set.Window(LossWindow)
	end := 0
	for end < len(logins) && logins[end].Time <= at {
		end++
	}
	for n := end - 1; n >= 0 && logins[n].Time >= at-window; n-- {
		a := e.address(logins[n])
		if a == nil || a.inside() || a.verdict == Mine {
			continue
		}
		w := e.profile.wides[a.wideID]
		if w != nil && w.usual && a.verdict != NotMine {
			continue
		}
		before, older := false, 0
		for k := 0; k < n; k++ {
			if logins[k].Time >= at-window {
				break
			}
			older++
			if o := e.address(logins[k]); o != nil && o.wideID == a.wideID {
				before = true
				break
			}
		}
		if before && a.verdict != NotMine {
			continue
		}
		for _, ep := range e.episodes {
			if ep.ip != nil && ep.ip.wideID == a.wideID {
				return logins[n], 0.6, "used from " + a.where() + ", from where a stranger was in the mailbox as well"
			}
		}
		if a.verdict == NotMine {
			return logins[n], 0.7, "used from " + a.where() + ", which is not yours, as you said"
		}
		if older > 0 {
			w := choose(older >= 5, 0.3, 0.12)
			if a.place.Kind == "mobile" {
				w /= 2
			}
			return logins[n], w, figure("used from %s, new after %s", a.where(), count(older, "login"))
		}
	}
	return nil, 0, ""
}
