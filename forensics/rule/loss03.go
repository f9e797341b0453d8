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
		for _, t := range byService[s] {
			at := t.brief.Time
			if t.brief.Message != 0 || at < e.firstMail || at > e.lastMail {
				continue
			}
			n, _ := slices.BinarySearch(notices, at-window)
			if n < len(notices) && notices[n] <= at+window {
				continue
			}
			e.sayTransfer(choose(len(notices) > 1, 0.3, 0.15), t, nil, nil, figure("no mail of %s tells of this transfer within %s of it; it told of %s otherwise",
				Proper(e.text(s)), span(window), count(len(notices), "transfer")), "")
		}
	}
}
