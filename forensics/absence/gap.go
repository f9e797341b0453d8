package absence

import (
	"fmt"
	"strconv"
	"strings"

	"keytrail/forensics"
)

const (
	// fewRuns is how many unexplained runs a folder may have for all of them to be told. In a mailbox whose
	// owner tidies up there are thousands, and only those stand on the timeline that are near a signal, at the
	// folder's end, or more than is usual there; the folder view shows all.
	fewRuns = 20
	// maxUIDs is how many UIDs of one loss are listed.
	maxUIDs = 1000
)

func (s *space) left() (runs int) {
	for i := range s.runs {
		if s.runs[i].left() > 0 {
			runs++
		}
	}
	return runs
}

// gapEvents makes a loss of every run that is worth telling.
func (w *work) gapEvents() {
	for _, s := range w.spaces {
		if !s.role.counts() {
			continue
		}
		rate := w.rateOf(s)
		few := s.left() <= fewRuns
		for i := range s.runs {
			r := &s.runs[i]
			if r.left() <= 0 {
				continue
			}
			beyond := rate.beyond(r)
			switch {
			case r.head && !(few && r.size() <= fewRuns):
				continue // such numbers may never have been given, as after a move to another server
			case few, beyond, r.tail && s.role == RoleInbox, w.near(r.lower, r.upper):
			default:
				continue
			}
			w.addRun(s, r, rate, beyond)
		}
	}
}

func (w *work) addRun(s *space, r *run, rate *rate, beyond bool) {
	l := lost{space: s, run: r, Lost: Lost{Kind: forensics.MailMissing, Folder: s.name, Count: r.left(), Reasons: []string{ReasonGap},
		NotBefore: r.lower, NotAfter: r.absentAt, ArrivedNotBefore: r.lower, ArrivedNotAfter: r.upper}}
	if s.role != RoleInbox && s.role != RoleSent { // a mail that was moved here may have come long before
		l.ArrivedNotBefore = 0
	}
	if l.NotAfter == 0 {
		l.NotAfter = s.newest().f.AbsentAt
	}
	if r.vanished {
		l.reason(ReasonVanished)
	}
	for uid := r.first; len(l.UIDs) < maxUIDs; uid++ {
		if !s.counted(uid) {
			l.UIDs = append(l.UIDs, uid)
		}
		if uid == r.last {
			break
		}
	}
	var further []forensics.Ref
	l.Ref, further = s.ref(r)
	l.refs(further...)
	l.Detail = r.words(rate, beyond)
	w.add(l)
	r.lost = append(r.lost, len(w.lost)-1)
}

// words says what is missing and how it compares with what is usual.
func (r *run) words(rate *rate, beyond bool) string {
	var b strings.Builder
	b.WriteString("UID ")
	b.WriteString(strconv.FormatUint(uint64(r.first), 10))
	if r.last != r.first {
		b.WriteString(" to ")
		b.WriteString(strconv.FormatUint(uint64(r.last), 10))
	}
	if n := r.left(); n < r.size() {
		fmt.Fprintf(&b, ", %d of %d unexplained", n, r.size())
	} else if n > maxUIDs {
		fmt.Fprintf(&b, ", %d in all", n)
	}
	switch {
	case r.head:
		b.WriteString(", before the first mail")
	case r.tail:
		b.WriteString(", behind the newest mail")
	}
	switch {
	case beyond:
		b.WriteString("; more than quiet days explain: ")
	case rate.known():
		b.WriteString("; usual here: ")
	default:
		b.WriteString("; ")
	}
	b.WriteString(rate.words())
	return b.String()
}

// count notes that a UID inside a run is explained by its number; counted asks.
func (s *space) count(uid uint32) {
	if s.done == nil {
		s.done = map[uint32]bool{}
	}
	s.done[uid] = true
}

func (s *space) counted(uid uint32) bool { return s.done[uid] }
