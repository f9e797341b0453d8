package rule

import (
	"slices"

	"keytrail/forensics"
)

// loss03 is the rule LOSS-03.
func loss03() *Rule {
	return &Rule{
		ID: "LOSS-03", Title: "Transfer whose own mail is missing", Technique: "T1070.008", Step: forensics.StepMoney,
		Means:    "The statement shows a transfer, and the mailbox not the mail that the service sends of one: somebody may have taken it away.",
		Innocent: "The service sent none for this kind of transfer, or the copy of the mailbox lacks the folder.",
		Needs: []Need{
			{"statement and no notice of a transfer", []forensics.Kind{forensics.FundsSent}},
			{"mailbox", []forensics.Kind{forensics.MailReceived}},
		},
		Windows: []string{LossNotice},
		find:    (*evaluation).findLoss03,
	}
}

func (e *evaluation) findLoss03() {
	e.silentTransfers()
}

// silentTransfers looks for the mails of services that do send one of every transfer.
func (e *evaluation) silentTransfers() {
	byService, order := e.transfers()
	window := e.set.Window(LossNotice)
	for _, s := range order {
		if s == 0 {
			continue
		}
		var notices []int64
		for _, t := range byService[s] {
			if t.brief.Message != 0 {
				notices = append(notices, t.brief.Time)
			}
		}
		if len(notices) == 0 {
			continue // nothing shows that it sends any
		}
		stated, matched := 0, 0
		for _, t := range byService[s] {
			if t.brief.Message == 0 && t.brief.Time >= e.firstMail && t.brief.Time <= e.lastMail {
				stated++
				if told(notices, t.brief.Time, window) {
					matched++
				}
			}
		}
		for _, t := range byService[s] {
			at := t.brief.Time
			if t.brief.Message != 0 || at < e.firstMail || at > e.lastMail {
				continue
			}
			if told(notices, at, window) {
				continue
			}
			// What a service forgets often says little.
			weight, others := 0.15, "it told of "+count(len(notices), "other transfer")
			if stated > 1 {
				often := float64(matched) / float64(stated-1)
				weight = choose(matched > 2, 0.35, 0.15) * often * often
				others = figure("it told of %d of the %d others", matched, stated-1)
			}
			e.sayTransfer(weight, t, nil, nil, figure("no mail of %s tells of this transfer within %s of it; %s", e.named(s), span(window), others), "")
		}
	}
}

// told reports whether a mail came within the window.
func told(notices []int64, at, window int64) bool {
	n, _ := slices.BinarySearch(notices, at-window)
	return n < len(notices) && notices[n] <= at+window
}
