package formattest

import (
	"fmt"
	"slices"
	"strings"

	"keytrail/forensics"
)

// Lines writes what matters of each event in one line: the time, kind, operation and account, then name=value for what is
// set of the rest. The fields named in without are left out, such as a client that is long and always the same.
func Lines(events []forensics.Event, without ...string) []string {
	var out []string
	for i := range events {
		out = append(out, line(&events[i], without))
	}
	return out
}

func line(e *forensics.Event, without []string) string {
	parts := []string{e.Time.RFC3339(), e.Kind.String(), e.Operation, "account=" + e.Account}
	add := func(name, value string) {
		if value != "" && !slices.Contains(without, name) {
			parts = append(parts, name+"="+value)
		}
	}
	if !strings.EqualFold(e.Actor, e.Account) {
		add("actor", e.Actor)
	}
	add("outcome", e.Outcome.String())
	if e.IP.IsValid() {
		add("ip", e.IP.String())
	}
	add("host", e.Host)
	add("country", e.Country)
	if e.ASN > 0 {
		add("asn", fmt.Sprint(e.ASN))
	}
	add("client", e.Client)
	add("protocol", e.Protocol)
	add("session", e.Session)
	add("key", e.Key)
	add("folder", e.Folder)
	add("subject", e.Subject)
	add("msgid", e.MessageID)
	add("from", e.From)
	add("to", strings.Join(e.To, ","))
	add("detail", e.Detail)
	for _, o := range e.Others {
		add(strings.ReplaceAll(o.Desc, " ", "_"), o.RFC3339())
	}
	if e.Time.Zone == forensics.ZoneMissing {
		add("zone", e.Time.ZoneText())
	}
	return strings.Join(parts, " ")
}
