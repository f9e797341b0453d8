package rule

import "keytrail/forensics"

// maxOthers is how many other accounts are looked at to find out that they are none.
const maxOthers = 8

// lone reports whether the account is the only one of its case: then events that name no account are its own. Accounts
// that only notices to this mailbox speak of are none.
func (e *evaluation) lone() bool {
	if e.cache.lone == nil {
		e.cache.lone = map[string]bool{}
		var real []string
		names := e.in.Briefs.Accounts()
		if len(names) <= maxOthers {
			for _, name := range names {
				if name != "" && e.real(name) {
					real = append(real, name)
				}
			}
		}
		if len(real) == 1 {
			e.cache.lone[real[0]] = true
		}
	}
	return e.cache.lone[e.in.Account.Account]
}

// real reports whether anything but a notice about another account names an account.
func (e *evaluation) real(name string) bool {
	if name == e.in.Account.Account {
		return true
	}
	events, err := e.in.Briefs.Account(name, nil)
	if err != nil {
		return true
	}
	for i := range events.Briefs {
		if b := &events.Briefs[i]; b.Certainty != forensics.Reported || !e.detail(b.Detail).other {
			return true
		}
	}
	return false
}

// merged puts two lists in the order of the timeline together.
func merged(a, b []forensics.Brief) []forensics.Brief {
	out := make([]forensics.Brief, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		x, y := &a[0], &b[0]
		if y.Unreliable && !x.Unreliable || x.Unreliable == y.Unreliable && (x.Time < y.Time || x.Time == y.Time && x.Row <= y.Row) {
			out, a = append(out, *x), a[1:]
		} else {
			out, b = append(out, *y), b[1:]
		}
	}
	return append(append(out, a...), b...)
}
