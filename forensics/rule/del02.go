package rule

import (
	"slices"

	"keytrail/forensics"
)

// del02 is the rule DEL-02.
func del02() *Rule {
	return &Rule{
		ID: "DEL-02", Title: "Notice deleted for good", Technique: "T1070.008", Step: forensics.StepDeletion,
		Means:    "The mail that would have warned the owner was not only moved to the trash but purged; or a visit threw mails away and purged each of them at once.",
		Innocent: "The owner empties his trash by habit, or the server does.",
		Needs: []Need{
			{"record of deletions and no sign of missing mail", []forensics.Kind{forensics.MailDeleted, forensics.MailPurged, forensics.MailMissing}},
			{"mailbox with notices of services", []forensics.Kind{forensics.ResetRequested, forensics.PasswordChanged, forensics.KeyCreated, forensics.LoginSucceeded, forensics.FundsSent, forensics.RecoveryChanged, forensics.SecondFactorChanged}},
		},
		Windows: []string{DeletionWindow},
		find:    (*evaluation).findDel02,
	}
}

func (e *evaluation) findDel02() {
	e.purgedNotices()
	e.purgedTwice()
}

// purgedTwice says of the visits that purged what they had just thrown away, whatever it was.
func (e *evaluation) purgedTwice() {
	for _, h := range e.profile.hidings.list {
		rows := h.twice
		if len(rows) == 0 {
			continue
		}
		weight := 0.35
		switch standing := e.profile.Known(&e.all[rows[0]]); {
		case standing.Owner():
			continue
		case standing == NotMine:
			weight = 0.9
		case standing == Unusual:
			weight = 0.65 * e.strangeness(&e.all[rows[0]])
		}
		e.say(weight, rows, nil, figure("%s were thrown away and at once purged from the trash, one by one%s", count(len(rows), "mail"), e.from(rows[0])), "")
	}
}

// purgedNotices says of every purge which notices it took for good.
func (e *evaluation) purgedNotices() {
	taken := map[int32][]pair{}
	var order []int32
	seen := map[int32]bool{}
	for _, p := range e.pairs {
		if e.all[p.deletion].Kind != forensics.MailPurged || seen[p.notice] || e.byServer(p.deletion) || e.emptied(p.deletion) {
			continue
		}
		seen[p.notice] = true
		if len(taken[p.deletion]) == 0 {
			order = append(order, p.deletion)
		}
		taken[p.deletion] = append(taken[p.deletion], p)
	}
	slices.Sort(order)
	for _, d := range order {
		standing, login, said := e.probably(d)
		weight := 0.3
		switch {
		case standing.Owner():
			continue
		case standing == NotMine:
			weight = 0.9
		case standing == Unusual:
			weight = 0.6 * e.strangerBy(d, login)
		}
		related, names := e.noticesOf(taken[d])
		e.weaken(e.say(weight, []int32{d}, related, figure("%s purged%s%s %s after it came", noticesWere(len(taken[d]), names), e.from(d), either(len(taken[d]) > 1, ", the first", ""), span(taken[d][0].after))+said, ""), taken[d])
	}
}
