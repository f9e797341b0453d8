package incident

import (
	"cmp"
	"net/netip"
	"slices"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// Rules that the joining knows by name.
const (
	// ruleKey is a key that was made.
	ruleKey = "KEY-01"
	// ruleConsent is an application that was granted access.
	ruleConsent = "KEY-07"
	// ruleKeyTrouble is the owner's client failing after a key change: a symptom.
	ruleKeyTrouble = "KEY-03"
	// ruleEnd is the provider revoking everything: an end.
	ruleEnd = "KEY-05"
	// ruleNewPlace is money that went to a destination, or was sent from a place, that is new.
	ruleNewPlace = "LOSS-02"
	// ruleAfter is money that left after a reset of its service, or after somebody strange was there.
	ruleAfter = "LOSS-01"
	// ruleGap is missing mail of which nothing but the time is known.
	ruleGap = "DEL-04"
)

// point is one event that speaks for an attack.
type point struct {
	b        *forensics.Brief
	step     forensics.StepName
	findings []int // of rule.Account.Findings; none for an event that was gathered
	standing rule.Standing
}

func (p *point) at() int64 { return p.b.Time }

// place is what is known of an address.
type place struct {
	addr netip.Addr
	net  netip.Prefix // /24 or /64; the zero prefix where there is no address
	forensics.Place
}

// builder holds what the joining of one account needs.
type builder struct {
	in       *rule.Input
	acct     *rule.Account
	settings *rule.Settings

	rows    map[int64]*forensics.Brief // of the findings
	ownActs map[int64]bool             // keys, transfers and deletions that seem to be the owner's
	ownGone map[uint32]bool            // mails that the owner threw away
	points  []*point                   // in the order of the timeline
	byRow   map[int64]*point
	places  map[forensics.Symbol]place
	rekeyed map[int]bool // findings of keys that the owner made after a repair
	there   presence
	texts   map[forensics.Symbol]string
}

func newBuilder(in *rule.Input, acct *rule.Account) *builder {
	b := &builder{in: in, acct: acct, settings: in.Settings, rows: map[int64]*forensics.Brief{}, ownActs: map[int64]bool{}, ownGone: map[uint32]bool{}, rekeyed: map[int]bool{}, byRow: map[int64]*point{},
		places: map[forensics.Symbol]place{}, texts: map[forensics.Symbol]string{}, there: presence{days: map[network][]int64{}, paid: map[forensics.Symbol][]int64{}}}
	if b.settings == nil {
		b.settings = rule.Defaults()
	}
	return b
}

// collect finds the briefs of the findings and makes points of those that speak of an attacker. It reports whether there are any.
func (b *builder) collect() bool {
	for i := range b.acct.Findings {
		f := &b.acct.Findings[i]
		for _, list := range [2][]int64{f.Rows, f.Related} {
			for _, row := range list {
				b.rows[row] = nil
			}
		}
	}
	if len(b.rows) == 0 {
		return false
	}
	for _, list := range [2][]forensics.Brief{b.in.Account.Briefs, b.in.Unowned} {
		for i := range list {
			if _, ok := b.rows[list[i].Row]; ok {
				b.rows[list[i].Row] = &list[i]
			}
		}
	}
	b.findOwn()
	for i := range b.acct.Findings {
		if f := &b.acct.Findings[i]; b.attacks(f) {
			for _, row := range f.Rows {
				b.addPoint(row, i, f.Step)
			}
		}
	}
	b.sortPoints()
	return len(b.points) > 0
}

// What a finding about a key or a deletion, and all about a transfer, weigh at least where somebody else may have made it.
const (
	leastKey      = 0.1
	leastMoney    = 0.15
	leastDeletion = 0.11
)

// findOwn notes the keys, transfers and deletions that seem to be the owner's.
func (b *builder) findOwn() {
	money, gone := map[int64]float64{}, map[int64]float64{}
	for i := range b.acct.Findings {
		f := &b.acct.Findings[i]
		for _, row := range f.Rows {
			switch {
			case f.Rule == ruleKey && f.Weight < leastKey:
				b.ownActs[row] = true
			case f.Step == forensics.StepMoney:
				money[row] = 1 - (1-money[row])*(1-f.Weight)
			case f.Step == forensics.StepDeletion:
				gone[row] = max(gone[row], f.Weight)
			}
		}
	}
	for row, weight := range gone {
		if brief := b.rows[row]; weight < leastDeletion && brief != nil && isDeletion(brief.Kind) && !b.standing(brief).Strange() {
			b.ownActs[row] = true
			if brief.Message != 0 {
				b.ownGone[brief.Message] = true
			}
		}
	}
	b.findRekeyed()
	for row, weight := range money {
		if brief := b.rows[row]; weight < leastMoney && brief != nil && brief.Kind == forensics.FundsSent {
			b.ownActs[row] = true
		}
	}
}

// findRekeyed notes the keys that were made right after a repair: they are the owner's new ones.
func (b *builder) findRekeyed() {
	var repairs []int64
	for i := range b.acct.Findings {
		if f := &b.acct.Findings[i]; f.Owner {
			repairs = append(repairs, f.Start)
		}
	}
	slices.Sort(repairs)
	for i := range b.acct.Findings {
		f := &b.acct.Findings[i]
		if f.Rule != ruleKey || f.Owner || len(f.Rows) == 0 {
			continue
		}
		brief := b.rows[f.Rows[0]]
		if brief == nil || b.standing(brief).Strange() || !between(repairs, f.Start-rekeyAfter, f.Start) {
			continue
		}
		b.rekeyed[i] = true
		for _, row := range f.Rows {
			b.ownActs[row] = true
		}
	}
}

// attacks reports whether the events of a finding are acts of an attacker, if it is one.
func (b *builder) attacks(f *forensics.Finding) bool {
	return f.Step != "" && !f.Owner && f.Rule != ruleKeyTrouble && (f.Rule != ruleEnd || f.Weight > 0)
}

func (b *builder) addPoint(row int64, finding int, step forensics.StepName) {
	brief := b.rows[row]
	if brief == nil || brief.Unreliable || brief.Kind == forensics.MailReceived {
		return // mail that came is the scene, not an act
	}
	if b.ownActs[row] {
		return
	}
	p := b.byRow[row]
	if p == nil {
		standing := b.standing(brief)
		if standing == rule.Mine {
			return
		}
		if isDeletion(brief.Kind) && standing.Owner() {
			if brief.Message != 0 {
				b.ownGone[brief.Message] = true
			}
			return // the owner's own hand
		}
		p = &point{b: brief, step: stepOf(brief.Kind), standing: standing}
		if p.step == "" {
			p.step = step
		}
		b.byRow[row] = p
		b.points = append(b.points, p)
	}
	if p.step == forensics.StepLogin && step == forensics.StepReset && b.aboutService(brief) {
		p.step = step // a login at the service that was reset is of the reset; the login of an attack is that at the mailbox
	}
	p.findings = append(p.findings, finding)
}

func (b *builder) sortPoints() {
	slices.SortFunc(b.points, comparePoints)
}

// comparePoints orders points by time, equal times by row.
func comparePoints(x, y *point) int {
	return cmp.Or(cmp.Compare(x.at(), y.at()), cmp.Compare(x.b.Row, y.b.Row))
}

// stepOf is the stage that an event of a kind belongs to, empty where the kind alone does not say.
func stepOf(k forensics.Kind) forensics.StepName {
	switch k {
	case forensics.KeyCreated, forensics.KeyRemoved, forensics.ConsentGranted:
		return forensics.StepKey // an application's grant opens the mailbox as a key does
	case forensics.LoginSucceeded, forensics.LoginFailed:
		return forensics.StepLogin
	case forensics.ResetRequested, forensics.PasswordChanged:
		return forensics.StepReset
	case forensics.MailDeleted, forensics.MailPurged, forensics.MailMissing:
		return forensics.StepDeletion
	case forensics.RuleSet, forensics.ForwardingSet, forensics.RecoveryChanged, forensics.SecondFactorChanged:
		return forensics.StepSettings
	case forensics.FundsSent:
		return forensics.StepMoney
	}
	return ""
}

// text gives a symbol's text.
func (b *builder) text(s forensics.Symbol) string {
	if s == 0 {
		return ""
	}
	t, ok := b.texts[s]
	if !ok {
		t = b.in.Briefs.Text(s)
		b.texts[s] = t
	}
	return t
}

// placeOf says where an event came from.
func (b *builder) placeOf(e *forensics.Brief) place {
	if e.IP == 0 {
		return place{}
	}
	p, ok := b.places[e.IP]
	if !ok {
		if addr, err := netip.ParseAddr(b.text(e.IP)); err == nil {
			p.addr = addr.Unmap().WithZone("")
			p.net = forensics.Network(p.addr)
			if b.in.Where != nil {
				p.Place = b.in.Where(p.addr)
			}
		}
		b.places[e.IP] = p
	}
	if e.ASN != 0 { // what the source says comes first
		p.ASN = e.ASN
		if p.Org == "" {
			p.Org = b.in.Briefs.Spelled(e.Org)
		}
	}
	if e.Country != 0 && p.Country == "" {
		p.Country = b.text(e.Country)
	}
	return p
}
