package incident

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// TestState says how an incident ended. The last row of the attack is 5.
func TestState(t *testing.T) {
	tests := []struct{ name, more, says, want string }{
		{"nothing_shows_an_end", ``, ``, ""},
		{"the_owner_removes_the_key", `2023-02-08T09:00:00Z key-removed key=Outlook-2`, "; KEY-05+ 6", stateOwner},
		{"the_provider_revokes_everything", `2023-02-08T09:00:00Z session-revoked operation=forced`, "; KEY-05 6", stateProvider},
		{"the_provider_after_the_owner", `
2023-02-08T09:00:00Z key-removed key=Outlook-2
2023-02-08T10:00:00Z session-revoked operation=forced`, "; KEY-05+ 6; KEY-05 7", stateProvider},
		{"the_hand_comes_back_after_it", `
2023-02-07T09:00:00Z key-removed key=Outlook-9
2023-02-07T10:00:00Z login-succeeded ip=203.0.113.77 session=s2`, "; KEY-05+ 6; LOG-02 7", stateWentOn},
		{"a_login_that_fails_is_no_coming_back", `
2023-02-07T09:00:00Z key-removed key=Outlook-9
2023-02-07T10:00:00Z login-failed ip=203.0.113.77`, "; KEY-05+ 6", stateOwner},
		{"later_than_the_window_is_no_answer", `2023-02-21T03:41:01Z key-removed key=Outlook-2`, "; KEY-05+ 6", ""},
		{"the_edge_of_the_window_is", `2023-02-21T03:41:00Z key-removed key=Outlook-2`, "; KEY-05+ 6", stateOwner},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := find(t, whole+tt.more, wholeSays+tt.says)
			if len(found) != 1 {
				t.Fatalf("%d incidents, want 1: %v", len(found), outline(found))
			}
			if got := found[0].State; got != tt.want {
				t.Errorf("state %q, want %q", got, tt.want)
			}
			for _, s := range found[0].Steps {
				if s.Owner || slices.Contains(s.Rules, ruleEnd) {
					t.Errorf("a repair stands among the steps: %+v", s)
				}
			}
		})
	}
}

// TestRepair: what answers the attack is told apart from it, the owner's own key beside the attacker's too.
func TestRepair(t *testing.T) {
	found := find(t, whole+`
2023-02-08T09:00:00Z key-removed key=Outlook-2
2023-02-08T09:05:00Z key-created key=laptop certainty=reported id=k2@x
2023-02-08T09:06:00Z password-changed service=example certainty=reported id=p@x`, wholeSays+"; KEY-05+ 6; KEY-01 7; RST-04+ 8")
	if diff := cmp.Diff([]string{"key:1 login:2 reset:3 deletion:4 money:5"}, outline(found)); diff != "" {
		t.Fatalf("incidents (-want +got):\n%s", diff)
	}
	var labels []string
	for _, s := range found[0].Repair {
		labels = append(labels, fmt.Sprintf("%s %v", s.Label, s.Owner))
	}
	if diff := cmp.Diff([]string{`key removed "Outlook-2" true`, `new key "laptop" true`, "password changed true"}, labels); diff != "" {
		t.Errorf("repair (-want +got):\n%s", diff)
	}
}

func TestMissing(t *testing.T) {
	at := func(day int) int64 { return time.Date(2023, 2, day, 0, 0, 0, 0, time.UTC).UnixNano() }
	sources := []rule.Source{
		{Name: "dovecot.log", Format: "mailserver/dovecot", First: at(1), Last: at(20), Accounts: []string{"pat@example.com"}, Shows: []forensics.Kind{forensics.LoginSucceeded, forensics.MailPurged}},
		{Name: "other.log", Format: "mailserver/dovecot", First: at(1), Last: at(20), Accounts: []string{"kim@example.com"}, Shows: []forensics.Kind{forensics.KeyCreated}},
		{Name: "late.log", Format: "microsoft/unified-audit", First: at(9), Last: at(20), Shows: []forensics.Kind{forensics.KeyCreated}},
	}
	table := `
2023-02-07T03:14:52Z login-succeeded ip=203.0.113.77 session=s1 protocol=imap
2023-02-07T03:19:30Z reset-requested id=m1@coinbase.example service=coinbase certainty=reported sender=authenticated
2023-02-07T03:19:40Z password-changed id=m2@coinbase.example service=coinbase certainty=reported sender=authenticated
2023-02-07T03:19:58Z mail-purged id=m1@coinbase.example session=s1 ip=203.0.113.77
`
	says := "LOG-02 1; LOG-04 1; RST-01 2,3; DEL-01 4 <2"
	missing := func(with ...rule.Source) []forensics.Missing {
		t.Helper()
		found := find(t, table, says, func(in *rule.Input) { in.Sources = append(slices.Clone(sources), with...) })
		if len(found) != 1 {
			t.Fatalf("%d incidents, want 1", len(found))
		}
		return found[0].Missing
	}
	want := []forensics.Missing{
		{Step: "key", NotCovered: []string{"no record of keys (an audit log, or a mailbox with the provider's notices) for 2023-02"}},
		{Step: "money", NotCovered: []string{"no statement of Coinbase for 2023-02"}},
	}
	if diff := cmp.Diff(want, missing()); diff != "" {
		t.Errorf("without sources (-want +got):\n%s", diff)
	}
	statement := rule.Source{Name: "coinbase.csv", Format: "statement/coinbase", First: at(1), Last: at(20), Shows: []forensics.Kind{forensics.FundsSent}}
	audit := rule.Source{Name: "audit.csv", Format: "microsoft/unified-audit", First: at(1), Last: at(20), Shows: []forensics.Kind{forensics.KeyCreated}}
	want = []forensics.Missing{{Step: "key", LookedIn: []string{"audit.csv"}}, {Step: "money", LookedIn: []string{"coinbase.csv"}}}
	if diff := cmp.Diff(want, missing(statement, audit)); diff != "" {
		t.Errorf("with sources (-want +got):\n%s", diff)
	}
}

func TestLosses(t *testing.T) {
	base := strings.Join(strings.Split(strings.TrimSpace(whole), "\n")[:4], "\n")
	tests := []struct {
		name, more, says string
		want             []forensics.Loss
	}{
		{"two_assets_and_exact_sums", `
2023-02-07T03:41:00Z funds-sent account=- service=coinbase amount=-0.1 asset=BTC usd=2000.10 provider=statement/coinbase
2023-02-07T03:42:00Z funds-sent account=- service=coinbase amount=0.20000001 asset=BTC usd=4000.20 provider=statement/coinbase
2023-02-07T03:43:00Z funds-sent account=- service=coinbase amount=3 asset=ETH provider=statement/coinbase`, "LOSS-01 5,6,7 <3",
			[]forensics.Loss{{Service: "coinbase", Asset: "BTC", Amount: "0.30000001", ValueUSD: "6000.30", Rows: []int64{5, 6}}, {Service: "coinbase", Asset: "ETH", Amount: "3", Rows: []int64{7}}}},
		{"a_failed_one_does_not_count", `
2023-02-07T03:41:00Z funds-sent account=- service=coinbase amount=1 asset=BTC outcome=failure provider=statement/coinbase
2023-02-07T03:42:00Z funds-sent account=- service=coinbase amount=2 asset=BTC provider=statement/coinbase`, "LOSS-01 5,6 <3",
			[]forensics.Loss{{Service: "coinbase", Asset: "BTC", Amount: "2", Rows: []int64{6}}}},
		{"notice_and_statement_tell_of_one", `
2023-02-07T03:41:00Z funds-sent account=- service=coinbase amount=1.50 asset=BTC usd=9 provider=statement/coinbase
2023-02-07T03:41:30Z funds-sent service=coinbase amount=1.5 asset=BTC certainty=reported sender=authenticated id=s@x provider=mailbox/mbox`, "LOSS-01 5,6 <3",
			[]forensics.Loss{{Service: "coinbase", Asset: "BTC", Amount: "1.50", ValueUSD: "9", Rows: []int64{5}}}},
		{"what_came_back_does_not_count", `
2023-02-07T03:41:00Z funds-sent account=- service=coinbase amount=1.50 asset=BTC txid=Q1 provider=statement/coinbase
2023-02-07T03:42:00Z funds-sent account=- service=coinbase amount=2 asset=ETH txid=Q2 provider=statement/coinbase
2023-02-09T09:00:00Z funds-received account=- service=coinbase amount=1.50 asset=BTC txid=Q1 reasons=reversal provider=statement/coinbase`, "LOSS-01 5,6 <3",
			[]forensics.Loss{{Service: "coinbase", Asset: "ETH", Amount: "2", Rows: []int64{6}}}},
		{"between_own_accounts", `
2023-02-07T03:41:00Z funds-sent account=- service=coinbase amount=1.50 asset=BTC reasons=internal provider=statement/coinbase`, "LOSS-01 5 <3", nil},
		{"the_row_of_what_a_notice_tells", `
2023-02-07T03:41:00Z funds-sent account=- service=coinbase amount=1.50 asset=BTC usd=9 provider=statement/coinbase
2023-02-07T03:41:30Z funds-sent service=coinbase amount=1.5 asset=BTC certainty=reported sender=authenticated id=s@x provider=mailbox/mbox`, "LOSS-01 6 <3",
			[]forensics.Loss{{Service: "coinbase", Asset: "BTC", Amount: "1.50", ValueUSD: "9", Rows: []int64{5}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := find(t, base+tt.more, "KEY-01 1; LOG-02 2; RST-01 3; DEL-01 4 <3; "+tt.says)
			if len(found) != 1 {
				t.Fatalf("%d incidents, want 1: %v", len(found), outline(found))
			}
			if diff := cmp.Diff(tt.want, found[0].Loss); diff != "" {
				t.Errorf("loss (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCampaigns(t *testing.T) {
	start := time.Date(2022, 11, 14, 3, 0, 0, 0, time.UTC)
	made := func(id int64, day int, account string, traits ...Trait) *Found {
		at := start.AddDate(0, 0, day).UnixNano()
		return &Found{Incident: forensics.Incident{ID: id, Account: account, Start: at, End: at}, Traits: traits}
	}
	ip, key := Trait{Kind: TraitIP, Value: "203.0.113.7"}, Trait{Kind: TraitKey, Value: "outlook-#"}
	host, isp := Trait{Kind: TraitASN, Value: "64511", Note: "Example Hosting", Hosted: true}, Trait{Kind: TraitASN, Value: "64500"}
	client, wallet := Trait{Kind: TraitClient, Value: "thunderbird"}, Trait{Kind: TraitDestination, Value: "bc1qexample"}
	tests := []struct {
		name  string
		list  []*Found
		want  string
		usual func(Trait) (int, int)
	}{
		{"one_address", []*Found{made(1, 0, "a", ip), made(2, 11, "b", ip)}, "A[1 2] 2 times since November 2022, 11 days apart, in 2 accounts", nil},
		{"hosting_and_key_names", []*Found{made(1, 0, "a", host, key), made(2, 11, "b", key, host)}, "A[1 2] 2 times since November 2022, 11 days apart, in 2 accounts", nil},
		{"an_isp_and_thunderbird_are_none", []*Found{made(1, 0, "a", isp, client), made(2, 11, "b", isp, client)}, "", nil},
		{"hosting_alone_is_none", []*Found{made(1, 0, "a", host), made(2, 11, "b", host)}, "", nil},
		{"a_destination", []*Found{made(1, 0, "a", wallet), made(2, 1, "b"), made(3, 2, "c", wallet)}, "A[1 3] 2 times since November 2022, 2 days apart, in 2 accounts", nil},
		{"a_chain_of_three", []*Found{made(1, 0, "a", ip), made(2, 11, "a", ip, wallet), made(3, 22, "a", wallet)}, "A[1 2 3] 3 times since November 2022, every 11 days or so", nil},
		{"what_owners_use_everywhere_is_none", []*Found{made(1, 0, "a", ip), made(2, 11, "b", ip)}, "", func(Trait) (int, int) { return 5, 100 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range Campaigns(tt.list, tt.usual) {
				got = append(got, fmt.Sprintf("%s%v %s", c.ID, c.Incidents, c.Text))
			}
			if s := strings.Join(got, "; "); s != tt.want {
				t.Errorf("campaigns %q, want %q", s, tt.want)
			}
		})
	}
}

// TestManyInOneCampaign: the number of comparisons grows with the incidents, not with their square.
func TestManyInOneCampaign(t *testing.T) {
	var list []*Found
	for i := range 5000 {
		list = append(list, &Found{Incident: forensics.Incident{ID: int64(i + 1), Account: fmt.Sprint(i), Start: int64(i) * 1e12}, Traits: []Trait{{Kind: TraitIP, Value: "203.0.113.7"}}})
	}
	if got := Campaigns(list, nil); len(got) != 1 || len(got[0].Incidents) != 5000 {
		t.Errorf("%d campaigns, want one of 5000", len(got))
	}
}

func TestLetters(t *testing.T) {
	for n, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := letters(n); got != want {
			t.Errorf("letters(%d) = %s, want %s", n, got, want)
		}
	}
}

// TestVerdict: what the user says is theirs leaves the incident; what is not theirs is heavy.
func TestVerdict(t *testing.T) {
	judge := func(verdict string) func(*rule.Input) {
		return func(in *rule.Input) {
			in.Judge = func(kind, value string) string {
				if kind == "ip" && value == "203.0.113.77" {
					return verdict
				}
				return ""
			}
		}
	}
	before := find(t, whole, wholeSays)[0].Score
	if got := find(t, whole, wholeSays, judge("not-mine"))[0]; got.Score < before || got.Strength != "strong" {
		t.Errorf("not mine: score %.2f, was %.2f", got.Score, before)
	}
	for _, f := range find(t, whole, wholeSays, judge("mine")) {
		for _, s := range f.Steps {
			if slices.Contains(s.Rows, 2) || slices.Contains(s.Rows, 1) {
				t.Errorf("mine: the owner's own act stands in step %s of an incident", s.Step)
			}
		}
	}
}

func TestClauses(t *testing.T) {
	got := clauses([]string{"2 logins from here within an hour; a new network", "2 logins from here", "2 logins from hereabouts; a new network", "an hour"})
	want := []string{"2 logins from here within an hour", "a new network", "2 logins from hereabouts", "an hour"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
