package xlsx

import (
	"context"
	"fmt"
	"math"
	"time"

	"keytrail/forensics"
)

// track is one line of the coverage: an item, or the many small items of one format that a piece of evidence
// holds, such as the files of a Maildir.
type track struct {
	forensics.Counts
	evidence    int64
	name        string
	format      string
	items       int
	status      string
	reason      string
	clock       string
	first, last int64

	seen           int64 // time of the last event so far
	silent         time.Duration
	silentFrom     int64
	silentTo       int64
	repeatsOthers  bool // records of it stand in the case from elsewhere: its own times are not all known
	severalReasons bool
}

// itemsOnTheirOwn is how many items of a format get a line each, by piece of evidence.
const itemsOnTheirOwn = 25

// tracks makes the coverage's lines, and measures their silences in one pass over the times.
func (b *book) tracks(ctx context.Context) ([]*track, error) {
	type family struct {
		evidence int64
		format   string
	}
	count := map[family]int{}
	for i := range b.c.Items {
		count[family{b.c.Items[i].Evidence, b.c.Items[i].Format}]++
	}
	names := map[int64]string{}
	for _, ev := range b.c.Evidence {
		names[ev.ID] = ev.Name
	}
	var list []*track
	of := map[int64]*track{}
	merged := map[family]*track{}
	for i := range b.c.Items {
		it := &b.c.Items[i]
		key := family{it.Evidence, it.Format}
		t := merged[key]
		if t == nil {
			t = &track{evidence: it.Evidence, format: it.Format, name: evidenceText(names[it.Evidence], it.Name), status: it.Status.String(), reason: it.Reason, clock: it.Clock, seen: math.MinInt64}
			list = append(list, t)
			if count[key] > itemsOnTheirOwn {
				t.name = names[it.Evidence]
				merged[key] = t
			}
		}
		t.absorb(it)
		of[it.ID] = t
	}
	times := b.c.Times
	for k := range times.Dated() {
		if k%100_000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		t := of[times.Item(k)]
		if t == nil {
			continue
		}
		at := times.Time(k)
		if gap := time.Duration(at - t.seen); t.seen != math.MinInt64 && gap > t.silent {
			t.silent, t.silentFrom, t.silentTo = gap, t.seen, at
		}
		t.seen = at
	}
	return list, nil
}

func (t *track) absorb(it *forensics.Item) {
	t.items++
	t.Counts = t.Counts.Add(it.Counts)
	if it.First != 0 && (t.first == 0 || it.First < t.first) {
		t.first = it.First
	}
	if it.Last != 0 && (t.last == 0 || it.Last > t.last) {
		t.last = it.Last
	}
	t.repeatsOthers = t.repeatsOthers || it.Duplicates > 0
	if t.items == 1 {
		return
	}
	if status := it.Status.String(); status != t.status {
		t.status = "mixed"
	}
	if it.Reason != t.reason {
		t.severalReasons = true
	}
	if it.Clock != "" {
		t.clock = it.Clock
	}
}

func (b *book) coverage(tracks []*track) *sheet {
	s := &sheet{name: "Coverage", table: true, wraps: true, columns: []column{
		{"Ev. no.", 5}, {"Evidence", 24}, {"Format", 21}, {"Can speak of", 38}, {"Events", 9}, {"First (UTC)", 18}, {"Last (UTC)", 18},
		{"Longest silence", 13}, {"Silent from (UTC)", 18}, {"Silent to (UTC)", 18}, {"Assumed about zone and year", 22},
		{"Status", 11}, {"Reason, bounds reached", 34}, {"Broken records", 9}, {"Warnings", 9},
	}}
	s.printed, s.rows = len(s.columns)-2, len(tracks)
	s.empty = "Nothing that was read has events with a time: the sheet Evidence and custody says what became of each file."
	s.body = func(_ context.Context, r *rows) error {
		for _, t := range tracks {
			if err := r.next(); err != nil {
				return err
			}
			b.coverageRow(r, t)
		}
		return nil
	}
	return s
}

func (b *book) coverageRow(r *rows, t *track) {
	st := b.st
	r.number(st.number, t.evidence)
	if t.items > 1 {
		r.wrap(st.wrap, fmt.Sprintf("%s: %d items", t.name, t.items))
	} else {
		r.wrap(st.wrap, t.name)
	}
	r.wrap(st.wrap, orElse(t.format, "not recognised"))
	r.wrap(st.wrap, speaksText(t.format))
	r.number(st.number, t.Events)
	r.moment(t.first)
	r.moment(t.last)
	switch {
	case t.repeatsOthers:
		r.wrap(st.faint, "not measured")
		r.skip(2)
	case t.silent == 0:
		r.skip(3)
	default:
		r.text(st.text, spanText(t.silent))
		r.moment(t.silentFrom)
		r.moment(t.silentTo)
	}
	r.wrap(st.wrap, t.clock)
	r.text(st.text, t.status)
	reason := t.reason
	if t.severalReasons {
		reason = "several; see the sheet Evidence and custody"
	}
	if t.repeatsOthers {
		if reason != "" {
			reason += "; "
		}
		reason += fmt.Sprintf("%d records repeat other evidence and are counted there, so its own silence is not measured", t.Duplicates)
	}
	r.wrap(st.wrap, reason)
	r.number(st.number, t.Broken)
	r.number(st.number, t.Warnings)
}

// moment writes nanoseconds since 1970 as a date to the second, 0 as no cell.
func (r *rows) moment(nano int64) {
	if nano == 0 || !r.date(r.st.dates[2], floorMS(nano)) {
		r.skip(1)
	}
}
