package incident

import (
	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// standing says how an event stands to the owner, by where it came from; the user's verdicts are in it.
func (b *builder) standing(e *forensics.Brief) rule.Standing {
	if b.acct.Profile == nil || e.IP == 0 && e.Client == 0 && e.Key == 0 && e.Session == 0 {
		return rule.Unknown
	}
	return b.acct.Profile.Known(e)
}
