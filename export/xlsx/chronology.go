package xlsx

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/timeline"
)

// The chronology is the page that a person reads first: the steps of an attack as far as the
// evidence speaks of them, chosen by group and never by a verdict. Logins are many, so those are taken that
// came from an address with few successful ones; everything is on the other sheets.

const (
	chronologyLines = 48 // what fits a printed page
	rareLogins      = 3  // an address with so many successful logins or fewer
	maxAddresses    = 100_000
)

// source is the events that one kind of line is taken from.
type source struct {
	what   string
	total  int
	events []forensics.Event
}

// stepEvents reads the first events of each step. Logins are gathered later.
func (b *book) stepEvents(ctx context.Context) ([]source, error) {
	var out []source
	take := func(what string, events Events) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(events.Dated(), chronologyLines)
		list, err := events.Events(0, n)
		out = append(out, source{what, events.Dated(), list})
		return err
	}
	for _, g := range []forensics.Group{forensics.GroupKey, forensics.GroupReset, forensics.GroupSettings, forensics.GroupMoney} {
		if err := take(g.String(), b.c.Groups[g]); err != nil {
			return nil, err
		}
	}
	return out, take("alert", b.c.Alerts)
}

// addressBook counts the successful logins by account and address while their sheet is written, and keeps
// where those stand of which there are few: an index each, because there can be many addresses.
type addressBook struct {
	n        int // events seen so far: the index of the next
	of       map[accountAddress]*addressLogins
	overflow bool
	notices  source // what services say of sign-ins
}

type accountAddress struct {
	account string
	ip      netip.Addr
}

type addressLogins struct {
	n  int
	at [rareLogins]int // indexes in the view of the logins
}

// add takes the next login of the view.
func (a *addressBook) add(e *forensics.Event) {
	index := a.n
	a.n++
	if e.Time.Unreliable || e.Time.IsZero() {
		return
	}
	if e.Certainty == forensics.Reported {
		a.notices.total++
		if len(a.notices.events) < chronologyLines {
			a.notices.events = append(a.notices.events, *e)
		}
		return
	}
	if e.Kind != forensics.LoginSucceeded || !e.IP.IsValid() {
		return
	}
	if a.of == nil {
		a.of = map[accountAddress]*addressLogins{}
	}
	key := accountAddress{strings.ToLower(e.Account), e.IP}
	l := a.of[key]
	if l == nil {
		if len(a.of) == maxAddresses {
			a.overflow = true
			return
		}
		l = &addressLogins{}
		a.of[key] = l
	}
	if l.n < rareLogins {
		l.at[l.n] = index
	}
	l.n++
}

// rare reads the first of the logins from addresses with few.
func (a *addressBook) rare(logins Events) (source, error) {
	s := source{what: "login"}
	var indexes []int
	for _, l := range a.of {
		if l.n <= rareLogins {
			indexes = append(indexes, l.at[:l.n]...)
		}
	}
	s.total = len(indexes)
	slices.Sort(indexes)
	for _, i := range indexes[:min(len(indexes), chronologyLines)] {
		list, err := logins.Events(i, 1)
		if err != nil {
			return s, err
		}
		s.events = append(s.events, list...)
	}
	return s, nil
}

// choose takes lines from the sources in turn until the page is full, the earliest of each first.
func choose(sources []source, lines int) (chosen []forensics.Event, all int) {
	for _, s := range sources {
		all += s.total
	}
	for round := 0; len(chosen) < lines; round++ {
		before := len(chosen)
		for _, s := range sources {
			if round < len(s.events) && len(chosen) < lines {
				chosen = append(chosen, s.events[round])
			}
		}
		if len(chosen) == before {
			break
		}
	}
	slices.SortFunc(chosen, func(x, y forensics.Event) int { return forensics.Compare(&x, &y) })
	return chosen, all
}

// chronology writes the page.
func (w *summaryWriter) chronology(steps []source) {
	b := w.b
	logins, err := b.addresses.rare(b.c.Groups[forensics.GroupLogin])
	if err != nil {
		w.err = errors.Join(w.err, err)
		return
	}
	chosen, all := choose(append(slices.Clone(steps), b.addresses.notices, logins), chronologyLines)
	w.tall(17, func(r *rows) { partCells(r, "Chronology on one page", summaryPrinted) })
	note := fmt.Sprintf("Chosen by group, not by who did it: keys, resets, settings, money, warnings, notices of sign-ins, and logins from addresses with at most %d successful ones for their account.", rareLogins)
	if all > len(chosen) {
		note += fmt.Sprintf(" %d of %d such events; the others are on their sheets.", len(chosen), all)
	}
	if b.addresses.overflow {
		note += fmt.Sprintf(" There are more than %d addresses: of the others no logins were taken.", maxAddresses)
	}
	w.line(func(r *rows) { r.text(b.st.small, note) })
	second := "Kind"
	if b.zone != nil {
		second = "Time (" + zoneName(b.zone) + ")"
	}
	w.line(headRow(b.st, "Time (UTC)", second, "Group", "Account", "What happened", "IP address", "Evidence, place"))
	for i := range chosen {
		w.line(func(r *rows) { b.chronologyRow(r, &chosen[i]) })
	}
	if len(chosen) == 0 {
		w.line(func(r *rows) { r.text(b.st.small, "There are no such events.") })
	}
}

func (b *book) chronologyRow(r *rows, e *forensics.Event) {
	utcCell(r, &e.Time)
	if b.zone != nil {
		zoneCell(r, &e.Time, b.zone)
	} else {
		r.text(b.st.text, e.Kind.String())
	}
	groupCell(r, e)
	accountCell(r, e)
	r.wrap(b.st.wrap, timeline.Sentence(e)+b.chronologyState(e))
	ipCell(r, e)
	r.text(b.st.small, fmt.Sprintf("no. %d, %s", e.Ref.Evidence, placeShort(e.Ref)))
}

// chronologyState adds what must not be overlooked: that it is a notice's word, and what became of it.
func (b *book) chronologyState(e *forensics.Event) string {
	s := ""
	if e.Certainty != forensics.Observed {
		s = " · " + e.Certainty.String()
	}
	if d, ok := b.deletedBy[e.Row]; ok {
		s += " · its mail was deleted " + spanText(d.after) + " later"
	}
	if in := b.inIncidents(e); in != "" {
		s += " · " + in
	}
	return s
}

func placeShort(ref forensics.Ref) string {
	if ref.Line > 1 || ref.Line == 1 && ref.Offset == 0 { // a file may be one long line
		return fmt.Sprintf("line %d", ref.Line)
	}
	return fmt.Sprintf("byte %d", ref.Offset)
}
