package screen

import (
	"testing"

	"keytrail/forensics"
)

func TestWhatNamesTheClient(t *testing.T) {
	const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/112.0"
	for _, c := range []struct {
		kind         forensics.Kind
		client, want string
	}{
		{forensics.LoginSucceeded, firefox, "succeeded Firefox on Linux"},
		{forensics.LoginFailed, "Client=OWA;Action=ViaProxy", "failed Outlook on the web"},
		{forensics.LoginSucceeded, "Thunderbird 102.10.0", "succeeded Thunderbird 102.10.0"},
	} {
		if got := what(&forensics.Event{Kind: c.kind, Client: c.client}); got != c.want {
			t.Errorf("%s: %q, want %q", c.client, got, c.want)
		}
	}
}

func TestWhereOfAClient(t *testing.T) {
	for value, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/112.0": "Firefox on Linux",
		"eM Client": "",
	} {
		if got := whereText(&forensics.Entity{Kind: forensics.EntityClient, Value: value}); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}
