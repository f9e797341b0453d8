package investigate

import (
	"context"
	"fmt"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/absence"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
)

// absenceProvider stands as the provider of events that follow from what is missing.
const absenceProvider = "keytrail/absence"

// Infer looks for deletions that follow from what is missing in the copies of mailboxes, makes the inferred events of
// the case those, and tells how many changed. It reads the files beside the copies again: an error means
// that they cannot be reached, and leaves the case as it is.
func Infer(ctx context.Context, c *casefile.Case) (changed int, err error) {
	aside := newAsideReader()
	defer aside.close()
	in, b, err := absenceInput(ctx, c, aside)
	if err != nil {
		return 0, fmt.Errorf("look for what is missing: %w", err)
	}
	r := absence.Infer(in)
	events, err := lostEvents(ctx, c, b, r)
	if err != nil {
		return 0, fmt.Errorf("look for what is missing: %w", err)
	}
	return c.ReplaceInferred(ctx, events, lostAdditions(b, r))
}

// absenceInput gathers what package absence looks at.
func absenceInput(ctx context.Context, c *casefile.Case, aside *asideReader) (*absence.Input, *copyBuilder, error) {
	b, err := readCopies(ctx, c, aside)
	if err != nil {
		return nil, nil, err
	}
	in := &absence.Input{}
	for _, s := range b.order {
		if len(s.copy.Folders) > 0 {
			in.Copies = append(in.Copies, s.copy)
		}
	}
	if len(in.Copies) == 0 {
		return in, b, nil
	}
	if err := b.records(ctx, in); err != nil {
		return nil, nil, err
	}
	return in, b, nil
}

// signalKinds are the events near which a gap is worth telling.
var signalKinds = map[forensics.Kind]bool{
	forensics.KeyCreated: true, forensics.KeyRemoved: true, forensics.ResetRequested: true, forensics.PasswordChanged: true, forensics.RecoveryChanged: true,
	forensics.SecondFactorChanged: true, forensics.ConsentGranted: true, forensics.RuleSet: true, forensics.ForwardingSet: true, forensics.FundsSent: true,
	forensics.Alert: true, forensics.SessionRevoked: true, forensics.MailDeleted: true, forensics.MailPurged: true,
}

const recordFilter = "(group:key OR group:reset OR group:settings OR group:money OR group:deletion OR kind:alert OR kind:mail-read OR kind:mail-moved OR kind:mail-received) -certainty:inferred"

// records adds what events outside of the copies say: signals, and mails that they name.
func (b *copyBuilder) records(ctx context.Context, in *absence.Input) error {
	expr, err := filter.Parse(recordFilter)
	if err != nil {
		return err
	}
	view, err := b.c.Query(ctx, expr)
	if err != nil {
		return err
	}
	return b.eachEvent(ctx, view, func(int) bool { return true }, func(e *forensics.Event) { b.record(e, in) })
}

func (b *copyBuilder) record(e *forensics.Event, in *absence.Input) {
	if e.Time.Unreliable {
		return
	}
	account := strings.ToLower(e.Account)
	copied := b.place[e.Ref.Item]
	if copied != nil && copied.store.copy.Account != "" {
		account = copied.store.copy.Account
	}
	if signalKinds[e.Kind] && e.Sender != forensics.SenderFailed {
		in.Signals = append(in.Signals, absence.Signal{Row: e.Row, Ref: e.Ref, Kind: e.Kind, Account: account, Service: e.Service, Time: e.Time.Nano, Notice: copied != nil})
	}
	if copied != nil || account == "" {
		return
	}
	switch e.Kind {
	case forensics.MailReceived, forensics.MailRead, forensics.MailMoved, forensics.MailDeleted, forensics.MailPurged:
	default:
		return
	}
	n := absence.Named{Row: e.Row, Ref: e.Ref, Kind: e.Kind, Account: account, Folder: folderName(e.Folder), UID: e.UID, ID: b.messageKey(e.MessageID), Time: e.Time.Nano}
	if len(e.Messages) == 0 {
		in.Named = append(in.Named, n)
		return
	}
	for i, m := range e.Messages {
		n.ID, n.Nth = b.messageKey(m.MessageID), i
		if m.Folder != "" {
			n.Folder = folderName(m.Folder)
		}
		in.Named = append(in.Named, n)
	}
}

// folderName takes off what Exchange puts before the name of a folder.
func folderName(s string) string { return strings.Trim(s, `\/ `) }

// maxMessages bounds the messages that one event counts one by one.
const maxMessages = 1000

// lostEvents makes events of what is lost.
func lostEvents(ctx context.Context, c *casefile.Case, b *copyBuilder, r *absence.Result) ([]forensics.Event, error) {
	known, err := eventsOf(ctx, c, r)
	if err != nil {
		return nil, err
	}
	events := make([]forensics.Event, 0, len(r.Lost))
	for i := range r.Lost {
		l := &r.Lost[i]
		ref := b.pointTo(l)
		if ref.Item == 0 {
			return nil, fmt.Errorf("a loss of %s in %q: the copies have no record to point to", l.Account, l.Folder)
		}
		e := forensics.Event{Kind: l.Kind, Certainty: forensics.Inferred, Provider: absenceProvider, Account: l.Account, Folder: l.Folder, Service: l.Service,
			Reasons: l.Reasons, UIDs: l.UIDs, Detail: l.Detail, Fact: l.Fact, Ref: ref}
		if l.Count != len(l.UIDs) && l.Count < maxMessages && len(l.UIDs) > 0 && l.Kind == forensics.MailMissing {
			// Some of these numbers are explained, nobody knows which: how many are missing counts, the detail says where.
			e.UIDs = nil
			for range l.Count {
				e.Messages = append(e.Messages, forensics.Message{Folder: l.Folder})
			}
		}
		for _, ref := range l.Refs {
			if ref.Item != 0 {
				e.SeenIn = append(e.SeenIn, ref)
			}
		}
		e.Time = lostTime(l)
		e.Bounds = lostBounds(l)
		switch from := known[l.Row]; {
		case from != nil:
			e.MessageID, e.Subject, e.From, e.To = from.MessageID, from.Subject, from.From, from.To
			if e.Service == "" {
				e.Service = from.Service
			}
		case l.Source != 0 && known[l.Source] != nil:
			b.named(&e, l, known[l.Source])
		}
		events = append(events, e)
	}
	return events, nil
}

// eventsOf reads the events that tell what the lost mails were.
func eventsOf(ctx context.Context, c *casefile.Case, r *absence.Result) (map[int64]*forensics.Event, error) {
	known := map[int64]*forensics.Event{}
	var rows []int64
	for i := range r.Lost {
		for _, row := range [2]int64{r.Lost[i].Row, r.Lost[i].Source} {
			if _, ok := known[row]; row != 0 && !ok {
				known[row] = nil
				rows = append(rows, row)
			}
		}
	}
	if len(rows) == 0 {
		return known, nil
	}
	briefs, err := c.Briefs(ctx)
	if err != nil {
		return nil, err
	}
	events, err := briefs.Events(rows)
	if err != nil {
		return nil, err
	}
	for i := range events {
		known[events[i].Row] = &events[i]
	}
	return known, nil
}

// named says of a lost mail what the event that names it says.
func (b *copyBuilder) named(e *forensics.Event, l *absence.Lost, from *forensics.Event) {
	switch {
	case l.ID == 0:
	case l.Nth < len(from.Messages) && b.messageKey(from.Messages[l.Nth].MessageID) == l.ID:
		e.MessageID, e.Subject = from.Messages[l.Nth].MessageID, from.Messages[l.Nth].Subject
	case b.messageKey(from.MessageID) == l.ID:
		e.MessageID, e.Subject, e.From = from.MessageID, from.Subject, from.From
	default:
		for _, id := range from.References {
			if b.messageKey(id) == l.ID {
				e.MessageID = id
			}
		}
	}
}

// pointTo is the record that proves a loss best; any record of the copy where nothing better is an item of the case.
func (b *copyBuilder) pointTo(l *absence.Lost) forensics.Ref {
	if l.Ref.Item != 0 {
		return l.Ref
	}
	for _, r := range l.Refs {
		if r.Item != 0 {
			return r
		}
	}
	var other forensics.Ref
	for _, s := range b.order {
		if s.anchor.Item != 0 {
			if s.copy.Account == l.Account {
				return s.anchor
			}
			other = s.anchor
		}
	}
	return other
}

// lostTime is where a loss stands on the timeline: at its moment where a server tells it, else at the earliest that it can have been.
func lostTime(l *absence.Lost) forensics.Time {
	switch {
	case l.Moment != 0:
		return momentAt(l.Moment, "In the folder since (SAVEDATE)")
	case l.NotBefore != 0:
		return momentAt(l.NotBefore, "Removed not before")
	case l.ArrivedNotAfter != 0:
		return momentAt(l.ArrivedNotAfter, "Arrived not after")
	}
	return momentAt(l.NotAfter, "Removed not after")
}

func lostBounds(l *absence.Lost) *forensics.Bounds {
	if l.NotBefore == 0 && l.NotAfter == 0 && l.ArrivedNotBefore == 0 && l.ArrivedNotAfter == 0 {
		return nil
	}
	return &forensics.Bounds{NotBefore: momentAt(l.NotBefore, ""), NotAfter: momentAt(l.NotAfter, ""), ArrivedNotBefore: momentAt(l.ArrivedNotBefore, ""), ArrivedNotAfter: momentAt(l.ArrivedNotAfter, "")}
}

// momentAt makes a time of nanoseconds, no time of 0.
func momentAt(nano int64, desc string) forensics.Time {
	if nano == 0 {
		return forensics.Time{}
	}
	t := time.Unix(0, nano).UTC()
	precision := forensics.PrecisionSecond
	if nano%int64(time.Second) != 0 {
		precision = forensics.PrecisionMilli
	}
	return forensics.UTC(t, precision, "", desc)
}

func lostAdditions(b *copyBuilder, r *absence.Result) []casefile.Addition {
	var out []casefile.Addition
	for _, a := range r.Additions {
		add := casefile.Addition{Row: a.Row, Reasons: append([]string{absence.ReasonLog}, a.Reasons...)}
		for _, ref := range a.Refs {
			if b.items[ref.Item] != nil {
				add.Refs = append(add.Refs, ref)
			}
		}
		if a.ArrivedNotBefore != 0 || a.ArrivedNotAfter != 0 {
			add.Bounds = &forensics.Bounds{ArrivedNotBefore: momentAt(a.ArrivedNotBefore, ""), ArrivedNotAfter: momentAt(a.ArrivedNotAfter, "")}
		}
		out = append(out, add)
	}
	return out
}
