package incident

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"keytrail/forensics"
)

// Who was caught once is known the next time: what little an incident leaves counts for more where it comes from the same
// address as a strong one, or sends money to the same place. Only strong ones lend, by what they weigh without any loan.
const (
	pointsSameAddress = 4.0
	pointsSameBlock   = 2.7 // the same /24 or /64
	pointsSameHosted  = 2.0 // the same operator of rented machines or VPNs
	pointsSameTarget  = 4.0 // the same destination of money
	pointsSameKey     = 1.4 // the same pattern of key names, with a number
)

// mark is something by which a hand is known again.
type mark struct {
	kind  byte // 'i' address, 'n' block, 'a' operator, 't' destination, 'k' pattern of key names
	value string
}

// worth is what it says that two incidents have a mark in common, and its name.
func (m mark) worth() (float64, string) {
	switch m.kind {
	case 'i':
		return pointsSameAddress, "the same address as"
	case 'n':
		return pointsSameBlock, "the same network as"
	case 'a':
		return pointsSameHosted, "the same operator of rented machines as"
	case 't':
		return pointsSameTarget, "money to the same destination as"
	}
	return pointsSameKey, "a key named like that of"
}

// again gives every draft what it has in common with a strong one.
func (b *builder) again(drafts []*draft) error {
	var strong []*draft
	for _, d := range drafts {
		d.again, d.againAs = 0, ""
		if d.weighed = b.weigh(d); score(d.weighed.points) >= atLeastStrong {
			strong = append(strong, d)
		}
	}
	if len(strong) == 0 || len(drafts) == 1 {
		return nil
	}
	targets, err := b.targets(drafts)
	if err != nil {
		return err
	}
	first, second := map[mark]*draft{}, map[mark]*draft{}
	for _, d := range strong { // two, so that one is never its own witness
		for _, m := range b.marks(d, targets[d]) {
			switch {
			case first[m] == nil:
				first[m] = d
			case second[m] == nil && first[m] != d:
				second[m] = d
			}
		}
	}
	for _, d := range drafts {
		for _, m := range b.marks(d, targets[d]) {
			witness := first[m]
			if witness == d {
				witness = second[m]
			}
			if witness == nil {
				continue
			}
			if points, text := m.worth(); points > d.again {
				d.again, d.againAs = points, fmt.Sprintf("%s the incident of %s", text, time.Unix(0, witness.start).UTC().Format(time.DateOnly))
			}
		}
	}
	return nil
}

// marks lists what a draft is known by. What the owner is known by is not in it.
func (b *builder) marks(d *draft, targets []string) []mark {
	var out []mark
	for _, p := range d.points {
		if p.standing.Owner() {
			continue
		}
		if p.b.Key != 0 && p.step == forensics.StepKey {
			if name := b.text(p.b.Key); pattern(name) != name {
				out = append(out, mark{'k', pattern(name)})
			}
		}
		if p.b.IP == 0 {
			continue
		}
		at := b.placeOf(p.b)
		if !telling(at.Kind) || at.Kind == "mobile" {
			continue
		}
		out = append(out, mark{'i', b.text(p.b.IP)})
		if at.net != (netip.Prefix{}) {
			out = append(out, mark{'n', fmt.Sprintf("%s AS%d", at.net, at.ASN)}) // a block can be shared out among operators
		}
		if at.ASN != 0 && hosted(at.Kind) {
			out = append(out, mark{'a', fmt.Sprint(at.ASN)})
		}
	}
	for _, t := range targets {
		out = append(out, mark{'t', t})
	}
	return out
}

// targets reads where the money of the drafts went, as far as that is known and it never went there outside of them.
func (b *builder) targets(drafts []*draft) (map[*draft][]string, error) {
	var rows []int64
	of := map[int64]*draft{}
	for _, d := range drafts {
		for _, p := range d.points {
			if p.b.Kind == forensics.FundsSent && b.toNewPlace(p) {
				rows, of[p.b.Row] = append(rows, p.b.Row), d
			}
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	slices.Sort(rows)
	events, err := b.in.Briefs.Events(rows)
	if err != nil {
		return nil, err
	}
	out := map[*draft][]string{}
	for i := range events {
		if e := &events[i]; e.Destination != "" {
			out[of[e.Row]] = append(out[of[e.Row]], e.Destination)
		}
	}
	return out, nil
}

// toNewPlace reports whether money went where none of the service went before: the owner's own wallet is no mark of anybody.
func (b *builder) toNewPlace(p *point) bool {
	return slices.ContainsFunc(p.findings, func(f int) bool { return b.acct.Findings[f].Rule == "LOSS-02" })
}
