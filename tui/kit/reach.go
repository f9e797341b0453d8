package kit

import (
	"strconv"

	"keytrail/forensics"
)

// ReachText says how much a verdict touches: 5,120 events of 2 of 3 accounts, 85% of all that name an address or client.
func ReachText(r *forensics.Reach) string {
	text := Plural(r.Events, "event")
	if r.Events == 0 {
		return "no event"
	}
	switch {
	case r.Of == 1 && r.Accounts == 1:
		text += " of the only account"
	case r.Of > 0:
		text += " of " + Count(int64(r.Accounts)) + " of " + Plural(int64(r.Of), "account")
	}
	if r.From > 0 {
		text += ", " + ReachShare(r)
	}
	return text
}

// ReachShare is the share of what a verdict touches: 85% of all that name where they came from.
func ReachShare(r *forensics.Reach) string {
	return percent(r.From, r.Sources) + " of all that name where they came from"
}

// percent never says 0% or 100% of what is something, and not all.
func percent(n, of int64) string {
	p := n * 100 / max(1, of)
	switch {
	case n == of:
		return "100%"
	case p == 0:
		return "under 1%"
	}
	return strconv.FormatInt(p, 10) + "%"
}
