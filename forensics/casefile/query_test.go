package casefile

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/forensics/timeline"

	"github.com/google/go-cmp/cmp"
)

// story is a small case that has something for every key.
func story(t testing.TB) *Case {
	c := newCase(t)
	addItem(t, c, "mail.log", []forensics.Event{
		{Kind: forensics.KeyCreated, Time: at(0), Account: "Pat@example.com", Actor: "pat@example.com", Key: "My Thunderbird", Service: "att",
			IP: netip.MustParseAddr("203.0.113.7"), Country: "NL", ASN: 64496, Org: "Example Hosting", Provider: "microsoft/unified-audit",
			Client: "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/112.0", Session: "S1abc", Operation: "Add-Key", Ref: forensics.Ref{Offset: 1}},
		{Kind: forensics.LoginFailed, Outcome: forensics.Failure, Time: at(1), Account: "pat@example.com", Protocol: "imap", Host: "Mail.example.net",
			IP: netip.MustParseAddr("2001:db8:1::9"), Provider: "dovecot/log", Client: "imap Thunderbird", Session: "s1abc", Ref: forensics.Ref{Offset: 2}},
		{Kind: forensics.ResetRequested, Certainty: forensics.Reported, Time: at(2), Account: "pat@example.com", Service: "coinbase",
			From: "no-reply@coinbase.example", Subject: "Reset your PASSWORD (now)", MessageID: "M1@mail.example.com", Sender: forensics.SenderAuthenticated, Ref: forensics.Ref{Offset: 3}},
		{Kind: forensics.MailMissing, Certainty: forensics.Inferred, Time: at(24 * 60), Account: "kim@example.com", Folder: "INBOX.Trash", Ref: forensics.Ref{Offset: 4}},
	})
	addItem(t, c, "other.csv", []forensics.Event{
		{Kind: forensics.RuleSet, Time: at(3), Account: "kim@example.com", Detail: "Hide everything", Sender: forensics.SenderFailed,
			IP: netip.MustParseAddr("198.51.100.77"), Outcome: forensics.Success, Ref: forensics.Ref{Offset: 5}},
		{Kind: forensics.Alert, Time: forensics.Time{Nano: 5, Unreliable: true, Original: "0102-01-01"}, Subject: "straße reset",
			Sender: forensics.SenderUnknown, Ref: forensics.Ref{Offset: 6}},
	})
	return c
}

func TestFilters(t *testing.T) {
	c := story(t)
	if err := c.Tag([]int64{2, 5}, "Odd one"); err != nil {
		t.Fatal(err)
	}
	if err := c.SetNote(3, "ask the Provider"); err != nil {
		t.Fatal(err)
	}
	if err := c.SetVerdict([]string{"network:203.0.113.0/24", "client:imap thunderbird"}, VerdictNotMine); err != nil {
		t.Fatal(err)
	}
	if err := c.SetVerdict([]string{"ip:198.51.100.77"}, VerdictMine); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		filter string
		want   string // rows in the order of the timeline
	}{
		{"", "1 2 3 5 4 6"},
		{"group:key", "1"},
		{"group:KEY OR group:deletion", "1 4"},
		{"kind:login-failed", "2"},
		{"kind:*-*-* OR kind:r*", "3 5"},
		{"account:pat@example.com", "1 2 3"},
		{"account:pat@*", "1 2 3"},
		{"account:pat", ""},
		{"-account:*", "6"},
		{"user:pat@example.com", "1"},
		{"ip:203.0.113.7", "1"},
		{"ip:203.0.113.0/24", "1"},
		{"ip:203.0.113.*", "1"},
		{"ip:::ffff:203.0.113.7", "1"},
		{"ip:2001:db8::/32", "2"},
		{"ip:2001:DB8:1:0::9", "2"},
		{"ip:0.0.0.0/0", "1 5"},
		{"ip:*", "1 2 5"},
		{"host:mail.example.net", "2"},
		{"country:nl", "1"},
		{"asn:64496 asn:AS64496", "1"},
		{"asn:0", ""},
		{"org:hosting", "1"},
		{"service:coinbase", "3"},
		{"subject:reset", "3 6"},
		{"subject:reset*", "3"},
		{"subject:STRASSE OR subject:STRAßE", "6"},
		{`subject:"your password"`, "3"},
		{"from:no-reply@*", "3"},
		{"client:thunderbird", "2"},
		{"client:imap*", "2"},
		{`client:"firefox on linux"`, "1"},
		{`client:"firefox on"*`, "1"},
		{`"firefox on linux"`, "1"},
		{"protocol:imap", "2"},
		{"certainty:inferred OR certainty:reported", "3 4"},
		{"outcome:success", "5"},
		{"outcome:failure", "2"},
		{"sender:authenticated", "3"},
		{"sender:failed", "5"},
		{"sender:unknown", "6"},
		{"session:S1ABC", "1 2"},
		{"session:s1*", "1 2"},
		{"operation:add-key", "1"},
		{"key:thunderbird", "1"},
		{"folder:trash", "4"},
		{"message-id:m1@mail.example.com", "3"},
		{"message-id:*@mail.example.com", "3"},
		{"tag:odd*", "2 5"},
		{`tag:"odd one"`, "2 5"},
		{"note:provider", "3"},
		{"evidence:2", "5 6"},
		{"incident:1", ""},
		{"format:microsoft/*", "1"},
		{"verdict:not-mine", "1 2"},
		{"verdict:mine", "5"},
		{"verdict:unknown", "3 4 6"},
		{"verdict:*mine", "1 2 5"},
		{"after:2022-11-14T03:01", "2 3 5 4"},
		{"before:2022-11-14T03:01", "1"},
		{"on:2022-11-14", "1 2 3 5"},
		{"after:2022-11-14T04:01:00+01:00 before:2022-11-14T03:02Z", "2"},
		{"on:1970", ""},
		{"thunderbird", "1 2"},
		{"203.0", "1"},
		{"2001:db8:1::9", "2"},
		{"everything", "5"},
		{"trash", "4"},
		{"hosting", "1"},
		{"coinbase", "3"},
		{"pat* imap", "2"},
		{"-reset -kim", "1 2"},
		{"(reset OR rule) -sender:unknown", "3 5"},
		{"-(group:key OR group:login) account:*", "3 5 4"},
		{`"nothing like this"`, ""},
	} {
		t.Run(tt.filter, func(t *testing.T) {
			v := mustQuery(t, c, tt.filter)
			var rows []string
			for _, e := range mustEvents(t, v) {
				rows = append(rows, fmt.Sprint(e.Row))
			}
			if got := strings.Join(rows, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if n := strings.Count(" "+tt.want+" ", " 6 "); v.Dated() != v.Len()-n {
				t.Errorf("%d of %d are dated", v.Dated(), v.Len())
			}
		})
	}
}

// The words of a sentence find its event.
func TestBareWordsFindSentences(t *testing.T) {
	c := story(t)
	for _, e := range mustEvents(t, mustQuery(t, c, "")) {
		for _, word := range timeline.Words(e.Kind) {
			if word = strings.TrimSpace(word); word == "" {
				continue
			}
			if mustQuery(t, c, filter.Quote(word)).IndexOf(e.Row) < 0 {
				t.Errorf("the word %q of a %s does not find it", word, e.Kind)
			}
		}
	}
}

// random events, many at the same time and place, so that ties are broken.
func randomEvents(r *rand.Rand, n int) []forensics.Event {
	events := make([]forensics.Event, n)
	for i := range events {
		e := &events[i]
		e.Kind = forensics.Kinds()[r.IntN(len(forensics.Kinds()))]
		e.Time = at(r.IntN(n / 3))
		e.Time.Unreliable = r.IntN(20) == 0
		e.Ref.Offset = int64(r.IntN(n / 2))
		e.Account = fmt.Sprintf("user%d@example.com", r.IntN(5))
		if r.IntN(3) > 0 {
			e.IP = netip.AddrFrom4([4]byte{203, 0, 113, byte(r.IntN(20))})
		}
		e.Subject = strings.Repeat("ab", r.IntN(4))
	}
	return events
}

// Order, places, spans and counts of a view are those of a plain look at all events.
func TestViewAgainstPlainLook(t *testing.T) {
	c := newCase(t)
	r := rand.New(rand.NewPCG(5, 5))
	for i := range 4 {
		addItem(t, c, fmt.Sprint(i), randomEvents(r, 300))
		mustQuery(t, c, "") // so that orders are merged
	}
	for _, text := range []string{"", "account:user1@*", "subject:abab -group:mail", "ip:203.0.113.0/29 OR kind:note", "nowhere"} {
		v := mustQuery(t, c, text)
		events := mustEvents(t, v)
		if !slices.IsSortedFunc(events, func(a, b forensics.Event) int { return forensics.Compare(&a, &b) }) {
			t.Errorf("%q: not in order", text)
		}
		var sums, dated Cell
		for k, e := range events {
			if got := v.IndexOf(e.Row); got != k || v.Row(k) != e.Row || v.Time(k) != e.Time.Nano {
				t.Fatalf("%q: event %d is found at %d", text, k, got)
			}
			if e.Time.Unreliable != (k >= v.Dated()) {
				t.Fatalf("%q: event %d: unreliable %v, %d are dated", text, k, e.Time.Unreliable, v.Dated())
			}
			sums[e.Kind.Group()]++
			if k < v.Dated() {
				dated[e.Kind.Group()]++
			}
		}
		if diff := cmp.Diff(sums, v.GroupCounts()); diff != "" {
			t.Errorf("%q: groups: %s", text, diff)
		}
		if v.IndexOf(99999) != -1 {
			t.Error("a row that is not there was found")
		}
		first, last, ok := v.Span()
		if ok != (v.Dated() > 0) {
			t.Errorf("%q: no span", text)
		}
		if !ok {
			continue
		}
		var total Cell
		for _, cell := range v.Histogram(first, last+1, 7) {
			for g, n := range cell {
				total[g] += n
			}
		}
		if diff := cmp.Diff(dated, total); diff != "" {
			t.Errorf("%q: histogram: %s", text, diff)
		}
		for _, nano := range []int64{first - 1, first, first + 1, (first + last) / 2, last, last + 1} {
			want := slices.IndexFunc(events[:v.Dated()], func(e forensics.Event) bool { return e.Time.Nano >= nano })
			if want < 0 {
				want = v.Dated()
			}
			if got := v.SeekTime(nano); got != want {
				t.Errorf("%q: seek gives %d, want %d", text, got, want)
			}
		}
	}
}

func TestHistogramCells(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", []forensics.Event{login(0, "a@example.com", "203.0.113.1"), login(1, "a@example.com", "203.0.113.1"), login(9, "a@example.com", "203.0.113.1")})
	v := mustQuery(t, c, "")
	start := at(0).Nano
	var got []uint32
	for _, cell := range v.Histogram(start, at(10).Nano, 5) {
		got = append(got, cell.Sum())
	}
	if diff := cmp.Diff([]uint32{2, 0, 0, 0, 1}, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range [][2]int64{{0, 0}, {5, 1}} {
		if got := v.Histogram(bad[0], bad[1], 3); len(got) != 3 || got[0].Sum() != 0 {
			t.Errorf("got %v", got)
		}
	}
	wide := v.Histogram(-1<<63, 1<<63-1, 3)
	if wide[0].Sum()+wide[1].Sum()+wide[2].Sum() != 3 {
		t.Errorf("got %v", wide)
	}
	if v.Histogram(0, 1, 0) != nil {
		t.Error("cells out of nothing")
	}
}

func TestEventsOutOfRange(t *testing.T) {
	c := story(t)
	v := mustQuery(t, c, "")
	for _, tt := range []struct{ from, n, want int }{{0, 100, 6}, {5, 5, 1}, {6, 5, 0}, {99, 5, 0}, {-3, 2, 2}, {0, -1, 0}, {2, 0, 0}} {
		if got, err := v.Events(tt.from, tt.n); err != nil || len(got) != tt.want {
			t.Errorf("Events(%d, %d) gives %d, %v", tt.from, tt.n, len(got), err)
		}
	}
}

func TestQueryIsCancelled(t *testing.T) {
	c := story(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e, err := filter.Parse("reset")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Query(ctx, e); err == nil {
		t.Error("a cancelled query gave a view")
	}
}

func TestValues(t *testing.T) {
	c := story(t)
	for _, tt := range []struct {
		key, prefix string
		n           int
		want        []string
	}{
		{"account", "", 9, []string{"pat@example.com", "kim@example.com", "Pat@example.com"}},
		{"account", "PAT", 1, []string{"pat@example.com"}},
		{"ip", "2", 9, []string{"203.0.113.7", "2001:db8:1::9"}},
		{"service", "", 9, []string{"att", "coinbase"}},
		{"subject", "", 9, nil},
		{"nonsense", "", 9, nil},
	} {
		if diff := cmp.Diff(tt.want, c.Values(tt.key, tt.prefix, tt.n)); diff != "" {
			t.Errorf("%s %q: -want +got:\n%s", tt.key, tt.prefix, diff)
		}
	}
}
