package acquire

import (
	"errors"
	"slices"
)

const (
	chunkMost   = 10_000 // messages asked for at a time; the server streams them
	mostRefused = 1000   // messages that are asked for one by one before a folder is given up
	mostInRow   = 20     // of them one after the other: then it is not the messages
)

// pass fetches what is missing of a folder on one connection. One command is under way at a
// time: a long set of UIDs keeps the line busy, and writing goes on beside it.
type pass struct {
	session *Session
	folder  *folder
	keeper  *keeper
	all     []entry // of the folder, ascending
	have    []bool  // which of them need not be fetched
	extras  string
	modSeq  bool
	refused int
	row     int // refused one after the other
}

func (p *pass) run() error {
	p.leaveOutside()
	// A second round asks again for what the first did not bring: the server's list and its
	// answers may differ by what happened in between.
	for range 2 {
		if err := p.fetch(); err != nil {
			return err
		}
	}
	return p.explainMissing()
}

// leaveOutside notes the messages outside of the asked dates. One without a date is inside.
func (p *pass) leaveOutside() {
	o := &p.session.o
	for i, e := range p.all {
		if p.have[i] || !e.dated {
			continue
		}
		if !o.Since.IsZero() && e.unix < o.Since.Unix() || !o.Before.IsZero() && e.unix >= o.Before.Unix() {
			p.have[i] = true
			p.keeper.missing(e, notOutside, "")
		}
	}
}

// fetch asks for everything that is missing. Where the server refuses a set, ever smaller ones
// find the messages that it cannot give.
func (p *pass) fetch() error {
	chunk := p.session.conn.chunk()
	most := chunk
	for at := 0; ; {
		set, count, next := uidSet(p.all, at, most, func(i int) bool { return !p.have[i] })
		if count == 0 {
			return nil
		}
		err := p.session.conn.messages(set, p.extras, p.modSeq, count, p.keeper.take, p.take)
		var refused *statusError
		switch {
		case err == nil:
			at = next
			most = min(chunk, most*4)
			p.row = 0
		case !errors.As(err, &refused) || exhausted(err) || transient(err) && !p.session.stuckOn(refused):
			return err
		case refused.kind == "BAD" && (p.extras != "" || p.modSeq):
			p.extras, p.modSeq = "", false // it offers what it does not understand
		case count > 1:
			most = max(1, count/4)
		default:
			i := p.index(uint32(set[0].Start))
			p.row++
			if p.refused++; p.refused > mostRefused || p.row > mostInRow || i < 0 {
				return err
			}
			p.have[i] = true
			p.keeper.missing(p.all[i], notRefused, refused.Error())
			at = next
		}
	}
}

func (p *pass) index(uid uint32) int {
	i, found := slices.BinarySearchFunc(p.all, uid, func(e entry, uid uint32) int { return int(int64(e.uid) - int64(uid)) })
	if !found {
		return -1
	}
	return i
}

// take keeps a message that is asked for and did not come yet; all others are dropped.
func (p *pass) take(f *fetched) error {
	i := p.index(f.uid)
	if i < 0 || p.have[i] {
		f.drop()
		if p.refused++; p.refused > mostRefused {
			return broken("the server goes on giving messages that were not asked for")
		}
		return nil
	}
	p.have[i] = true
	if f.date.IsZero() {
		f.date = p.all[i].date()
	}
	if err := p.keeper.put(f); err != nil {
		return err
	}
	p.session.state.FolderDone++
	p.session.report(false)
	return nil
}

// explainMissing asks once more which of the missing ones the server still lists: those it
// keeps back, the others went while the copy was made.
func (p *pass) explainMissing() error {
	still := make(map[uint32]bool)
	for at := 0; ; {
		set, count, next := uidSet(p.all, at, p.session.conn.chunk(), func(i int) bool { return !p.have[i] })
		if count == 0 {
			break
		}
		at = next
		if err := p.session.conn.stillListed(set, count, still); err != nil {
			return err
		}
	}
	for i, e := range p.all {
		if p.have[i] {
			continue
		}
		if still[e.uid] {
			p.keeper.missing(e, notRefused, "the server lists it and does not give it")
		} else {
			p.keeper.missing(e, notGone, "")
		}
	}
	return nil
}
