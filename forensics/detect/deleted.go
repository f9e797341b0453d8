package detect

import (
	"context"
	"time"

	"keytrail/forensics"
)

// Pair is a notice and the first deletion of its mail that a log records.
type Pair struct {
	Notice, Deletion forensics.Event
	// After is how long the mail stood: from its arrival as the mailbox dates it to the deletion as the
	// log dates it. The two clocks may differ.
	After time.Duration
}

// noticeFilter selects the mails that announce something, deletionFilter what deletes mail.
const (
	noticeFilter   = "certainty:reported (group:key OR group:login OR group:reset OR group:settings OR group:money)"
	deletionFilter = "kind:mail-deleted OR kind:mail-purged"
)

// DeletedNotices joins notices with the deletions of the same Message-ID that follow them, in the order
// of the notices. query runs a filter of the filter language.
//
// It holds every notice and nothing of the deletions, so memory grows with the number of notices only.
func DeletedNotices(ctx context.Context, query func(filter string) (forensics.List, error)) ([]Pair, error) {
	notices, err := query(noticeFilter)
	if err != nil {
		return nil, err
	}
	var pairs []Pair
	open := map[string][]int{} // by message id
	err = forensics.Each(ctx, notices, func(e *forensics.Event) error {
		if e.MessageID != "" {
			open[e.MessageID] = append(open[e.MessageID], len(pairs))
			pairs = append(pairs, Pair{Notice: *e})
		}
		return nil
	})
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	deletions, err := query(deletionFilter)
	if err != nil {
		return nil, err
	}
	err = forensics.Each(ctx, deletions, func(e *forensics.Event) error {
		ids := []string{e.MessageID}
		for _, m := range e.Messages {
			ids = append(ids, m.MessageID)
		}
		for _, id := range ids {
			if id == "" {
				continue
			}
			for _, i := range open[id] {
				p := &pairs[i]
				after := time.Duration(e.Time.Nano - p.Notice.Time.Nano)
				if p.Deletion.Row == 0 && after >= 0 && !e.Time.Unreliable && !p.Notice.Time.Unreliable {
					p.Deletion, p.After = *e, after
				}
			}
		}
		return nil
	})
	found := pairs[:0]
	for _, p := range pairs {
		if p.Deletion.Row != 0 {
			found = append(found, p)
		}
	}
	return found, err
}
