package rule

import (
	"slices"

	"keytrail/forensics"
)

// del08 is the rule DEL-08.
func del08() *Rule {
	return &Rule{
		ID: "DEL-08", Title: "Flood of mail around a reset or a transfer", Technique: "T1667", Step: forensics.StepDeletion,
		Means:    "Mail from many senders that never wrote before arrives within an hour and buries what matters.",
		Innocent: "The address came onto a list; the owner signed up to much at once.",
		Needs: []Need{
			{"mailbox", []forensics.Kind{forensics.MailReceived}},
		},
		Windows: []string{FloodWindow, FloodDomains, FloodFactor},
		find:    (*evaluation).findDel08,
	}
}

func (e *evaluation) findDel08() {
	e.floods()
}

// floods looks for hours in which many senders write for the first time. Mailboxes begin with senders that are all
// new: their first time does not count.
func (e *evaluation) floods() {
	window, least, factor := e.set.Window(FloodWindow), e.set.Number(FloodDomains), e.set.Number(FloodFactor)
	if e.mails < least {
		return
	}
	known := map[forensics.Symbol]bool{}
	domains := map[uint32]bool{}
	var fresh []int32 // mails of domains that write for the first time
	var hours []int32 // mails in each hour that has any
	hourAt, begin := int64(-1<<62), int64(0)
	for n := range e.all[:e.dated] {
		b := &e.all[n]
		if b.Kind != forensics.MailReceived {
			continue
		}
		if len(hours) == 0 {
			begin = b.Time
		}
		if h := b.Time / window; h != hourAt || len(hours) == 0 {
			hourAt = h
			hours = append(hours, 0)
		}
		hours[len(hours)-1]++
		if b.From == 0 || known[b.From] {
			continue
		}
		known[b.From] = true
		if d := e.domain(b.From); !domains[d] {
			domains[d] = true
			fresh = append(fresh, int32(n))
		}
	}
	if len(fresh) < least {
		return
	}
	slices.Sort(hours)
	median := int(hours[len(hours)/2])
	first := 0
	for n := 0; n < len(fresh); n++ {
		at := e.all[fresh[n]].Time
		for e.all[fresh[first]].Time < at-window {
			first++
		}
		if n-first+1 < max(least, factor*median) || e.all[fresh[first]].Time < begin+e.set.Window(BaselineMinimum) {
			continue
		}
		end := n
		for end+1 < len(fresh) && e.all[fresh[end+1]].Time-e.all[fresh[end]].Time <= window {
			end++
		}
		e.flood(fresh[first:end+1], median)
		first, n = end, end
	}
}

func (e *evaluation) flood(mails []int32, median int) {
	from, to := e.all[mails[0]].Time, e.all[mails[len(mails)-1]].Time
	window := e.set.Window(FloodWindow)
	var buried []int32
	for _, list := range [][]int32{e.resets, e.sent, e.changes, e.keys, e.serviceLogins} {
		buried = append(buried, e.within(list, from-window, to+window)...)
	}
	slices.Sort(buried)
	weight := 0.08
	why := figure("mail of %s that never wrote before within %s; the usual hour with mail has %d", count(len(mails), "domain"), span(to-from), median)
	if len(buried) > 0 {
		weight = 0.35
		why += figure("; it buries %s", either(len(buried) == 1, "a notice or transfer", figure("%d notices or transfers", len(buried))))
	}
	e.say(weight, mails[:min(len(mails), episodeRows)], buried, why, "")
}
