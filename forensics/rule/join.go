package rule

import (
	"cmp"
	"slices"
	"strings"

	"keytrail/forensics"
)

// pair is a notice and a deletion of its mail.
type pair struct {
	notice, deletion int32
	// after is the time from the mail's arrival to its deletion; least is what it is at the least, where the deletion's
	// moment is only bounded.
	after, least int64
	bounded      bool // after is the latest that it can be
}

const (
	// clockSlack is how far the clocks of mailbox and log may differ: a mail can be deleted "before" it came.
	clockSlack = 2 * minute
	// maxJoined bounds the events that are read in full for joining, of one account.
	maxJoined = 20000
)

// joinNotices finds the deletions of notices. Hashes and times choose the candidates, the Message-IDs of the full
// events decide.
func (e *evaluation) joinNotices() {
	if len(e.notices) == 0 || len(e.deletions)+len(e.moves)+len(e.missing) == 0 {
		return
	}
	byHash := map[uint32]bool{}
	for _, i := range e.notices {
		byHash[e.all[i].Message] = true
	}
	window := e.set.Window(DeletionWindow)
	var deletions []int32
	var rows []int64
	take := func(i int32) {
		if len(rows) < maxJoined {
			deletions, rows = append(deletions, i), append(rows, e.all[i].Row)
		}
	}
	for _, list := range [][]int32{e.deletions, e.moves, e.missing} {
		next := 0 // the first notice that is not too old
		for _, i := range list {
			b := &e.all[i]
			switch {
			case b.Message != 0:
				if byHash[b.Message] {
					take(i)
				}
			case b.Unreliable:
				take(i) // bounded, or of several messages
			default:
				for next < len(e.notices) && e.all[e.notices[next]].Time < b.Time-window {
					next++
				}
				if next < len(e.notices) && e.all[e.notices[next]].Time <= b.Time+clockSlack {
					take(i)
				}
			}
		}
	}
	if len(deletions) == 0 {
		return
	}
	notices := e.notices
	if len(notices) > maxJoined {
		notices = notices[:maxJoined]
	}
	for _, i := range notices {
		rows = append(rows, e.all[i].Row)
	}
	e.events(rows)
	byID := map[string][]int32{}
	for _, i := range notices {
		if f := e.full[e.all[i].Row]; f != nil && f.MessageID != "" {
			id := messageID(f.MessageID)
			byID[id] = append(byID[id], i)
		}
	}
	for _, i := range deletions {
		f := e.full[e.all[i].Row]
		if f == nil {
			continue
		}
		if f.MessageID != "" {
			e.pair(byID[messageID(f.MessageID)], i, f, window)
		}
		for k := range f.Messages {
			if f.Messages[k].MessageID != "" && f.Messages[k].MessageID != f.MessageID {
				e.pair(byID[messageID(f.Messages[k].MessageID)], i, f, window)
			}
		}
	}
	slices.SortStableFunc(e.pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.notice, b.notice), cmp.Compare(a.after, b.after), cmp.Compare(a.deletion, b.deletion))
	})
	e.pairs = slices.CompactFunc(e.pairs, func(a, b pair) bool { return a.notice == b.notice && a.deletion == b.deletion })
}

func (e *evaluation) pair(notices []int32, deletion int32, f *forensics.Event, window int64) {
	b := &e.all[deletion]
	for _, n := range notices {
		came := e.all[n].Time
		p := pair{notice: n, deletion: deletion}
		switch {
		case f.Bounds != nil && !f.Bounds.NotAfter.IsZero():
			p.bounded = true
			p.after = f.Bounds.NotAfter.Nano - came
			if !f.Bounds.NotBefore.IsZero() {
				p.least = max(f.Bounds.NotBefore.Nano-came, 0)
			}
		case b.Unreliable:
			continue // deleted, nobody knows when
		default:
			p.after, p.least = b.Time-came, b.Time-came
		}
		if p.after < -clockSlack || !p.bounded && p.after > window || p.least > window {
			continue
		}
		p.after = max(p.after, 0)
		e.pairs = append(e.pairs, p)
	}
}

// messageID brings two spellings of a Message-ID together.
func messageID(s string) string { return strings.ToLower(strings.Trim(s, "<> ")) }
