package xlsx

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"keytrail/forensics"
)

// names are what an address has to do with: accounts, of which the first few are kept, and incidents of whose attack it
// has a part. What the owner did against one does not count.
type names struct {
	list      []string
	more      int
	incidents []int64
}

const listedNames = 5

// noteAccount takes an event's account and incidents down under its address, while the timeline is written.
func (b *book) noteAccount(e *forensics.Event) {
	if !e.IP.IsValid() {
		return
	}
	n := b.usedBy[e.IP]
	if n == nil {
		return
	}
	for _, id := range b.attacks[e.Row] {
		if !slices.Contains(n.incidents, id) {
			n.incidents = append(n.incidents, id)
		}
	}
	if e.Account == "" || slices.Contains(n.list, e.Account) {
		return
	}
	if len(n.list) == listedNames {
		n.more++ // an account that comes again is counted again: it says "or more"
		return
	}
	n.list = append(n.list, e.Account)
}

// names gives what is known of a listed address.
func (b *book) names(e *forensics.Entity) *names {
	ip, err := netip.ParseAddr(e.Value)
	if n := b.usedBy[ip]; err == nil && n != nil {
		return n
	}
	return &names{}
}

// text lists the accounts; known is how many there are, as the case counts them, 0 where it does not.
func (n *names) text(known int) string {
	text := strings.Join(n.list, ", ")
	switch {
	case known > len(n.list) && len(n.list) > 0:
		text += fmt.Sprintf(" and %d more", known-len(n.list))
	case n.more > 0 && known == 0:
		text += " and others"
	}
	return text
}

// addressSheet lists the addresses. It is written late: the accounts come from the pass over the timeline.
func (b *book) addressSheet() *sheet {
	list := b.c.Addresses
	columns := []column{{"IP address", 26}, {"Country", 8}, {"AS", 9}, {"Organisation", 26}, {"Kind of network", 13}, {"First (UTC)", 18}, {"Last (UTC)", 18}, {"Events", 8}}
	for _, g := range forensics.Groups() {
		columns = append(columns, column{g.String(), 8.5})
	}
	columns = append(columns, column{"Accounts", 34}, column{"Your verdict", 9}, column{"Incidents", 10})
	s := &sheet{name: "IP addresses", table: true, late: true, wraps: len(list) <= wrapUpTo, rows: len(list), columns: columns}
	s.body = func(ctx context.Context, r *rows) error {
		list := attackersFirst(list, func(e *forensics.Entity) bool { return len(b.names(e).incidents) > 0 })
		for i := range list {
			if i%page == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := r.next(); err != nil {
				return err
			}
			b.addressRow(r, &list[i])
		}
		return nil
	}
	return s
}

// attackersFirst keeps the order otherwise.
func attackersFirst(list []forensics.Entity, attacks func(*forensics.Entity) bool) []forensics.Entity {
	out := make([]forensics.Entity, 0, len(list))
	var others []forensics.Entity
	for i := range list {
		if attacks(&list[i]) {
			out = append(out, list[i])
		} else {
			others = append(others, list[i])
		}
	}
	return append(out, others...)
}

func (b *book) addressRow(r *rows, e *forensics.Entity) {
	st := b.st
	r.text(st.bold, e.Value)
	r.text(st.text, e.Country)
	if e.ASN > 0 {
		r.text(st.text, fmt.Sprintf("AS%d", e.ASN))
	} else {
		r.skip(1)
	}
	r.wrap(st.wrap, e.Org)
	r.text(st.text, e.Place)
	r.moment(e.First)
	r.moment(e.Last)
	r.number(st.number, e.Events)
	for _, g := range forensics.Groups() {
		if n := e.Groups[g]; n > 0 {
			r.number(st.number, int64(n))
		} else {
			r.skip(1)
		}
	}
	of := b.names(e)
	r.wrap(st.wrap, of.text(e.Accounts))
	if e.Verdict == "not-mine" {
		r.text(st.alarm, "not mine")
	} else {
		r.text(st.text, e.Verdict)
	}
	ids := slices.Clone(of.incidents)
	slices.Sort(ids)
	incidentCell(r, ids)
}
