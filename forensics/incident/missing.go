package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// showing are the kinds of events by which a source could show a step.
func showing(s forensics.StepName) []forensics.Kind {
	switch s {
	case forensics.StepKey:
		return []forensics.Kind{forensics.KeyCreated}
	case forensics.StepLogin:
		return []forensics.Kind{forensics.LoginSucceeded}
	case forensics.StepReset:
		return []forensics.Kind{forensics.ResetRequested, forensics.PasswordChanged}
	case forensics.StepDeletion:
		return []forensics.Kind{forensics.MailDeleted, forensics.MailPurged, forensics.MailMissing}
	case forensics.StepMoney:
		return []forensics.Kind{forensics.FundsSent}
	}
	return nil
}

// statementPrefix begins the names of the formats of statements; the service follows.
const statementPrefix = "statement/"

// missing lists the steps that a draft lacks, with what was looked in and what is not there to look in.
func (b *builder) missing(d *draft) []forensics.Missing {
	var out []forensics.Missing
	var own []ownSource
	for _, step := range forensics.Steps() {
		if step == forensics.StepSettings || d.has(step) || step == forensics.StepKey && len(d.symptoms) > 0 {
			continue
		}
		if own == nil {
			own = b.ownSources(d)
		}
		out = append(out, b.missingStep(d, step, own))
	}
	return out
}

// mostNameless is how many sources that may be anybody's are named; more are counted.
const mostNameless = 3

func (b *builder) missingStep(d *draft, step forensics.StepName, own []ownSource) forensics.Missing {
	m := forensics.Missing{Step: step}
	month := time.Unix(0, d.start).UTC().Format("2006-01")
	var nameless []string
	for _, s := range own {
		if step == forensics.StepMoney && !strings.HasPrefix(s.Format, statementPrefix) || !covers(s.Source, b.in.Account.Account, step, d) {
			continue
		}
		if s.anybodys {
			nameless = append(nameless, s.Name)
		} else {
			m.LookedIn = append(m.LookedIn, s.Name)
		}
	}
	if nameless = unique(nameless); len(nameless) > mostNameless {
		nameless = []string{fmt.Sprintf("%d files that name no account", len(nameless))}
	}
	m.LookedIn = unique(append(m.LookedIn, nameless...))
	switch step {
	case forensics.StepMoney:
		m.NotCovered = b.noStatements(d, month, own)
	case forensics.StepKey:
		m.NotCovered = onlyIf(len(m.LookedIn) == 0, "no record of keys (an audit log, or a mailbox with the provider's notices) for "+month)
	case forensics.StepLogin:
		m.NotCovered = onlyIf(len(m.LookedIn) == 0, "no login log for "+month)
	case forensics.StepReset:
		m.NotCovered = onlyIf(len(m.LookedIn) == 0, "no mailbox with notices for "+month)
	case forensics.StepDeletion:
		m.NotCovered = onlyIf(len(m.LookedIn) == 0, "no log of deletions and no copy of the mailbox with UIDs for "+month)
	}
	return m
}

func onlyIf(holds bool, text string) []string {
	if holds {
		return []string{text}
	}
	return nil
}

// covers reports whether a source could have shown a step while the incident ran.
func covers(s *rule.Source, account string, step forensics.StepName, d *draft) bool {
	for _, k := range showing(step) {
		if s.Covers(account, k, d.start) || s.Covers(account, k, d.last) || s.Covers(account, k, d.start/2+d.last/2) {
			return true
		}
	}
	return false
}

// noStatements names the services of the resets whose statement is not there; where none that keeps money is known, any exchange's.
func (b *builder) noStatements(d *draft, month string, own []ownSource) []string {
	have := map[string]bool{}
	some := false
	for _, s := range own {
		if service, ok := strings.CutPrefix(s.Format, statementPrefix); ok && covers(s.Source, b.in.Account.Account, forensics.StepMoney, d) {
			service, _, _ = strings.Cut(service, "-")
			have[service], some = true, true
		}
	}
	var out []string
	asked := false
	for _, p := range d.points {
		if p.step != forensics.StepReset || p.b.Service == 0 || !b.aboutService(p.b) {
			continue
		}
		service := b.text(p.b.Service)
		if !forensics.KeepsMoney(service) {
			continue
		}
		asked = true
		name, _, _ := strings.Cut(service, "-")
		if !have[name] && !b.provider(d, p) {
			out = append(out, fmt.Sprintf("no statement of %s for %s", forensics.ServiceName(service), month))
		}
	}
	if !asked && !some {
		out = append(out, "no statement of an exchange for "+month)
	}
	out = unique(out)
	slices.Sort(out)
	return out
}

// provider reports whether a reset is of the mailbox itself: its provider has no statement.
func (b *builder) provider(_ *draft, p *point) bool {
	return p.b.Kind == forensics.PasswordChanged && !isMail(p.b)
}
