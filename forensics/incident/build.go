package incident

import (
	"cmp"
	"context"
	"slices"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// Found is an incident with what tells whether others come from the same source, and how an answer would move it.
type Found struct {
	forensics.Incident
	// Traits are what a campaign can share: its addresses, networks, clients, key names, destinations.
	Traits []Trait
	// Levers are the entities whose verdict would move the score.
	Levers []Lever
}

// Find gives the incidents of one account, in order of time, without numbers, with what campaigns and questions need. An error is that of
// reading events, or of ctx.
func Find(ctx context.Context, in *rule.Input, acct *rule.Account) ([]Found, error) {
	b := newBuilder(in, acct)
	if !b.collect() {
		return nil, ctx.Err()
	}
	b.lookWhoWasThere()
	drafts := b.join(ctx, b.atoms())
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, d := range drafts {
		b.leaveTrash(d)
		b.leaveRoutine(d)
	}
	drafts = slices.DeleteFunc(drafts, func(d *draft) bool { return len(d.points) == 0 })
	b.repairs(drafts)
	for _, d := range drafts {
		b.mended(d)
	}
	b.stays(drafts)
	if err := b.again(drafts); err != nil {
		return nil, err
	}
	drafts = b.heavy(drafts)
	b.gather(drafts)
	var out []Found
	for _, d := range drafts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := b.write(d)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(x, y Found) int { return cmp.Compare(x.Start, y.Start) })
	return out, nil
}

// heavy weighs the drafts and keeps those that are worth telling.
func (b *builder) heavy(drafts []*draft) []*draft {
	kept := drafts[:0]
	for _, d := range drafts {
		if d.weighed = b.weigh(d); strength(score(d.weighed.points)) != "" {
			kept = append(kept, d)
		}
	}
	return kept
}

// write makes the incident of a draft.
func (b *builder) write(d *draft) (Found, error) {
	events, err := b.read(d)
	if err != nil {
		return Found{}, err
	}
	b.tellApart(d, events)
	d.weighed = b.weigh(d) // with the gathered acts, and with reasons that the texts hold
	w := d.weighed
	f := Found{Incident: forensics.Incident{
		Account: b.in.Account.Account, Start: d.start, End: d.last, Score: score(w.points), Parts: w.parts, Services: b.services(d),
	}}
	f.Strength = strength(f.Score)
	if f.Strength == "" {
		f.Strength = "weak" // it was heavier before the texts were read
	}
	for _, s := range w.stages {
		f.Steps = append(f.Steps, b.step(d, s, events))
	}
	f.Repair = b.repairSteps(d, events)
	f.State = b.state(d)
	f.Missing = b.missing(d)
	var beside []*forensics.Event
	if f.Loss, beside, err = b.losses(events, d); err != nil {
		return Found{}, err
	}
	besideMoney(f.Steps, beside)
	f.Entities = b.entities(d)
	f.Summary = summary(&f.Incident)
	f.Traits = b.traits(d, events)
	f.Levers = b.levers(d)
	return f, nil
}

// read reads the events of a draft in full.
func (b *builder) read(d *draft) (map[int64]*forensics.Event, error) {
	var rows []int64
	for _, p := range d.points {
		rows = append(rows, p.b.Row)
	}
	for _, list := range [2][]int{d.symptoms, d.repair} {
		for _, f := range list {
			rows = append(rows, b.acct.Findings[f].Rows...)
		}
	}
	slices.Sort(rows)
	rows = slices.Compact(rows)
	events, err := b.in.Briefs.Events(rows)
	if err != nil {
		return nil, err
	}
	byRow := make(map[int64]*forensics.Event, len(events))
	for i := range events {
		byRow[events[i].Row] = &events[i]
	}
	return byRow, nil
}

// tellApart makes sure that equal sessions and messages are equal as texts: hashes are hints only. Points whose text is not
// the first one of its hash lose it.
func (b *builder) tellApart(d *draft, events map[int64]*forensics.Event) {
	sessions, messages := map[uint32]string{}, map[uint32]string{}
	for _, p := range d.points {
		e := events[p.b.Row]
		if e == nil {
			continue
		}
		session, same := firstText(sessions, p.b.Session, e.Session)
		message, sameMail := firstText(messages, p.b.Message, e.MessageID)
		if !same || !sameMail {
			own := *p.b
			own.Session, own.Message = session, message
			p.b = &own
		}
	}
}

// firstText notes the text of a hash; where another one stands there already, the hash means nothing.
func firstText(known map[uint32]string, hash uint32, text string) (uint32, bool) {
	if hash == 0 {
		return 0, true
	}
	first, ok := known[hash]
	if !ok {
		known[hash] = text
		return hash, true
	}
	if foldEqual(first, text) {
		return hash, true
	}
	return 0, false
}
