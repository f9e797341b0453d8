package incident

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// TestLookedInOwn: what others' mail and statements do not show says nothing about an account.
func TestLookedInOwn(t *testing.T) {
	at := func(day int) int64 { return time.Date(2023, 2, day, 0, 0, 0, 0, time.UTC).UnixNano() }
	const account = "pat@example.com"
	table := `
2023-02-07T03:12:07Z key-created ip=203.0.113.77 key=Outlook-2
2023-02-07T03:14:52Z login-succeeded ip=203.0.113.77 session=s1
2023-02-07T03:19:30Z reset-requested id=m1@coinbase.example service=coinbase certainty=reported sender=authenticated
2023-02-07T03:19:58Z mail-purged id=m1@coinbase.example session=s1
`
	const (
		says  = "KEY-01 1; LOG-02 2; RST-01 3; DEL-01 4 <3"
		other = "2023-02-07T05:00:00Z login-succeeded account=kim@example.com\n"
	)
	source := func(evidence int64, name, format string, kind forensics.Kind, accounts ...string) rule.Source {
		return rule.Source{Evidence: evidence, Name: name, Format: format, First: at(1), Last: at(20), Accounts: accounts, Shows: []forensics.Kind{kind}}
	}
	statement := func(evidence int64, name string) rule.Source {
		return source(evidence, name, "statement/coinbase", forensics.FundsSent)
	}
	mail := func(evidence int64, name, account string) rule.Source {
		return source(evidence, name, "mailbox/mbox", forensics.ResetRequested, account)
	}
	many := []rule.Source{mail(1, "case » 01/mail", account), mail(1, "case » 02/mail", "kim@example.com"), statement(1, "case » 01/statements/a.csv"), statement(1, "case » 02/statements/b.csv")}
	var loose []rule.Source
	for i := range 12 {
		loose = append(loose, statement(int64(10+i), fmt.Sprintf("%d.csv", i)))
	}
	tests := map[string]struct {
		sources []rule.Source
		alone   bool
		want    forensics.Missing
	}{
		"a_folder_for_each":         {many, false, forensics.Missing{Step: "money", LookedIn: []string{"case » 01/statements/a.csv"}}},
		"only_anothers":             {many[1:2:2], false, forensics.Missing{Step: "money", NotCovered: []string{"no statement of Coinbase for 2023-02"}}},
		"only_anothers_statement":   {[]rule.Source{many[1], many[3]}, false, forensics.Missing{Step: "money", NotCovered: []string{"no statement of Coinbase for 2023-02"}}},
		"the_only_account":          {loose[:2], true, forensics.Missing{Step: "money", LookedIn: []string{"0.csv", "1.csv"}}},
		"few_that_may_be_anybodys":  {loose[:3], false, forensics.Missing{Step: "money", LookedIn: []string{"0.csv", "1.csv", "2.csv"}}},
		"many_that_may_be_anybodys": {loose, false, forensics.Missing{Step: "money", LookedIn: []string{"12 files that name no account"}}},
		"own_ones_first":            {append(loose[:len(loose):len(loose)], many...), false, forensics.Missing{Step: "money", LookedIn: []string{"case » 01/statements/a.csv", "12 files that name no account"}}},
		"statements_tell_of_no_folder": {
			[]rule.Source{mail(1, "case » 01/mail", account), source(1, "case » 01/statements/x.csv", "statement/kraken", forensics.FundsSent, "shop@example.com"), statement(1, "case » 01/statements/a.csv")}, false,
			forensics.Missing{Step: "money", LookedIn: []string{"case » 01/statements/a.csv"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text := table
			if !test.alone {
				text += other
			}
			found := find(t, text, says, func(in *rule.Input) { in.Sources = test.sources })
			if len(found) != 1 {
				t.Fatalf("%d incidents, want 1", len(found))
			}
			if diff := cmp.Diff([]forensics.Missing{test.want}, found[0].Missing); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestStatementsOfWhatKeepsMoney: nobody has a statement of a shop to look for.
func TestStatementsOfWhatKeepsMoney(t *testing.T) {
	for _, tt := range []struct{ service, want string }{
		{"kraken", "no statement of Kraken for 2023-02"},
		{"amazon", "no statement of an exchange for 2023-02"},
	} {
		found := find(t, `
2023-02-07T03:12:07Z key-created ip=203.0.113.77 key=Outlook-2
2023-02-07T03:14:52Z login-succeeded ip=203.0.113.77 session=s1
2023-02-07T03:19:30Z reset-requested id=m1@x service=`+tt.service+` certainty=reported sender=authenticated
2023-02-07T03:19:58Z mail-purged id=m1@x session=s1
`, "KEY-01 1; LOG-02 2; RST-01 3; DEL-01 4 <3")
		if len(found) != 1 || len(found[0].Missing) != 1 {
			t.Fatalf("%s: found %+v", tt.service, found)
		}
		if diff := cmp.Diff([]string{tt.want}, found[0].Missing[0].NotCovered); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.service, diff)
		}
	}
}
