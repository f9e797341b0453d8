package rule

import (
	"fmt"
	"time"

	"keytrail/forensics"
)

// How many different mails about security a visit must delete, and how much of all that it deletes, to have come for that:
// with notices of two services fewer will do.
const (
	hidesMails  = 5
	hidesOfTwo  = 3
	hidesShare  = 0.75
	hidesSoon   = 3 * hour // most of the notices must go this soon after they came: what is older is cleared away
	hidesVisits = 200      // visits of which the subjects are read
	hidesMost   = 100      // deletions of a visit with more are not looked at: that is tidying up
)

// How soon after it was thrown away a mail must be purged from the trash, one by one, and how many of them it takes: somebody who
// wants nobody to find it does that. An owner empties the trash at once, now and then, or never.
const (
	twiceWithin = 2 * minute
	twiceMails  = 3
)

// visitPause is the longest pause between two deletions of one visit where the log names no session, and how long before the first of them
// the visit can have begun.
const visitPause = hour

// visit is the deletions of one session, or, where the log names none, from one address and program without a long pause.
type visit struct {
	list []int32 // in order of time
}

// hiding is a visit that came to hide mail.
type hiding struct {
	at       int64 // of its first deletion
	mails    int
	services int
	twice    []int32 // the purges of mails that were purged from the trash one by one, right after they were thrown away
}

func (h *hiding) String() string {
	if h.mails == 0 {
		return fmt.Sprintf("a visit that threw %d mails away and at once purged each from the trash", len(h.twice))
	}
	s := fmt.Sprintf("a visit that deleted %d mails about security and hardly anything else", h.mails)
	if h.services > 1 {
		s += fmt.Sprintf(", of %d services", h.services)
	}
	return s
}

// hidings are the visits that came to hide mail, by what an event can be known to belong to one.
type hidings struct {
	sessions map[uint32]*hiding
	rows     map[int64]*hiding // the deletions themselves, where they name no session
	spans    map[forensics.Symbol][]hidingSpan
	list     []*hiding // in order of time
}

// hidingSpan is when somebody from an address hid mail.
type hidingSpan struct {
	from, to int64
	*hiding
}

// of finds the visit that an event belongs to, nil for none.
func (h *hidings) of(b *forensics.Brief) *hiding {
	if len(h.list) == 0 {
		return nil
	}
	if b.Session != 0 {
		return h.sessions[b.Session]
	}
	if v := h.rows[b.Row]; v != nil {
		return v
	}
	if b.IP != 0 {
		for i := range h.spans[b.IP] {
			if s := &h.spans[b.IP][i]; b.Time >= s.from && b.Time <= s.to {
				return s.hiding
			}
		}
	}
	return nil
}

// findHiding finds the visits that deleted nothing but notices, several: whatever network they come from, an owner who
// tidies up takes other mail as well, and an owner who resets a password deletes the mails of that service.
func (e *evaluation) findHiding() {
	visits := e.visits()
	notice := map[int32]pair{} // by deletion
	for _, p := range e.pairs {
		notice[p.deletion] = p
	}
	var candidates []*visit
	var rows []int64
	for _, v := range visits {
		mails := map[uint32]bool{}
		for _, i := range v.list {
			mails[e.all[i].Message] = true
		}
		if len(mails) < hidesOfTwo || len(v.list) > hidesMost || len(candidates) == hidesVisits {
			continue
		}
		candidates = append(candidates, v)
		for _, i := range v.list {
			if _, is := notice[i]; !is {
				rows = append(rows, e.all[i].Row)
			}
		}
	}
	e.events(rows)
	for _, v := range candidates {
		mails, about, services := map[uint32]bool{}, map[uint32]bool{}, map[string]bool{}
		soon, late := 0, 0
		for _, i := range v.list {
			b := &e.all[i]
			mails[b.Message] = true
			if p, is := notice[i]; is {
				if !about[b.Message] {
					if p.after <= hidesSoon {
						soon++
					} else {
						late++
					}
				}
				about[b.Message] = true
				services[e.text(e.all[p.notice].Service)] = true
			} else if f := e.full[b.Row]; f != nil && warns(f) != "" {
				about[b.Message] = true
			}
		}
		h := &hiding{at: e.all[v.list[0]].Time, mails: len(about), services: len(services), twice: e.twice(v.list)}
		if late > soon || float64(h.mails) < hidesShare*float64(len(mails)) || h.mails < hidesMails && !(h.mails >= hidesOfTwo && h.services > 1) {
			h.mails, h.services = 0, 0
		}
		if len(h.twice) < twiceMails {
			h.twice = nil
		}
		if h.mails > 0 || h.twice != nil {
			e.hides(v, h)
		}
	}
}

// visits gathers the deletions, in the order of their first ones.
func (e *evaluation) visits() []*visit {
	type source struct {
		session    uint32
		ip, client forensics.Symbol
	}
	open := map[source]*visit{}
	var out []*visit
	for _, i := range e.deletions {
		b := &e.all[i]
		if b.Message == 0 || b.Unreliable || b.Certainty == forensics.Inferred || e.byServer(i) {
			continue
		}
		s := source{session: b.Session}
		if b.Session == 0 {
			s.ip, s.client = b.IP, b.Client
		}
		v := open[s]
		if v == nil || b.Session == 0 && b.Time-e.all[v.list[len(v.list)-1]].Time > visitPause {
			v = &visit{}
			open[s] = v
			out = append(out, v)
		}
		v.list = append(v.list, i)
	}
	return out
}

// hides notes what a visit hid.
func (e *evaluation) hides(v *visit, h *hiding) {
	all := &e.profile.hidings
	if all.sessions == nil {
		*all = hidings{map[uint32]*hiding{}, map[int64]*hiding{}, map[forensics.Symbol][]hidingSpan{}, nil}
	}
	all.list = append(all.list, h)
	first, last := &e.all[v.list[0]], &e.all[v.list[len(v.list)-1]]
	if first.Session != 0 {
		all.sessions[first.Session] = h
		return
	}
	for _, i := range v.list {
		all.rows[e.all[i].Row] = h
	}
	if first.IP != 0 {
		all.spans[first.IP] = append(all.spans[first.IP], hidingSpan{first.Time - visitPause, last.Time, h})
	}
}

// twice lists the purges by which mails went out of the trash one by one, each right after it was thrown away.
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
