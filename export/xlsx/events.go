package xlsx

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
)

// eventSheet makes a sheet of events with the moment first and the provenance last.
func (b *book) eventSheet(name string, events Events, middle ...eventColumn) *sheet {
	all := slices.Concat(b.when(), middle, provenance())
	s := &sheet{name: name, table: true, rows: events.Len(), printed: len(all) - 1}
	for _, c := range all {
		s.columns = append(s.columns, c.column)
	}
	s.body = func(ctx context.Context, r *rows) error {
		return each(ctx, events, func(e *forensics.Event) error {
			if err := r.next(); err != nil {
				return err
			}
			for i := range all {
				all[i].cell(r, e)
			}
			return nil
		})
	}
	return s
}

func (b *book) timeline() *sheet {
	n := b.c.Timeline.Len()
	return b.eventSheet("Timeline", b.c.Timeline,
		eventColumn{column{"Group", 9}, groupCell},
		eventColumn{column{"Kind", 17}, kindCell},
		eventColumn{column{"Account", 24}, accountCell},
		whatColumn(64, n),
		eventColumn{column{"IP address", 17}, ipCell},
		eventColumn{column{"Country, network", 22}, networkCell},
		eventColumn{column{"Service", 12}, serviceCell},
	)
}

func (b *book) keys() *sheet {
	events := b.c.Groups[forensics.GroupKey]
	return b.eventSheet("Keys", events,
		eventColumn{column{"Kind", 14}, kindCell},
		eventColumn{column{"Account", 24}, accountCell},
		eventColumn{column{"Name of the key", 20}, func(r *rows, e *forensics.Event) { r.text(r.st.bold, e.Key) }},
		eventColumn{column{"Done by", 24}, actorCell},
		whatColumn(54, events.Len()),
		eventColumn{column{"IP address", 17}, ipCell},
		eventColumn{column{"Country, network", 20}, networkCell},
		eventColumn{column{"Client", 22}, clientCell},
		eventColumn{column{"Service", 11}, serviceCell},
	)
}

func (b *book) logins() *sheet {
	events := b.c.Groups[forensics.GroupLogin]
	s := b.eventSheet("Logins", events,
		eventColumn{column{"Kind", 15}, kindCell},
		eventColumn{column{"Account", 24}, accountCell},
		eventColumn{column{"IP address", 17}, ipCell},
		eventColumn{column{"Country, network", 20}, networkCell},
		eventColumn{column{"Protocol", 9}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Protocol) }},
		eventColumn{column{"Client", 22}, clientCell},
		eventColumn{column{"Session", 20}, sessionCell},
		whatColumn(54, events.Len()),
		eventColumn{column{"Service", 11}, func(r *rows, e *forensics.Event) {
			b.addresses.add(e)
			serviceCell(r, e)
		}},
	)
	return s
}

func (b *book) resets() *sheet {
	events := b.c.Groups[forensics.GroupReset]
	return b.eventSheet("Resets", events, append([]eventColumn{
		{column{"Kind", 17}, kindCell},
		{column{"Account", 22}, accountCell},
		{column{"Service", 11}, serviceCell},
		whatColumn(50, events.Len()),
		{column{"From", 24}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.From) }},
		{column{"IP address", 16}, ipCell},
	}, b.wasDeleted()...)...)
}

// wasDeleted says what became of a notice's mail.
func (b *book) wasDeleted() []eventColumn {
	return []eventColumn{
		{column{"Its mail was deleted", 19}, func(r *rows, e *forensics.Event) {
			d, ok := b.deletedBy[e.Row]
			switch {
			case ok:
				r.text(r.st.alarm, "yes, "+spanText(d.after)+" later")
			case e.Certainty != forensics.Reported:
				r.skip(1)
			default:
				r.text(r.st.faint, "not on record")
			}
		}},
		{column{"Deleted at (UTC)", 20}, func(r *rows, e *forensics.Event) {
			if d, ok := b.deletedBy[e.Row]; ok {
				utcCell(r, &d.at)
				return
			}
			r.skip(1)
		}},
		{column{"Event ID of the deletion", 22}, func(r *rows, e *forensics.Event) { r.text(r.st.small, b.deletedBy[e.Row].event) }},
	}
}

func (b *book) deletions() *sheet {
	events := b.c.Groups[forensics.GroupDeletion]
	bound := func(pick func(*forensics.Bounds) *forensics.Time) func(*rows, *forensics.Event) {
		return func(r *rows, e *forensics.Event) {
			if e.Bounds == nil || pick(e.Bounds).IsZero() {
				r.skip(1)
				return
			}
			utcCell(r, pick(e.Bounds))
		}
	}
	columns := []eventColumn{
		{column{"Kind", 14}, kindCell},
		{column{"Account", 22}, accountCell},
		{column{"Folder", 14}, func(r *rows, e *forensics.Event) { r.text(r.st.text, folderOf(e)) }},
		{column{"Mails", 7}, func(r *rows, e *forensics.Event) { r.number(r.st.number, int64(max(1, len(e.Messages), len(e.UIDs)))) }},
		whatColumn(50, events.Len()),
		{column{"Subjects", 34}, func(r *rows, e *forensics.Event) { r.text(r.st.text, joined(e, e.Subject, subjectOf)) }},
		{column{"Message-IDs", 34}, func(r *rows, e *forensics.Event) { r.text(r.st.text, joined(e, e.MessageID, messageIDOf)) }},
		{column{"Done by", 20}, actorCell},
		{column{"IP address", 16}, ipCell},
		{column{"Client", 18}, clientCell},
		{column{"Session", 18}, sessionCell},
		{column{"Basis", 16}, func(r *rows, e *forensics.Event) { r.text(r.st.text, basis(e)) }},
	}
	if b.anyMissing() {
		columns = append(columns,
			eventColumn{column{"Not before (UTC)", 19}, bound(func(x *forensics.Bounds) *forensics.Time { return &x.NotBefore })},
			eventColumn{column{"Not after (UTC)", 19}, bound(func(x *forensics.Bounds) *forensics.Time { return &x.NotAfter })},
			eventColumn{column{"Came not before (UTC)", 19}, bound(func(x *forensics.Bounds) *forensics.Time { return &x.ArrivedNotBefore })},
			eventColumn{column{"Came not after (UTC)", 19}, bound(func(x *forensics.Bounds) *forensics.Time { return &x.ArrivedNotAfter })})
	}
	return b.eventSheet("Deletions", events, columns...)
}

// anyMissing reports whether there are deletions that follow from something missing: only
// they have bounds instead of a moment.
func (b *book) anyMissing() bool { return b.c.Missing > 0 }

func (b *book) settings() *sheet {
	events := b.c.Groups[forensics.GroupSettings]
	return b.eventSheet("Settings", events, append([]eventColumn{
		{column{"Kind", 20}, kindCell},
		{column{"Account", 22}, accountCell},
		whatColumn(60, events.Len()),
		{column{"Done by", 22}, actorCell},
		{column{"IP address", 16}, ipCell},
		{column{"Client", 20}, clientCell},
		{column{"Operation", 22}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Operation) }},
		{column{"Service", 11}, serviceCell},
	}, b.wasDeleted()...)...)
}

func (b *book) money() *sheet {
	events := b.c.Groups[forensics.GroupMoney]
	return b.eventSheet("Money", events, append([]eventColumn{
		{column{"Kind", 15}, kindCell},
		{column{"Account", 22}, accountCell},
		{column{"Service", 11}, serviceCell},
		{column{"Amount", 14}, func(r *rows, e *forensics.Event) { r.text(r.st.bold, e.Amount) }},
		{column{"Asset", 8}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Asset) }},
		{column{"Value in USD", 13}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.ValueUSD) }},
		{column{"Destination", 40}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Destination) }},
		{column{"Transaction", 30}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.TxID) }},
		whatColumn(50, events.Len()),
	}, b.wasDeleted()...)...)
}

func actorCell(r *rows, e *forensics.Event)   { r.text(r.st.text, e.Actor) }
func clientCell(r *rows, e *forensics.Event)  { r.text(r.st.text, e.Client) }
func sessionCell(r *rows, e *forensics.Event) { r.text(r.st.text, e.Session) }

func folderOf(e *forensics.Event) string {
	if e.Folder == "" && len(e.Messages) > 0 {
		return e.Messages[0].Folder
	}
	return e.Folder
}

func subjectOf(m *forensics.Message) string   { return m.Subject }
func messageIDOf(m *forensics.Message) string { return m.MessageID }

// joined lists a text of the event's messages, as far as a cell holds.
func joined(e *forensics.Event, own string, pick func(*forensics.Message) string) string {
	if len(e.Messages) == 0 {
		return own
	}
	var b strings.Builder
	for i := range e.Messages {
		if v := pick(&e.Messages[i]); v != "" {
			if b.Len() > 0 {
				b.WriteString(" | ")
			}
			b.WriteString(v)
		}
		if b.Len() > 4*maxCell { // the encoder cuts it and marks the cut
			break
		}
	}
	if b.Len() == 0 {
		return own
	}
	return b.String()
}

// basisWords says in plain words how a deletion is known.
var basisWords = map[string]string{
	"log":             "a log says so",
	"uid-gap":         "a gap in the numbering",
	"copies-compared": "missing in another copy",
	"reference":       "other mails refer to it",
	"trash":           "it lies in the trash",
	"absent-here":     "not in this mailbox",
}

func basis(e *forensics.Event) string {
	if len(e.Reasons) == 0 {
		if e.Certainty == forensics.Observed {
			return basisWords["log"]
		}
		return ""
	}
	out := make([]string, len(e.Reasons))
	for i, reason := range e.Reasons {
		out[i] = orElse(basisWords[reason], reason)
	}
	return strings.Join(out, "; ")
}

// spanText writes a duration as people do: "35 s", "4 min 10 s", "3 h 5 min", "12 days".
func spanText(d time.Duration) string {
	number := func(n time.Duration) string { return strconv.FormatInt(int64(n), 10) }
	switch {
	case d < time.Minute:
		return number(d/time.Second) + " s"
	case d < time.Hour:
		return number(d/time.Minute) + " min " + number(d%time.Minute/time.Second) + " s"
	case d < 48*time.Hour:
		return number(d/time.Hour) + " h " + number(d%time.Hour/time.Minute) + " min"
	}
	return number(d/(24*time.Hour)) + " days"
}
