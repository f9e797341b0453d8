package xlsx

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/absence"
)

// eventSheet makes a sheet of events: the moment, what is printed, the incident, where it is from, and then
// what there is no room for on paper.
func (b *book) eventSheet(name string, events Events, main, further []eventColumn) *sheet {
	printed := slices.Concat(b.when(), main, b.incidentColumn(), provenance())
	all := slices.Concat(printed, further, identity())
	s := &sheet{name: name, table: true, rows: events.Len(), printed: len(printed), wraps: events.Len() <= wrapUpTo, empty: b.emptyText(name)}
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

// incidentColumn names the incident that an event is a step of, so that a sheet can be filtered by it. There is none where no
// incident was found.
func (b *book) incidentColumn() []eventColumn {
	if len(b.attacks) == 0 {
		return nil
	}
	return []eventColumn{{column{"Incident", 8}, func(r *rows, e *forensics.Event) { incidentCell(r, b.attacks[e.Row]) }}}
}

// incidentCell writes the numbers of incidents: one as a number, several as a text.
func incidentCell(r *rows, list []int64) {
	switch len(list) {
	case 0:
		r.skip(1)
	case 1:
		r.number(r.st.alarmNumber, list[0])
	default:
		r.text(r.st.alarm, numbers(list))
	}
}

// groupOfSheet is the group whose events a sheet holds.
var groupOfSheet = map[string]forensics.Group{
	"Keys": forensics.GroupKey, "Logins": forensics.GroupLogin, "Resets": forensics.GroupReset, "Deletions": forensics.GroupDeletion,
	"Settings": forensics.GroupSettings, "Money": forensics.GroupMoney,
}

// emptyText is what a sheet of events says where it holds none: why that is, as far as is known.
func (b *book) emptyText(name string) string {
	which, g := "such event", forensics.GroupOther
	if group, ok := groupOfSheet[name]; ok {
		g = group
	} else {
		which = "event"
	}
	switch {
	case b.c.Filter != "":
		return "The filter leaves no " + which + "."
	case g == forensics.GroupOther:
		return "No event was read from the evidence: the sheet Evidence and custody says what became of each file."
	case b.anySpeaksOf(g):
		return "No such event is on record. For which time the sources could have shown one is on the sheet Coverage."
	}
	return "No such event is on record, and no evidence of this case can speak of any: that none are listed says nothing."
}

func (b *book) timeline() *sheet {
	return b.eventSheet("Timeline", b.c.Timeline, []eventColumn{
		{column{"Group", 8.5}, groupCell},
		{column{"Kind", 18}, kindCell},
		{column{"Account", 21}, accountCell},
		whatColumn(54),
		{column{"IP address", 15}, func(r *rows, e *forensics.Event) {
			b.noteAccount(e)
			ipCell(r, e)
		}},
		{column{"Country, network", 16}, networkCell},
		{column{"Service", 10}, serviceCell},
	}, nil)
}

func (b *book) keys() *sheet {
	deleted, at, by := b.wasDeleted()
	return b.eventSheet("Keys", b.c.Groups[forensics.GroupKey], []eventColumn{
		{column{"Kind", 12}, kindCell},
		{column{"Account", 20}, accountCell},
		{column{"Name of the key", 18}, func(r *rows, e *forensics.Event) { r.wrap(r.st.bold, e.Key) }},
		{column{"Done by", 23}, actorCell},
		whatColumn(44),
		{column{"IP address", 15}, ipCell},
	}, []eventColumn{
		{column{"Country, network", 18}, networkCell},
		{column{"Client", 24}, clientCell},
		{column{"Service", 11}, serviceCell},
		deleted, at, by,
	})
}

func (b *book) logins() *sheet {
	deleted, at, by := b.wasDeleted()
	return b.eventSheet("Logins", b.c.Groups[forensics.GroupLogin], []eventColumn{
		{column{"Kind", 16}, kindCell},
		{column{"Account", 21}, accountCell},
		{column{"IP address", 15}, ipCell},
		{column{"Country, network", 16}, networkCell},
		{column{"Protocol", 8}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Protocol) }},
		whatColumn(54),
	}, []eventColumn{
		{column{"Client", 24}, clientCell},
		{column{"Session", 20}, sessionCell},
		{column{"Service", 11}, func(r *rows, e *forensics.Event) {
			b.addresses.add(e)
			serviceCell(r, e)
		}},
		deleted, at, by,
	})
}

func (b *book) resets() *sheet {
	deleted, at, by := b.wasDeleted()
	return b.eventSheet("Resets", b.c.Groups[forensics.GroupReset], []eventColumn{
		{column{"Kind", 17}, kindCell},
		{column{"Account", 20}, accountCell},
		{column{"Service", 10}, serviceCell},
		whatColumn(50),
		deleted, at,
	}, []eventColumn{
		by,
		{column{"From", 26}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.From) }},
		{column{"Subject", 34}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Subject) }},
		{column{"Done by", 22}, actorCell},
		{column{"IP address", 16}, ipCell},
	})
}

// wasDeleted says what became of a notice's mail: whether it was deleted and after how long, when, and by
// which event.
func (b *book) wasDeleted() (deleted, at, by eventColumn) {
	deleted = eventColumn{column{"Its mail was deleted", 17}, func(r *rows, e *forensics.Event) {
		d, ok := b.deletedBy[e.Row]
		switch {
		case ok:
			r.wrap(r.st.alarm, "yes, "+spanText(d.after)+" later")
		case e.Certainty != forensics.Reported || e.MessageID == "": // a statement's row is reported too, and no mail
			r.skip(1)
		default:
			r.text(r.st.small, "not on record")
		}
	}}
	at = eventColumn{column{"Deleted at (UTC)", 20}, func(r *rows, e *forensics.Event) {
		if d, ok := b.deletedBy[e.Row]; ok {
			utcCell(r, &d.at)
			return
		}
		r.skip(1)
	}}
	by = eventColumn{column{"Event ID of the deletion", 24}, func(r *rows, e *forensics.Event) { r.text(r.st.small, b.deletedBy[e.Row].event) }}
	return deleted, at, by
}

func (b *book) deletions() *sheet {
	bound := func(title string, pick func(*forensics.Bounds) *forensics.Time) eventColumn {
		return eventColumn{column{title, 20}, func(r *rows, e *forensics.Event) {
			if e.Bounds == nil || pick(e.Bounds).IsZero() {
				r.skip(1)
				return
			}
			utcCell(r, pick(e.Bounds))
		}}
	}
	main := []eventColumn{
		{column{"Kind", 13}, kindCell},
		{column{"Account", 20}, accountCell},
		{column{"Folder", 12}, func(r *rows, e *forensics.Event) { r.text(r.st.text, folderOf(e)) }},
		{column{"Mails", 6}, func(r *rows, e *forensics.Event) { r.number(r.st.number, int64(max(1, len(e.Messages), len(e.UIDs)))) }},
		whatColumn(54),
		{column{"Basis", 18}, func(r *rows, e *forensics.Event) { r.wrap(r.st.wrap, basis(e)) }},
	}
	if b.c.Missing > 0 { // only these have bounds instead of a moment
		main = append(main,
			bound("Not before (UTC)", func(x *forensics.Bounds) *forensics.Time { return &x.NotBefore }),
			bound("Not after (UTC)", func(x *forensics.Bounds) *forensics.Time { return &x.NotAfter }),
			bound("Came not before (UTC)", func(x *forensics.Bounds) *forensics.Time { return &x.ArrivedNotBefore }),
			bound("Came not after (UTC)", func(x *forensics.Bounds) *forensics.Time { return &x.ArrivedNotAfter }))
	}
	return b.eventSheet("Deletions", b.c.Groups[forensics.GroupDeletion], main, []eventColumn{
		{column{"What else it can be", 44}, func(r *rows, e *forensics.Event) { r.text(r.st.text, alternatives(e)) }},
		{column{"Subjects", 36}, func(r *rows, e *forensics.Event) { r.text(r.st.text, joined(e, e.Subject, subjectOf)) }},
		{column{"Message-IDs", 36}, func(r *rows, e *forensics.Event) { r.text(r.st.text, joined(e, e.MessageID, messageIDOf)) }},
		{column{"Done by", 20}, actorCell},
		{column{"IP address", 16}, ipCell},
		{column{"Client", 20}, clientCell},
		{column{"Session", 20}, sessionCell},
	})
}

func (b *book) settings() *sheet {
	deleted, at, by := b.wasDeleted()
	return b.eventSheet("Settings", b.c.Groups[forensics.GroupSettings], []eventColumn{
		{column{"Kind", 21}, kindCell},
		{column{"Account", 20}, accountCell},
		whatColumn(60),
		{column{"Done by", 20}, actorCell},
		{column{"IP address", 15}, ipCell},
	}, []eventColumn{
		{column{"Client", 24}, clientCell},
		{column{"Operation", 22}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Operation) }},
		{column{"Service", 11}, serviceCell},
		deleted, at, by,
	})
}

func (b *book) money() *sheet {
	deleted, at, by := b.wasDeleted()
	return b.eventSheet("Money", b.c.Groups[forensics.GroupMoney], []eventColumn{
		{column{"Kind", 13}, kindCell},
		{column{"Account", 20}, accountCell},
		{column{"Service", 10}, serviceCell},
		{column{"Amount", 13}, func(r *rows, e *forensics.Event) { decimalCell(r, r.st.amount, e.Amount) }},
		{column{"Asset", 6}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Asset) }},
		{column{"Value in USD", 11}, func(r *rows, e *forensics.Event) { decimalCell(r, r.st.dollars, e.ValueUSD) }},
		whatColumn(46),
		deleted,
	}, []eventColumn{
		{column{"Amount as written", 26}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Amount) }},
		at, by,
		{column{"Destination", 44}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.Destination) }},
		{column{"Transaction", 40}, func(r *rows, e *forensics.Event) { r.text(r.st.text, e.TxID) }},
	})
}

// decimalCell writes a number, and as text what is none.
func decimalCell(r *rows, s style, v string) {
	d, err := forensics.ParseDecimal(v)
	if v == "" || err != nil {
		r.text(r.st.text, v)
		return
	}
	r.decimal(s, d)
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

// basis says in plain words how a deletion is known.
func basis(e *forensics.Event) string {
	if len(e.Reasons) == 0 {
		if e.Certainty != forensics.Observed {
			return ""
		}
		return reasonWords(absence.ReasonLog).Short
	}
	out := make([]string, len(e.Reasons))
	for i, reason := range e.Reasons {
		out[i] = orElse(reasonWords(reason).Short, reason)
	}
	return strings.Join(out, "; ")
}

// alternatives says what would make a deletion harmless, each reason's own once.
func alternatives(e *forensics.Event) string {
	reasons := e.Reasons
	if len(reasons) == 0 && e.Certainty == forensics.Observed {
		reasons = []string{absence.ReasonLog}
	}
	var out []string
	for _, reason := range reasons {
		for part := range strings.SplitSeq(reasonWords(reason).Innocent, "; ") {
			if part != "" && !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return strings.Join(out, "; ")
}

func reasonWords(reason string) absence.Words {
	w, _ := absence.WordsOf(reason) // the zero value for what is no reason of a deletion
	return w
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
