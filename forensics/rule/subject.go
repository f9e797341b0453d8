package rule

import (
	"strings"

	"keytrail/forensics"
)

// maxSubjects bounds the deletions of an account whose subjects are read.
const maxSubjects = 1000

// deletedBySubject looks at what was deleted while a stranger may have been in the mailbox and is not in the case as a mail: the
// log's own record of the deletion may hold the subject.
func (e *evaluation) deletedBySubject() {
	joined := map[int32]bool{}
	for _, p := range e.pairs {
		joined[p.deletion] = true
	}
	var list, bare []int32
	var rows []int64
	for _, i := range e.deletions {
		b := &e.all[i]
		if len(rows) == maxSubjects {
			break
		}
		if joined[i] || b.Unreliable || b.Certainty == forensics.Inferred || e.byServer(i) {
			continue
		}
		s, _, _ := e.probably(i)
		if _, ok := e.originBefore(b.Time, e.set.Window(DeletionWindow)); !ok || s.Owner() {
			if b.IP == 0 && b.Client == 0 && b.Session == 0 && b.Kind == forensics.MailDeleted { // who it was is not on record; purges come in bulk where a trash is emptied
				bare, rows = append(bare, i), append(rows, b.Row)
			}
			continue
		}
		list, rows = append(list, i), append(rows, b.Row)
	}
	e.events(rows)
	var hits []int32
	var subject string
	flush := func(cut bool) {
		if len(hits) == 0 {
			return
		}
		first := &e.all[hits[0]]
		o, ok := e.originBefore(first.Time, e.set.Window(DeletionWindow))
		if ok {
			standing, login, said := e.probably(hits[0])
			weight := 0.25 + 0.4*min(o.weight, 0.5)
			if standing.Strange() {
				weight = 0.6 * e.strangerBy(hits[0], login)
			}
			var total forensics.Deletions
			for _, i := range hits {
				total.Add(&e.all[i])
			}
			switch n := len(hits); {
			case n >= 10:
				weight += 0.2
			case n >= 3:
				weight += 0.1
			}
			e.say(weight, hits, []int32{o.event}, figure("%s of mail "+AboutSecurity+", such as %s, %s after %s; the mail itself is not in the case", atLeast(total.Count(), cut, "deletion"),
				quoted(subject), span(first.Time-o.at), o.text)+said, "")
		}
		hits = nil
	}
	tidied := e.tidied(list)
	for _, i := range list {
		f := e.full[e.all[i].Row]
		if f == nil || tidied[e.all[i].Session] {
			continue
		}
		s := warns(f)
		if s == "" {
			continue
		}
		if n := len(hits); n > 0 && e.all[i].Time-e.all[hits[n-1]].Time > hour {
			flush(false)
		}
		if len(hits) == 0 {
			subject = s
		}
		hits = append(hits, i)
	}
	flush(len(rows) == maxSubjects)
	e.deletedTogether(bare)
}

// tidied lists the sessions that nobody calls strange and that deleted mostly other mail: who clears a flood away deletes what
// speaks of security along with the rest.
func (e *evaluation) tidied(list []int32) map[uint32]bool {
	type tally struct{ all, about set }
	sessions := map[uint32]*tally{}
	for _, i := range list {
		b := &e.all[i]
		f := e.full[b.Row]
		if b.Session == 0 || b.Message == 0 || f == nil || e.profile.Known(b).Strange() {
			continue
		}
		t := sessions[b.Session]
		if t == nil {
			t = &tally{set{}, set{}}
			sessions[b.Session] = t
		}
		t.all[b.Message] = true
		if warns(f) != "" {
			t.about[b.Message] = true
		}
	}
	out := map[uint32]bool{}
	for s, t := range sessions {
		if len(t.all) >= togetherMails && 2*len(t.about) <= len(t.all) {
			out[s] = true
		}
	}
	return out
}

// set is a set of mails, by the hash of their Message-IDs.
type set map[uint32]bool

// AboutSecurity is what findings of DEL-01 say of deleted mail that is not in the case.
const AboutSecurity = "whose subject speaks of security"

// How many different mails about security it takes, deleted how soon after one another, to speak of themselves where nobody strange is known to
// have been there.
const (
	togetherMails = 4
	togetherPause = int64(10 * 60 * 1e9)
)

// deletedTogether looks for mails about security that went one right after the other by a hand that is not on record.
func (e *evaluation) deletedTogether(list []int32) {
	var run []int32
	mails := map[uint32]bool{}
	subject := ""
	flush := func() {
		if len(mails) >= togetherMails {
			e.say(0.3, run, nil, figure("%d mails "+AboutSecurity+", such as %s, were deleted one after the other; the mails themselves are not in the case", len(mails), quoted(subject)), "")
		}
		run = nil
		clear(mails)
	}
	for _, i := range list {
		b := &e.all[i]
		f := e.full[b.Row]
		if f == nil || b.Message == 0 {
			continue
		}
		s := warns(f)
		if s == "" {
			continue
		}
		if n := len(run); n > 0 && b.Time-e.all[run[n-1]].Time > togetherPause {
			flush()
		}
		if len(run) == 0 {
			subject = s
		}
		run, mails[b.Message] = append(run, i), true
	}
	flush()
}

// warns gives the first subject of an event that speaks of security or of money that leaves.
func warns(f *forensics.Event) string {
	if warning(f.Subject) {
		return f.Subject
	}
	for i := range f.Messages {
		if warning(f.Messages[i].Subject) {
			return f.Messages[i].Subject
		}
	}
	return ""
}

// warningWords stand in the subjects of notices, in lower case. Never changed.
var warningWords = []string{
	"password", "reset your", "security alert", "verification code", "verify your", "new sign-in", "new login", "new device", "this device", "withdrawal", "you just sent",
	"suspicious", "unusual", "two-step", "2-step", "recovery email", "app password", "passwort", "sicherheit", "neues ger\u00e4t", "auszahlung", "mot de passe", "nouvel appareil", "retrait",
	"contrase\u00f1a", "nuevo dispositivo", "retiro",
}

func warning(subject string) bool {
	if subject == "" {
		return false
	}
	low := strings.ToLower(subject[:min(len(subject), 300)])
	for _, w := range warningWords {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}
