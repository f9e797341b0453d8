package rule

import (
	"fmt"
	"time"

	"keytrail/forensics"
)

// How many different mails about security a session must delete, and how much of all that it deletes, to have come for that:
// with notices of two services fewer will do.
const (
	hidesMails    = 5
	hidesOfTwo    = 3
	hidesShare    = 0.75
	hidesSessions = 200 // sessions of which the subjects are read
	hidesMost     = 100 // deletions of a session with more are not looked at: that is tidying up
)

// How soon after it was thrown away a mail must be purged from the trash, one by one, and how many of them it takes: somebody who
// wants nobody to find it does that. An owner empties the trash at once, now and then, or never.
const (
	twiceWithin = 2 * minute
	twiceMails  = 3
)

// hiding is what a session hid.
type hiding struct {
	mails    int
	services int
	twice    []int32 // the purges of mails that were purged from the trash one by one, right after they were thrown away
}

func (h hiding) String() string {
	if h.mails == 0 {
		return fmt.Sprintf("a session that threw %d mails away and at once purged each from the trash", len(h.twice))
	}
	s := fmt.Sprintf("a session that deleted %d mails about security and hardly anything else", h.mails)
	if h.services > 1 {
		s += fmt.Sprintf(", of %d services", h.services)
	}
	return s
}

// findHiding finds the sessions that deleted nothing but notices, several: whatever network they come from, an owner who
// tidies up takes other mail as well, and an owner who resets a password deletes the mails of that service.
func (e *evaluation) findHiding() {
	bySession := map[uint32][]int32{}
	var order []uint32
	for _, i := range e.deletions {
		b := &e.all[i]
		if b.Session == 0 || b.Message == 0 || b.Unreliable || b.Certainty == forensics.Inferred || e.byServer(i) {
			continue
		}
		if len(bySession[b.Session]) == 0 {
			order = append(order, b.Session)
		}
		bySession[b.Session] = append(bySession[b.Session], i)
	}
	notice := map[int32]int32{} // by deletion
	for _, p := range e.pairs {
		notice[p.deletion] = p.notice
	}
	var candidates []uint32
	var rows []int64
	for _, s := range order {
		list := bySession[s]
		mails := map[uint32]bool{}
		for _, i := range list {
			mails[e.all[i].Message] = true
		}
		if twice := e.twice(list); len(twice) >= twiceMails {
			e.hides(s, hiding{twice: twice})
		}
		if len(mails) < hidesOfTwo || len(list) > hidesMost || len(candidates) == hidesSessions {
			continue
		}
		candidates = append(candidates, s)
		for _, i := range list {
			if _, is := notice[i]; !is {
				rows = append(rows, e.all[i].Row)
			}
		}
	}
	if len(candidates) == 0 {
		return
	}
	e.events(rows)
	for _, s := range candidates {
		mails, about, services := map[uint32]bool{}, map[uint32]bool{}, map[string]bool{}
		for _, i := range bySession[s] {
			b := &e.all[i]
			mails[b.Message] = true
			if n, is := notice[i]; is {
				about[b.Message] = true
				services[e.text(e.all[n].Service)] = true
			} else if f := e.full[b.Row]; f != nil && warns(f) != "" {
				about[b.Message] = true
			}
		}
		n := len(about)
		if float64(n) < hidesShare*float64(len(mails)) || n < hidesMails && !(n >= hidesOfTwo && len(services) > 1) {
			continue
		}
		e.hides(s, hiding{n, len(services), e.profile.hides[s].twice})
	}
}

func (e *evaluation) hides(session uint32, h hiding) {
	if e.profile.hides == nil {
		e.profile.hides = map[uint32]hiding{}
	}
	e.profile.hides[session] = h
}

// twice lists the purges of a session by which mails went out of the trash one by one, each right after it was thrown away.
func (e *evaluation) twice(list []int32) []int32 {
	thrown := map[uint32]int64{}
	seconds := map[int64]bool{}
	var out []int32
	for _, i := range list {
		b := &e.all[i]
		if b.Kind == forensics.MailDeleted {
			thrown[b.Message] = b.Time
			continue
		}
		at, ok := thrown[b.Message]
		if gap := b.Time - at; !ok || gap < int64(time.Second) || gap > twiceWithin {
			continue
		}
		delete(thrown, b.Message)
		if s := b.Time / int64(time.Second); !seconds[s] { // several at once are a trash that is emptied
			seconds[s] = true
			out = append(out, i)
		}
	}
	return out
}
