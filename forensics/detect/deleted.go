package detect

import (
	"context"
	"time"

	"keytrail/forensics"
)

// Events is a list of events in the order of the timeline, read page by page.
type Events interface {
	Len() int
	Events(from, n int) ([]forensics.Event, error)
}

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
func DeletedNotices(ctx context.Context, query func(filter string) (Events, error)) ([]Pair, error) {
	notices, err := query(noticeFilter)
	if err != nil {
		return nil, err
	}
	var pairs []Pair
	open := map[string][]int{} // by message id
	err = each(ctx, notices, func(e *forensics.Event) {
		if e.MessageID != "" {
			open[e.MessageID] = append(open[e.MessageID], len(pairs))
			pairs = append(pairs, Pair{Notice: *e})
		}
	})
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	deletions, err := query(deletionFilter)
	if err != nil {
		return nil, err
	}
	err = each(ctx, deletions, func(e *forensics.Event) {
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
	})
	found := pairs[:0]
	for _, p := range pairs {
		if p.Deletion.Row != 0 {
			found = append(found, p)
		}
	}
	return found, err
}

// each hands every event to use, a page at a time.
func each(ctx context.Context, events Events, use func(*forensics.Event)) error {
	const page = 1000
	for from := 0; from < events.Len(); from += page {
		if err := ctx.Err(); err != nil {
			return err
		}
		list, err := events.Events(from, min(page, events.Len()-from))
		if err != nil {
			return err
		}
		for i := range list {
			use(&list[i])
		}
	}
	return nil
}
