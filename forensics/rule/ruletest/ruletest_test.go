package ruletest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

func TestLines(t *testing.T) {
	c, err := Lines(`
		# comment
		2022-11-14T03:04:05Z key-created key="Outlook 2" ip=203.0.113.7
		2022-11-13T08:00Z login-succeeded protocol=imap every=24h times=2
		2022-11-14T05:00Z funds-sent account=- service=Coinbase
		- mail-missing ids=a@b,c@d uids=4,5 after=2022-11-14 before=2022-11-15`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", DefaultAccount}, c.Accounts()); diff != "" {
		t.Error(diff)
	}
	a, err := c.Account(DefaultAccount, nil)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, b := range a.Briefs {
		kinds = append(kinds, b.Kind.String())
	}
	if diff := cmp.Diff([]string{"login-succeeded", "key-created", "login-succeeded", "mail-missing"}, kinds); diff != "" {
		t.Error(diff)
	}
	if got := c.Text(a.Briefs[1].Key); got != "outlook 2" {
		t.Errorf("got key %q", got)
	}
	full, err := c.Events([]int64{a.Briefs[3].Row, a.Briefs[1].Row})
	if err != nil {
		t.Fatal(err)
	}
	if len(full[0].Messages) != 2 || full[0].Bounds == nil || full[1].Key != "Outlook 2" || full[1].Kind != forensics.KeyCreated {
		t.Errorf("got %+v", full)
	}
}

func TestEvents_Refuses(t *testing.T) {
	for _, line := range []string{"2022-11-14", "2022-11-14 no-kind", "x key-created", "2022-11-14 key-created ip=x", "2022-11-14 key-created what=x", `2022-11-14 key-created key="x`} {
		if _, err := Events(line); err == nil {
			t.Errorf("%q is taken", line)
		}
	}
}
