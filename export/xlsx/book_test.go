package xlsx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
)

func TestTimesStandInBothZones(t *testing.T) {
	wall := at(t, "2022-11-06T01:30:00Z", forensics.PrecisionSecond)
	wall.Zone = forensics.ZoneMissing
	assumed := at(t, "2022-11-06T06:30:00Z", forensics.PrecisionSecond)
	assumed.Zone, assumed.ZoneName = forensics.ZoneAssumed, "America/Chicago"
	bad := at(t, "2022-11-06T06:30:00Z", forensics.PrecisionSecond)
	bad.Unreliable, bad.Original = true, "=Mon, 3 Jan 102 10:00"
	old := at(t, "1885-01-02T03:04:05Z", forensics.PrecisionSecond)
	tests := []struct {
		name          string
		time          forensics.Time
		utc, zone     string
		state, format string
	}{
		{"summer", at(t, "2022-11-06T06:30:00.25Z", forensics.PrecisionMilli), "2022-11-06 06:30:00.250", "2022-11-06 01:30:00.250", "", "milli"},
		{"winter", at(t, "2022-11-06T07:30:00Z", forensics.PrecisionSecond), "2022-11-06 07:30:00", "2022-11-06 01:30:00", "", ""},
		{"offset", at(t, "2022-11-06T09:30:00+02:00", forensics.PrecisionSecond), "2022-11-06 07:30:00", "2022-11-06 01:30:00", "", ""},
		{"minute", at(t, "2022-11-06T07:30:00Z", forensics.PrecisionMinute), "2022-11-06 07:30", "2022-11-06 01:30", "", ""},
		{"day", at(t, "2022-11-06T00:00:00Z", forensics.PrecisionDay), "2022-11-06", "", "day only", ""},
		{"finer_than_a_millisecond", at(t, "2022-11-06T07:30:59.999999Z", forensics.PrecisionMicro), "2022-11-06 07:30:59.999", "2022-11-06 01:30:59.999", "", ""},
		{"zone_unknown", wall, "2022-11-06 01:30:00", "", "zone unknown: time as written", ""},
		{"zone_assumed", assumed, "2022-11-06 06:30:00", "2022-11-06 01:30:00", "zone assumed: America/Chicago", ""},
		{"before_workbooks", old, "1885-01-02T03:04:05Z", "", "", ""},
		{"cannot_be_right", bad, "=Mon, 3 Jan 102 10:00", "", "time cannot be right", ""},
		{"none", forensics.Time{Unreliable: true}, "no time", "", "no time", ""},
	}
	var events []forensics.Event
	for i, tt := range tests {
		events = append(events, forensics.Event{ID: fmt.Sprintf("id%d", i), Kind: forensics.LoginSucceeded, Time: tt.time, Ref: forensics.Ref{Evidence: 3, Offset: 10, Length: 5, Line: 2}, Digest: forensics.Digest{1}})
	}
	c := content(list(events...), nil)
	c.Zone = chicago(t)
	f := opened(t, made(t, c, MaxRows))
	got := shown(t, f, "Timeline")
	if want := "Time (America/Chicago)"; got[0][1] != want {
		t.Errorf("the zone's head is %q, want %q", got[0][1], want)
	}
	state := indexOf(t, got[0], "State")
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			row := got[i+1]
			if row[0] != tt.utc || row[1] != tt.zone || row[state] != tt.state {
				t.Errorf("got %q, %q, %q, want %q, %q, %q", row[0], row[1], row[state], tt.utc, tt.zone, tt.state)
			}
		})
	}
}

// hostile are texts that a spreadsheet or a terminal might obey.
var hostile = []string{
	`=HYPERLINK("http://example.com/","x")`, "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1+1", "http://example.com/", "mailto:x@example.com",
	"a\x00b\x07", "\x1b]0;x\x07", "\u202Eevil", "<script>&amp;</script>", "]]>", "_x0041_", "\xff\xfe", strings.Repeat("=", 40_000), "1e5", "0012", "TRUE", "#REF!",
}

func TestNothingFromEvidenceActs(t *testing.T) {
	var events []forensics.Event
	for i, s := range hostile {
		events = append(events, forensics.Event{Row: int64(i + 1), ID: fmt.Sprint("id", i), Kind: forensics.Kinds()[i%len(forensics.Kinds())], Time: at(t, "2022-11-06T06:30:00Z", forensics.PrecisionSecond),
			Account: s, Actor: s, Host: s, Org: s, Client: s, Protocol: s, Service: s, Session: s, Operation: s, MessageID: s, Subject: s, From: s, Key: s, Folder: s,
			Amount: s, Asset: s, Destination: s, TxID: s, ValueUSD: s, Detail: s, Reasons: []string{s}, EvidenceName: s, ItemName: s, Tags: []string{s},
			Messages: []forensics.Message{{MessageID: s, Subject: s, Folder: s}, {Subject: s}}, Ref: forensics.Ref{Evidence: 1, Item: 1}})
	}
	view := list(events...)
	groups := map[forensics.Group]Events{}
	for _, g := range forensics.Groups() {
		groups[g] = view
	}
	c := content(view, groups)
	c.Alerts, c.Missing = view, 1
	c.Case, c.Filter, c.Tool = hostile[0], hostile[1], hostile[2]
	for i, s := range hostile {
		c.Evidence = append(c.Evidence, forensics.Evidence{ID: int64(i + 1), Name: s, Path: s, Tool: s})
		c.BySource[int64(i+1)] = view
		c.Items = append(c.Items, forensics.Item{ID: int64(i + 1), Evidence: int64(i + 1), Name: s, Format: s, Reason: s, Clock: s, Counts: forensics.Counts{Warnings: 1}})
		c.Custody = append(c.Custody, forensics.Custody{Seq: int64(i + 1), Who: s, What: s, Detail: s, Tool: s})
		c.Deleted = append(c.Deleted, detect.Pair{Notice: events[i], Deletion: events[i]})
	}
	c.Warnings = func(int64, int) ([]forensics.Warning, error) {
		var out []forensics.Warning
		for _, s := range hostile {
			out = append(out, forensics.Warning{Text: s, EvidenceName: s, ItemName: s})
		}
		return out, nil
	}
	data := made(t, c, MaxRows)
	ours := regexp.MustCompile(`^(SUM\([A-Z]+\d+:[A-Z]+\d+\)|F\d+-G\d+-H\d+-I\d+)$`)
	formula := regexp.MustCompile(`<f>(.*?)</f>`)
	sheets := 0
	for name, part := range unzipped(t, data) {
		if strings.HasSuffix(name, ".rels") && bytes.Contains(part, []byte("External")) {
			t.Errorf("%s leads out of the workbook", name)
		}
		if !strings.HasPrefix(name, sheetDir) {
			continue
		}
		sheets++
		for _, m := range formula.FindAllSubmatch(part, -1) {
			if !ours.Match(m[1]) {
				t.Errorf("%s: formula %.80q is not ours", name, m[1])
			}
		}
	}
	if sheets != 13 {
		t.Errorf("%d sheets, want 13", sheets)
	}
	f := opened(t, data)
	rows, err := f.GetRows("Timeline")
	if err != nil {
		t.Fatal(err)
	}
	account := indexOf(t, rows[0], "Account")
	for i, want := range map[int]string{0: hostile[0], 1: "=1+1", 9: "a\uFFFDb\uFFFD", 12: "<script>&amp;</script>", 14: "_x0041_", 18: "0012"} {
		if got := rows[i+1][account]; got != want {
			t.Errorf("row %d: account %q, want %q", i, got, want)
		}
	}
}

func TestFullSheetGoesOnInTheNext(t *testing.T) {
	const n, limit = 95, 41 // 40 rows and a head
	f := opened(t, made(t, content(synthetic{n: n, event: busyEvent}, nil), limit))
	var ids []string
	for part, want := range map[string]int{"Timeline": 40, "Timeline 2": 40, "Timeline 3": 15} {
		rows, err := f.GetRows(part)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != want+1 || rows[0][0] != "Time (UTC)" {
			t.Errorf("%s has %d rows under %q, want %d", part, len(rows)-1, rows[0], want)
		}
	}
	for _, part := range []string{"Timeline", "Timeline 2", "Timeline 3"} {
		rows, err := f.GetRows(part)
		if err != nil {
			t.Fatal(err)
		}
		column := indexOf(t, rows[0], "Event ID")
		for _, row := range rows[1:] {
			ids = append(ids, row[column])
		}
	}
	var want []string
	for i := range n {
		want = append(want, busyEvent(i).ID)
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("order of events (-want +got):\n%s", diff)
	}
	if _, err := f.GetRows("Timeline 4"); err == nil {
		t.Error("there is a Timeline 4")
	}
}

func TestSheetThatFitsExactlyHasOnePart(t *testing.T) {
	f := opened(t, made(t, content(synthetic{n: 40, event: busyEvent}, nil), 41))
	if got := f.GetSheetList(); got[2] != "Timeline" || got[3] != "Keys" {
		t.Errorf("sheets = %q", got)
	}
}

func TestSameContentGivesTheSameBytes(t *testing.T) {
	c := func() *Content {
		c := content(synthetic{n: 500, event: busyEvent}, map[forensics.Group]Events{forensics.GroupLogin: synthetic{n: 300, event: busyEvent}})
		c.Zone = chicago(t)
		return c
	}
	first := made(t, c(), 101)
	for range 3 {
		second := made(t, c(), 101)
		if bytes.Equal(first, second) {
			continue
		}
		parts := unzipped(t, second)
		for name, part := range unzipped(t, first) {
			if !bytes.Equal(part, parts[name]) {
				t.Errorf("part %s differs: %.300q, %.300q", name, part, parts[name])
			}
		}
		t.Fatal("two workbooks of the same content differ")
	}
}

func TestErrorsOfTheSourceAreReported(t *testing.T) {
	fail := errors.New("disk is gone")
	for _, name := range []string{"source", "cancelled", "writer"} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			w := io.Discard
			want := fail
			view := failing{synthetic{n: 5000, event: busyEvent}, func(from int) error { return nil }}
			switch name {
			case "source":
				view.err = func(from int) error {
					if from > 2000 {
						return fail
					}
					return nil
				}
			case "cancelled":
				want = context.Canceled
				view.err = func(from int) error {
					if from > 2000 {
						cancel()
					}
					return nil
				}
			case "writer":
				w = failingWriter{fail}
			}
			c := content(view, nil)
			if err := Write(ctx, w, c); !errors.Is(err, want) {
				t.Errorf("error = %v, want %v", err, want)
			}
		})
	}
}

func TestChartStepStaysReadable(t *testing.T) {
	for _, tt := range []struct {
		name       string
		days, bins int
		unit       string
	}{
		{"one_day", 0, 1, "day"},
		{"two_months", 61, 62, "day"},
		{"more_than_two_months", 62, 9, "week"},
		{"five_years", 5 * 365, 61, "month"},
		{"thirty_years", 30 * 365, 30, "year"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Date(2000, 1, 3, 12, 0, 0, 0, time.UTC) // a Monday
			event := func(at time.Time) forensics.Event {
				return forensics.Event{Kind: forensics.LoginFailed, Time: forensics.UTC(at, forensics.PrecisionSecond, "", "")}
			}
			b := newBook(content(list(event(start), event(start.AddDate(0, 0, tt.days))), nil), MaxRows)
			got := b.chartData()
			if got.unit != tt.unit || len(got.bins) != tt.bins {
				t.Errorf("%d columns of a %s, want %d of a %s", len(got.bins), got.unit, tt.bins, tt.unit)
			}
			var sum casefile.Cell
			for _, bin := range got.bins {
				sum[forensics.GroupLogin] += bin.counts[forensics.GroupLogin]
			}
			if sum.Sum() != 2 {
				t.Errorf("the chart counts %d events, want 2", sum.Sum())
			}
		})
	}
}

func TestChartDaysFollowTheZone(t *testing.T) {
	event := func(s string) forensics.Event {
		return forensics.Event{Kind: forensics.LoginFailed, Time: at(t, s, forensics.PrecisionSecond)}
	}
	c := content(list(event("2022-11-06T04:59:59Z"), event("2022-11-06T05:00:00Z"), event("2022-11-07T05:59:59Z"), event("2022-11-07T06:00:00Z")), nil)
	c.Zone = chicago(t) // the day of 25 hours
	var got []string
	for _, bin := range newBook(c, MaxRows).chartData().bins {
		got = append(got, fmt.Sprintf("%s %d", bin.label, bin.counts.Sum()))
	}
	if diff := cmp.Diff([]string{"2022-11-05 1", "2022-11-06 2", "2022-11-07 1"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChronologyTakesFewLoginsOnly(t *testing.T) {
	var a addressBook
	login := func(minute int, ip string) forensics.Event {
		return forensics.Event{Row: int64(minute), Kind: forensics.LoginSucceeded, Account: "pat@example.net", IP: netip.MustParseAddr(ip),
			Time: forensics.UTC(time.Date(2022, 1, 1, 0, minute, 0, 0, time.UTC), forensics.PrecisionSecond, "", "")}
	}
	var logins []forensics.Event
	for i := range 10 {
		logins = append(logins, login(i, "192.0.2.1"))
	}
	logins = append(logins, login(20, "203.0.113.9"), login(30, "203.0.113.9"), forensics.Event{Row: 99, Kind: forensics.LoginSucceeded, Certainty: forensics.Reported,
		Time: forensics.UTC(time.Date(2022, 1, 2, 0, 0, 0, 0, time.UTC), forensics.PrecisionSecond, "", "")})
	for i := range logins {
		a.add(&logins[i])
	}
	rare, err := a.rare(list(logins...))
	if err != nil {
		t.Fatal(err)
	}
	chosen, all := choose([]source{a.notices, rare}, 2)
	var got []int64
	for _, e := range chosen {
		got = append(got, e.Row)
	}
	if diff := cmp.Diff([]int64{20, 99}, got); diff != "" || all != 3 {
		t.Errorf("%d in all, want 3; rows (-want +got):\n%s", all, diff)
	}
}

func TestSilenceIsMeasuredByItem(t *testing.T) {
	event := func(item int64, s string) forensics.Event {
		return forensics.Event{Time: at(t, s, forensics.PrecisionSecond), Ref: forensics.Ref{Item: item}}
	}
	c := content(list(), nil)
	c.Times = list(event(1, "2022-01-01T00:00:00Z"), event(2, "2022-01-02T00:00:00Z"), event(1, "2022-01-05T00:00:00Z"), event(2, "2022-01-06T12:00:00Z"), event(1, "2022-01-07T00:00:00Z"))
	c.Evidence = []forensics.Evidence{{ID: 1, Name: "a.log"}, {ID: 2, Name: "b.log"}}
	c.Items = []forensics.Item{{ID: 1, Evidence: 1}, {ID: 2, Evidence: 2}}
	tracks, err := newBook(c, MaxRows).tracks(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, tr := range tracks {
		got = append(got, tr.name+" "+spanText(tr.silent)+" from "+time.Unix(0, tr.silentFrom).UTC().Format(time.DateOnly))
	}
	if diff := cmp.Diff([]string{"a.log 4 days from 2022-01-01", "b.log 4 days from 2022-01-02"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
