package rule

import (
	"slices"
	"time"

	"keytrail/forensics"
)

// How many mails that go for good in how short a time are a trash that is emptied, where at most every how many of them is a notice.
const (
	emptiedMails = 6
	emptiedTime  = int64(3 * time.Second)
	emptiedShare = 3
)

// emptied reports whether a mail went for good when a trash was emptied: with many others at once, most of them no notices. Whoever emptied it
// need not be who filled it.
func (e *evaluation) emptied(i int32) bool {
	b := &e.all[i]
	if b.Kind != forensics.MailPurged || b.Unreliable {
		return false
	}
	all, notices := 0, 0
	for _, k := range e.within(e.deletions, b.Time-emptiedTime, b.Time+emptiedTime) {
		if e.all[k].Kind == forensics.MailPurged && e.all[k].Session == b.Session {
			all++
			if _, is := slices.BinarySearch(e.taken, k); is {
				notices++
			}
		}
	}
	return all >= emptiedMails && emptiedShare*notices <= all
}
